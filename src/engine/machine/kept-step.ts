import type {Entity, MachineEvent, Note, Root, Step, Write} from './types.ts';

/** Values of a write in `Changes`. */
const WIDTH = 4;

/** Writes laid flat, as they are gathered and kept: table, slot, old, new of one after the other. */
export type Changes = readonly (string | number | Entity | undefined)[];

type Change = (table: string, slot: number, old: Entity | undefined, now: Entity | undefined) => void;

/** Visits the changes in the order they were made. */
export function eachChange(changes: Changes, visit: Change): void {
  for (let i = 0; i < changes.length; i += WIDTH)
    visit(changes[i] as string, changes[i + 1] as number, changes[i + 2] as Entity | undefined, changes[i + 3] as Entity | undefined);
}

/** Visits the inverse of the changes, the last one first. */
export function eachInverse(changes: Changes, visit: Change): void {
  for (let i = changes.length - WIDTH; i >= 0; i -= WIDTH)
    visit(changes[i] as string, changes[i + 1] as number, changes[i + 3] as Entity | undefined, changes[i + 2] as Entity | undefined);
}

/** A step as the journal keeps it. A class, since a quarter of a million are kept: what can be told from the rest takes no room in each of them. */
export class KeptStep implements Step {
  constructor(
    readonly event: MachineEvent,
    readonly cause: number,
    readonly changes: Changes,
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
