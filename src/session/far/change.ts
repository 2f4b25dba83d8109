/** What differs between two plain values, so that only that goes from one thread to the other. */
import {isJsonObject} from '../../engine/api/clone.ts';

export type Change =
  | {readonly whole: unknown}
  /** Of a record: its fields that changed, and those that are gone. */
  | {readonly fields: Readonly<Record<string, Change>>; readonly gone: readonly string[]}
  /** Of a list: from the index `at` on, so many members make room for others. */
  | {readonly at: number; readonly drop: number; readonly items: readonly unknown[]};

/** What makes the one the other; undefined where they are alike. Both are plain data: records, lists, scalars. */
export function changeOf(before: unknown, after: unknown): Change | undefined {
  if (Object.is(before, after)) return undefined;
  if (Array.isArray(before) && Array.isArray(after)) return changeOfLists(before, after);
  if (isJsonObject(before) && isJsonObject(after)) return changeOfRecords(before, after);
  return {whole: after};
}

/** The value with the change made; what the change does not touch stays the same object. */
export function changed(before: unknown, change: Change | undefined): unknown {
  if (!change) return before;
  if ('whole' in change) return change.whole;
  if ('at' in change) return (before as unknown[]).toSpliced(change.at, change.drop, ...change.items);
  const after: Record<string, unknown> = {...(before as object)};
  for (const name of change.gone) delete after[name];
  for (const [name, part] of Object.entries(change.fields)) after[name] = changed(after[name], part);
  return after;
}

const alike = (one: unknown, other: unknown): boolean => changeOf(one, other) === undefined;

function changeOfLists(before: readonly unknown[], after: readonly unknown[]): Change | undefined {
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && alike(before[at], after[at])) at++;
  let end = 0;
  while (end < shorter - at && alike(before.at(-1 - end), after.at(-1 - end))) end++;
  const drop = before.length - at - end;
  const items = after.slice(at, after.length - end);
  return drop === 0 && items.length === 0 ? undefined : {at, drop, items};
}

function changeOfRecords(before: Record<string, unknown>, after: Record<string, unknown>): Change | undefined {
  const fields: Record<string, Change> = {};
  for (const name of Object.keys(after)) {
    const change = Object.hasOwn(before, name) ? changeOf(before[name], after[name]) : {whole: after[name]};
    if (change) fields[name] = change;
  }
  const gone = Object.keys(before).filter(name => !Object.hasOwn(after, name));
  return gone.length === 0 && Object.keys(fields).length === 0 ? undefined : {fields, gone};
}
