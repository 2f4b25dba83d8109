/**
 * One door for change. A machine handles one event after another; each handler gets a Tx, and what it wrote through it becomes one step of the journal.
 * The machine knows nothing of Kubernetes.
 */
import {Immer} from 'immer';
import {createDueEvents, DUE, DUE_INDEX, type DueEvents} from './due-events.ts';
import {freezeDeep} from './freeze.ts';
import {digestHex, digestText, hashText, newDigest} from './hash.ts';
import type {IndexDefinition} from './indexes.ts';
import {createJournal, type Journal} from './journal.ts';
import {addChange, type Changes, eachChange, eachInverse, KeptStep} from './kept-step.ts';
import {nextRandom, seedRandom} from './random.ts';
import {createTables, type Snapshot, type Tables} from './tables.ts';
import type {DueEvent, Entity, MachineEvent, Note, ReadTable, Root, Tx} from './types.ts';
import {vectorEntries} from './vector.ts';

export type Handler = (tx: Tx, event: MachineEvent, cause: number) => unknown;

export interface MachineOptions {
  seed: number;
  handlers: Readonly<Record<string, Handler>>;
  indexes: readonly IndexDefinition[];
  /** How an entity of a table enters the hash; default: its JSON. */
  digests?: Readonly<Record<string, (entity: never) => string>>;
  /** False: keep no notes and no steps (large benchmarks). Default true. */
  record?: boolean;
  /** Steps kept; older ones are forgotten and can no longer be undone. Default: no bound. */
  maxSteps?: number;
}

/** A state as a value: what a machine can be started from again. */
export interface MachineState {
  readonly root: Root;
  readonly tables: Snapshot;
}

/** A hash under way. The state it is of is kept, whatever becomes of the machine meanwhile. */
export interface Hashing {
  /** How many entities there are to read. */
  readonly entities: number;
  /** Reads some more of them; the hash once all have been read. */
  goOn(): string | undefined;
}

export interface Machine {
  readonly root: Root;
  /** Virtual milliseconds. */
  readonly now: number;
  readonly journal: Journal;
  table<T extends Entity>(name: string): ReadTable<T>;
  /** Handles an event of the outside world now; returns what its handler returned. */
  dispatch(event: MachineEvent): unknown;
  /** The answer a dispatch would give, without a trace: nothing is written, and a future that is known stays known. */
  look(event: MachineEvent): unknown;
  /** True when nothing but periodic events is due. */
  readonly idle: boolean;
  /** The earliest due event, or undefined. */
  next(): DueEvent | undefined;
  /** Handles the earliest due event; the clock jumps to it. False when nothing is due. */
  step(): boolean;
  /** Handles everything due until the virtual time `at`, then sets the clock to it. Stops early when `until` says so after a step. */
  runUntil(at: number, until?: () => boolean): void;
  /** Runs until only periodic events are due, at most until the virtual time `limit`. False when the limit came first. */
  settle(limit: number): boolean;
  /** Puts the machine after the first `position` steps of its journal, backwards or forwards. */
  seek(position: number): void;
  /** The state now, as an immutable value. */
  state(): MachineState;
  /** Equal for equal states. */
  hash(): string;
  /** The hash of the state as it is now, found out little by little. */
  hashing(): Hashing;
  /** A machine of its own that shares this one's past. */
  fork(): Machine;
  /** Called after every step and seek. Returns how to stop it. */
  subscribe(listener: () => void): () => void;
  /** Called with each change of a table, in both directions of time: for data derived outside the state. */
  onChange(table: string, listener: (slot: number, old: Entity | undefined, now: Entity | undefined) => void): void;
}

/** Drafts alone: what they leave behind is frozen by `freezeDeep`, which stops at what is frozen already. */
const {produce} = new Immer({autoFreeze: false});

/** A machine at virtual time 0 with empty tables. */
export function createMachine(options: MachineOptions): Machine {
  const root: Root = Object.freeze({now: 0, step: 1, seq: 1, revision: 0, rng: seedRandom(options.seed)});
  return resumeMachine({root, tables: {}}, options);
}

/** A machine that goes on from a state; its journal begins there. */
export function resumeMachine(state: MachineState, options: MachineOptions): Machine {
  const tables = createTables([...options.indexes, DUE_INDEX], state.tables);
  return machineFrom({root: state.root, tables, due: createDueEvents(tables)}, options, createJournal(state.root, options.maxSteps));
}

const NO_NOTES: readonly Note[] = Object.freeze([]);

/** A copy, field by field: see `copyWith`. */
const frozenRoot = ({now, step, seq, revision, rng}: Root): Root => Object.freeze({now, step, seq, revision, rng});

const digestCache = new WeakMap<Entity, string>();

/** How many entities a hash reads at a time: a millisecond or two. */
const READ_AT_ONCE = 50;

function* hashOf({root, tables}: MachineState, digests: Required<MachineOptions>['digests']): Generator<undefined, string> {
  const all = newDigest();
  digestText(all, JSON.stringify(root));
  let read = 0;
  for (const [name, vector] of Object.entries(tables)) {
    const asText = (digests[name] as ((entity: Entity) => string) | undefined) ?? JSON.stringify;
    for (const [slot, entity] of vectorEntries<Entity>(vector)) {
      let digest = digestCache.get(entity);
      if (digest === undefined) digestCache.set(entity, (digest = hashText(asText(entity))));
      digestText(all, `${name}/${slot}=${digest}`);
      if (++read % READ_AT_ONCE === 0) yield;
    }
  }
  return digestHex(all);
}

/** What a machine begins with: its own from then on. */
interface Beginning {
  readonly root: Root;
  readonly tables: Tables;
  readonly due: DueEvents;
}

function machineFrom({root: start, tables, due}: Beginning, options: MachineOptions, journal: Journal): Machine {
  const {handlers, digests = {}, record = true} = options;
  const listeners = new Set<() => void>();
  let root = start;

  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  // ---- the transaction: one object, reused by every step; `live` and the lists below are the step's own ----

  const live = {...start};
  let changes: Changes = [];
  let notes: Note[] = [];

  const write = (table: string, slot: number, old: Entity | undefined, now: Entity | undefined): void => {
    addChange(changes, table, slot, old, now, tables.write(table, slot, old, now));
  };
  const inUse = (table: string, slot: number): Entity => {
    const entity = tables.read(table).get(slot);
    if (!entity) throw new Error(`slot ${slot} of ${table} is empty`);
    return entity;
  };
  const dueSlotOf = (type: string, to: string, key: string): number => tables.read(DUE).slotAt('key', type, to, key);

  /** Without getters: an object that has some of its own is looked up in like a map, by everybody and at every look. */
  const tx: Tx & {now: number; step: number} = {
    now: live.now,
    step: live.step,
    root: live,
    noting: record,
    table: <T extends Entity>(name: string) => tables.read<T>(name),
    insert(table, entity) {
      const slot = tables.emptySlot(table);
      write(table, slot, undefined, freezeDeep(entity));
      return slot;
    },
    put(table, slot, entity) {
      write(table, slot, tables.read(table).get(slot), freezeDeep(entity));
    },
    update<T extends Entity>(table: string, slot: number, recipe: (draft: T) => void): T {
      const old = inUse(table, slot) as T;
      const now = produce(old, draft => void recipe(draft as T));
      if (now !== old) write(table, slot, old, freezeDeep(now));
      return now;
    },
    replace(table, slot, entity) {
      const old = inUse(table, slot);
      if (old !== entity) write(table, slot, old, freezeDeep(entity));
    },
    remove(table, slot) {
      write(table, slot, inUse(table, slot), undefined);
    },
    setRoot(next) {
      Object.assign(live, next);
    },
    random() {
      const [value, next] = nextRandom(live.rng);
      live.rng = next;
      return value;
    },
    schedule(at, wanted) {
      const time = Math.max(Math.ceil(at), live.now);
      if (wanted.key !== undefined) {
        const slot = dueSlotOf(wanted.type, wanted.to ?? '', wanted.key);
        const there = slot < 0 ? undefined : tables.read<DueEvent>(DUE).get(slot);
        if (there) {
          if (there.at <= time) return;
          tx.remove(DUE, slot);
        }
      }
      tx.insert(DUE, {...wanted, at: time, seq: live.seq++, cause: live.step});
    },
    cancel(type, to, key) {
      const slot = dueSlotOf(type, to, key);
      if (slot < 0) return false;
      tx.remove(DUE, slot);
      return true;
    },
    dueAt: (type, to, key) => tables.read<DueEvent>(DUE).at('key', type, to, key)?.at,
    note: note => {
      if (record) notes.push(note);
    },
  };

  const takeBack = (): void => eachInverse(changes, tables.write);

  const handlerOf = (event: MachineEvent): Handler => {
    const handler = handlers[event.type];
    if (!handler) throw new Error(`no handler for ${event.type}`);
    return handler;
  };

  const begin = (): void => {
    changes = [];
    notes = [];
    Object.assign(live, root);
    tx.now = live.now;
    tx.step = live.step;
  };

  /** Runs a handler and takes back whatever it wrote. */
  const look = (event: MachineEvent): unknown => {
    begin();
    try {
      return handlerOf(event)(tx, event, 0);
    } finally {
      takeBack();
    }
  };

  /** Runs a handler as one step. If it throws, nothing it wrote remains. */
  const handle = (event: MachineEvent, cause: number, dueSlot?: number): unknown => {
    const handler = handlerOf(event);
    journal.forgetFuture();
    const {revision} = root;
    begin();
    let result: unknown;
    try {
      if (dueSlot !== undefined) tx.remove(DUE, dueSlot);
      result = handler(tx, event, cause);
    } catch (error) {
      takeBack();
      throw error;
    }
    live.step++;
    root = frozenRoot(live);
    // Copies have no room to grow: millions of steps are kept.
    if (record) journal.add(new KeptStep(event, cause, changes.slice(), notes.length === 0 ? NO_NOTES : notes.slice(), revision, root));
    tell();
    return result;
  };

  const clock = (at: number): void => {
    if (at > root.now) root = frozenRoot({...root, now: at});
  };

  /** The scalars at the end of the journal, while the machine stands elsewhere in it: the clock may have gone on since the last step. */
  let present: {readonly root: Root; readonly length: number} | undefined;

  const machine: Machine = {
    get root() {
      return root;
    },
    get now() {
      return root.now;
    },
    journal,
    table: <T extends Entity>(name: string) => tables.read<T>(name),
    get idle() {
      return due.awaited() === 0;
    },
    dispatch: event => handle(event, 0),
    look,
    next: () => due.first()?.[1],
    step() {
      const first = due.first();
      if (!first) return false;
      const [slot, event] = first;
      journal.forgetFuture();
      clock(event.at);
      handle(event, event.cause, slot);
      return true;
    },
    runUntil(at, until) {
      for (let first = due.first(); first && first[1].at <= at; first = due.first()) {
        machine.step();
        if (until?.()) return;
      }
      clock(at);
    },
    settle(limit) {
      while (due.awaited() > 0) {
        const first = due.first();
        if (!first || first[1].at > limit) {
          clock(limit);
          return false;
        }
        machine.step();
      }
      return true;
    },
    seek(position) {
      const to = Math.max(journal.first, Math.min(position, journal.length));
      if (journal.position === journal.length) present = {root, length: journal.length};
      while (journal.position > to) eachInverse(journal.back().changes, tables.write);
      while (journal.position < to) eachChange(journal.forward().changes, tables.write);
      root = present?.length === to ? present.root : journal.rootHere();
      tell();
    },
    state: () => ({root, tables: tables.snapshot()}),
    hash() {
      const {goOn} = machine.hashing();
      for (;;) {
        const hash = goOn();
        if (hash !== undefined) return hash;
      }
    },
    hashing() {
      const work = hashOf(machine.state(), digests);
      return {
        entities: tables.names().reduce((sum, name) => sum + tables.read(name).count, 0),
        goOn() {
          const {done, value} = work.next();
          return done ? value : undefined;
        },
      };
    },
    fork() {
      const own = tables.fork();
      return machineFrom({root, tables: own, due: due.fork(own)}, options, journal.fork());
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onChange: tables.onChange,
  };
  return machine;
}
