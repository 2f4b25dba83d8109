/**
 * Kubernetes' protobuf bodies as the JSON they mean. The types are those of the table that JSON bodies are decoded by; only the numbers of the fields are told
 * beside it. upstream: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf, the generated.proto files of staging/src/k8s.io/api
 */

import {BinaryReader, WireType} from '@bufbuild/protobuf/wire';
import {parseApiVersion} from '../../engine/api/group-version.ts';
import {type Definition, definitionOf, type FieldType, folderOf} from '../../engine/apiserver/decoding/schema.ts';
import texts from './field-numbers.json' with {type: 'json'};

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** A body that is no message, or one of a kind that is not known. */
export class ProtobufError extends Error {}

type Json = Record<string, unknown>;

/**
 * Definition -> names of its fields in the order of their numbers; `-` is a number not in use. `*core/v1.VolumeSource` is a message whose fields stand among its
 * parent's in JSON.
 */
const fieldNames: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(texts).map(([id, text]) => [id, text.split(' ')]));

/** What every body begins with, before the message runtime.Unknown. */
const MAGIC = Buffer.from('k8s\0');

/** The object in an envelope. Throws ProtobufError. */
export function decodeProtobuf(body: Uint8Array): Json {
  if (!MAGIC.equals(body.subarray(0, MAGIC.length)))
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  try {
    // runtime.Unknown: 1 typeMeta {1 apiVersion, 2 kind}, 2 raw
    const envelope = fieldsOf(body.subarray(MAGIC.length));
    const meta = fieldsOf(lastBytes(envelope, 1));
    const [apiVersion, kind] = [1, 2].map(number => Buffer.from(lastBytes(meta, number)).toString()) as [string, string];
    return {kind, apiVersion, ...message(lastBytes(envelope, 2), definitionFor(apiVersion, kind))};
  } catch (error) {
    if (error instanceof ProtobufError) throw error;
    throw new ProtobufError(`the body is not a valid protobuf message: ${(error as Error).message}`);
  }
}

function definitionFor(apiVersion: string, kind: string): Definition {
  const {group, version} = parseApiVersion(apiVersion);
  const id = kind === 'DeleteOptions' ? 'meta/v1.DeleteOptions' : `${folderOf(group)}/${version}.${kind}`;
  const definition = definitionOf(id);
  if (!definition || !fieldNames.has(id)) throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return definition;
}

/** Each field of a message as its number and a reader that stands before its value. */
function* fieldsIn(bytes: Uint8Array): IterableIterator<[number: number, reader: BinaryReader, type: WireType]> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const before = reader.pos;
    yield [number, reader, type];
    if (reader.pos === before) reader.skip(type, number);
  }
}

/** The length-delimited fields of a message of messages. */
function fieldsOf(bytes: Uint8Array): Map<number, Uint8Array[]> {
  const found = new Map<number, Uint8Array[]>();
  for (const [number, reader, type] of fieldsIn(bytes))
    if (type === WireType.LengthDelimited) found.set(number, [...(found.get(number) ?? []), reader.bytes()]);
  return found;
}

const NOTHING = new Uint8Array();
const lastBytes = (fields: Map<number, Uint8Array[]>, number: number): Uint8Array => fields.get(number)?.at(-1) ?? NOTHING;

/** A message; its fields are numbered as `numbering` says and typed as `owner` does. */
function message(bytes: Uint8Array, owner: Definition, numbering = owner.id): Json {
  const names = fieldNames.get(numbering) ?? [];
  const object: Json = {};
  for (const [number, reader, type] of fieldsIn(bytes)) {
    const name = names[number - 1] ?? '-';
    if (name.startsWith('*')) Object.assign(object, message(reader.bytes(), owner, name.slice(1)));
    const field = owner.fields.get(name);
    if (field) read(object, name, field.type, reader, type);
  }
  return object;
}

/** Reads one value of a field; a list grows by it, a map too. */
function read(object: Json, name: string, type: FieldType, reader: BinaryReader, wire: WireType): void {
  if (type.is === 'list') {
    const list = ((object[name] as unknown[] | undefined) ?? []) as unknown[];
    const packed = wire === WireType.LengthDelimited && (type.of.is === 'int32' || type.of.is === 'int64' || type.of.is === 'bool');
    if (packed) {
      const values = new BinaryReader(reader.bytes());
      while (values.pos < values.len) list.push(value(type.of, values));
    } else list.push(value(type.of, reader));
    object[name] = list;
  } else if (type.is === 'map') {
    const entry = fieldsOf(reader.bytes());
    const key = Buffer.from(lastBytes(entry, 1)).toString();
    object[name] = {...(object[name] as Json | undefined), [key]: inEntry(type.of, lastBytes(entry, 2))};
  } else object[name] = value(type, reader);
}

/** The value of a map's entry. A list stands in a message of its own, as its field 1. */
function inEntry(type: FieldType, bytes: Uint8Array): unknown {
  if (type.is === 'list') return (fieldsOf(bytes).get(1) ?? []).map(item => inEntry(type.of, item));
  return delimited(type, bytes);
}

function value(type: FieldType, reader: BinaryReader): unknown {
  switch (type.is) {
    case 'bool':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'int64':
      return Number(reader.int64());
    case 'float64':
      return reader.double();
    default:
      return delimited(type, reader.bytes());
  }
}

/** What is written as a length and bytes. */
function delimited(type: FieldType, bytes: Uint8Array): unknown {
  switch (type.is) {
    case 'struct':
      return message(bytes, type.definition);
    case 'string':
      return Buffer.from(bytes).toString();
    case 'bytes':
      return Buffer.from(bytes).toString('base64');
    case 'quantity':
      return Buffer.from(lastBytes(fieldsOf(bytes), 1)).toString();
    case 'raw':
      return JSON.parse(Buffer.from(lastBytes(fieldsOf(bytes), 1)).toString() || 'null') as unknown;
    case 'intOrString':
      return intOrString(bytes);
    case 'time':
    case 'microTime':
      return time(bytes, type.is === 'microTime');
    default:
      throw new ProtobufError(`a ${type.is} cannot be read here`);
  }
}

/** upstream: apimachinery/pkg/util/intstr: 1 type (0 number, 1 string), 2 intVal, 3 strVal */
function intOrString(bytes: Uint8Array): number | string {
  let isString = false;
  let number = 0;
  let text = '';
  for (const [field, reader] of fieldsIn(bytes))
    if (field === 1) isString = Number(reader.int64()) === 1;
    else if (field === 2) number = reader.int32();
    else if (field === 3) text = reader.string();
  return isString ? text : number;
}

/** upstream: apimachinery/pkg/apis/meta/v1/time_proto.go: 1 seconds, 2 nanos; an empty message is no time at all. */
function time(bytes: Uint8Array, withMicros: boolean): string | null {
  if (bytes.length === 0) return null;
  let seconds = 0;
  let nanos = 0;
  for (const [field, reader] of fieldsIn(bytes))
    if (field === 1) seconds = Number(reader.int64());
    else if (field === 2) nanos = reader.int32();
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return withMicros
    ? `${whole}.${Math.trunc(nanos / 1000)
        .toString()
        .padStart(6, '0')}Z`
    : `${whole}Z`;
}
