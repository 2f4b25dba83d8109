/** Server-side apply. upstream: sigs.k8s.io/structured-merge-diff/v6/merge/update.go, apimachinery/pkg/util/managedfields/internal/lastappliedmanager.go */

import {cloneJson, isJsonObject} from '../../api/clone.ts';
import {applyConflict} from '../../api/status.ts';
import type {KubeObject} from '../../api/types.ts';
import {LAST_APPLIED_ANNOTATION} from '../../api/well-known.ts';
import type {Definition} from '../decoding/schema.ts';
import {
  ATOMIC,
  compare,
  difference,
  elementOf,
  type FieldSet,
  fieldSetOf,
  intersection,
  isMember,
  membersOf,
  partShape,
  partsOf,
  printPath,
  type Shape,
  union,
} from './field-set.ts';
import {type Entry, entriesOf, isEntryOf, type Manager, newEntry, ownable, rootShape, sortEntries, withFields} from './managed-fields.ts';

type Json = Record<string, unknown>;

/** The one manager that may take over what the same program once applied on the client's side. */
const KUBECTL = 'kubectl';

/**
 * The object after `config` has been applied by a manager: what it says is merged in, what it said last time and no longer does is taken out unless somebody else
 * owns it. Throws ApiError 409 where a field that another manager owns would change, unless `force` takes it.
 */
export function applyConfiguration(live: KubeObject, config: KubeObject, who: Manager, shape: Shape, force: boolean): KubeObject {
  const applied = fieldSetOf(shape, ownable(config));
  const entries = entriesOf(live);
  const own = entries.find(entry => isEntryOf(entry, who, 'Apply'));
  const others = entries.filter(entry => entry !== own);

  // 1. Merge
  const merged = merge(shape, live, config) as KubeObject;
  // 2. Take out what is no longer applied and nobody else owns
  const owned = others.reduce<FieldSet | undefined>((all, entry) => union(all, entry.fieldsV1), applied);
  const result = prune(shape, merged, difference(own?.fieldsV1, owned), owned) as KubeObject;
  // 3. Whose fields does that change?
  const {changed, removed} = compare(shape, ownable(live), ownable(result), true);
  const conflicts = others.flatMap(entry => {
    const fields = intersection(entry.fieldsV1, changed);
    return fields ? [{entry, fields}] : [];
  });
  if (conflicts.length > 0 && !force && !isTakeover(live, who, shape, conflicts)) throw conflictError(conflicts);
  // 4. They are the applier's now
  const left = others.flatMap(entry =>
    withFields(entry, difference(difference(entry.fieldsV1, intersection(entry.fieldsV1, changed)), removed)),
  );
  const unchanged = own && JSON.stringify(own.fieldsV1) === JSON.stringify(applied) && !changed && !removed;
  result.metadata.managedFields = sortEntries([...left, unchanged ? own : newEntry(who, 'Apply', applied)]);
  if (who.name === KUBECTL) keepLastApplied(result, config);
  return result;
}

/** The object with what a policy says merged in, as an apply would, whoever owns it. Throws Error for lists and maps that cannot be merged. */
export function mergeConfiguration(live: KubeObject, config: unknown, definition: Definition): KubeObject {
  const shape = rootShape(definition);
  const atomic = atomicIn(shape, config, '');
  if (atomic) throw new Error(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomic}`);
  return merge(shape, live, config) as KubeObject;
}

/** The path of the first list or map that is replaced as a whole. */
function atomicIn(shape: Shape, value: unknown, path: string): string | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (shape.is === 'atomic') return path;
  const parts: (readonly [Shape, unknown, string])[] = Array.isArray(value)
    ? value.map((item, i) => [shape.is === 'list' ? shape.of : ATOMIC, item, `${path}[${i}]`] as const)
    : Object.entries(value).map(([name, item]) => [fieldShape(shape, name), item, `${path}.${name}`] as const);
  return parts.map(part => atomicIn(...part)).find(found => found !== undefined);
}

/** What the client once applied itself it may take over; nothing more. upstream: lastAppliedManager.allowedConflictsFromLastApplied */
function isTakeover(live: KubeObject, who: Manager, shape: Shape, conflicts: readonly {fields: FieldSet}[]): boolean {
  const text = live.metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  if (who.name !== KUBECTL || !text) return false;
  try {
    const last = fieldSetOf(shape, ownable(JSON.parse(text) as KubeObject));
    return conflicts.every(({fields}) => difference(fields, last) === undefined);
  } catch {
    return false;
  }
}

/** An object that was applied on the client's side can be so again: the annotation says what was applied last. upstream: lastappliedupdater.go */
function keepLastApplied(object: KubeObject, config: KubeObject): void {
  const {annotations} = object.metadata;
  if (annotations?.[LAST_APPLIED_ANNOTATION] === undefined) return;
  const {managedFields: _managed, ...metadata} = config.metadata;
  const own = {...metadata, ...(metadata.annotations && {annotations: {...metadata.annotations}})};
  if (own.annotations) delete own.annotations[LAST_APPLIED_ANNOTATION];
  object.metadata.annotations = {...annotations, [LAST_APPLIED_ANNOTATION]: `${JSON.stringify({...config, metadata: own})}\n`};
}

function conflictError(conflicts: readonly {entry: Entry; fields: FieldSet}[]) {
  return applyConflict(
    conflicts.flatMap(({entry, fields}) =>
      membersOf(fields).map(path => ({message: `conflict with ${printManager(entry)}`, field: printPath(path)})),
    ),
  );
}

/** e.g. `"kubectl-client-side-apply" using apps/v1 at 2026-04-22T09:00:00Z`. upstream: managedfields/internal/conflict.go */
function printManager({manager, subresource, operation, apiVersion, time}: Entry): string {
  const name = `"${manager}"${subresource ? ` with subresource "${subresource}"` : ''}`;
  if (operation !== 'Update') return name;
  return `${name} using ${apiVersion}${time ? ` at ${time}` : ''}`;
}

/** Two values in one: parts of both, the second's where they are one thing. */
function merge(shape: Shape, live: unknown, config: unknown): unknown {
  if (shape.is === 'atomic' || live === undefined || live === null || config === null) return cloneJson(config);
  if (shape.is === 'list') return Array.isArray(live) && Array.isArray(config) ? mergeList(shape, live, config) : cloneJson(config);
  if (!isJsonObject(live) || !isJsonObject(config)) return cloneJson(config);
  const merged: Json = {...cloneJson(live)};
  for (const [name, value] of Object.entries(config)) merged[name] = merge(fieldShape(shape, name), live[name], value);
  return merged;
}

const fieldShape = (shape: Shape, name: string): Shape => partShape(shape, name) ?? ATOMIC;

/**
 * What both know comes in the order of what is applied; what only the server has is written down as soon as the walk over its list meets it, so before what is
 * new. upstream: sigs.k8s.io/structured-merge-diff/v6/typed/merge.go mergeListItems
 */
function mergeList(shape: Shape & {is: 'list'}, live: readonly unknown[], config: readonly unknown[]): unknown[] {
  const known = new Map(live.map(item => [elementOf(shape.keys, item), item]));
  const wanted = new Map(config.map(item => [elementOf(shape.keys, item), item]));
  const [theirs, ours] = [[...known.keys()], [...wanted.keys()]];
  const shared = ours.filter(element => known.has(element));
  const result: unknown[] = [];
  const takeOurs = (): void => {
    const element = ours.shift()!;
    if (shared[0] === element) shared.shift();
    result.push(merge(shape.of, known.get(element), wanted.get(element)));
  };
  while (theirs.length > 0 || ours.length > 0) {
    const [next] = theirs;
    if (next !== undefined && next === ours[0]) {
      theirs.shift();
      takeOurs();
    } else if (next !== undefined && !wanted.has(next)) result.push(cloneJson(known.get(theirs.shift()!)));
    else if (next !== undefined && ours.length > 0 && shared[0] !== next) theirs.shift();
    else if (ours.length > 0) takeOurs();
    else theirs.shift();
  }
  return result;
}

/** The value without what is gone, and without what becomes empty by that. A place stays as long as anybody owns anything in it. */
function prune(shape: Shape, value: unknown, gone: FieldSet | undefined, owned: FieldSet | undefined): unknown {
  if (!gone) return value;
  const isGone = (element: string): boolean => gone[element] !== undefined && isMember(gone[element]) && owned?.[element] === undefined;
  if (shape.is === 'list' && Array.isArray(value))
    return value.flatMap(item => {
      const element = elementOf(shape.keys, item);
      return isGone(element) ? [] : [withKeys(shape.keys, item, prune(shape.of, item, gone[element], owned?.[element]))];
    });
  if (!isJsonObject(value) || !partsOf(shape, value)) return value;
  const kept: Json = {};
  for (const [name, part] of Object.entries(value)) {
    const element = `f:${name}`;
    if (isGone(element)) continue;
    const pruned = prune(fieldShape(shape, name), part, gone[element], owned?.[element]);
    if (!gone[element] || !isEmpty(pruned)) kept[name] = pruned;
  }
  return kept;
}

/** An element of a list keeps the fields by which it is known. */
function withKeys(keys: readonly string[], item: unknown, pruned: unknown): unknown {
  const known = Object.fromEntries(keys.map(key => [key, (item as Json)[key]]).filter(([, value]) => value !== undefined));
  return isJsonObject(pruned) ? {...known, ...pruned} : pruned;
}

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
