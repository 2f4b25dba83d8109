import type {Entity, MachineEvent, Note, Root, Step, Write} from './types.ts';

/** Values of a write in `Changes`. */
const WIDTH = 4;

type Version = Entity | undefined;

/**
 * Writes laid flat, as they are gathered and kept: table, slot, old, new of one after the other. Where a write left the keys of all indexes alone, the slot
 * stands as its complement: who goes back and forth over it need not ask the indexes again, nor look at the entities.
 */
export type Changes = (string | number | Version)[];

type Change = (table: string, slot: number, old: Version, now: Version, keysStay: boolean) => void;

export function addChange(changes: Changes, table: string, slot: number, old: Version, now: Version, rekeyed: boolean): void {
  changes.push(table, rekeyed ? slot : ~slot, old, now);
}

/** Visits the changes in the order they were made. */
export function eachChange(changes: Readonly<Changes>, visit: Change): void {
  for (let i = 0; i < changes.length; i += WIDTH) {
    const slot = changes[i + 1] as number;
    visit(changes[i] as string, slot < 0 ? ~slot : slot, changes[i + 2] as Version, changes[i + 3] as Version, slot < 0);
  }
}

/** Visits the inverse of the changes, the last one first. */
export function eachInverse(changes: Readonly<Changes>, visit: Change): void {
  for (let i = changes.length - WIDTH; i >= 0; i -= WIDTH) {
    const slot = changes[i + 1] as number;
    visit(changes[i] as string, slot < 0 ? ~slot : slot, changes[i + 3] as Version, changes[i + 2] as Version, slot < 0);
  }
}

/** A step as the journal keeps it. A class, since a quarter of a million are kept: what can be told from the rest takes no room in each of them. */
export class KeptStep implements Step {
  constructor(
    readonly event: MachineEvent,
    readonly cause: number,
    readonly changes: Readonly<Changes>,
    readonly notes: readonly Note[],
    readonly revisionBefore: number,
    readonly after: Root,
  ) {}

  get id(): number {
    return this.after.step - 1;
  }

  get at(): number {
    return this.after.now;
  }

  get writes(): readonly Write[] {
    const writes: Write[] = [];
    eachChange(this.changes, (table, slot, old, now) => writes.push({table, slot, old, new: now}));
    return writes;
  }
}
