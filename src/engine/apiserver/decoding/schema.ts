/**
 * The shape of every built-in kind, compiled from the generated table: which fields there are, of which types, and which of them Go's encoder leaves
 * out when they are empty. upstream: staging/src/k8s.io/api (the struct tags)
 */
import type {Kind} from '../../api/kinds.ts';
import generated from '../../generated/schema.json' with {type: 'json'};
import {ENUM_TYPES, isPointer, REQUIRED_POINTERS, VALUE_STRUCTS, VALUE_TIMES, WRITTEN_EMPTY} from './go-types.ts';
import {JSON_SCHEMA_TYPES, type SchemaOr} from './json-schema.ts';

export type Scalar =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'bytes'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'raw';

export type FieldType =
  | {readonly is: Scalar; readonly go: string; readonly values?: readonly string[]; readonly holds?: SchemaOr}
  | {readonly is: 'struct'; readonly go: string; readonly definition: Definition}
  | {readonly is: 'list' | 'map'; readonly go: string; readonly of: FieldType};

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** Go's encoder writes nothing for its zero value. */
  readonly omitEmpty: boolean;
}

export interface Definition {
  /** `core/v1.PodSpec` */
  readonly id: string;
  /** `PodSpec` */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Fields that are there even when nobody wrote them. */
  readonly always: readonly Field[];
}

const LETTERS: Readonly<Record<string, [Scalar, string]>> = {
  s: ['string', 'string'],
  b: ['bool', 'bool'],
  i: ['int32', 'int32'],
  l: ['int64', 'int64'],
  f: ['float64', 'float64'],
  y: ['bytes', '[]uint8'],
  q: ['quantity', 'resource.Quantity'],
  o: ['intOrString', 'intstr.IntOrString'],
  t: ['time', 'v1.Time'],
  m: ['microTime', 'v1.MicroTime'],
  r: ['raw', 'runtime.RawExtension'],
  j: ['raw', 'v1.JSON'],
};

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;
const table: Table = {...(generated as unknown as Table), ...JSON_SCHEMA_TYPES};
const compiled = new Map<string, Definition>();

function compileType(text: string, owner: string, field: string): FieldType {
  if (text[0] === '[') {
    const of = compileType(text.slice(1), owner, field);
    return {is: 'list', of, go: `[]${of.go}`};
  }
  if (text[0] === '{') {
    const of = compileType(text.slice(1), owner, field);
    return {is: 'map', of, go: of.is === 'quantity' ? 'v1.ResourceList' : `map[string]${of.go}`};
  }
  const held = /^j\((.*)\)$/.exec(text)?.[1] as SchemaOr | undefined;
  if (held) return {is: 'raw', go: `v1.${held}`, holds: held};
  const enumeration = /^s\((.*)\)$/.exec(text);
  const scalar = LETTERS[enumeration ? 's' : text];
  if (scalar) {
    const go = scalar[0] === 'string' ? (ENUM_TYPES[`${owner}.${field}`] ?? scalar[1]) : scalar[1];
    return {is: scalar[0], go, ...(enumeration && {values: enumeration[1]!.split('|')})};
  }
  const definition = definitionOf(text)!;
  return {is: 'struct', definition, go: `${text.slice(text.indexOf('/') + 1, text.indexOf('.'))}.${definition.name}`};
}

const SCALARS_FILLED: ReadonlySet<string> = new Set(['string', 'bool', 'int32', 'int64', 'float64']);

/** A definition by its id (`core/v1.PodSpec`); undefined when there is none. */
export function definitionOf(id: string): Definition | undefined {
  const known = compiled.get(id);
  if (known) return known;
  const raw = table[id];
  if (!raw) return undefined;
  const name = id.slice(id.indexOf('.') + 1);
  const fields = new Map<string, Field>();
  const always: Field[] = [];
  const definition: Definition = {id, name, fields, always};
  compiled.set(id, definition);
  for (const [key, text] of Object.entries(raw)) {
    const required = text.endsWith('!');
    const type = compileType(required ? text.slice(0, -1) : text, name, key);
    const pointer = required ? REQUIRED_POINTERS.has(`${name}.${key}`) : isPointer(name, key, type.is);
    const field: Field = {name: key, type, required, omitEmpty: !required && !pointer && !WRITTEN_EMPTY.has(`${name}.${key}`)};
    fields.set(key, field);
    const filled = (required || WRITTEN_EMPTY.has(`${name}.${key}`)) && !pointer && SCALARS_FILLED.has(type.is);
    if (filled || VALUE_STRUCTS.has(`${name}.${key}`) || VALUE_TIMES.has(`${name}.${key}`)) always.push(field);
  }
  return definition;
}

/** Groups whose folder upstream is not the first word of the group's name. */
const FOLDERS: Readonly<Record<string, string>> = {'': 'core'};

/** The definition of a kind's objects in one of its versions; undefined for kinds without one. */
export const definitionOfKind = (kind: Kind, version = kind.version): Definition | undefined =>
  definitionOf(`${folderOf(kind.group)}/${version}.${kind.kind}`);

/** `core`, `apps`, `rbac`, ... : what upstream calls the group's package. */
export const folderOf = (group: string): string => FOLDERS[group] ?? group.split('.')[0]!;
