/** upstream: kubectl/pkg/describe describeNode, describeNodeResource */

import {byText} from '../../engine/api/order.ts';
import {addResourceList, podLimits, podRequests, type Quantities} from '../../engine/api/pod-resources.ts';
import {parseQuantity, printQuantity, type Quantity, ZERO} from '../../engine/api/quantity.ts';
import type {core, KubeEvent, Lease, Pod} from '../../engine/api/types.ts';
import {ApiError} from '../../engine/api/types.ts';
import {NAMESPACE_NODE_LEASE} from '../../engine/api/well-known.ts';
import {age, nodeRoles} from '../../engine/apiserver/printers/format.ts';
import {eventsAbout, orNone, type Reader} from '../reader.ts';
import {rfc1123} from '../text/go-time.ts';
import type {Effects} from '../types.ts';
import type {Describer} from './describer.ts';
import {type Page, taintText, writeAnnotations, writeEvents, writeLabels, writeList} from './page.ts';

interface ResourceSlice {
  spec?: {driver?: string; nodeName?: string; pool?: {name?: string}; devices?: unknown[]};
}

const POOLS_SHOWN = 10;

function writeSlices(page: Page, slices: readonly ResourceSlice[]): void {
  const pools = new Map<string, {driver: string; pool: string; slices: number; devices: number}>();
  for (const {spec} of slices) {
    const key = `${spec?.driver ?? ''}/${spec?.pool?.name ?? ''}`;
    const known = pools.get(key) ?? {driver: spec?.driver ?? '', pool: spec?.pool?.name ?? '', slices: 0, devices: 0};
    pools.set(key, {...known, slices: known.slices + 1, devices: known.devices + (spec?.devices?.length ?? 0)});
  }
  if (pools.size === 0) return;
  page.write(0, 'Node-Local ResourceSlices:\n');
  page.write(1, 'Driver\tPool\tSlices\tDevices\n');
  page.write(1, '------\t----\t------\t-------\n');
  const keys = [...pools.keys()].sort(byText);
  for (const key of keys.slice(0, POOLS_SHOWN)) {
    const {driver, pool, slices: count, devices} = pools.get(key)!;
    page.write(1, `${driver}\t${pool}\t${count}\t${devices}\n`);
  }
  if (keys.length > POOLS_SHOWN) page.write(1, `...and ${keys.length - POOLS_SHOWN} more pools\n`);
}

const quantityOf = (list: Readonly<Record<string, string>> | undefined, name: string): Quantity => parseQuantity(list?.[name] ?? '0');

/** Share in whole percent, cut. Go's conversion of NaN and Inf to int64 gives the smallest number. */
function percent(part: number, whole: number): string {
  const share = (part / whole) * 100;
  return Number.isFinite(share) ? String(Math.trunc(share)) : '-9223372036854775808';
}

const share = (amount: Quantity, whole: Quantity, unit: 'milli' | 'value'): string =>
  `${printQuantity(amount)} (${percent(amount[unit], whole[unit])}%)`;

const safeShare = (amount: Quantity, whole: Quantity, unit: 'milli' | 'value'): string =>
  whole[unit] === 0 ? `${printQuantity(amount)} (0%)` : share(amount, whole, unit);

const STANDARD = ['cpu', 'memory', 'ephemeral-storage'];

function writePods(page: Page, node: core.Node, pods: readonly Pod[]): void {
  const allocatable = Object.keys(node.status?.allocatable ?? {}).length > 0 ? node.status?.allocatable : node.status?.capacity;
  const [cpu, memory] = [quantityOf(allocatable, 'cpu'), quantityOf(allocatable, 'memory')];
  page.write(0, `Non-terminated Pods:\t(${pods.length} in total)\n`);
  page.write(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n');
  page.write(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n');
  const requests: Quantities = {};
  const limits: Quantities = {};
  for (const pod of pods) {
    const [request, limit] = [podRequests(pod, {useStatusResources: true}), podLimits(pod, {useStatusResources: true})];
    addResourceList(requests, podRequests(pod));
    addResourceList(limits, podLimits(pod));
    const cells = [
      share(request['cpu'] ?? ZERO, cpu, 'milli'),
      share(limit['cpu'] ?? ZERO, cpu, 'milli'),
      share(request['memory'] ?? ZERO, memory, 'value'),
      share(limit['memory'] ?? ZERO, memory, 'value'),
      age(pod.metadata.creationTimestamp, page.now),
    ];
    page.write(1, `${pod.metadata.namespace ?? ''}\t${pod.metadata.name ?? ''}\t\t${cells.join('\t')}\n`);
  }
  page.write(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n');
  page.write(1, 'Resource\tRequests\tLimits\n');
  page.write(1, '--------\t--------\t------\n');
  const line = (name: string): void => {
    const whole = quantityOf(allocatable, name);
    const unit = name === 'cpu' ? 'milli' : 'value';
    page.write(1, `${name}\t${safeShare(requests[name] ?? ZERO, whole, unit)}\t${safeShare(limits[name] ?? ZERO, whole, unit)}\n`);
  };
  STANDARD.forEach(line);
  const names = Object.keys(allocatable ?? {}).sort(byText);
  names.filter(name => name.startsWith('hugepages-')).forEach(line);
  for (const name of names)
    if (!name.startsWith('hugepages-') && !STANDARD.includes(name) && name !== 'pods')
      page.write(1, `${name}\t${printQuantity(requests[name] ?? ZERO)}\t${printQuantity(limits[name] ?? ZERO)}\n`);
}

function writeResourceList(page: Page, title: string, list: Readonly<Record<string, string>> | undefined): void {
  const names = Object.keys(list ?? {}).sort(byText);
  if (names.length === 0) return;
  page.write(0, `${title}:\n`);
  for (const name of names) page.write(0, `  ${name}:\t${printQuantity(quantityOf(list, name))}\n`);
}

function writeInfo(page: Page, info: Partial<core.NodeSystemInfo>): void {
  page.write(0, 'System Info:\n');
  const lines: [string, string | undefined][] = [
    ['Machine ID', info.machineID],
    ['System UUID', info.systemUUID],
    ['Boot ID', info.bootID],
    ['Kernel Version', info.kernelVersion],
    ['OS Image', info.osImage],
    ['Operating System', info.operatingSystem],
    ['Architecture', info.architecture],
    ['Container Runtime Version', info.containerRuntimeVersion],
    ['Kubelet Version', info.kubeletVersion],
  ];
  for (const [label, value = ''] of lines) page.write(0, `  ${label}:\t${value}\n`);
}

function* writeLease(page: Page, name: string, reader: Reader): Effects<void> {
  let lease: Lease;
  try {
    lease = yield* reader.get<Lease>('coordination.k8s.io/v1', 'leases', NAMESPACE_NODE_LEASE, name);
  } catch (error) {
    page.write(0, `Lease:\tFailed to get lease: ${(error as Error).message}\n`);
    return;
  }
  page.write(0, 'Lease:\n');
  page.write(1, `HolderIdentity:\t${lease.spec?.holderIdentity ?? '<unset>'}\n`);
  page.write(1, `AcquireTime:\t${lease.spec?.acquireTime ? rfc1123(lease.spec.acquireTime) : '<unset>'}\n`);
  page.write(1, `RenewTime:\t${lease.spec?.renewTime ? rfc1123(lease.spec.renewTime) : '<unset>'}\n`);
}

function writeConditions(page: Page, conditions: readonly core.NodeCondition[] | undefined): void {
  if (!conditions?.length) return;
  page.write(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n');
  page.write(1, '----\t------\t-----------------\t------------------\t------\t-------\n');
  for (const c of conditions)
    page.write(
      1,
      `${c.type} \t${c.status} \t${rfc1123(c.lastHeartbeatTime)} \t${rfc1123(c.lastTransitionTime)} \t${c.reason ?? ''} \t${c.message ?? ''}\n`,
    );
}

/** The pods on a node that have not ended; undefined where the user may not see them. */
function* podsOn(name: string, reader: Reader): Effects<Pod[] | undefined> {
  const fieldSelector = `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed`;
  try {
    return yield* reader.list<Pod>('v1', 'pods', {fieldSelector});
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return undefined;
    throw error;
  }
}

/** Events name a node by its uid (controllers) or by its name (the kubelet). */
function* nodeEvents(node: core.Node, reader: Reader): Effects<KubeEvent[]> {
  const {name, uid} = node.metadata ?? {};
  const byUid = yield* eventsAbout(reader, {name, uid, kind: 'Node'});
  return [...byUid, ...(yield* eventsAbout(reader, {name, uid: name, kind: 'Node'}))];
}

const slicesOn = (name: string, reader: Reader): Effects<ResourceSlice[]> =>
  orNone(reader.list<ResourceSlice>('resource.k8s.io/v1', 'resourceslices', {fieldSelector: `spec.nodeName=${name}`}));

export const describeNode: Describer<core.Node> = function* (node, page, {reader, showEvents}) {
  const {metadata, spec, status} = node;
  const name = metadata?.name ?? '';
  const pods = yield* podsOn(name, reader);
  const events = showEvents ? yield* nodeEvents(node, reader) : undefined;
  const slices = yield* slicesOn(name, reader);
  page.write(0, `Name:\t${name}\n`);
  page.write(0, `Roles:\t${nodeRoles(metadata?.labels).join(',') || '<none>'}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, `CreationTimestamp:\t${rfc1123(metadata?.creationTimestamp)}\n`);
  const taints = [...(spec?.taints ?? [])].sort((a, b) => byText(`${a.effect},${a.key}`, `${b.effect},${b.key}`));
  writeList(page, 'Taints', taints.map(taintText));
  page.write(0, `Unschedulable:\t${spec?.unschedulable ?? false}\n`);
  yield* writeLease(page, name, reader);
  writeConditions(page, status?.conditions);
  page.write(0, 'Addresses:\n');
  for (const address of status?.addresses ?? []) page.write(1, `${address.type}:\t${address.address}\n`);
  writeResourceList(page, 'Capacity', status?.capacity);
  writeResourceList(page, 'Allocatable', status?.allocatable);
  writeSlices(page, slices);
  writeInfo(page, status?.nodeInfo ?? {});
  if (spec?.podCIDR) page.write(0, `PodCIDR:\t${spec.podCIDR}\n`);
  if (spec?.podCIDRs?.length) page.write(0, `PodCIDRs:\t${spec.podCIDRs.join(',')}\n`);
  if (spec?.providerID) page.write(0, `ProviderID:\t${spec.providerID}\n`);
  if (pods) writePods(page, node, pods);
  else page.write(0, 'Pods:\tnot authorized\n');
  writeEvents(page, events);
};
