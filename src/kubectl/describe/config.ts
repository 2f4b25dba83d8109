/** Namespaces, quotas, limits, configuration and accounts. upstream: kubectl/pkg/describe describeNamespace, describeQuota, describeConfigMap... */

import {formatLabelSelector} from '../../engine/api/labels.ts';
import {byText} from '../../engine/api/order.ts';
import {newQuantity, parseQuantity, printQuantity} from '../../engine/api/quantity.ts';
import type {core, policy, scheduling} from '../../engine/api/types.ts';
import {SERVICE_ACCOUNT_TOKEN_SECRET} from '../../engine/api/well-known.ts';
import {formatLabels} from '../../engine/apiserver/printers/format.ts';
import {eventsAbout, searchEvents} from '../reader.ts';
import {rfc1123} from '../text/go-time.ts';
import {type Describer, still} from './describer.ts';
import {type Page, writeAnnotations, writeEvents, writeLabels} from './page.ts';

const SCOPE_HELP: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

const text = (quantity: string | undefined): string => printQuantity(parseQuantity(quantity ?? '0'));

function writeScopes(page: Page, level: number, bullet: string, quota: core.ResourceQuota): void {
  if (!quota.spec?.scopes?.length) return;
  const scopes = [...quota.spec.scopes].sort(byText);
  page.write(level, `Scopes:\t${scopes.join(', ')}\n`);
  for (const scope of scopes) if (SCOPE_HELP[scope]) page.write(level, `${bullet}${SCOPE_HELP[scope]}\n`);
}

export const describeResourceQuota = still<core.ResourceQuota>((quota, page) => {
  page.write(0, `Name:\t${quota.metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${quota.metadata?.namespace ?? ''}\n`);
  writeScopes(page, 0, ' * ', quota);
  page.write(0, 'Resource\tUsed\tHard\n');
  page.write(0, '--------\t----\t----\n');
  const {hard = {}, used = {}} = quota.status ?? {};
  for (const name of Object.keys(hard).sort(byText)) {
    const limit = parseQuantity(hard[name]!);
    const amount = parseQuantity(used[name] ?? '0');
    const shown = limit.format === amount.format ? amount : newQuantity(amount.value, limit.format);
    page.write(0, `${name}\t${printQuantity(shown)}\t${printQuantity(limit)}\n`);
  }
});

function writeQuotas(page: Page, quotas: readonly core.ResourceQuota[]): void {
  if (quotas.length === 0) {
    page.write(0, 'No resource quota.\n');
    return;
  }
  page.write(0, 'Resource Quotas\n');
  for (const quota of [...quotas].sort((a, b) => byText(a.metadata?.name ?? '', b.metadata?.name ?? ''))) {
    page.write(1, `Name:\t${quota.metadata?.name ?? ''}\n`);
    writeScopes(page, 1, '* ', quota);
    page.write(1, 'Resource\tUsed\tHard\n');
    page.write(1, '--------\t---\t---\n');
    const {hard = {}, used = {}} = quota.status ?? {};
    for (const name of Object.keys(hard).sort(byText)) page.write(1, `${name}\t${text(used[name])}\t${text(hard[name])}\n`);
  }
}

const LIMIT_HEADER = 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n';
const LIMIT_RULE = '----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n';

function writeLimits(page: Page, limitRange: core.LimitRange, prefix: string): void {
  for (const item of limitRange.spec?.limits ?? []) {
    const lists = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio];
    const names = [...new Set(lists.flatMap(list => Object.keys(list ?? {})))].sort(byText);
    for (const name of names) {
      const cells = lists.map(list => (list?.[name] === undefined ? '-' : text(list[name])));
      page.write(0, `${prefix}${item.type}\t${name}\t${cells.join('\t')}\n`);
    }
  }
}

export const describeLimitRange = still<core.LimitRange>((limitRange, page) => {
  page.write(0, `Name:\t${limitRange.metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${limitRange.metadata?.namespace ?? ''}\n`);
  page.write(0, LIMIT_HEADER);
  page.write(0, LIMIT_RULE);
  writeLimits(page, limitRange, '');
});

export const describeNamespace: Describer<core.Namespace> = function* (namespace, page, {reader}) {
  const name = namespace.metadata?.name ?? '';
  const quotas = yield* reader.list<core.ResourceQuota>('v1', 'resourcequotas', {namespace: name});
  const limits = yield* reader.list<core.LimitRange>('v1', 'limitranges', {namespace: name});
  page.write(0, `Name:\t${name}\n`);
  writeLabels(page, 'Labels', namespace.metadata?.labels);
  writeAnnotations(page, 'Annotations', namespace.metadata?.annotations);
  page.write(0, `Status:\t${namespace.status?.phase ?? ''}\n`);
  if (namespace.status?.conditions?.length) {
    page.write(0, 'Conditions:\n');
    page.write(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage\n');
    page.write(1, '----\t------\t------------------\t------\t-------\n');
    for (const c of namespace.status.conditions)
      page.write(1, `${c.type}\t${c.status}\t${rfc1123(c.lastTransitionTime)}\t${c.reason ?? ''}\t${c.message ?? ''}\n`);
  }
  page.write(0, '\n');
  writeQuotas(page, quotas);
  page.write(0, '\n');
  if (limits.length === 0) {
    page.write(0, 'No LimitRange resource.\n');
    return;
  }
  page.write(0, `Resource Limits\n ${LIMIT_HEADER}`);
  page.write(0, ` ${LIMIT_RULE}`);
  for (const limitRange of limits) writeLimits(page, limitRange, ' ');
};

/** Bytes of base64 text; of a list of bytes, its length. */
function byteCount(data: unknown): number {
  if (Array.isArray(data)) return data.length;
  const base64 = String(data).replace(/\s/g, '');
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}

export const describeConfigMap: Describer<core.ConfigMap> = function* (map, page, {reader, showEvents}) {
  page.write(0, `Name:\t${map.metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${map.metadata?.namespace ?? ''}\n`);
  writeLabels(page, 'Labels', map.metadata?.labels);
  writeAnnotations(page, 'Annotations', map.metadata?.annotations);
  page.write(0, '\nData\n====\n');
  for (const key of Object.keys(map.data ?? {}).sort(byText)) page.write(0, `${key}:\n----\n${map.data![key]}\n\n`);
  page.write(0, '\nBinaryData\n====\n');
  for (const key of Object.keys(map.binaryData ?? {}).sort(byText)) page.write(0, `${key}: ${byteCount(map.binaryData![key])} bytes\n`);
  page.write(0, '\n');
  if (showEvents) writeEvents(page, yield* searchEvents(reader, {...map.metadata, kind: 'ConfigMap'}));
};

export const describeSecret = still<core.Secret>((secret, page) => {
  page.write(0, `Name:\t${secret.metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${secret.metadata?.namespace ?? ''}\n`);
  writeLabels(page, 'Labels', secret.metadata?.labels);
  writeAnnotations(page, 'Annotations', secret.metadata?.annotations);
  page.write(0, `\nType:\t${secret.type ?? ''}\n`);
  page.write(0, '\nData\n====\n');
  for (const key of Object.keys(secret.data ?? {}).sort(byText)) {
    const value = secret.data![key]!;
    page.write(
      0,
      key === 'token' && secret.type === SERVICE_ACCOUNT_TOKEN_SECRET
        ? `${key}:\t${atob(value)}\n`
        : `${key}:\t${byteCount(value)} bytes\n`,
    );
  }
});

export const describeServiceAccount: Describer<core.ServiceAccount> = function* (account, page, {reader, showEvents}) {
  page.write(0, `Name:\t${account.metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${account.metadata?.namespace ?? ''}\n`);
  writeLabels(page, 'Labels', account.metadata?.labels);
  writeAnnotations(page, 'Annotations', account.metadata?.annotations);
  const header = 'Image pull secrets:';
  const names = (account.imagePullSecrets ?? []).map(secret => secret.name ?? '');
  if (names.length === 0) page.write(0, `${header}\t<none>\n`);
  names.forEach((name, i) => {
    page.write(0, `${i === 0 ? header : ' '.repeat(header.length)}\t${name}\n`);
  });
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...account.metadata, kind: 'ServiceAccount'}));
};

export const describePriorityClass: Describer<scheduling.PriorityClass> = function* (priorityClass, page, {reader, showEvents}) {
  page.write(0, `Name:\t${priorityClass.metadata?.name ?? ''}\n`);
  page.write(0, `Value:\t${priorityClass.value}\n`);
  page.write(0, `GlobalDefault:\t${priorityClass.globalDefault ?? false}\n`);
  page.write(0, `PreemptionPolicy:\t${priorityClass.preemptionPolicy ?? ''}\n`);
  page.write(0, `Description:\t${priorityClass.description ?? ''}\n`);
  page.write(0, `Annotations:\t${formatLabels(priorityClass.metadata?.annotations)}\n`);
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...priorityClass.metadata, kind: 'PriorityClass'}));
};

export const describePodDisruptionBudget: Describer<policy.PodDisruptionBudget> = function* (pdb, page, {reader, showEvents}) {
  const {metadata, spec, status} = pdb;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  if (spec?.minAvailable !== undefined) page.write(0, `Min available:\t${spec.minAvailable}\n`);
  else if (spec?.maxUnavailable !== undefined) page.write(0, `Max unavailable:\t${spec.maxUnavailable}\n`);
  page.write(0, `Selector:\t${spec?.selector ? formatLabelSelector(spec.selector) : '<unset>'}\n`);
  page.write(0, 'Status:\n');
  page.write(2, `Allowed disruptions:\t${status?.disruptionsAllowed ?? 0}\n`);
  page.write(2, `Current:\t${status?.currentHealthy ?? 0}\n`);
  page.write(2, `Desired:\t${status?.desiredHealthy ?? 0}\n`);
  page.write(2, `Total:\t${status?.expectedPods ?? 0}\n`);
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...metadata, kind: 'PodDisruptionBudget'}));
};
