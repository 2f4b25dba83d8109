/** JSON inside of fields: annotations of old, keys of secrets. Read as Go reads it, complained of in Go's words. upstream: Go's encoding/json */

import {isJsonObject} from '../../api/clone.ts';
import {cannotUnmarshal, jsonType} from '../../api/go-json.ts';
import {parseJson} from '../decoding/json.ts';
import type {Fields} from './fields.ts';

export type Read<T> = {readonly value: T; readonly error?: undefined} | {readonly error: string};

/** A structure of Go: its name, and its fields with their types. Keys match fields in any case, and what is no field is passed over. */
export interface GoStruct {
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

const mismatch = (value: unknown, type: string): {error: string} => ({error: cannotUnmarshal(value, type)});

/** null leaves a structure as empty as it was. */
const asObject = (value: unknown, type: string): Read<Fields> => {
  if (value === null) return {value: {}};
  return isJsonObject(value) ? {value} : mismatch(value, type);
};

/** An object. `type` is Go's name of what it is read into. */
export function readObject(text: string, type: string): Read<Fields> {
  const parsed = parseJson(text);
  return parsed.error === undefined ? asObject(parsed.value, type) : parsed;
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

function asStruct(value: unknown, {name, fields}: GoStruct): Read<Fields> {
  const read = asObject(value, name);
  if (read.error !== undefined) return read;
  const struct: Fields = {};
  for (const [key, given] of Object.entries(read.value)) {
    const field = Object.keys(fields).find(f => f.toLowerCase() === key.toLowerCase());
    if (!field || given === null) continue;
    const type = fields[field]!;
    if (typeof given !== (type.startsWith('int') ? 'number' : 'string'))
      return {error: `json: cannot unmarshal ${jsonType(given)} into Go struct field ${name.split('.').at(-1)}.${field} of type ${type}`};
    struct[lowerFirst(field)] = given;
  }
  return {value: struct};
}

/** A list of structures, their fields with a small first letter. */
export function readStructs(text: string, struct: GoStruct): Read<Fields[]> {
  const parsed = parseJson(text);
  if (parsed.error !== undefined) return parsed;
  const list = parsed.value ?? [];
  if (!Array.isArray(list)) return mismatch(list, `[]${struct.name}`);
  const structs: Fields[] = [];
  for (const item of list) {
    const read = asStruct(item, struct);
    if (read.error !== undefined) return read;
    structs.push(read.value);
  }
  return {value: structs};
}
