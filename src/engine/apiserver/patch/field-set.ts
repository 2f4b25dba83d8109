/**
 * Which fields somebody owns, in the form in which managedFields holds it: `f:NAME` a field, `k:{...}` an element of a list by its keys, `v:VALUE` an element
 * by its value, `.` the place itself. A place with nothing below it is a member. upstream: sigs.k8s.io/structured-merge-diff/v6/fieldpath
 */

import {equalJson, isJsonObject} from '../../api/clone.ts';
import {byKey} from '../../api/order.ts';
import type {Definition, Field, FieldType} from '../decoding/schema.ts';
import {ATOMIC_MAPS, ATOMIC_STRUCTS, KEY_DEFAULTS, LIST_RULES} from './list-rules.ts';

export interface FieldSet {
  readonly [element: string]: FieldSet;
}

const MEMBER: FieldSet = {};
const SELF = '.';
type Json = Record<string, unknown>;

/** How the parts of a value are told apart: `atomic` values have none. */
export type Shape =
  | {readonly is: 'atomic'}
  | {readonly is: 'struct'; readonly definition: Definition}
  /** A structure that only a custom resource's schema tells of; without `others` it has no other fields. */
  | {readonly is: 'fields'; readonly fields: ReadonlyMap<string, Shape>; readonly others?: Shape}
  | {readonly is: 'map'; readonly of: Shape}
  | {readonly is: 'list'; readonly keys: readonly string[]; readonly of: Shape};

export const ATOMIC: Shape = {is: 'atomic'};

/** The shape of a field of a structure. */
function shapeOf(owner: Definition, field: Field): Shape {
  return shapeOfType(field.type, `${owner.name}.${field.name}`, LIST_RULES[owner.name]?.[field.name]?.keys);
}

function shapeOfType(type: FieldType, path: string, keys: readonly string[] | undefined): Shape {
  switch (type.is) {
    case 'struct':
      return ATOMIC_STRUCTS.has(type.definition.name) ? ATOMIC : {is: 'struct', definition: type.definition};
    case 'map':
      return ATOMIC_MAPS.has(path) ? ATOMIC : {is: 'map', of: shapeOfType(type.of, path, undefined)};
    case 'list':
      return keys ? {is: 'list', keys, of: keys.length > 0 ? shapeOfType(type.of, path, undefined) : ATOMIC} : ATOMIC;
    default:
      return ATOMIC;
  }
}

/** The shape of a part of a structure or map; undefined where there is none of that name. */
export function partShape(shape: Shape, name: string): Shape | undefined {
  switch (shape.is) {
    case 'struct': {
      const field = shape.definition.fields.get(name);
      return field && shapeOf(shape.definition, field);
    }
    case 'fields':
      return shape.fields.get(name) ?? shape.others;
    case 'map':
      return shape.of;
    default:
      return undefined;
  }
}

/** The path element of one entry of a list. */
export function elementOf(keys: readonly string[], item: unknown): string {
  if (keys.length === 0) return `v:${JSON.stringify(item)}`;
  const found = Object.fromEntries(
    [...keys]
      .sort()
      .map(key => [key, (isJsonObject(item) ? item[key] : undefined) ?? KEY_DEFAULTS[key]])
      .filter(([, value]) => value !== undefined),
  );
  return `k:${JSON.stringify(found)}`;
}

/** The parts of a value by their path elements; undefined where it is one thing. */
export function partsOf(shape: Shape, value: unknown): Map<string, {value: unknown; shape: Shape}> | undefined {
  if (shape.is === 'list') {
    if (!Array.isArray(value)) return undefined;
    return new Map(value.map(item => [elementOf(shape.keys, item), {value: item, shape: shape.of}]));
  }
  if (shape.is === 'atomic' || !isJsonObject(value)) return undefined;
  const parts = new Map<string, {value: unknown; shape: Shape}>();
  for (const [name, part] of Object.entries(value)) {
    if (part === undefined) continue;
    parts.set(`f:${name}`, {value: part, shape: partShape(shape, name) ?? ATOMIC});
  }
  return parts;
}

/** All that a value says: what somebody owns who applies it. */
export function fieldSetOf(shape: Shape, value: unknown): FieldSet {
  const parts = partsOf(shape, value);
  if (!parts || parts.size === 0) return MEMBER;
  const set: Record<string, FieldSet> = {};
  for (const [element, part] of parts) {
    const inner = fieldSetOf(part.shape, part.value);
    set[element] = element.startsWith('k:') ? {[SELF]: MEMBER, ...inner} : inner;
  }
  return sortElements(set);
}

/** What one value has otherwise than another. `existed`: Go keeps empty structures, so a place can be there before anybody writes to it. */
export interface Difference {
  /** Added or changed. */
  readonly changed: FieldSet | undefined;
  readonly removed: FieldSet | undefined;
}

const NO_DIFFERENCE: Difference = {changed: undefined, removed: undefined};

export function compare(shape: Shape, before: unknown, after: unknown, existed = before !== undefined): Difference {
  if (before === after || equalJson(before, after)) return NO_DIFFERENCE;
  const [old, now] = [partsOf(shape, before), partsOf(shape, after)];
  if (after === undefined) return {changed: undefined, removed: old ? withSelf(fieldSetOf(shape, before), true) : MEMBER};
  if (!now || (before !== undefined && !old)) return {changed: now ? withSelf(fieldSetOf(shape, after), true) : MEMBER, removed: undefined};
  const changed: Record<string, FieldSet> = existed ? {} : {[SELF]: MEMBER};
  const removed: Record<string, FieldSet> = {};
  for (const element of new Set([...(old?.keys() ?? []), ...now.keys()])) {
    const inner = (now.get(element) ?? old!.get(element)!).shape;
    const inOld = old?.get(element);
    const part = compare(inner, inOld?.value, now.get(element)?.value, inOld !== undefined || (existed && alwaysThere(shape, element)));
    if (part.changed) changed[element] = part.changed;
    if (part.removed) removed[element] = part.removed;
  }
  return {
    changed: Object.keys(changed).length > 0 ? tidy(changed) : undefined,
    removed: Object.keys(removed).length > 0 ? sortElements(removed) : undefined,
  };
}

/** Structures by value, and what has no omitempty. */
function alwaysThere(shape: Shape, element: string): boolean {
  if (!element.startsWith('f:')) return false;
  // Of a custom resource only its metadata is a structure of Go's.
  if (shape.is === 'fields') return partShape(shape, element.slice(2))?.is === 'struct';
  if (shape.is !== 'struct') return false;
  const {definition} = shape;
  const field = definition.fields.get(element.slice(2));
  return field !== undefined && (field.required || definition.always.includes(field));
}

/** A place that is all there is needs no `.`. */
const tidy = (set: Record<string, FieldSet>): FieldSet => (Object.keys(set).length === 1 && SELF in set ? MEMBER : sortElements(set));
const withSelf = (set: FieldSet, self: boolean): FieldSet => (self && !isMember(set) ? {[SELF]: MEMBER, ...set} : set);

function sortElements(set: Record<string, FieldSet>): FieldSet {
  return Object.fromEntries(Object.entries(set).sort(byKey));
}

/** Whether a place itself belongs to the set. */
export const isMember = (set: FieldSet): boolean => SELF in set || Object.keys(set).length === 0;

export function union(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (!a || !b) return a ?? b;
  const both: Record<string, FieldSet> = isMember(a) || isMember(b) ? {[SELF]: MEMBER} : {};
  for (const element of new Set([...Object.keys(a), ...Object.keys(b)]))
    if (element !== SELF) both[element] = union(a[element], b[element])!;
  return tidy(both);
}

/** What is in the first and not in the second; undefined when nothing is left. */
export function difference(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (!a || !b) return a;
  const left: Record<string, FieldSet> = isMember(a) && !isMember(b) ? {[SELF]: MEMBER} : {};
  for (const element of Object.keys(a)) {
    const inner = element === SELF ? undefined : difference(a[element], b[element]);
    if (inner) left[element] = inner;
  }
  return Object.keys(left).length > 0 ? tidy(left) : undefined;
}

/** What is in both; undefined when nothing is. */
export function intersection(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (!a || !b) return undefined;
  const both: Record<string, FieldSet> = isMember(a) && isMember(b) ? {[SELF]: MEMBER} : {};
  for (const element of Object.keys(a)) {
    const inner = element === SELF ? undefined : intersection(a[element], b[element]);
    if (inner) both[element] = inner;
  }
  return Object.keys(both).length > 0 ? tidy(both) : undefined;
}

/** Every member, as its way from the root. */
export function membersOf(set: FieldSet | undefined, path: readonly string[] = []): string[][] {
  if (!set) return [];
  const inner = Object.keys(set)
    .filter(element => element !== SELF)
    .flatMap(element => membersOf(set[element], [...path, element]));
  return isMember(set) ? [[...path], ...inner] : inner;
}

/** e.g. `.spec.containers[name="web"].image`. */
export function printPath(path: readonly string[]): string {
  return path
    .map(element => {
      const text = element.slice(2);
      if (element.startsWith('f:')) return `.${text}`;
      if (element.startsWith('v:')) return `[=${text}]`;
      const keys = Object.entries(JSON.parse(text) as Json).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      return `[${keys.join(',')}]`;
    })
    .join('');
}
