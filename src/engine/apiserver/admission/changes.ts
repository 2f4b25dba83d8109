/** What a plugin has done to an object, told by comparing it with what it was. */
import type {Patch} from 'immer';
import {cloneJson, equalJson} from '../../api/clone.ts';

type Json = Readonly<Record<string | number, unknown>>;

const isTree = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** The smallest places that differ, each with its new value; values are copies. Empty when both say the same. */
export function changesBetween(before: unknown, after: unknown): Patch[] {
  const found: Patch[] = [];
  if (!equalJson(before, after)) collect(before as Json, after as Json, [], found);
  return found.slice();
}

function collect(before: Json, after: Json, path: (string | number)[], found: Patch[]): void {
  const keyOf = (key: string): string | number => (Array.isArray(after) ? Number(key) : key);
  for (const key of Object.keys(after)) {
    const [was, is] = [before[key], after[key]];
    if (is === undefined || equalJson(was, is)) continue;
    const at = path.concat(keyOf(key));
    if (was === undefined) found.push({op: 'add', path: at, value: cloneJson(is)});
    else if (isTree(was) && isTree(is) && Array.isArray(was) === Array.isArray(is)) collect(was, is, at, found);
    else found.push({op: 'replace', path: at, value: cloneJson(is)});
  }
  for (const key of Object.keys(before))
    if (before[key] !== undefined && after[key] === undefined) found.push({op: 'remove', path: path.concat(keyOf(key))});
}
