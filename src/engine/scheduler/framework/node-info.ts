/** A node and the sum of its pods, kept up pod by pod. upstream: pkg/scheduler/framework/types.go NodeInfo, PodInfo */
import type {ResourceList} from '../../api/pod-resources.ts';
import type {core, Node, Pod} from '../../api/types.ts';
import {demandOf} from './demand.ts';
import {hostPortsOf} from './host-ports.ts';
import {allocatableOf, sum} from './resource.ts';
import type {HostPort, NodeInfo, PodInfo, Resource} from './types.ts';

/** upstream: component-helpers/scheduling/corev1/helpers.go PodPriority */
export const podPriority = (pod: Pod): number => pod.spec?.priority ?? 0;

/** Volumes that VolumeRestrictions, NodeVolumeLimits or VolumeBinding look at. */
const isConstraining = (volume: core.Volume): boolean =>
  Boolean(
    volume.persistentVolumeClaim ||
      volume.ephemeral ||
      volume.gcePersistentDisk ||
      volume.awsElasticBlockStore ||
      volume.azureDisk ||
      volume.cinder ||
      volume.rbd ||
      volume.iscsi,
  );

/** What the scheduler keeps of a pod. */
export function podInfo(pod: Pod): PodInfo {
  const {requests, nonZero} = demandOf(pod);
  const ports = hostPortsOf(pod);
  const {podAffinity, podAntiAffinity} = pod.spec?.affinity ?? {};
  const volumes = (pod.spec?.volumes ?? []).filter(isConstraining);
  return {
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name ?? '',
    uid: pod.metadata.uid ?? '',
    labels: (pod.metadata.labels as PodInfo['labels'] | undefined) ?? {},
    priority: podPriority(pod),
    requests,
    nonZero,
    ...(pod.metadata.deletionTimestamp && {terminating: true as const}),
    ...(ports.length > 0 && {ports}),
    ...((podAffinity || podAntiAffinity) && {affinity: {...(podAffinity && {podAffinity}), ...(podAntiAffinity && {podAntiAffinity})}}),
    ...(volumes.length > 0 && {volumes}),
  };
}

const nothing: Resource = {milliCPU: 0, memory: 0, ephemeralStorage: 0, scalar: {}};

/** What the node says it can do. */
export const declaredFeatures = (node: Node): readonly string[] =>
  (node.status as {declaredFeatures?: readonly string[]} | undefined)?.declaredFeatures ?? [];

/** The facts of the Node object alone. */
function factsOf(node: Node): Omit<NodeInfo, 'requested' | 'nonZeroRequested' | 'pods' | 'ports'> {
  const {allocatable, images} = node.status ?? {};
  return {
    name: node.metadata.name ?? '',
    labels: (node.metadata.labels as NodeInfo['labels'] | undefined) ?? {},
    taints: node.spec?.taints ?? [],
    unschedulable: node.spec?.unschedulable ?? false,
    allocatable: allocatableOf(allocatable as ResourceList | undefined),
    declaredFeatures: declaredFeatures(node),
    images: Object.fromEntries((images ?? []).flatMap(image => (image.names ?? []).map(name => [name, image.sizeBytes ?? 0]))),
  };
}

/** A node without pods. */
export const nodeInfo = (node: Node): NodeInfo => ({
  ...factsOf(node),
  requested: nothing,
  nonZeroRequested: {milliCPU: 0, memory: 0},
  pods: [],
  ports: [],
});

/** The same pods on a newer version of the node. */
export const withNode = (info: NodeInfo, node: Node): NodeInfo => ({...info, ...factsOf(node)});

/** The node with these pods, where `pod` has come (1) or gone (-1). Spelled out: it is made for every pod. */
function changed(info: NodeInfo, pod: PodInfo, sign: 1 | -1, pods: NodeInfo['pods'], ports: NodeInfo['ports']): NodeInfo {
  const {name, labels, taints, unschedulable, allocatable, declaredFeatures, images, nonZeroRequested} = info;
  return {
    name,
    labels,
    taints,
    unschedulable,
    allocatable,
    declaredFeatures,
    images,
    requested: sum(info.requested, pod.requests, sign),
    nonZeroRequested: {
      milliCPU: nonZeroRequested.milliCPU + sign * pod.nonZero.milliCPU,
      memory: nonZeroRequested.memory + sign * pod.nonZero.memory,
    },
    pods,
    ports,
  };
}

/** The node with one pod more. */
export const withPod = (info: NodeInfo, pod: PodInfo): NodeInfo =>
  changed(info, pod, 1, [...info.pods, pod], pod.ports ? [...info.ports, ...pod.ports] : info.ports);

const samePort = (a: HostPort, b: HostPort): boolean => a.ip === b.ip && a.protocol === b.protocol && a.port === b.port;

/** The node with one pod less; the same node when the pod is not on it. */
export function withoutPod(info: NodeInfo, pod: Pick<PodInfo, 'namespace' | 'name'>): NodeInfo {
  const gone = info.pods.find(p => p.name === pod.name && p.namespace === pod.namespace);
  if (!gone) return info;
  const ports = gone.ports ? info.ports.filter(used => !gone.ports!.some(p => samePort(p, used))) : info.ports;
  return changed(
    info,
    gone,
    -1,
    info.pods.filter(p => p !== gone),
    ports,
  );
}

/** The node with a newer version of one of its pods, in its old place; the same node when the pod is not on it. */
export function withPodUpdated(info: NodeInfo, pod: PodInfo): NodeInfo {
  const at = info.pods.findIndex(p => p.name === pod.name && p.namespace === pod.namespace);
  if (at < 0) return info;
  const updated = withPod(withoutPod(info, pod), pod);
  return {...updated, pods: info.pods.with(at, pod)};
}

export const hasAffinity = (info: NodeInfo): boolean => info.pods.some(p => p.affinity);
export const hasRequiredAntiAffinity = (info: NodeInfo): boolean =>
  info.pods.some(p => (p.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0);
