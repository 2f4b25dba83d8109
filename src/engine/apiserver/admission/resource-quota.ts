/** upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/{admission,controller}.go */
import {EPOCH} from '../../api/clock.ts';
import {parseResourceList, printResourceList, type Quantities} from '../../api/pod-resources.ts';
import {add, canonical, cmp, sign, sub, ZERO} from '../../api/quantity.ts';
import {plainError} from '../../api/status.ts';
import type {KubeObject, ResourceQuota} from '../../api/types.ts';
import {evaluatorFor} from './quota/evaluators.ts';
import type {Evaluator, ScopeSelector} from './quota/types.ts';
import {refusal} from './refusal.ts';
import type {AdmissionPlugin, Attributes} from './types.ts';

/** upstream: ResourceQuotaConfiguration: what nobody gets without a quota that covers it. */
export interface ResourceQuotaConfig {
  readonly limitedResources?: readonly {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly matchContains?: readonly string[];
    readonly matchScopes?: readonly ScopeSelector[];
  }[];
}

/** Counts what a namespace uses, in the status of its quotas, and refuses what is too much. The last of all plugins. */
export function resourceQuota(config: ResourceQuotaConfig = {}): AdmissionPlugin {
  return {
    name: 'ResourceQuota',
    handles: ({operation, namespace, subresource, kind}) =>
      (operation === 'CREATE' || operation === 'UPDATE') &&
      namespace !== '' &&
      (subresource === '' || subresource === 'resize') &&
      kind.kind !== 'Namespace',
    validate(attributes, context) {
      const quotas = context.list<ResourceQuota>('resourcequotas', attributes.namespace);
      if (quotas.length === 0 && !config.limitedResources?.length) return;
      const evaluator = evaluatorFor(attributes.resource);
      if (!evaluator.handles(attributes)) return;
      const charged = check(attributes, quotas, evaluator, config, EPOCH + context.now);
      if (attributes.dryRun) return;
      for (const [quota, used] of charged) {
        const status = {...quota.status, used: {...quota.status?.used, ...printResourceList(used)}};
        context.updateStatus('resourcequotas', {...quota, status} as KubeObject);
      }
    },
  };
}

/** The quotas that the request is charged to, with their new usage of what changes. Throws a 403 where one cannot bear it. */
function check(
  attributes: Attributes,
  quotas: readonly ResourceQuota[],
  evaluator: Evaluator,
  config: ResourceQuotaConfig,
  now: number,
): [ResourceQuota, Quantities][] {
  const object = attributes.object!;

  // 1. Which quotas are about this object, and can it be counted at all?
  const restricted = new Set<string>();
  const pertinent: ResourceQuota[] = [];
  for (const quota of quotas) {
    if (!isAbout(quota, object, evaluator)) continue;
    const required = Object.keys(quota.status?.hard ?? {})
      .filter(evaluator.matchesResource)
      .sort();
    required.forEach(name => {
      restricted.add(name);
    });
    const name = quota.metadata.name;
    const problem = evaluator.constraintError?.(required, object);
    if (problem) throw refusal(attributes, `failed quota: ${name}: ${problem}`);
    if (required.some(resource => quota.status?.used?.[resource] === undefined))
      throw refusal(attributes, `status unknown for quota: ${name}, resources: ${required.join(',')}`);
    pertinent.push(quota);
  }

  // 2. How much more is used? By a quota's account, or by none
  const usage = usageOf(attributes, evaluator, now);
  const added = addedUsage(attributes, usage, evaluator, now);
  const deltas = pertinent.map(quota => (wasAbout(quota, attributes, evaluator) ? added : withoutZeros(usage)));
  if ((pertinent.length > 0 ? deltas : [added]).every(delta => Object.keys(delta).length === 0)) return [];

  // 3. What must not be used without a quota
  const uncovered = limitedByDefault(attributes, usage, config).filter(name => !restricted.has(name));
  if (uncovered.length > 0) throw refusal(attributes, `insufficient quota to consume: ${uncovered.join(',')}`);
  const scopes = uncoveredScopes(attributes, object, quotas, evaluator, config);
  if (scopes.length > 0) throw plainError(`insufficient quota to match these scopes: [${scopes.join(' ')}]`);

  // 4. Is there enough left? A quota that is already exceeded does not stop what does not use more of it.
  return pertinent
    .map((quota, i) => [quota, newUsage(attributes, quota, deltas[i]!)] as [ResourceQuota, Quantities])
    .filter(([, used]) => Object.keys(used).length > 0);
}

function isAbout(quota: ResourceQuota, object: KubeObject, evaluator: Evaluator): boolean {
  return (
    Object.keys(quota.status?.hard ?? {}).some(evaluator.matchesResource) &&
    scopesOf(quota).every(selector => evaluator.matchesScope(selector, object))
  );
}

/** The scopes of a quota, old form and new. */
export function scopesOf({spec}: ResourceQuota): ScopeSelector[] {
  return [
    ...(spec?.scopes ?? []).map(scopeName => ({scopeName, operator: 'Exists'})),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ] as ScopeSelector[];
}

function usageOf(attributes: Attributes, evaluator: Evaluator, now: number): Quantities {
  const usage = evaluator.usage(attributes.object!, now);
  const negative = Object.keys(usage).filter(name => sign(usage[name]!) < 0);
  if (negative.length > 0) throw refusal(attributes, `quota usage is negative for resource(s): ${negative.sort().join(',')}`);
  return usage;
}

/** A quota that was not about the object before the update is charged all of it, as for a new one. */
const wasAbout = (quota: ResourceQuota, {operation, oldObject}: Attributes, evaluator: Evaluator): boolean =>
  operation !== 'UPDATE' || !oldObject?.metadata.resourceVersion || isAbout(quota, oldObject, evaluator);

const withoutZeros = (usage: Quantities): Quantities => Object.fromEntries(Object.entries(usage).filter(([, q]) => sign(q) > 0));

/** An update is charged by what it adds. What it gives back, the quota controller finds. */
function addedUsage({operation, oldObject}: Attributes, usage: Quantities, evaluator: Evaluator, now: number): Quantities {
  const before = operation === 'UPDATE' && oldObject?.metadata.resourceVersion ? evaluator.usage(oldObject, now) : {};
  return withoutZeros(Object.fromEntries(Object.keys(usage).map(name => [name, sub(usage[name]!, before[name] ?? ZERO)])));
}

function newUsage(attributes: Attributes, {metadata, status}: ResourceQuota, delta: Quantities): Quantities {
  const hard = parseResourceList(status?.hard);
  const used = parseResourceList(status?.used);
  const names = Object.keys(delta)
    .filter(name => hard[name])
    .sort();
  const after = Object.fromEntries(names.map(name => [name, add(used[name] ?? ZERO, delta[name]!)]));
  const exceeded = names.filter(name => cmp(after[name]!, hard[name]!) > 0);
  if (exceeded.length === 0) return after;
  const print = (list: Quantities): string =>
    exceeded
      .filter(name => list[name])
      .map(name => `${name}=${canonical(list[name]!)}`)
      .join(',');
  throw refusal(attributes, `exceeded quota: ${metadata.name}, requested: ${print(delta)}, used: ${print(used)}, limited: ${print(hard)}`);
}

function limitedFor({resource}: Attributes, {limitedResources = []}: ResourceQuotaConfig) {
  return limitedResources.filter(limited => (limited.apiGroup ?? '') === resource.group && limited.resource === resource.resource);
}

function limitedByDefault(attributes: Attributes, usage: Quantities, config: ResourceQuotaConfig): string[] {
  const texts = limitedFor(attributes, config).flatMap(({matchContains = []}) => matchContains);
  return Object.keys(usage)
    .filter(name => sign(usage[name]!) > 0 && texts.some(text => name.includes(text)))
    .sort();
}

/** upstream: UncoveredQuotaScopes */
function uncoveredScopes(
  attributes: Attributes,
  object: KubeObject,
  quotas: readonly ResourceQuota[],
  evaluator: Evaluator,
  config: ResourceQuotaConfig,
): string[] {
  const limited = limitedFor(attributes, config)
    .flatMap(({matchScopes = []}) => matchScopes)
    .filter(selector => evaluator.matchesScope(selector, object));
  const covered = quotas.flatMap(scopesOf).filter(selector => evaluator.matchesScope(selector, object));
  return limited
    .filter(({scopeName}) => !covered.some(selector => selector.scopeName === scopeName))
    .map(({scopeName, operator, values = []}) => `{${scopeName} ${operator} [${values.join(' ')}]}`);
}
