/** What expressions are evaluated to: how values are told apart, compared and measured. upstream: cel-go common/types */
import {Optional} from '@marcbachmann/cel-js';
import {type Members, membersOf} from './members.ts';

/** null, booleans, bigint (int), number (double), text, bytes; lists; Map or plain object (map); the classes of the language and of the libraries. */
export type CelValue = unknown;

/** The type of a value as a value of its own. */
export class CelType {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A whole number of 0 or more, of another type than the rest. */
export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
  toString(): string {
    return String(this.value);
  }
}

export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** An instant, and by what clock it was written. */
export class Timestamp {
  /** Since 1970. */
  readonly nanos: bigint;
  /** East of UTC. */
  readonly offsetMinutes: number;
  constructor(nanos: bigint, offsetMinutes: number) {
    this.nanos = nanos;
    this.offsetMinutes = offsetMinutes;
  }
}

/** A value of a library: expressions know nothing of it but its type. */
export abstract class Opaque {
  abstract readonly typeName: string;
  abstract equals(other: this): boolean;
  /** Bytes, of those that can be measured. */
  readonly size: number | undefined;
}

/** What goes wrong while an expression is evaluated: an operand that is `true` or `false` enough makes it go unnoticed. */
export class CelError extends Error {}

export const noSuchOverload = (): CelError => new CelError('no such overload');

export const isMap = (value: CelValue): value is Map<CelValue, CelValue> | Readonly<Record<string, CelValue>> =>
  value instanceof Map || (typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value)));

const CLASSES: readonly (readonly [new (...args: never[]) => object, string])[] = [
  [Uint, 'uint'],
  [Uint8Array, 'bytes'],
  [Timestamp, 'google.protobuf.Timestamp'],
  [Duration, 'google.protobuf.Duration'],
  [Optional, 'optional_type'],
  [CelType, 'type'],
];

/** The name of its type. */
export function typeName(value: CelValue): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
  }
  if (value === null || value === undefined) return 'null_type';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Opaque) return value.typeName;
  return CLASSES.find(([made]) => value instanceof made)?.[1] ?? 'map';
}

export const keysOf = (map: Map<CelValue, CelValue> | Readonly<Record<string, CelValue>>): CelValue[] =>
  map instanceof Map ? [...map.keys()] : Object.keys(map);

const numberOf = (value: CelValue): bigint | number | undefined =>
  typeof value === 'bigint' || typeof value === 'number' ? value : value instanceof Uint ? value.value : undefined;

/** undefined: there is no such key. Whole numbers are one key, whatever their type. */
export function lookUp(
  map: Map<CelValue, CelValue> | Readonly<Record<string, CelValue>>,
  key: CelValue,
): {readonly value: CelValue} | undefined {
  if (!(map instanceof Map)) return typeof key === 'string' && Object.hasOwn(map, key) ? {value: map[key]} : undefined;
  if (map.has(key)) return {value: map.get(key)};
  if (numberOf(key) === undefined) return undefined;
  const same = [...map.keys()].find(other => equals(other, key));
  return same === undefined ? undefined : {value: map.get(same)};
}

/** Values of different types are different; only numbers are compared across theirs. */
export function equals(a: CelValue, b: CelValue): boolean {
  const [left, right] = [numberOf(a), numberOf(b)];
  // biome-ignore lint/suspicious/noDoubleEquals: whole numbers and others are compared by what they stand for.
  if (left !== undefined && right !== undefined) return left == right;
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a)) return Array.isArray(b) && sameItems(a, b);
  if (isMap(a)) return isMap(b) && sameEntries(a, b);
  if (typeName(a) !== typeName(b)) return false;
  if (a instanceof Opaque) return a.equals(b as Opaque);
  if (a instanceof Uint8Array) return a.length === (b as Uint8Array).length && a.every((byte, i) => byte === (b as Uint8Array)[i]);
  if (a instanceof Timestamp || a instanceof Duration) return a.nanos === (b as Timestamp | Duration).nanos;
  if (a instanceof CelType) return a.name === (b as CelType).name;
  if (a instanceof Optional) {
    const other = b as Optional;
    return a.hasValue() === other.hasValue() && (!a.hasValue() || equals(a.value(), other.value()));
  }
  return false;
}

function sameItems(a: readonly CelValue[], b: readonly CelValue[]): boolean {
  const members = membersOf(a);
  if (a.length !== b.length) return false;
  if (!members) return a.every((item, i) => equals(item, b[i]));
  return a.every(item => b.some(other => isSameMember(members, item, other) && equals(item, other)));
}

/** Whether two members take the same place. */
export function isSameMember(members: Members, a: CelValue, b: CelValue): boolean {
  if (members.is === 'set') return equals(a, b);
  const part = (member: CelValue, key: string): CelValue => (isMap(member) ? (lookUp(member, key)?.value ?? null) : null);
  return members.keys.every(key => equals(part(a, key), part(b, key)));
}

function sameEntries(a: Parameters<typeof lookUp>[0], b: Parameters<typeof lookUp>[0]): boolean {
  const keys = keysOf(a);
  return (
    keys.length === keysOf(b).length &&
    keys.every(key => {
      const other = lookUp(b, key);
      return other !== undefined && equals(lookUp(a, key)!.value, other.value);
    })
  );
}

/** Below zero, zero or above it; undefined where the two have no order. */
export function compare(a: CelValue, b: CelValue): number | undefined {
  const [left, right] = [orderOf(a), orderOf(b)];
  if (left === undefined || right === undefined) return undefined;
  const numbers = numberOf(a) !== undefined && numberOf(b) !== undefined;
  if (!numbers && typeName(a) !== typeName(b)) return undefined;
  return left < right ? -1 : left > right ? 1 : Number.isNaN(left) || Number.isNaN(right) ? Number.NaN : 0;
}

function orderOf(value: CelValue): bigint | number | string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return Number(value);
  if (value instanceof Timestamp || value instanceof Duration) return value.nanos;
  if (value instanceof Uint8Array) return String.fromCharCode(...value);
  return numberOf(value);
}

/** Letters, bytes, items or entries; undefined: it has no size. */
export function sizeOf(value: CelValue): number | undefined {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  if (value instanceof Opaque) return value.size;
  return isMap(value) ? keysOf(value).length : undefined;
}
