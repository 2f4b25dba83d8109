/** The types of expressions. upstream: cel-go common/types, checker/format.go (texts); apiserver/pkg/cel/types.go (sizes) */

import type {Members} from './members.ts';

export type TypeKind = 'scalar' | 'dyn' | 'error' | 'null' | 'list' | 'map' | 'object' | 'opaque' | 'optional' | 'type' | 'param';

export interface CelType {
  readonly kind: TypeKind;
  readonly name: string;
  /** Of a list: its items; of a map: keys and values. */
  readonly params: readonly CelType[];
  /** The type of a field by its name in expressions; undefined: there is none. Only objects have fields. */
  readonly field?: (name: string) => CelType | undefined;
  /** Of a list: how its items are told apart, where their order does not count. */
  readonly members?: Members;
  /** The most characters, items or entries a value may have. */
  readonly maxElements: number;
  /** The fewest bytes that a value takes as JSON. */
  readonly minSize: number;
}

const typeOf = (kind: TypeKind, name: string, minSize: number, more: Partial<CelType> = {}): CelType => ({
  kind,
  name,
  params: [],
  maxElements: 0,
  minSize,
  ...more,
});

export const BOOL = typeOf('scalar', 'bool', 4);
export const INT = typeOf('scalar', 'int', 1);
export const UINT = typeOf('scalar', 'uint', 1);
export const DOUBLE = typeOf('scalar', 'double', 1);
export const STRING = typeOf('scalar', 'string', 2);
export const BYTES = typeOf('scalar', 'bytes', 2);
export const TIMESTAMP = typeOf('scalar', 'timestamp', 12);
export const DURATION = typeOf('scalar', 'duration', 3);
export const DYN = typeOf('dyn', 'dyn', 1);
export const NULL = typeOf('null', 'null', 4);
/** What an expression with a fault comes to: it goes with everything, so that one fault is told once. */
export const ERROR = typeOf('error', '!error!', 0);

const SCALARS: Readonly<Record<string, CelType>> = Object.fromEntries(
  [BOOL, INT, UINT, DOUBLE, STRING, BYTES, TIMESTAMP, DURATION, DYN, NULL].map(type => [type.name, type]),
);

export const listOf = (item: CelType, maxElements = 0): CelType => typeOf('list', 'list', 2, {params: [item], maxElements});
export const mapOf = (key: CelType, value: CelType, maxElements = 0): CelType =>
  typeOf('map', 'map', 2, {params: [key, value], maxElements});
export const optionalOf = (value: CelType): CelType => typeOf('optional', 'optional_type', 0, {params: [value]});
/** The type of a type: what `type(1)` comes to. */
export const typeTypeOf = (of: CelType): CelType => typeOf('type', 'type', 0, {params: [of]});
export const paramType = (name: string): CelType => typeOf('param', name, 0);
const opaqueType = (name: string): CelType => typeOf('opaque', name, 8);
export const objectType = (name: string, field: (name: string) => CelType | undefined, minSize = 2): CelType =>
  typeOf('object', name, minSize, {field});

/** An object whose fields are listed. */
export const recordType = (name: string, fields: Readonly<Record<string, CelType>>): CelType =>
  objectType(name, field => (Object.hasOwn(fields, field) ? fields[field] : undefined));

/** As the checker's complaints write a type: `list(string)`. */
export function printType({kind, name, params}: CelType): string {
  return kind === 'type' || params.length === 0 ? name : `${name}(${params.map(printType).join(', ')})`;
}

const FULL_NAMES: Readonly<Record<string, string>> = {
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
  null: 'null_type',
};

/** As the server writes what an expression comes to. */
export function printResult({kind, name, params}: CelType): string {
  const full = FULL_NAMES[name] ?? name;
  return kind === 'type' || params.length === 0 ? full : `${full}(${params.map(printResult).join(', ')})`;
}

/** A type as the table of functions writes it: one capital letter is any type, the same one wherever the letter stands. */
export function readType(text: string): CelType {
  const open = text.indexOf('(');
  if (open < 0) return SCALARS[text] ?? (/^[A-Z]$/.test(text) ? paramType(text) : opaqueType(text));
  const inner = splitTypes(text.slice(open + 1, -1)).map(readType);
  switch (text.slice(0, open)) {
    case 'list':
      return listOf(inner[0]!);
    case 'map':
      return mapOf(inner[0]!, inner[1]!);
    case 'optional':
      return optionalOf(inner[0]!);
    default:
      return typeTypeOf(inner[0]!);
  }
}

/** `A, map(B, C)` at the commas outside of brackets. */
export function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const [i, letter] of [...text].entries()) {
    if (letter === '(') depth++;
    else if (letter === ')') depth--;
    else if (letter === ',' && depth === 0) {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  const last = text.slice(from).trim();
  return last ? [...parts, last] : parts;
}
