/** Whether a pod that was bound to this node may run here: the kubelet looks again. upstream: pkg/kubelet/lifecycle/predicate.go, eviction_manager.go Admit, sysctl/allowlist.go, apparmor */

import {podRequests, type Quantities} from '../../api/pod-resources.ts';
import {initAndRegularContainers} from '../../api/pods.ts';
import {getPodQos} from '../../api/qos.ts';
import {quantityMilli, quantityValue, tryParseQuantity} from '../../api/quantity.ts';
import type {core, Node, Pod} from '../../api/types.ts';
import {LABEL_OS, TAINT_NODE_MEMORY_PRESSURE} from '../../api/well-known.ts';

export interface Rejection {
  reason: string;
  message: string;
}

export interface AdmissionInput {
  pod: Pod;
  node: Node;
  /** Admitted pods on the node that are not through, without this one. */
  others: readonly Pod[];
  /** Conditions of the node under pressure: `MemoryPressure`. */
  pressure: readonly string[];
}

type Handler = (input: AdmissionInput) => Rejection | undefined;

/** The first handler that objects decides. */
export function admit(input: AdmissionInput): Rejection | undefined {
  for (const handler of handlers) {
    const rejection = handler(input);
    if (rejection) return rejection;
  }
  return undefined;
}

const tolerates = (tolerations: readonly core.Toleration[] | undefined, {key, value, effect}: core.Taint): boolean =>
  (tolerations ?? []).some(
    t =>
      (!t.effect || t.effect === effect) &&
      (!t.key || t.key === key) &&
      (t.operator === 'Exists' || (t.key !== undefined && (t.value ?? '') === (value ?? ''))),
  );

/** Static and critical pods run whatever happens to the node. upstream: pkg/kubelet/types/pod_update.go IsCriticalPod */
export const isCritical = ({metadata, spec}: Pod): boolean =>
  (metadata.annotations?.['kubernetes.io/config.source'] ?? 'api') !== 'api' || (spec?.priority ?? 0) >= 2_000_000_000;

const MEMORY_PRESSURE_TAINT: core.Taint = {key: TAINT_NODE_MEMORY_PRESSURE, effect: 'NoSchedule'};

/** upstream: eviction_manager.go Admit: under memory pressure only those that asked for memory, under other pressure nobody. */
const eviction: Handler = ({pod, pressure}) => {
  if (pressure.length === 0 || isCritical(pod)) return undefined;
  if (pressure.every(condition => condition === 'MemoryPressure')) {
    if (getPodQos(pod) !== 'BestEffort' || tolerates(pod.spec?.tolerations, MEMORY_PRESSURE_TAINT)) return undefined;
  }
  return {reason: 'Evicted', message: `The node had condition: [${pressure.join(' ')}]. `};
};

/** upstream: pkg/kubelet/sysctl/safe_sysctls.go */
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);

const sysctls: Handler = ({pod}) => {
  for (const {name} of pod.spec?.securityContext?.sysctls ?? []) {
    const dotted = name.replaceAll('/', '.');
    if (!SAFE_SYSCTLS.has(dotted)) return {reason: 'SysctlForbidden', message: `forbidden sysctl: "${name}" not allowlisted`};
    if (pod.spec?.hostNetwork && dotted.startsWith('net.'))
      return {reason: 'SysctlForbidden', message: `forbidden sysctl: "${name}" not allowed with host net enabled`};
  }
  return undefined;
};

/** Profiles loaded on every node. */
const APPARMOR_PROFILES = new Set(['cri-containerd.apparmor.d']);

interface AppArmorProfile {
  type?: string;
  localhostProfile?: string;
}

const appArmor: Handler = ({pod}) => {
  const spec = pod.spec!;
  const wanted: (string | undefined)[] = [];
  for (const container of initAndRegularContainers(spec)) {
    const field =
      (container.securityContext as {appArmorProfile?: AppArmorProfile} | undefined)?.appArmorProfile ??
      (spec.securityContext as {appArmorProfile?: AppArmorProfile} | undefined)?.appArmorProfile;
    if (field?.type === 'Localhost') wanted.push(field.localhostProfile);
    const annotation = pod.metadata.annotations?.[`container.apparmor.security.beta.kubernetes.io/${container.name}`];
    if (annotation?.startsWith('localhost/')) wanted.push(annotation.slice('localhost/'.length));
  }
  const missing = wanted.find(profile => profile && !APPARMOR_PROFILES.has(profile));
  return missing === undefined ? undefined : {reason: 'AppArmor', message: `Cannot enforce AppArmor: profile "${missing}" is not loaded`};
};

const NODE_OS = 'linux';

/** Nodes run Linux; what is made for another system is refused before anything is counted. upstream: rejectPodAdmissionBasedOnOSSelector, rejectPodAdmissionBasedOnOSField */
const operatingSystem: Handler = ({pod}) => {
  const label = pod.metadata.labels?.[LABEL_OS];
  if (label !== undefined && label !== NODE_OS)
    return {
      reason: 'PodOSSelectorNodeLabelDoesNotMatch',
      message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
    };
  const field = pod.spec?.os?.name;
  if (field !== undefined && field !== NODE_OS)
    return {reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS"};
  return undefined;
};

/** upstream: generalFilter, then taints. Resources come first, each shortage a reason of its own. */
const predicates: Handler = input => {
  const {pod, node} = input;
  const short = insufficient(input);
  if (short && !isCritical(pod)) return short;
  if (!matchesNode(pod, node))
    return {reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"};
  const clash = hostPorts(pod).some(port => input.others.some(other => hostPorts(other).includes(port)));
  if (clash)
    return {reason: 'NodePorts', message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"};
  const taint = node.spec?.taints?.find(t => t.effect === 'NoExecute' && !tolerates(pod.spec?.tolerations, t));
  if (taint && !isCritical(pod))
    return {reason: 'TaintToleration', message: `Predicate TaintToleration failed: node(s) had untolerated taint(s)`};
  return undefined;
};

/** By spec: each pod that comes to a node is held against all that are there. */
const requestsBySpec = new WeakMap<object, Quantities>();

function requestsOf(pod: Pod): Readonly<Quantities> {
  const known = requestsBySpec.get(pod.spec!);
  if (known) return known;
  const requests = podRequests(pod);
  requestsBySpec.set(pod.spec!, requests);
  return requests;
}

function insufficient({pod, node, others}: AdmissionInput): Rejection | undefined {
  const allocatable = node.status?.allocatable ?? {};
  const lacking = (resource: string, requested: number, used: number, capacity: number): Rejection => ({
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  });
  const maxPods = allocatable['pods'] ? quantityValue(allocatable['pods']) : undefined;
  if (maxPods !== undefined && others.length + 1 > maxPods) return lacking('pods', 1, others.length, maxPods);
  const used: Record<string, number> = {};
  const amount = (name: string, q: {milli: number; value: number}) => (name === 'cpu' ? q.milli : q.value);
  for (const other of others) {
    const requests = requestsOf(other);
    for (const name in requests) used[name] = (used[name] ?? 0) + amount(name, requests[name]!);
  }
  for (const [name, q] of Object.entries(podRequests(pod))) {
    const requested = amount(name, q);
    const text = allocatable[name];
    // What the node does not know of is none of the kubelet's business here: extended resources may have gone since.
    if (text === undefined || requested === 0) continue;
    const capacity = name === 'cpu' ? quantityMilli(text) : (tryParseQuantity(text)?.value ?? 0);
    if (requested + (used[name] ?? 0) > capacity) return lacking(name, requested, used[name] ?? 0, capacity);
  }
  return undefined;
}

const hostPorts = ({spec}: Pod): string[] =>
  (spec?.containers ?? []).flatMap(c => (c.ports ?? []).flatMap(p => (p.hostPort ? [`${p.protocol ?? 'TCP'} ${p.hostPort}`] : [])));

/** upstream: component-helpers/scheduling/corev1/nodeaffinity GetRequiredNodeAffinity */
function matchesNode({spec}: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  if (Object.entries(spec?.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value)) return false;
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (!terms) return true;
  return terms.some(({matchExpressions = [], matchFields = []}) => {
    if (matchExpressions.length + matchFields.length === 0) return false;
    return matchExpressions.every(e => matches(e, labels[e.key])) && matchFields.every(e => matches(e, node.metadata.name));
  });
}

function matches({operator, values = []}: core.NodeSelectorRequirement, actual: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return actual !== undefined && values.includes(actual);
    case 'NotIn':
      return actual === undefined || !values.includes(actual);
    case 'Exists':
      return actual !== undefined;
    case 'DoesNotExist':
      return actual === undefined;
    case 'Gt':
      return actual !== undefined && Number(actual) > Number(values[0]);
    case 'Lt':
      return actual !== undefined && Number(actual) < Number(values[0]);
    default:
      return false;
  }
}

const handlers: readonly Handler[] = [eviction, sysctls, operatingSystem, predicates, appArmor];
