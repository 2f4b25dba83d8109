/** Nodes, namespaces, events, configuration and policy objects. upstream: pkg/printers/internalversion/printers.go */
import {humanDuration} from '../../api/duration.ts';
import type {admissionregistration, certificates, coordination, core, meta, rbac, scheduling} from '../../api/types.ts';
import {age, type Cell, nodeRoles, type PrintOptions} from './format.ts';

const addressOf = (node: core.Node, type: string): string => node.status?.addresses?.find(a => a.type === type)?.address ?? '<none>';

export function printNode(node: core.Node, {now, wide}: PrintOptions): Cell[] {
  const ready = node.status?.conditions?.findLast(c => c.type === 'Ready');
  const status = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (node.spec?.unschedulable) status.push('SchedulingDisabled');
  const info = node.status?.nodeInfo;
  return [
    node.metadata?.name ?? '',
    status.join(','),
    nodeRoles(node.metadata?.labels).join(',') || '<none>',
    age(node.metadata?.creationTimestamp, now),
    info?.kubeletVersion ?? '',
    ...(wide
      ? [
          addressOf(node, 'InternalIP'),
          addressOf(node, 'ExternalIP'),
          info?.osImage || '<unknown>',
          info?.kernelVersion || '<unknown>',
          info?.containerRuntimeVersion || '<unknown>',
        ]
      : []),
  ];
}

export function printNamespace(namespace: core.Namespace, {now}: PrintOptions): Cell[] {
  return [namespace.metadata?.name ?? '', namespace.status?.phase ?? '', age(namespace.metadata?.creationTimestamp, now)];
}

export function printEvent(event: core.Event, {now, wide}: PrintOptions): Cell[] {
  const first = event.firstTimestamp ? age(event.firstTimestamp, now) : age(event.eventTime, now);
  let last = event.lastTimestamp ? age(event.lastTimestamp, now) : first;
  let count = event.count || 1;
  if (event.series) {
    count = event.series.count ?? 0;
    last = age(event.series.lastObservedTime, now);
  }
  const {kind = '', name, fieldPath = ''}: core.ObjectReference = event.involvedObject ?? {};
  const object = name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase();
  const message = (event.message ?? '').trim();
  const cells: Cell[] = [last, event.type ?? '', event.reason ?? '', object];
  if (!wide) return [...cells, message];
  const component = event.source?.component || event.reportingComponent || '';
  const instance = event.source?.host || event.reportingInstance;
  return [...cells, fieldPath, instance ? `${component}, ${instance}` : component, message, first, count, event.metadata.name ?? ''];
}

export function printSecret(secret: core.Secret, {now}: PrintOptions): Cell[] {
  return [
    secret.metadata?.name ?? '',
    secret.type ?? '',
    Object.keys(secret.data ?? {}).length,
    age(secret.metadata?.creationTimestamp, now),
  ];
}

export function printConfigMap(map: core.ConfigMap, {now}: PrintOptions): Cell[] {
  const size = Object.keys(map.data ?? {}).length + Object.keys(map.binaryData ?? {}).length;
  return [map.metadata?.name ?? '', size, age(map.metadata?.creationTimestamp, now)];
}

export function printServiceAccount(account: core.ServiceAccount, {now}: PrintOptions): Cell[] {
  return [account.metadata?.name ?? '', account.secrets?.length ?? 0, age(account.metadata?.creationTimestamp, now)];
}

/** Requests (and counts) in one cell, limits in the other: `pods: 1/5, requests.cpu: 500m/2`. */
export function printResourceQuota(quota: core.ResourceQuota, {now}: PrintOptions): Cell[] {
  const cells = {request: [] as string[], limit: [] as string[]};
  for (const name of Object.keys(quota.status?.hard ?? {}).sort()) {
    const text = `${name}: ${quota.status?.used?.[name] ?? '0'}/${quota.status!.hard![name]}`;
    cells[name.startsWith('limits.') ? 'limit' : 'request'].push(text);
  }
  return [quota.metadata?.name ?? '', cells.request.join(', '), cells.limit.join(', '), age(quota.metadata?.creationTimestamp, now)];
}

export function printComponentStatus(component: core.ComponentStatus): Cell[] {
  const healthy = component.conditions?.find(c => c.type === 'Healthy');
  const status = healthy ? (healthy.status === 'True' ? 'Healthy' : 'Unhealthy') : 'Unknown';
  return [component.metadata?.name ?? '', status, healthy?.message ?? '', healthy?.error ?? ''];
}

function subjectCells(subjects: readonly rbac.Subject[] | undefined): Cell[] {
  const named = (kind: string): string[] => (subjects ?? []).filter(s => s.kind === kind).map(s => s.name);
  const accounts = (subjects ?? []).filter(s => s.kind === 'ServiceAccount').map(s => `${s.namespace ?? ''}/${s.name}`);
  return [named('User').join(', '), named('Group').join(', '), accounts.join(', ')];
}

export function printBinding(binding: rbac.RoleBinding | rbac.ClusterRoleBinding, {now, wide}: PrintOptions): Cell[] {
  return [
    binding.metadata?.name ?? '',
    `${binding.roleRef?.kind ?? ''}/${binding.roleRef?.name ?? ''}`,
    age(binding.metadata?.creationTimestamp, now),
    ...(wide ? subjectCells(binding.subjects) : []),
  ];
}

/** Denied beats Approved beats Pending; Failed and Issued are added. */
export function csrStatus(csr: certificates.CertificateSigningRequest): string {
  const has = (type: string): boolean => csr.status?.conditions?.some(c => c.type === type) ?? false;
  let text = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  if (has('Failed')) text += ',Failed';
  if (csr.status?.certificate) text += ',Issued';
  return text;
}

export function printCertificateSigningRequest(csr: certificates.CertificateSigningRequest, {now}: PrintOptions): Cell[] {
  const {expirationSeconds, signerName, username}: Partial<certificates.CertificateSigningRequestSpec> = csr.spec ?? {};
  return [
    csr.metadata?.name ?? '',
    age(csr.metadata?.creationTimestamp, now),
    signerName || '<none>',
    username ?? '',
    expirationSeconds === undefined ? '<none>' : humanDuration(expirationSeconds * 1000),
    csrStatus(csr),
  ];
}

export function printLease(lease: coordination.Lease, {now}: PrintOptions): Cell[] {
  return [lease.metadata?.name ?? '', lease.spec?.holderIdentity ?? '', age(lease.metadata?.creationTimestamp, now)];
}

export function printPriorityClass(priorityClass: scheduling.PriorityClass, {now, wide}: PrintOptions): Cell[] {
  return [
    priorityClass.metadata?.name ?? '',
    priorityClass.value ?? 0,
    priorityClass.globalDefault ?? false,
    age(priorityClass.metadata?.creationTimestamp, now),
    ...(wide ? [priorityClass.preemptionPolicy ?? ''] : []),
  ];
}

interface RuntimeClass {
  metadata?: meta.ObjectMeta;
  handler?: string;
}

export function printRuntimeClass(runtimeClass: RuntimeClass, {now}: PrintOptions): Cell[] {
  return [runtimeClass.metadata?.name ?? '', runtimeClass.handler ?? '', age(runtimeClass.metadata?.creationTimestamp, now)];
}

export function printWebhookConfiguration(
  configuration: admissionregistration.MutatingWebhookConfiguration | admissionregistration.ValidatingWebhookConfiguration,
  {now}: PrintOptions,
): Cell[] {
  return [configuration.metadata?.name ?? '', configuration.webhooks?.length ?? 0, age(configuration.metadata?.creationTimestamp, now)];
}

interface ApiService {
  metadata?: meta.ObjectMeta;
  spec?: {service?: {namespace?: string; name?: string}};
  status?: {conditions?: readonly {type: string; status: string; reason?: string}[]};
}

/** upstream: kube-aggregator/pkg/registry/apiservice/rest/storage_apiservice.go ConvertToTable */
export function printApiService({metadata, spec, status}: ApiService, {now}: PrintOptions): Cell[] {
  const {service} = spec ?? {};
  const available = status?.conditions?.find(c => c.type === 'Available');
  const why = available?.status !== 'True' && available?.reason ? ` (${available.reason})` : '';
  return [
    metadata?.name ?? '',
    service ? `${service.namespace ?? ''}/${service.name ?? ''}` : 'Local',
    `${available?.status ?? 'Unknown'}${why}`,
    age(metadata?.creationTimestamp, now),
  ];
}

interface AdmissionPolicy {
  metadata?: meta.ObjectMeta;
  spec?: {validations?: unknown[]; mutations?: unknown[]; paramKind?: {apiVersion?: string; kind?: string}};
}

export function printAdmissionPolicy(policy: AdmissionPolicy, {now}: PrintOptions): Cell[] {
  const kind = policy.spec?.paramKind;
  return [
    policy.metadata?.name ?? '',
    (policy.spec?.validations ?? policy.spec?.mutations)?.length ?? 0,
    kind ? `${kind.apiVersion}/${kind.kind}` : '<unset>',
    age(policy.metadata?.creationTimestamp, now),
  ];
}

interface AdmissionPolicyBinding {
  metadata?: meta.ObjectMeta;
  spec?: {policyName?: string; paramRef?: ParamRef};
}

interface ParamRef {
  namespace?: string;
  name?: string;
  selector?: meta.LabelSelector;
}

/** Go's String() of a LabelSelector, which is what upstream prints. */
function selectorText({matchLabels = {}, matchExpressions = []}: meta.LabelSelector): string {
  const labels = Object.keys(matchLabels).sort();
  const pairs = labels.map(key => `${key}: ${matchLabels[key]},`).join('');
  const requirements = matchExpressions.map(
    ({key, operator, values = []}) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${pairs}},MatchExpressions:[]LabelSelectorRequirement{${requirements.join('')}},}`;
}

/** Without a namespace it cannot be told whether the parameters have one: `*`. */
function paramText(ref: ParamRef | undefined): string {
  if (ref?.name) return `${ref.namespace || '*'}/${ref.name}`;
  return ref?.selector ? selectorText(ref.selector) : '<unset>';
}

export function printAdmissionPolicyBinding(binding: AdmissionPolicyBinding, {now}: PrintOptions): Cell[] {
  return [
    binding.metadata?.name ?? '',
    binding.spec?.policyName ?? '',
    paramText(binding.spec?.paramRef),
    age(binding.metadata?.creationTimestamp, now),
  ];
}
