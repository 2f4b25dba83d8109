/**
 * Notices that a node has fallen silent, says so in its conditions and taints, and so has its pods evicted: zone by zone, not all at once.
 * Upstream looks at every node every five seconds; here a node is looked at only in the pass in which something can have become due.
 * upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go
 */

import {isPodReady, podCondition} from '../../api/pods.ts';
import {ApiError, type Lease, type Node, type Pod, type Stored} from '../../api/types.ts';
import {NAMESPACE_NODE_LEASE, TAINT_NODE_NOT_READY, TAINT_NODE_UNREACHABLE} from '../../api/well-known.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {ignoring} from '../common/claim.ts';
import {controller} from '../common/controller.ts';
import {tell} from '../common/tell.ts';
import {gracePeriodOf, lastSignOfLife, NODE_MONITOR_PERIOD_MS, readyStatus, unknownConditions} from './health.ts';
import {hasTaint, swapTaints, syncNoScheduleTaints} from './taints.ts';
import {type Census, evictionRate, NOBODY, type ZoneState, zoneOf, zoneState} from './zones.ts';

/** What the controller keeps of a zone. */
interface Zone {
  /** Nodes that wait to be tainted NoExecute, first come first served. */
  waiting: string[];
  /** Nodes a second. */
  rate: number;
  /** When the next may be tainted, in virtual milliseconds. */
  nextAt: number;
  state: ZoneState;
}

/** A node as it was counted. */
interface Registered {
  zone: string;
  ready: boolean;
}

/** Since when nodes have been watched, in virtual milliseconds: nobody is taken for dead on the strength of signs from before. */
interface Baseline {
  since: number;
}

export const nodeLifecycleController = controller({
  name: 'node-controller',
  watches: [
    {resource: 'nodes', on: onNode, portion: 8},
    {resource: 'pods', on: onPod},
    // Renewed by every node every ten seconds: read when a node is looked at, and not listened to.
    {resource: 'leases'},
  ],
  start(ctx) {
    for (const kind of ['zone', 'census', 'registered', 'baseline']) for (const [id] of ctx.memory.list(kind)) ctx.memory.delete(kind, id);
    ctx.memory.put<Baseline>('baseline', '', {since: ctx.now});
  },
  reconcile: reconcileTaints,
  timers: {
    monitor: (ctx, name) => monitor(ctx, name as string),
    zones: ctx => handleDisruption(ctx),
    taintPass: (ctx, zone) => taintPass(ctx, zone as string),
  },
});

/** The first pass at or after a time: passes come every five seconds. */
const passAt = (ms: number): number => Math.ceil(ms / NODE_MONITOR_PERIOD_MS) * NODE_MONITOR_PERIOD_MS;

const nextPass = (ctx: ComponentContext): number => passAt(ctx.now + 1);

const lookAt = (ctx: ComponentContext, name: string, pass: number): void =>
  ctx.after(Math.max(0, pass - ctx.now), 'monitor', name, {key: name, periodic: true});

const reviewZones = (ctx: ComponentContext): void => ctx.after(nextPass(ctx) - ctx.now, 'zones', null, {key: ''});

function onNode(ctx: ComponentContext, {type, object, old}: WatchEvent): void {
  const node = object as Stored<Node>;
  const name = node.metadata.name;
  // 1. One less.
  if (type === 'DELETED') {
    ctx.cancel('monitor', name);
    register(ctx, name, undefined);
    ctx.events.event(node, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
    reviewZones(ctx);
    return;
  }
  // 2. One more.
  const before = register(ctx, name, {zone: zoneOf(node), ready: readyStatus(node) === 'True'});
  if (!before) ctx.events.event(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
  else if (before.zone !== zoneOf(node)) reviewZones(ctx);
  // 3. Its taints follow its conditions at once; what follows from its readiness, in the next pass.
  ctx.queue.add(name);
  if (type === 'ADDED' || readyStatus(node) !== readyStatus(old as Node)) {
    lookAt(ctx, name, nextPass(ctx));
    reviewZones(ctx);
  }
}

/** Counts a node as it is now, or no longer, so that no pass has to count them all; returns how it was counted before. */
function register({memory}: ComponentContext, name: string, now: Registered | undefined): Registered | undefined {
  const before = memory.get<Registered>('registered', name);
  if (before && now && before.zone === now.zone && before.ready === now.ready) return before;
  const count = ({zone, ready}: Registered, by: 1 | -1): void => {
    const {nodes, readyNodes} = memory.get<Census>('census', zone) ?? NOBODY;
    if (nodes + by === 0) memory.delete('census', zone);
    else memory.put<Census>('census', zone, {nodes: nodes + by, readyNodes: readyNodes + (ready ? by : 0)});
  };
  if (before) count(before, -1);
  if (now) count(now, 1);
  if (now) memory.put<Registered>('registered', name, now);
  else if (before) memory.delete('registered', name);
  return before;
}

/** A pod that reports itself ready from a node that is not cannot be believed. */
function onPod(ctx: ComponentContext, {type, object, old}: WatchEvent): void {
  const pod = object as Stored<Pod>;
  if (type === 'DELETED' || !pod.spec?.nodeName || !isPodReady(pod) || (old && isPodReady(old as Pod))) return;
  const node = ctx.lister<Node>('nodes').get('', pod.spec.nodeName);
  const status = node && readyStatus(node);
  if (status && status !== 'True') markPodNotReady(ctx, pod);
}

function reconcileTaints(ctx: ComponentContext, name: string): void {
  const node = ctx.lister<Node>('nodes').get('', name);
  if (node && syncNoScheduleTaints(ctx, node)) tell(ctx, 'act', `node/${name}`, () => 'NoSchedule taints follow its conditions');
}

/** One node in one pass. */
function monitor(ctx: ComponentContext, name: string): void {
  const node = ctx.lister<Node>('nodes').get('', name);
  if (!node) return;
  try {
    checkNode(ctx, node);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    lookAt(ctx, name, nextPass(ctx));
  }
}

function checkNode(ctx: ComponentContext, node: Stored<Node>): void {
  const name = node.metadata.name;
  const observed = readyStatus(node);
  // 1. Has it been silent for longer than its grace? A sign of life counts from the pass that sees it.
  const sign = Math.max(
    lastSignOfLife(node, ctx.lister<Lease>('leases').get(NAMESPACE_NODE_LEASE, name)),
    ctx.memory.get<Baseline>('baseline', '')!.since,
  );
  const due = passAt(sign) + gracePeriodOf(node);
  const silent = ctx.now >= due;
  const conditions = silent ? unknownConditions(node, ctx.time()) : undefined;
  if (conditions) {
    tell(ctx, 'difference', `node/${name}`, () => `no sign of life for ${Math.round((ctx.now - sign) / 1000)} s`);
    const fresh = ctx.client.get<Node>('nodes', '', name);
    ctx.client.update<Node>('nodes', {...fresh, status: {...fresh.status, conditions}}, {subresource: 'status'});
    tell(ctx, 'act', `node/${name}`, () => 'its conditions turn Unknown');
  }
  // 2. Taint or absolve it, by what it was before this pass.
  if (observed === 'True') absolve(ctx, node);
  else if (observed !== undefined) condemn(ctx, node, observed);
  // 3. Its pods are not ready either.
  if (conditions && observed === 'True') {
    ctx.events.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    for (const pod of ctx.lister<Pod>('pods').by('node', name)) markPodNotReady(ctx, pod);
  }
  // 4. When to look again: after a change in the next pass, else when its silence would be too long.
  if (conditions) lookAt(ctx, name, nextPass(ctx));
  else if (!silent) lookAt(ctx, name, due);
}

function markPodNotReady(ctx: ComponentContext, pod: Stored<Pod>): void {
  const ready = podCondition(pod, 'Ready');
  if (!ready || ready.status === 'False') return;
  const conditions = pod.status!.conditions!.map(condition =>
    condition === ready ? {...condition, status: 'False', lastTransitionTime: ctx.time()} : condition,
  );
  if (ignoring([404, 409], () => ctx.client.update<Pod>('pods', {...pod, status: {...pod.status, conditions}}, {subresource: 'status'})))
    ctx.events.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
}

/** Ready: NoExecute taints come off, and nothing waits to be put on. */
function absolve(ctx: ComponentContext, node: Stored<Node>): void {
  const name = node.metadata.name;
  leaveQueue(ctx, zoneOf(node), name);
  const taints = [TAINT_NODE_NOT_READY, TAINT_NODE_UNREACHABLE].filter(key => hasTaint(node, key, 'NoExecute'));
  if (taints.length > 0 && swapTaints(ctx, name, 'NoExecute', [], taints))
    tell(ctx, 'act', `node/${name}`, () => 'ready again: NoExecute taints taken off');
}

/** Not ready, or unknown: to be tainted NoExecute. A node that has the other taint already is not spared the change by any limit. */
function condemn(ctx: ComponentContext, node: Stored<Node>, status: string): void {
  const [wanted, other] =
    status === 'False' ? [TAINT_NODE_NOT_READY, TAINT_NODE_UNREACHABLE] : [TAINT_NODE_UNREACHABLE, TAINT_NODE_NOT_READY];
  const name = node.metadata.name;
  if (hasTaint(node, other, 'NoExecute')) swapTaints(ctx, name, 'NoExecute', [wanted], [other]);
  else if (!hasTaint(node, wanted, 'NoExecute')) joinQueue(ctx, zoneOf(node), name);
}

const zoneFor = (ctx: ComponentContext, id: string): Zone =>
  ctx.memory.get<Zone>('zone', id) ?? {waiting: [], rate: evictionRate('Normal', 0), nextAt: 0, state: 'Normal'};

function joinQueue(ctx: ComponentContext, id: string, name: string): void {
  const zone = zoneFor(ctx, id);
  if (zone.waiting.includes(name)) return;
  ctx.memory.put<Zone>('zone', id, {...zone, waiting: [...zone.waiting, name]});
  schedulePass(ctx, id);
}

function leaveQueue(ctx: ComponentContext, id: string, name: string): void {
  const zone = zoneFor(ctx, id);
  if (zone.waiting.includes(name)) ctx.memory.put<Zone>('zone', id, {...zone, waiting: zone.waiting.filter(other => other !== name)});
}

function schedulePass(ctx: ComponentContext, id: string): void {
  const {waiting, rate, nextAt} = zoneFor(ctx, id);
  if (waiting.length > 0 && rate > 0) ctx.after(Math.max(0, nextAt - ctx.now), 'taintPass', id, {key: id});
}

/** One node of a zone gets its NoExecute taint; the next has to wait its turn. */
function taintPass(ctx: ComponentContext, id: string): void {
  const {waiting, rate} = zoneFor(ctx, id);
  const [name, ...rest] = waiting;
  if (name === undefined || rate === 0) return;
  const node = ctx.lister<Node>('nodes').get('', name);
  const status = node && readyStatus(node);
  let tainted = false;
  if (status === 'False' || status === 'Unknown') {
    const [wanted, other] =
      status === 'False' ? [TAINT_NODE_NOT_READY, TAINT_NODE_UNREACHABLE] : [TAINT_NODE_UNREACHABLE, TAINT_NODE_NOT_READY];
    tainted = ignoring([404, 409], () => swapTaints(ctx, name, 'NoExecute', [wanted], [other]));
    if (tainted) tell(ctx, 'act', `node/${name}`, () => `taint ${wanted}:NoExecute; next of its zone not before ${1 / rate} s`);
    else lookAt(ctx, name, nextPass(ctx));
  }
  ctx.memory.put<Zone>('zone', id, {...zoneFor(ctx, id), waiting: rest, ...(tainted && {nextAt: ctx.now + 1000 / rate})});
  schedulePass(ctx, id);
}

/** Sets the pace of each zone; where no zone has a ready node, suspects its own eyes and evicts nobody. */
function handleDisruption(ctx: ComponentContext): void {
  const zones = ctx.memory.list<Census>('census').map(([id, counted]) => ({id, size: counted.nodes, state: zoneState(counted)}));
  const known = ctx.memory.list<Zone>('zone');
  const wasBlind = known.length > 0 && known.every(([, zone]) => zone.state === 'FullDisruption');
  const isBlind = zones.every(({state}) => state === 'FullDisruption');
  const nodes = isBlind === wasBlind ? [] : ctx.lister<Node>('nodes').list();
  if (isBlind && !wasBlind) for (const node of nodes) absolve(ctx, node);
  // Sight comes back: everybody's silence counts from now.
  if (wasBlind && !isBlind) {
    ctx.memory.put<Baseline>('baseline', '', {since: ctx.now});
    for (const node of nodes) lookAt(ctx, node.metadata.name, nextPass(ctx));
  }
  for (const {id, size, state} of zones) {
    const rate = isBlind ? 0 : evictionRate(state, size);
    const zone = zoneFor(ctx, id);
    if (zone.state !== state || zone.rate !== rate) ctx.memory.put<Zone>('zone', id, {...zone, state, rate});
    schedulePass(ctx, id);
  }
}
