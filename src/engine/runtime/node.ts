/** One node's runtime within one step: its memory, its clock, and what it was given to work with. */

import {timeText} from '../api/clock.ts';
import type {Cni} from '../api/cni.ts';
import type {PodNetwork} from '../api/cri.ts';
import {CriError} from '../api/cri.ts';
import {createContext, ownerOf} from '../client/context.ts';
import {findHost} from '../client/hosts.ts';
import {memoryOf} from '../client/memory.ts';
import {findProcess} from '../client/processes.ts';
import type {Component, ComponentContext, Memory} from '../client/types.ts';
import type {Tx} from '../machine/types.ts';
import type {ImageCatalogue} from './catalogue/catalogue.ts';
import {flavourOf, type RuntimeFlavour} from './flavours.ts';
import {uidOf} from './ids.ts';
import {type ContainerRecord, PODS, type PodRecord, type Sandbox} from './types.ts';

/** Owner of what a node's runtime remembers, whichever it is. */
export const runtimeOwner = (node: string): string => ownerOf('cri', node);

export interface RuntimeOptions {
  cni(tx: Tx, node: string): Cni;
  images: ImageCatalogue;
  /** How processes of a pod reach others; absent: only what runs in the same pod. */
  network?(tx: Tx, node: string, sandbox: Sandbox): PodNetwork;
  /** A sandbox or a container has changed its state. upstream: CRI GetContainerEvents */
  changed?(tx: Tx, node: string, podUid: string): void;
}

/** Everything the runtime's functions work with. */
export interface RuntimeNode {
  readonly tx: Tx;
  readonly now: number;
  readonly node: string;
  readonly memory: Memory;
  readonly options: RuntimeOptions;
  readonly flavour: RuntimeFlavour;
  readonly date: string;
  trace(subject: string, detail: string): void;
  /** Lets the processes of a container go on at that time; undefined: nothing to wait for. */
  wakeAt(containerId: string, at: number | undefined, startedAt: number): void;
  changed(podUid: string): void;
}

/** Timers of the runtime's component. */
export const PROCESS_TIMER = 'process';

/** A process that has run this long, or waits this long, is the workload's own business: nobody waits for it to settle. */
const SETTLING_MS = 60_000;

/** Undefined when the runtime does not run on that node. */
export function openRuntime(tx: Tx, node: string, component: Component, options: RuntimeOptions): RuntimeNode | undefined {
  const process = findProcess(tx, `${component.name}/${node}`);
  return process?.running ? runtimeNode(createContext(tx, component, node, process.epoch), options) : undefined;
}

export const runtimeNode = (ctx: ComponentContext, options: RuntimeOptions): RuntimeNode => ({
  tx: ctx.tx,
  now: ctx.now,
  node: ctx.instance,
  memory: memoryOf(ctx.tx, runtimeOwner(ctx.instance)),
  options,
  flavour: flavourOf(findHost(ctx.tx, ctx.instance)),
  date: timeText(ctx.now),
  trace: (subject, detail) => ctx.trace('CRI', subject, detail),
  wakeAt(containerId, at, startedAt) {
    ctx.cancel(PROCESS_TIMER, containerId);
    if (at === undefined || !Number.isFinite(at)) return;
    const periodic = at - ctx.now > SETTLING_MS || ctx.now - startedAt > SETTLING_MS;
    ctx.after(Math.max(0, at - ctx.now), PROCESS_TIMER, containerId, {key: containerId, ...(periodic && {periodic})});
  },
  changed: podUid => options.changed?.(ctx.tx, ctx.instance, podUid),
});

export const podSubject = (pod: Pick<PodRecord, 'namespace' | 'name'>): string => `pod/${pod.namespace}/${pod.name}`;

const podsOf = (runtime: RuntimeNode): PodRecord[] => runtime.memory.list<PodRecord>(PODS).map(([, pod]) => pod);

export const listPods = podsOf;

export const findPod = (runtime: RuntimeNode, uid: string): PodRecord | undefined => runtime.memory.get<PodRecord>(PODS, uid);

/** The pod that has a thing with this id: by the uid in the id, else by search. */
function podWith(runtime: RuntimeNode, id: string, has: (pod: PodRecord) => boolean): PodRecord | undefined {
  const direct = findPod(runtime, uidOf(id)) ?? findPod(runtime, id.slice(32));
  return direct && has(direct) ? direct : podsOf(runtime).find(has);
}

export interface FoundSandbox {
  pod: PodRecord;
  sandbox: Sandbox;
}

/** Throws CriError NotFound. */
export function findSandbox(runtime: RuntimeNode, id: string): FoundSandbox {
  const pod = podWith(runtime, id, p => p.sandboxes.some(s => s.id === id));
  if (!pod) throw new CriError('NotFound', `an error occurred when try to find sandbox: not found`);
  return {pod, sandbox: pod.sandboxes.find(s => s.id === id)!};
}

export interface FoundContainer {
  pod: PodRecord;
  container: ContainerRecord;
}

/** Throws CriError NotFound. */
export function findContainer(runtime: RuntimeNode, id: string): FoundContainer {
  const pod = podWith(runtime, id, p => p.containers.some(c => c.id === id));
  if (!pod) throw new CriError('NotFound', `an error occurred when try to find container "${id}": not found`);
  return {pod, container: pod.containers.find(c => c.id === id)!};
}

export const savePod = (runtime: RuntimeNode, pod: PodRecord): void => {
  if (pod.sandboxes.length === 0 && pod.containers.length === 0) runtime.memory.delete(PODS, pod.uid);
  else runtime.memory.put(PODS, pod.uid, pod);
};

export const withContainer = (pod: PodRecord, container: ContainerRecord): PodRecord => ({
  ...pod,
  containers: pod.containers.map(c => (c.id === container.id ? container : c)),
});
