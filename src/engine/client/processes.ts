/**
 * The running programs of the cluster and the machine's handlers that give each component its events: deliveries of its watches, keys of its queue, its timers.
 * A stopped program hears nothing; started again it lists and watches afresh, as a real one does.
 */
import {EPOCH} from '../api/clock.ts';
import type {KubeObject, Stored} from '../api/types.ts';
import {serverConfig} from '../apiserver/config.ts';
import {resourceNamed, storagePrefix} from '../apiserver/resources.ts';
import {closeWatch, closeWatches, DELIVER, findWatch, openWatch, takeDeliveries, watchedObjects} from '../apiserver/watch.ts';
import type {IndexDefinition} from '../machine/indexes.ts';
import type {Handler} from '../machine/machine.ts';
import type {MachineEvent, ReadTable, Tx} from '../machine/types.ts';
import {clientOf} from './client.ts';
import {createContext, informerOwner, ownerOf, RELIST, TIMER} from './context.ts';
import {findHost} from './hosts.ts';
import {replacement} from './informer.ts';
import type {Component, ComponentContext, Watch, WatchEvent} from './types.ts';
import {createWatchTerms, relistDelay, termEnd} from './watch-terms.ts';
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
  /** Another candidate leads: it has no work. */
  readonly waiting?: boolean | undefined;
}

export const PROCESSES = 'processes';
const START = 'start';
/** A program has ended of its own accord, and is started again after a while. */
const EXIT = 'exit';
const START_AGAIN = 'start-again';
/** More of what a loop is told when a cache has been filled. */
const TOLD = 'told';

/** How long from a commit to its delivery, unless a link is slowed down. */
export const WATCH_LAG_MS = 2;

/** Handlers are told of so many objects at a time, however many a list holds. upstream: client-go/tools/cache/shared_informer.go processorListener */
const PORTION = 25;

const LIVES_KEPT = 1024;

export const processIndexes: readonly IndexDefinition[] = [
  {table: PROCESSES, name: 'owner', type: 'unique', keys: (p: Process) => p.owner},
  {table: PROCESSES, name: 'program', type: 'many', keys: (p: Process) => p.program},
  {table: PROCESSES, name: 'instance', type: 'many', keys: (p: Process) => p.instance},
] as unknown as readonly IndexDefinition[];

/** The life that a component leads on one machine; undefined where it has never been started. */
export const findProcess = (from: {table<T extends object>(name: string): ReadTable<T>}, owner: string): Process | undefined =>
  from.table<Process>(PROCESSES).find('owner', owner);

/** Lets a running process begin anew: it has what it lacked. */
export const restart = (tx: Tx, owner: string): void => tx.schedule(tx.now, {type: START, to: owner});

/** Lets a program on one instance end of its own accord, and be started again after so many milliseconds. */
export const exitProgram = (tx: Tx, program: string, instance: string, reason: string, againAfter: number): void =>
  tx.schedule(tx.now, {type: EXIT, to: program, data: {instance, reason, againAfter}});

/** A note that a component could not do what it was at: which, where, and why. */
export interface FailureNote {
  kind: 'failure';
  component: string;
  instance: string;
  at: string;
  message: string;
}

/** A note that watch events reached a cache. */
export interface DeliveryNote {
  kind: 'delivery';
  /** The component, or the program whose loops share the cache. */
  component: string;
  instance: string;
  resource: string;
  revision: number;
  count: number;
}

/** Some of what a loop is told of a list, in one of its lives. */
interface Portion {
  readonly resource: string;
  readonly epoch: number;
  readonly events: readonly WatchEvent[];
}

/** The machine's handlers for a set of components, and what starts and stops them. */
export function createProcesses(components: readonly Component[]) {
  const byName = new Map(components.map(c => [c.name, c]));

  interface Live {
    readonly component: Component;
    readonly context: ComponentContext;
    readonly process: Process;
  }

  /** A loop is handed the same things as long as it lives and is not one of too many. */
  const kept = new WeakMap<Tx, Map<string, Live>>();

  const running = (tx: Tx, owner: string): Live | undefined => {
    const process = findProcess(tx, owner);
    if (!process?.running) return undefined;
    let lives = kept.get(tx);
    if (!lives) kept.set(tx, (lives = new Map()));
    const known = lives.get(owner);
    if (known?.process === process) return known;
    const component = byName.get(process.component)!;
    const live = {component, process, context: createContext(tx, component, process.instance, process.epoch)};
    if (lives.size >= LIVES_KEPT) lives.clear();
    lives.set(owner, live);
    return live;
  };

  const fail = (tx: Tx, process: Process, at: string, error: unknown): void => {
    if (!tx.noting) return;
    const message = error instanceof Error ? error.message : String(error);
    tx.note({kind: 'failure', component: process.component, instance: process.instance, at, message} as FailureNote);
  };

  interface Reader extends Live {
    readonly watch: Watch;
  }

  /** The loops of a program that share its informers. */
  const sharers = new Map<string, Component[]>();
  for (const c of components) if (c.informers) sharers.set(c.process, [...(sharers.get(c.process) ?? []), c]);

  const watchOf = (component: Component, resource: string): Watch | undefined => component.watches.find(w => w.resource === resource);

  /** The running loops that read an owner's cache of a resource. */
  const readersOf = (tx: Tx, owner: string, resource: string): Reader[] => {
    const slash = owner.indexOf('/');
    const [name, instance] = [owner.slice(0, slash), owner.slice(slash + 1)];
    return (sharers.get(name) ?? [byName.get(name)!]).flatMap(component => {
      const watch = watchOf(component, resource);
      const live = watch && running(tx, ownerOf(component.name, instance));
      return live ? [{...live, watch}] : [];
    });
  };

  /** Virtual milliseconds at which what a client shows runs out; the watch that is open then goes on to its end. */
  const expiryOf = (tx: Tx, {component, process}: Live): number | undefined => {
    const notAfter = component.certificate?.(tx, process.instance)?.notAfter;
    return notAfter === undefined ? undefined : notAfter - EPOCH;
  };

  const tell = (readers: readonly Reader[], events: readonly WatchEvent[]): void => {
    for (const {watch, context} of readers) if (watch.on) for (const event of events) watch.on(context, event);
  };

  /** What a list brought: at once where it is little, else in portions, one after the other at this same instant. */
  const tellList = (tx: Tx, readers: readonly Reader[], events: readonly WatchEvent[]): void => {
    if (events.length <= PORTION) return tell(readers, events);
    for (const {watch, process} of readers) {
      if (!watch.on) continue;
      const {resource, portion = PORTION} = watch;
      for (let from = 0; from < events.length; from += portion) {
        const data: Portion = {resource, epoch: process.epoch, events: events.slice(from, from + portion)};
        tx.schedule(tx.now, {type: TOLD, to: process.owner, data});
      }
    }
  };

  /**
   * List, then watch from the list's revision; returns how to tell the readers (or the one that has just begun) what changed by it. Refused (401, 403) or unserved, it is tried again after a
   * while, as a reflector does.
   */
  const listAndWatch = (tx: Tx, owner: string, resource: string, begun?: Reader): (() => void) => {
    const first = begun ?? readersOf(tx, owner, resource)[0];
    if (!first) return () => {};
    const {component, context, process, watch} = first;
    const one = watch.one?.(context);
    if (watch.one && !one) {
      closeWatch(tx, owner, resource);
      return () => {};
    }
    const field = one ? `metadata.name=${one.name}` : watch.field && `${watch.field.name}=${watch.field.value(process.instance)}`;
    const before = findWatch(tx, owner, resource);
    const prefix = storagePrefix(resourceNamed(tx, resource));
    const open = {owner, resource, prefix, since: tx.now, lag: before?.lag ?? WATCH_LAG_MS, ...(field && {field})};
    const wakes = (sharers.get(component.process) ?? [component]).some(c => watchOf(c, resource)?.on);
    try {
      const shared = component.informers && clientOf(tx, component.informers(process.instance), component.process);
      const client = one?.client ?? shared ?? context.client;
      // Who is never woken asks only where it is not let in as a matter of course.
      const objects = wakes || before?.stalled ? client.list(resource, {...(field && {fieldSelector: field}), resourceVersion: '0'}) : [];
      const known = before ? watchedObjects(tx, before) : [];
      const expiry = wakes ? undefined : expiryOf(tx, first);
      const passive = !wakes && {passive: true, until: expiry === undefined ? undefined : termEnd(open, expiry)};
      openWatch(tx, {...open, revision: tx.root.revision, stalled: undefined, wasCut: undefined, failures: undefined, ...passive});
      return () => tellList(tx, begun ? [begun] : readersOf(tx, owner, resource), replacement(known, objects as Stored<KubeObject>[]));
    } catch (error) {
      const failures = (before?.failures ?? 0) + 1;
      // What was held open until now is over: a client that is refused a new one is told nothing more.
      openWatch(tx, {...open, revision: before?.revision ?? 0, stalled: true, failures, ...(before && {wasCut: true})});
      fail(tx, process, `list ${resource}`, error);
      tx.schedule(tx.now + relistDelay(open, failures), {type: RELIST, to: owner, key: resource, periodic: true});
      return () => {};
    }
  };

  /** Another candidate leads. */
  const waits = ({component, context}: Live): boolean => component.standby === true && component.mayWatch?.(context) === false;

  const updateProcess = (tx: Tx, owner: string, change: Partial<Process>): void =>
    void tx.update<Process>(PROCESSES, tx.table<Process>(PROCESSES).slotOf('owner', owner), p => void Object.assign(p, change));

  /** What it has begun to wait for as the one that led is not for it any more. */
  const retire = (tx: Tx, {component, process}: Live): void => {
    closeWatches(tx, informerOwner(component, process.instance));
    updateProcess(tx, process.owner, {epoch: process.epoch + 1, waiting: true});
  };

  /** A loop begins: what its program has listed already it is told from the cache, the rest is listed. */
  const start = (tx: Tx, owner: string): void => {
    const begun = running(tx, owner);
    if (!begun) return;
    if (waits(begun)) return retire(tx, begun);
    if (begun.process.waiting) updateProcess(tx, owner, {waiting: undefined});
    const live = running(tx, owner)!;
    const {component, context, process} = live;
    component.start?.(context);
    if (component.mayWatch && !component.mayWatch(context)) return closeWatches(tx, informerOwner(component, process.instance));
    const cacheOwner = informerOwner(component, process.instance);
    const listed = component.watches.map(watch => {
      const open = findWatch(tx, cacheOwner, watch.resource);
      const reader = {...live, watch};
      if (!open || open.stalled || !component.informers) return listAndWatch(tx, cacheOwner, watch.resource, reader);
      const events = watch.on ? replacement([], watchedObjects(tx, open)) : [];
      return () => tellList(tx, [reader], events);
    });
    for (const begin of listed) begin();
  };

  /** Of a kubelet the Node authorizer knows what it may, without any policy. */
  const terms = createWatchTerms({
    clientOf(owner) {
      const [name, instance] = owner.split('/') as [string, string];
      const component = sharers.get(name)?.[0] ?? byName.get(name)!;
      if (component.certificate) return undefined;
      return component.informers?.(instance) ?? component.user(instance);
    },
    begin: (tx, owner, resource) => listAndWatch(tx, owner, resource)(),
  });

  const handlers = {
    ...terms,
    [START]: (tx, event) => start(tx, event.to!),
    [RELIST]: (tx, event) => listAndWatch(tx, event.to!, event.key!)(),
    [TOLD]: (tx, event) => {
      const live = running(tx, event.to!);
      const {resource, epoch, events} = event.data as Portion;
      if (live?.process.epoch === epoch) tell([{...live, watch: watchOf(live.component, resource)!}], events);
    },
    [DELIVER]: (tx, event) => {
      const [owner, resource] = [event.to!, event.key!];
      const open = findWatch(tx, owner, resource);
      if (!open || open.stalled || !serverConfig(tx).running) return;
      const readers = readersOf(tx, owner, resource);
      if (readers.length === 0) return;
      const expiry = expiryOf(tx, readers[0]!);
      if (expiry !== undefined && tx.now > expiry && tx.now > termEnd(open, expiry)) return listAndWatch(tx, owner, resource)();
      const {events, expired} = takeDeliveries(tx, open);
      if (expired) listAndWatch(tx, owner, resource)();
      tell(readers, events);
      if (tx.noting && events.length) {
        const [component, instance] = owner.split('/') as [string, string];
        const {revision} = findWatch(tx, owner, resource)!;
        tx.note({kind: 'delivery', component, instance, resource, revision, count: events.length} as DeliveryNote);
      }
    },
    [WORK]: (tx, event) => {
      const live = running(tx, event.to!);
      if (!live || live.process.waiting) return;
      const {component, context, process} = live;
      const key = event.key!;
      try {
        component.reconcile?.(context, key);
        if (!context.queue.goesOn(key)) context.queue.forget(key);
      } catch (error) {
        fail(tx, process, key, error);
        context.queue.addRateLimited(key);
      }
    },
    [EXIT]: (tx, event) => {
      const {instance, reason, againAfter} = event.data as {instance: string; reason: string; againAfter: number};
      const program = event.to!;
      const first = tx
        .table<Process>(PROCESSES)
        .all('program', program)
        .find(process => process.running && process.instance === instance);
      if (!first) return;
      fail(tx, first, 'exit', reason);
      setProgram(tx, program, false, instance);
      tx.schedule(tx.now + againAfter, {type: START_AGAIN, to: program, key: instance});
    },
    [START_AGAIN]: (tx, event) => void setProgram(tx, event.to!, true, event.key!),
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

  const belongs = (tx: Tx, component: Component, instance: string): boolean => {
    const host = findHost(tx, instance);
    return !host || (component.runsOn?.(host) ?? true);
  };

  /** Adds a process, and lets it start, after so many milliseconds, when it is to run. */
  const add = (tx: Tx, component: Component, instance: string, wanted: boolean, delay = 0): void => {
    const owner = ownerOf(component.name, instance);
    if (findProcess(tx, owner)) return;
    const run = wanted && belongs(tx, component, instance);
    tx.insert(PROCESSES, {owner, component: component.name, program: component.process, instance, running: run, epoch: 1});
    if (run) tx.schedule(tx.now + delay, {type: START, to: owner});
  };

  const setRunning = (tx: Tx, slot: number, run: boolean): void => {
    const process = tx.table<Process>(PROCESSES).get(slot)!;
    if (process.running === run || (run && !belongs(tx, byName.get(process.component)!, process.instance))) return;
    if (!run) {
      const {component, context} = running(tx, process.owner)!;
      component.stop?.(context);
      closeWatches(tx, informerOwner(component, process.instance));
    }
    tx.update<Process>(PROCESSES, slot, p => void Object.assign(p, {running: run, epoch: p.epoch + (run ? 1 : 0)}));
    if (run) tx.schedule(tx.now, {type: START, to: process.owner});
  };

  /** Starts or stops all components of a program (on one node, if given). Returns how many there are. */
  const setProgram = (tx: Tx, program: string, run: boolean, instance?: string): number => {
    const processes = tx.table<Process>(PROCESSES);
    const slots = processes
      .slotsOf('program', program)
      .filter(slot => instance === undefined || processes.get(slot)!.instance === instance);
    // Whoever was to be started again is now as it is wanted.
    for (const each of new Set(slots.map(slot => processes.get(slot)!.instance))) tx.cancel(START_AGAIN, program, each);
    for (const slot of slots) setRunning(tx, slot, run);
    return slots.length;
  };

  return {
    handlers,
    add,
    setProgram,
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
