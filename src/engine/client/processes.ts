/**
 * The running programs of the cluster and the machine's handlers that give each component its events: deliveries of its watches, keys of its queue, its timers.
 * A stopped program hears nothing; started again it lists and watches afresh, as a real one does.
 */
import type {KubeObject, Stored} from '../api/types.ts';
import {resourceNamed, storagePrefix} from '../apiserver/resources.ts';
import {closeWatches, DELIVER, findWatch, openWatch, takeDeliveries, watchedObjects} from '../apiserver/watch.ts';
import type {IndexDefinition} from '../machine/indexes.ts';
import type {Handler} from '../machine/machine.ts';
import type {MachineEvent, ReadTable, Tx} from '../machine/types.ts';
import {clientOf} from './client.ts';
import {createContext, ownerOf, TIMER} from './context.ts';
import {replacement} from './informer.ts';
import type {Component, ComponentContext, Watch} from './types.ts';
import {WORK} from './work-queue.ts';

export interface Process {
  /** `component/instance`. */
  readonly owner: string;
  readonly component: string;
  /** The program it is part of (`kube-controller-manager`). */
  readonly program: string;
  /** The node it runs on, or ''. */
  readonly instance: string;
  readonly running: boolean;
  /** Counts its lives: timers of an earlier one are not heard. */
  readonly epoch: number;
}

export const PROCESSES = 'processes';
export const START = 'start';
const RELIST = 'relist';

/** How long from a commit to its delivery, unless a link is slowed down. */
export const WATCH_LAG_MS = 2;

/** upstream: client-go/tools/cache/reflector.go: backoff 800 ms ... 30 s; its first step. */
const RELIST_BACKOFF_MS = 800;

export const processIndexes: readonly IndexDefinition[] = [
  {table: PROCESSES, name: 'owner', type: 'unique', keys: (p: Process) => p.owner},
  {table: PROCESSES, name: 'program', type: 'many', keys: (p: Process) => p.program},
  {table: PROCESSES, name: 'instance', type: 'many', keys: (p: Process) => p.instance},
] as unknown as readonly IndexDefinition[];

export const findProcess = (from: {table<T extends object>(name: string): ReadTable<T>}, owner: string): Process | undefined =>
  from.table<Process>(PROCESSES).find('owner', owner);

/** A note that a component could not do what it was at: which, where, and why. */
export interface FailureNote {
  kind: 'failure';
  component: string;
  instance: string;
  at: string;
  message: string;
}

/** The machine's handlers for a set of components, and what starts and stops them. */
export function createProcesses(components: readonly Component[]) {
  const byName = new Map(components.map(c => [c.name, c]));

  const running = (tx: Tx, owner: string): {component: Component; context: ComponentContext; process: Process} | undefined => {
    const process = findProcess(tx, owner);
    if (!process?.running) return undefined;
    const component = byName.get(process.component)!;
    return {component, process, context: createContext(tx, component, process.instance, process.epoch)};
  };

  const fail = (tx: Tx, process: Process, at: string, error: unknown): void => {
    if (!tx.noting) return;
    const message = error instanceof Error ? error.message : String(error);
    tx.note({kind: 'failure', component: process.component, instance: process.instance, at, message} as FailureNote);
  };

  const prefixFor = (tx: Tx, watch: Watch): string => storagePrefix(resourceNamed(tx, watch.resource));
  const fieldOf = (watch: Watch, instance: string): string | undefined =>
    watch.field && `${watch.field.name}=${watch.field.value(instance)}`;

  /**
   * List, then watch from the list's revision; returns how to tell the component what was listed. Refused (401, 403) or unserved, it is tried again after a
   * while, as a reflector does.
   */
  const listAndWatch = (tx: Tx, owner: string, watch: Watch): (() => void) => {
    const {component, context, process} = running(tx, owner)!;
    const field = fieldOf(watch, process.instance);
    const before = findWatch(tx, owner, watch.resource);
    const open = {owner, resource: watch.resource, prefix: prefixFor(tx, watch), lag: before?.lag ?? WATCH_LAG_MS, ...(field && {field})};
    try {
      const reader = component.informers ? clientOf(tx, component.informers(process.instance), component.name) : context.client;
      const objects = watch.on ? reader.list(watch.resource, field ? {fieldSelector: field} : {}) : [];
      const known = before ? watchedObjects(tx, before) : [];
      openWatch(tx, {...open, revision: tx.root.revision, stalled: undefined, wasCut: undefined, ...(!watch.on && {passive: true})});
      return () => {
        for (const event of replacement(known, objects as Stored<KubeObject>[])) watch.on!(context, event);
      };
    } catch (error) {
      if (!before) openWatch(tx, {...open, revision: 0, stalled: true});
      fail(tx, process, `list ${watch.resource}`, error);
      tx.schedule(tx.now + RELIST_BACKOFF_MS, {type: RELIST, to: owner, key: watch.resource, periodic: true});
      return () => {};
    }
  };

  const start = (tx: Tx, owner: string): void => {
    const live = running(tx, owner);
    if (!live) return;
    live.component.start?.(live.context);
    const listed = live.component.watches.map(watch => listAndWatch(tx, owner, watch));
    for (const tell of listed) tell();
  };

  const watchOf = (component: Component, resource: string): Watch | undefined => component.watches.find(w => w.resource === resource);

  const handlers = {
    [START]: (tx, event) => start(tx, event.to!),
    [RELIST]: (tx, event) => {
      const live = running(tx, event.to!);
      const watch = live && watchOf(live.component, event.key!);
      if (watch) listAndWatch(tx, event.to!, watch)();
    },
    [DELIVER]: (tx, event) => {
      const live = running(tx, event.to!);
      const open = live && findWatch(tx, event.to!, event.key!);
      if (!open || open.stalled) return;
      const watch = watchOf(live.component, event.key!)!;
      const {events, expired} = takeDeliveries(tx, open);
      if (expired) listAndWatch(tx, event.to!, watch)();
      for (const e of events) watch.on!(live.context, e);
      if (tx.noting && events.length) {
        tx.note({
          kind: 'delivery',
          component: live.process.component,
          instance: live.process.instance,
          resource: event.key!,
          revision: findWatch(tx, event.to!, event.key!)!.revision,
          count: events.length,
        } as never);
      }
    },
    [WORK]: (tx, event) => {
      const live = running(tx, event.to!);
      if (!live) return;
      const {component, context, process} = live;
      const key = event.key!;
      try {
        component.reconcile?.(context, key);
        context.queue.forget(key);
      } catch (error) {
        fail(tx, process, key, error);
        context.queue.addRateLimited(key);
      }
    },
    [TIMER]: (tx, event: MachineEvent) => {
      const live = running(tx, event.to!);
      const {name, data, epoch} = event.data as {name: string; data: never; epoch: number};
      if (!live || live.process.epoch !== epoch) return;
      try {
        live.component.timers![name]!(live.context, data);
      } catch (error) {
        fail(tx, live.process, name, error);
      }
    },
  } satisfies Record<string, Handler>;

  /** Adds a process, and lets it start when it is to run. */
  const add = (tx: Tx, component: Component, instance: string, run: boolean): void => {
    const owner = ownerOf(component.name, instance);
    if (findProcess(tx, owner)) return;
    tx.insert(PROCESSES, {owner, component: component.name, program: component.process, instance, running: run, epoch: 1});
    if (run) tx.schedule(tx.now, {type: START, to: owner});
  };

  const setRunning = (tx: Tx, slot: number, run: boolean): void => {
    const process = tx.table<Process>(PROCESSES).get(slot)!;
    if (process.running === run) return;
    if (!run) {
      byName.get(process.component)!.stop?.(running(tx, process.owner)!.context);
      closeWatches(tx, process.owner);
    }
    tx.update<Process>(PROCESSES, slot, p => void Object.assign(p, {running: run, epoch: p.epoch + (run ? 1 : 0)}));
    if (run) tx.schedule(tx.now, {type: START, to: process.owner});
  };

  return {
    handlers,
    add,
    /** Starts or stops all components of a program (on one node, if given). Returns how many there are. */
    setProgram(tx: Tx, program: string, run: boolean, instance?: string): number {
      const slots = [...tx.table<Process>(PROCESSES).slotsOf('program', program)].filter(
        slot => instance === undefined || tx.table<Process>(PROCESSES).get(slot)!.instance === instance,
      );
      for (const slot of slots) setRunning(tx, slot, run);
      return slots.length;
    },
    /** Starts or stops everything that runs on a node. Returns how many there are. */
    setInstance(tx: Tx, instance: string, run: boolean): number {
      const slots = [...tx.table<Process>(PROCESSES).slotsOf('instance', instance)];
      for (const slot of slots) setRunning(tx, slot, run);
      return slots.length;
    },
    components,
  };
}

export type Processes = ReturnType<typeof createProcesses>;
