/** Who set a field of an object: the step that changed it last, the stage of the request that put it there, the manager that answers for it. */
import type {KubeObject} from '../engine/api/types.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {Step} from '../engine/machine/types.ts';
import {fieldAt, pathParts} from './field-path.ts';
import {requestsOf} from './step-words.ts';

/** The object under a key before and after a step, where the step wrote it. */
export function writeOf(step: Step, key: string): {readonly old?: KeyValue<KubeObject>; readonly new?: KeyValue<KubeObject>} | undefined {
  const own = step.writes.filter(write => write.table === KV && ((write.new ?? write.old) as KeyValue).key === key);
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last) return undefined;
  return {...(first.old && {old: first.old as KeyValue<KubeObject>}), ...(last.new && {new: last.new as KeyValue<KubeObject>})};
}

/** The youngest of the steps that gave the field of the object under `key` another value. */
export function lastChangeOf(steps: readonly Step[], key: string, field: string): Step | undefined {
  const value = (kv: KeyValue<KubeObject> | undefined): string => JSON.stringify(fieldAt(kv?.value, field)) ?? '';
  return steps.findLast(step => {
    const write = writeOf(step, key);
    return write !== undefined && value(write.old) !== value(write.new);
  });
}

/** One sentence: which part of which request gave the field its value, and under whose name it is managed. */
export function originText(step: Step, key: string, field: string): string {
  const written = writeOf(step, key)?.new;
  if (!written) return `it went with the object, which was deleted in this step`;
  const request = requestsOf(step).findLast(each => each.revision === written.modRevision);
  const wanted = pathParts(field);
  const stage = request?.stages.findLast(each => each.patches?.some(patch => overlap(patch.path.map(String), wanted)));
  const how = stage ? `${stage.stage} put it there (${stage.detail})` : request && `it came with ${request.verb} ${request.resource}`;
  const manager = managerOf(written.value, wanted);
  return [request && `by ${request.user}`, how, manager && `field manager ${manager}`].filter(Boolean).join('; ');
}

/** One path lies within the other. */
const overlap = (one: readonly string[], other: readonly string[]): boolean => {
  const common = Math.min(one.length, other.length);
  return common > 0 && one.slice(0, common).every((part, index) => part === other[index]);
};

/** Who answers for a field by the object's managedFields; undefined where nobody does. */
function managerOf(object: KubeObject, path: readonly string[]): string | undefined {
  const entry = object.metadata.managedFields?.find(each => owns(each.fieldsV1 as FieldSet, object, path));
  return entry && `${entry.manager} (${entry.operation}${entry.subresource ? `, ${entry.subresource}` : ''})`;
}

interface FieldSet {
  readonly [key: string]: FieldSet;
}

function owns(set: FieldSet | undefined, value: unknown, [part, ...rest]: readonly string[]): boolean {
  if (!set) return false;
  if (part === undefined) return true;
  const below = fieldAt(value, Array.isArray(value) ? `[${part}]` : part);
  return Object.entries(set).some(([key, inner]) => names(key, part, below) && owns(inner, below, rest));
}

/** `f:spec` names the field spec, `k:{"name":"web"}` the item of a list that has this name, `v:"x"` the item that is x. */
function names(key: string, part: string, item: unknown): boolean {
  if (key.startsWith('f:')) return key === `f:${part}`;
  if (key.startsWith('v:')) return JSON.stringify(item) === key.slice(2);
  if (!key.startsWith('k:')) return false;
  return Object.entries(JSON.parse(key.slice(2)) as object).every(
    ([name, value]) => JSON.stringify((item as Record<string, unknown> | undefined)?.[name]) === JSON.stringify(value),
  );
}
