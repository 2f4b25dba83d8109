/**
 * A persistent radix-32 vector: slots 0, 1, 2 ... hold frozen entities or nothing. Pages are copied on the first write after a snapshot and
 * written in place until the next one; so a snapshot costs nothing and a write costs a few array copies at most.
 */

const BITS = 5;
const WIDTH = 1 << BITS;
const MASK = WIDTH - 1;

interface Page {
  /** The edit during which this page was made; it may be written in place only then. */
  readonly edit: number;
  readonly items: unknown[];
}

export interface Vector {
  readonly shift: number;
  readonly root: Page;
}

/** A page of all-empty slots, made during `edit`. */
const page = (edit: number): Page => ({edit, items: new Array(WIDTH).fill(undefined)});

export const emptyVector = (): Vector => ({shift: 0, root: page(-1)});

/** The entity in a slot, or undefined. */
export function vectorGet<T>(vector: Vector, slot: number): T | undefined {
  if (slot >> (vector.shift + BITS) > 0) return undefined;
  let at: Page | undefined = vector.root;
  for (let shift = vector.shift; shift > 0; shift -= BITS) {
    at = at.items[(slot >> shift) & MASK] as Page | undefined;
    if (!at) return undefined;
  }
  return at.items[slot & MASK] as T | undefined;
}

/** The vector with a slot set (or emptied with undefined); pages of the same `edit` are changed in place. */
export function vectorSet(vector: Vector, slot: number, value: unknown, edit: number): Vector {
  let {root, shift} = vector;
  while (slot >> (shift + BITS) > 0) {
    const above = page(edit);
    above.items[0] = root;
    root = above;
    shift += BITS;
  }
  root = own(root, edit);
  let at = root;
  for (let level = shift; level > 0; level -= BITS) {
    const i = (slot >> level) & MASK;
    const below = at.items[i] as Page | undefined;
    at = at.items[i] = below ? own(below, edit) : page(edit);
  }
  at.items[slot & MASK] = value;
  return root === vector.root && shift === vector.shift ? vector : {root, shift};
}

const own = (p: Page, edit: number): Page => (p.edit === edit ? p : {edit, items: p.items.slice()});

/** Slot and entity of every slot in use, ascending. */
export function* vectorEntries<T>(vector: Vector): IterableIterator<[number, T]> {
  yield* walk<T>(vector.root, vector.shift, 0);
}

function* walk<T>(p: Page, shift: number, base: number): IterableIterator<[number, T]> {
  for (let i = 0; i < WIDTH; i++) {
    const item = p.items[i];
    if (item === undefined) continue;
    if (shift === 0) yield [base + i, item as T];
    else yield* walk<T>(item as Page, shift - BITS, base + (i << shift));
  }
}
