/**
 * The machine's vocabulary. It knows nothing of Kubernetes: named tables of frozen entities, a small root of scalars, due events, steps.
 */

/** An entity is plain JSON, frozen once stored. */
export type Entity = object;

/** What an event asks for: `type` picks the handler; the rest is plain JSON for it. */
export interface MachineEvent {
  readonly type: string;
  /** Who is to handle it (a process, an instance); free text for the handler of the type. */
  readonly to?: string;
  /** With `to` and `type`: at most one event with this key is due at a time (a work queue's de-duplication). */
  readonly key?: string;
  readonly data?: unknown;
  /** True for work that comes again for ever (lease renewals, resyncs): `settle` does not wait for it. */
  readonly periodic?: boolean;
}

/** A due event as it stands in the state. */
export interface DueEvent extends MachineEvent {
  /** Virtual milliseconds. */
  readonly at: number;
  /** Orders events of one instant. */
  readonly seq: number;
  /** The step that scheduled it; 0 for the outside world. */
  readonly cause: number;
}

/** The scalars of the state. Everything else lives in tables. */
export interface Root {
  /** Virtual milliseconds since the cluster began. */
  readonly now: number;
  /** Id of the next step. */
  readonly step: number;
  readonly seq: number;
  /** etcd's revision counter; the machine only carries it. */
  readonly revision: number;
  readonly rng: readonly [number, number, number, number];
}

/** One change: the pair of references is the patch. `undefined` = the slot was, or became, empty. */
export interface Write {
  readonly table: string;
  readonly slot: number;
  readonly old: Entity | undefined;
  readonly new: Entity | undefined;
}

/** What a handler wants remembered beside its writes: a request, a decision, a stage. Part of the journal, not of the state. */
export interface Note {
  readonly kind: string;
}

/** One event handled: an entry of the journal. */
export interface Step {
  readonly id: number;
  readonly at: number;
  readonly event: MachineEvent;
  /** Id of the step that scheduled the event; 0 = the outside world (a keystroke, a test). */
  readonly cause: number;
  readonly writes: readonly Write[];
  readonly notes: readonly Note[];
  /** etcd's revision as the step found it. */
  readonly revisionBefore: number;
  /** The scalars once it has been handled. */
  readonly after: Root;
}

export interface ReadTable<T extends Entity> {
  /** The entity in a slot, or undefined. */
  get(slot: number): T | undefined;
  /** How many entities there are. */
  readonly count: number;
  /** Slot and entity of all, in slot order. */
  entries(): IterableIterator<[number, T]>;
  /** The slot under a unique index's key, or -1. */
  slotOf(index: string, key: string): number;
  /** The entity under a unique index's key, or undefined. */
  find(index: string, key: string): T | undefined;
  /** The slots under a key of a non-unique index, ascending. */
  slotsOf(index: string, key: string): readonly number[];
  /** The entities under a key of a non-unique index, in slot order. */
  all(index: string, key: string): T[];
  /** The slot at the end of a path index's path, or -1. */
  slotAt(index: string, ...path: string[]): number;
  /** The entity at the end of a path index's path, or undefined. */
  at(index: string, ...path: string[]): T | undefined;
  /** The entities one step below a path index's path, in the order of that step. */
  under(index: string, ...path: string[]): T[];
  /** Entities whose key in an ordered index is >= `from` and starts with `prefix`, in key order; lazily. */
  range(index: string, prefix: string, from?: string): IterableIterator<T>;
}

/** The one door for change: what a handler holds while it handles one event, and not longer. */
export interface Tx {
  /** Virtual milliseconds. */
  readonly now: number;
  /** This step's id: the cause of whatever it schedules. */
  readonly step: number;
  /** The scalars as they stand now; they change under the reader's eyes. */
  readonly root: Root;
  table<T extends Entity>(name: string): ReadTable<T>;
  /** Stores a new entity in the lowest empty slot; returns the slot. */
  insert(table: string, entity: Entity): number;
  /** Puts an entity in a slot of the caller's choosing, whatever is there (rings). */
  put(table: string, slot: number, entity: Entity): void;
  /** One immer produce on one entity; returns the new version. Throws when the slot is empty. */
  update<T extends Entity>(table: string, slot: number, recipe: (draft: T) => void): T;
  /** Puts a whole new version in a slot that is in use. */
  replace(table: string, slot: number, entity: Entity): void;
  remove(table: string, slot: number): void;
  setRoot(change: Partial<Omit<Root, 'now' | 'step' | 'seq' | 'rng'>>): void;
  /** Uniform in [0, 1), from the seeded generator in the state. */
  random(): number;
  /** Makes an event due at a virtual time (never before now). With `key`: replaces the due one only if the new time is earlier. */
  schedule(at: number, event: MachineEvent): void;
  /** Takes back the due event with this type, to and key; false when there is none. */
  cancel(type: string, to: string, key: string): boolean;
  /** When the event with this type, to and key is due, or undefined. */
  dueAt(type: string, to: string, key: string): number | undefined;
  note(note: Note): void;
  /** False where the journal keeps no notes (large clusters): skip building them. */
  readonly noting: boolean;
}
