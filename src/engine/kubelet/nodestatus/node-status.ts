/** The Node object: how a kubelet registers it and what it reports of itself. upstream: pkg/kubelet/kubelet_node_status.go, nodestatus/setters.go */

import {equalJson} from '../../api/clone.ts';
import type {RuntimeVersion} from '../../api/cri.ts';
import {DECLARED_FEATURES} from '../../api/declared-features.ts';
import {canonical, parseQuantity, quantityValue} from '../../api/quantity.ts';
import {RELEASE} from '../../api/release.ts';
import {ApiError, type Json, type KubeObject, type Node, type Stored} from '../../api/types.ts';
import type {Host} from '../../client/hosts.ts';
import type {ComponentContext} from '../../client/types.ts';
import {parseCpuSet} from '../cm/cpu-set.ts';
import {type Kubelet, NODE} from '../types.ts';

/** upstream: nodeStatusReportFrequency */
const STATUS_REPORT_MS = 300_000;

/** upstream: --kube-reserved and hard eviction memory.available<100Mi */
const RESERVED_MEMORY = 100 * 2 ** 20;
const EPHEMERAL_SHARE = 0.9;

/** What the kubelet remembers of its own node. */
export interface NodeMemory {
  readonly registered: boolean;
  readonly reportedAt: number;
  /** Since when each pressure is on. */
  readonly pressure: Readonly<Record<string, number>>;
  readonly bootId: string;
  /** What was reported last, in short. */
  readonly digest?: string;
}

type Condition = NonNullable<NonNullable<Node['status']>['conditions']>[number];

const words: Readonly<Record<string, {ok: [string, string]; bad: [string, string]}>> = {
  MemoryPressure: {
    ok: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    bad: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
  },
  DiskPressure: {
    ok: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    bad: ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
  },
  PIDPressure: {
    ok: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    bad: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
  },
};

const NODE_EVENTS: Readonly<Record<string, {ok: string; bad: string}>> = {
  MemoryPressure: {ok: 'NodeHasSufficientMemory', bad: 'NodeHasInsufficientMemory'},
  DiskPressure: {ok: 'NodeHasNoDiskPressure', bad: 'NodeHasDiskPressure'},
  PIDPressure: {ok: 'NodeHasSufficientPID', bad: 'NodeHasInsufficientPID'},
};

export const nodeMemory = (ctx: ComponentContext): NodeMemory | undefined => ctx.memory.get<NodeMemory>(NODE, '');

export const saveNodeMemory = (ctx: ComponentContext, memory: NodeMemory): void => ctx.memory.put(NODE, '', memory);

/** Ready, or why not. */
function readiness({cri}: Kubelet): {status: 'True' | 'False'; reason: string; message: string} {
  if (!cri)
    return {
      status: 'False',
      reason: 'KubeletNotReady',
      message: '[container runtime is down, PLEG is not healthy: pleg has yet to be successful]',
    };
  const {networkNotReady} = cri.status();
  if (networkNotReady)
    return {
      status: 'False',
      reason: 'KubeletNotReady',
      message: `container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: ${networkNotReady}`,
    };
  return {status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status'};
}

const allocatable = ({capacity, kubelet}: Host): Record<string, string> =>
  Object.fromEntries(
    Object.entries(capacity).map(([name, quantity]) => {
      if (name === 'memory') return [name, canonical(parseQuantity(`${Math.floor((quantityValue(quantity) - RESERVED_MEMORY) / 1024)}Ki`))];
      if (name === 'ephemeral-storage') return [name, String(Math.floor(quantityValue(quantity) * EPHEMERAL_SHARE))];
      if (name === 'cpu' && kubelet?.reservedSystemCPUs)
        return [name, String(quantityValue(quantity) - parseCpuSet(kubelet.reservedSystemCPUs).length)];
      return [name, quantity];
    }),
  );

/** What somebody else counts (device plugins, an administrator): all of it can be had. upstream: nodestatus/setters.go MachineInfo, pkg/apis/core/v1/helper IsExtendedResourceName */
const extended = (resources: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(resources).filter(([name]) => name.includes('/') && !name.includes('kubernetes.io/')));

/** The conditions as they are now; their heartbeat is this instant, their transition that of the last change. */
function conditions(kubelet: Kubelet, old: readonly Condition[]): Condition[] {
  const {ctx} = kubelet;
  const now = ctx.time();
  const {pressure = {}} = nodeMemory(ctx) ?? {};
  const list = [
    ...Object.entries(words).map(([type, {ok, bad}]) => {
      const [reason, message] = pressure[type] === undefined ? ok : bad;
      return {type, status: pressure[type] === undefined ? 'False' : 'True', reason, message};
    }),
    {type: 'Ready', ...readiness(kubelet)},
  ];
  return list.map(condition => {
    const before = old.find(c => c.type === condition.type);
    return {
      ...condition,
      lastHeartbeatTime: now,
      lastTransitionTime: before?.status === condition.status ? before.lastTransitionTime! : now,
    } as Condition;
  });
}

/** Newer than the types of the API. */
const declared = {declaredFeatures: DECLARED_FEATURES};

/** The whole status. Conditions that others own stay. */
function nodeStatus(kubelet: Kubelet, old: Node['status']): NonNullable<Node['status']> {
  const {host, cri, node} = kubelet;
  const own = conditions(kubelet, old?.conditions ?? []);
  const foreign = (old?.conditions ?? []).filter(
    c => !own.some(o => o.type === c.type) && !host.reports?.conditions?.some(r => r.type === c.type),
  );
  const images = [...(cri?.listImages() ?? [])].sort((a, b) => b.size - a.size).slice(0, 50);
  const {conditions: said = [], images: onDisk = [], ...given} = host.reports ?? {};
  return {
    ...old,
    addresses: [
      {type: 'InternalIP', address: host.address},
      {type: 'Hostname', address: node},
    ],
    capacity: {...extended(old?.capacity), ...host.capacity},
    allocatable: {...extended(old?.capacity), ...allocatable(host)},
    conditions: [...foreign, ...own.filter(o => !said.some(c => c.type === o.type)), ...said],
    ...declared,
    daemonEndpoints: {kubeletEndpoint: {Port: 10250}},
    images: [...onDisk, ...images.map(({repoDigests, repoTags, size}) => ({names: [...repoDigests, ...repoTags], sizeBytes: size}))],
    nodeInfo: {
      architecture: 'amd64',
      bootID: nodeMemory(kubelet.ctx)?.bootId ?? '',
      containerRuntimeVersion: cri ? versionText(cri.version()) : `${host.runtime ?? 'containerd'}://Unknown`,
      kernelVersion: '6.8.0',
      kubeProxyVersion: '',
      kubeletVersion: RELEASE.gitVersion,
      machineID: idOf(node, 'machine'),
      operatingSystem: 'linux',
      osImage: 'Podyssey Linux 1',
      systemUUID: idOf(node, 'system'),
    },
    ...given,
  };
}

const versionText = ({runtimeName, runtimeVersion}: RuntimeVersion): string => `${runtimeName}://${runtimeVersion}`;

/** A name that depends on the node alone. */
function idOf(node: string, what: string): string {
  let hash = 0x811c9dc5;
  let result = '';
  for (let round = 0; result.length < 32; round++) {
    for (const c of `${what} ${node} ${round}`) hash = Math.imul(hash ^ c.charCodeAt(0), 0x01000193) >>> 0;
    result += hash.toString(16).padStart(8, '0');
  }
  return result.slice(0, 32);
}

/** What changes by itself is not worth a report. */
const comparable = (status: Node['status']): unknown => ({
  ...status,
  conditions: status?.conditions?.map(({lastHeartbeatTime: _h, ...c}) => c),
});

/** Creates the Node object, or takes over the one that is there. False: refused, to be tried again. */
export function registerNode(kubelet: Kubelet): boolean {
  const {ctx, host, node} = kubelet;
  if (nodeMemory(ctx)?.registered) return true;
  const labels = {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': node,
    'kubernetes.io/os': 'linux',
    ...host.labels,
  };
  saveNodeMemory(ctx, {registered: false, reportedAt: -STATUS_REPORT_MS, pressure: {}, bootId: idOf(`${node} ${ctx.now}`, 'boot')});
  try {
    ctx.client.create<KubeObject>('nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {name: node, labels, annotations: {'volumes.kubernetes.io/controller-managed-attach-detach': 'true'}},
      ...(host.taints.length > 0 && {spec: {taints: host.taints.map(t => ({...t}))}}),
      status: nodeStatus(kubelet, undefined),
    });
    ctx.trace('Node', `node/${node}`, 'registered');
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.reason !== 'AlreadyExists') return false;
  }
  const memory = nodeMemory(ctx)!;
  saveNodeMemory(ctx, {...memory, registered: true});
  tellStart(kubelet);
  return true;
}

/** Events about a node point to it by name, not by uid. */
export const nodeReference = (node: string): KubeObject => ({apiVersion: 'v1', kind: 'Node', metadata: {name: node, uid: node}});

function tellStart({ctx, node}: Kubelet): void {
  const tell = (reason: string, message: string) => ctx.events.event(nodeReference(node), 'Normal', reason, message);
  tell('Starting', 'Starting kubelet.');
  for (const {ok} of Object.values(NODE_EVENTS)) tell(ok, `Node ${node} status is now: ${ok}`);
  tell('NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
}

/** All that a status depends on, without the work of making one: it is looked at on every node every ten seconds. */
function digestOf({ctx, cri, host}: Kubelet, current: Node): string {
  const ready = current.status?.conditions?.find(c => c.type === 'Ready');
  const pressure = Object.keys(nodeMemory(ctx)?.pressure ?? {});
  const capacity = {...extended(current.status?.capacity), ...host.capacity};
  return JSON.stringify([cri?.version(), cri?.status(), cri?.listImages().length, pressure, capacity, ready?.status, ready?.reason]);
}

/** Reports when something changed, and every five minutes. */
export function updateNodeStatus(kubelet: Kubelet): void {
  const {ctx, node, now} = kubelet;
  const memory = nodeMemory(ctx);
  if (!memory?.registered) return;
  let current: Stored<Node> | undefined;
  try {
    current = ctx.lister<Node>('nodes').get('', node) ?? ctx.client.get<Node>('nodes', '', node);
    const digest = digestOf(kubelet, current);
    if (digest === memory.digest && now - memory.reportedAt < STATUS_REPORT_MS) return;
    const next = nodeStatus(kubelet, current.status);
    const changed = !equalJson(comparable(next), comparable(current.status));
    if (!changed && now - memory.reportedAt < STATUS_REPORT_MS) {
      saveNodeMemory(ctx, {...memory, digest});
      return;
    }
    ctx.client.patch('nodes', '', node, 'strategic', {status: next} as unknown as Json, {subresource: 'status'});
    saveNodeMemory(ctx, {...memory, reportedAt: now, digest});
    tellChanges(kubelet, current, next);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // The object was deleted: the kubelet does not make it again until it is restarted.
    ctx.trace('Node', `node/${node}`, `status update failed: ${error.message}`);
  }
}

function tellChanges({ctx, node}: Kubelet, before: Node, next: NonNullable<Node['status']>): void {
  for (const {type, status} of next.conditions ?? []) {
    const old = before.status?.conditions?.find(c => c.type === type)?.status;
    if (old === undefined || old === status) continue;
    const event =
      type === 'Ready' ? (status === 'True' ? 'NodeReady' : 'NodeNotReady') : NODE_EVENTS[type]?.[status === 'True' ? 'bad' : 'ok'];
    if (event) ctx.events.event(nodeReference(node), 'Normal', event, `Node ${node} status is now: ${event}`);
  }
}
