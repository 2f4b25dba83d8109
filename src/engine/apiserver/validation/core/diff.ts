/** What an update wanted to change where it must not: said below the refusal. Go dumps its structures there; this says the same in paths. */
import {isJsonObject} from '../../../api/clone.ts';
import type {Fields} from '../fields.ts';

const show = (value: unknown): string => (value === undefined ? 'nil' : JSON.stringify(value));

function walk(before: unknown, after: unknown, path: string, lines: string[]): void {
  if (before === after) return;
  const structs = [before, after].every(isJsonObject);
  const lists = Array.isArray(before) && Array.isArray(after) && before.length === after.length;
  if (!structs && !lists) {
    if (show(before) !== show(after)) lines.push(`- ${path}: ${show(before)}`, `+ ${path}: ${show(after)}`);
    return;
  }
  const keys = [...new Set([...Object.keys(before as Fields), ...Object.keys(after as Fields)])].sort();
  for (const key of keys) walk((before as Fields)[key], (after as Fields)[key], lists ? `${path}[${key}]` : `${path}.${key}`, lines);
}

/** One line a change, old with `-` and new with `+`. */
export function specDiff(before: unknown, after: unknown): string {
  const lines: string[] = [];
  walk(before, after, '', lines);
  return lines.join('\n');
}
