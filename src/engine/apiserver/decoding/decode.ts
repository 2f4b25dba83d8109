/**
 * From a request's body to an object of its kind: shapes checked, unknown fields found, times and quantities brought to their written form, zero values
 * left out as Go's encoder would. upstream: sigs.k8s.io/json, apimachinery/pkg/runtime/serializer/json, apiserver/pkg/endpoints/handlers (create, rest)
 */

import {isJsonObject} from '../../api/clone.ts';
import {cannotUnmarshal, jsonType} from '../../api/go-json.ts';
import {apiVersionOf, parseApiVersion} from '../../api/group-version.ts';
import {byKind, type Kind} from '../../api/kinds.ts';
import {parseQuantity, printQuantity, QuantityError} from '../../api/quantity.ts';
import {badRequest} from '../../api/status.ts';
import {ApiError, type KubeObject} from '../../api/types.ts';
import {MAX_DEPTH, parseJson} from './json.ts';
import {JSON_SCHEMA, type SchemaOr} from './json-schema.ts';
import {isRetired} from './retired.ts';
import {checkBase64, parseTime} from './scalars.ts';
import {type Definition, definitionOf, definitionOfKind, type Field, type FieldType, folderOf} from './schema.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface Decoded {
  object: KubeObject;
  /** For `Warning:` headers, under Warn. */
  warnings: string[];
}

/** Where Go's decoder registers what the server knows; part of its texts. */
const SCHEME = 'k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30';

/** The types of a value that does not fit its field. */
export interface Mismatch {
  /** As JSON calls it: `string`, `number`, `object`. */
  readonly from: string;
  /** As Go calls it: `int32`, `[]v1.Container`. */
  readonly to: string;
  readonly value: unknown;
}

/** A body that has not the shape of its kind. */
export class DecodingError extends ApiError {
  /** Without the kind: what Go's decoder said. */
  readonly why: string;
  readonly mismatch: Mismatch | undefined;
  constructor(message: string, why: string, mismatch?: Mismatch) {
    super(badRequest(message).status);
    this.why = why;
    this.mismatch = mismatch;
  }
}

/** A custom unmarshaler's refusal: ends the decoding at once. */
class Abort extends Error {}

/** What a body has that its kind has not, and where: names and indexes down to it. */
export interface ShapeFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

interface Context {
  /** First refusal of Go's own decoder; it goes on and reports this one at the end. */
  saved: string | undefined;
  /** What it was about, where types do not fit. */
  mismatch?: Mismatch;
  strict: string[];
  /** Every refusal of both, with its place. */
  faults: ShapeFault[];
  /** Names and indexes down to where we are. */
  path: (string | number)[];
  /** The structure whose field is being read. */
  owner: string;
}

const fieldPath = (path: readonly (string | number)[]): string =>
  path.filter(p => typeof p === 'string' && !p.startsWith('\u0000')).join('.');

const strictPath = (path: readonly (string | number)[], last: string): string => {
  let out = '';
  for (const p of path) out += typeof p === 'number' ? `[${p}]` : out ? `.${p.replace('\u0000', '')}` : p.replace('\u0000', '');
  return out ? `${out}.${last}` : last;
};

const mismatch = (context: Context, value: string, go: string): string =>
  context.owner
    ? `json: cannot unmarshal ${value} into Go struct field ${context.owner}.${fieldPath(context.path)} of type ${go}`
    : `json: cannot unmarshal ${value} into Go value of type ${go}`;

const plainPath = (path: readonly (string | number)[]): (string | number)[] =>
  path.map(part => (typeof part === 'string' ? part.replace('\u0000', '') : part));

const save = (context: Context, message: string): undefined => {
  context.saved ??= message;
  context.faults.push({path: plainPath(context.path), message});
  return undefined;
};

function wrong(context: Context, value: unknown, go: string): undefined {
  if (context.saved === undefined) context.mismatch = {from: jsonType(value), to: go, value};
  return save(context, mismatch(context, jsonType(value), go));
}

const INT32 = 2 ** 31;

function decodeInteger(value: unknown, go: string, limit: number, context: Context): number | undefined {
  if (typeof value !== 'number') return wrong(context, value, go);
  if (Number.isInteger(value) && value >= -limit && value < limit) return value === 0 ? 0 : value;
  return save(context, mismatch(context, `number ${value}`, go));
}

/** A scalar as it is stored; undefined where it was null or refused. */
function decodeScalar(type: FieldType & {is: unknown}, value: unknown, context: Context): unknown {
  switch (type.is) {
    case 'string':
      return typeof value === 'string' ? value : wrong(context, value, type.go);
    case 'bool':
      return typeof value === 'boolean' ? value : wrong(context, value, type.go);
    case 'int32':
      return decodeInteger(value, type.go, INT32, context);
    case 'int64':
      return decodeInteger(value, type.go, 2 ** 63, context);
    case 'float64':
      return typeof value === 'number' ? value : wrong(context, value, type.go);
    case 'bytes': {
      if (typeof value !== 'string') return wrong(context, value, type.go);
      const at = checkBase64(value);
      return at < 0 ? value : save(context, `illegal base64 data at input byte ${at}`);
    }
    case 'quantity':
      try {
        const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
        return printQuantity(parseQuantity(text));
      } catch (error) {
        if (error instanceof QuantityError) throw new Abort(error.message);
        throw error;
      }
    case 'intOrString': {
      if (typeof value === 'string') return value;
      if (typeof value === 'number' && Number.isInteger(value) && value >= -INT32 && value < INT32) return value;
      throw new Abort(mismatch(context, typeof value === 'number' ? `number ${value}` : jsonType(value), 'int32'));
    }
    case 'time':
    case 'microTime': {
      if (typeof value !== 'string') throw new Abort(mismatch(context, jsonType(value), 'string'));
      const time = parseTime(value, type.is === 'microTime');
      if (time.error !== undefined) throw new Abort(time.error);
      return time.text;
    }
    default:
      return copy(value);
  }
}

/** Read by Go without strictness: what is unknown in there is dropped in silence. */
function decodeSchema(value: unknown): Record<string, unknown> {
  const context: Context = {saved: undefined, strict: [], faults: [], path: [], owner: ''};
  const schema = decodeStruct(definitionOf(JSON_SCHEMA)!, value ?? {}, 'v1.JSONSchemaProps', context);
  if (context.saved !== undefined) throw new Abort(context.saved);
  return schema!;
}

function decodeSchemaOr(holds: SchemaOr, value: unknown): unknown {
  if (Array.isArray(value) && holds === 'JSONSchemaPropsOrArray') return value.map(decodeSchema);
  if (Array.isArray(value) && holds === 'JSONSchemaPropsOrStringArray') {
    const other = value.find(item => typeof item !== 'string');
    if (other !== undefined) throw new Abort(cannotUnmarshal(other, 'string'));
    return [...value];
  }
  if (typeof value === 'object' && !Array.isArray(value)) return decodeSchema(value);
  if (holds !== 'JSONSchemaPropsOrBool') return undefined;
  if (typeof value !== 'boolean') throw new Abort('boolean or JSON schema expected');
  return value;
}

/** A copy of plain JSON that nobody else holds. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (value === null || typeof value !== 'object') return value;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value)) put(out, key, copy((value as Record<string, unknown>)[key]));
  return out;
}

/** `__proto__` is a key like any other. */
function put(out: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(out, key, {value, enumerable: true, configurable: true, writable: true});
  else out[key] = value;
}

/** What Go has where nothing was given, inside lists and maps. */
const ZERO: Readonly<Record<string, unknown>> = {
  string: '',
  bool: false,
  int32: 0,
  int64: 0,
  float64: 0,
  bytes: '',
  quantity: '0',
  intOrString: 0,
  list: null,
  map: null,
};

const zeroOf = (type: FieldType): unknown => (type.is === 'struct' ? fill(type.definition, {}) : (ZERO[type.is] ?? null));

function decodeValue(type: FieldType, value: unknown, context: Context): unknown {
  switch (type.is) {
    case 'struct':
      return decodeStruct(type.definition, value, type.go, context);
    case 'list': {
      if (!Array.isArray(value)) return wrong(context, value, type.go);
      const out: unknown[] = new Array(value.length);
      const at = context.path.length;
      for (let i = 0; i < value.length; i++) {
        context.path[at] = i;
        const element = value[i];
        out[i] = (element === null || element === undefined ? undefined : decodeValue(type.of, element, context)) ?? zeroOf(type.of);
      }
      context.path.length = at;
      return out;
    }
    case 'map': {
      if (!isJsonObject(value)) return wrong(context, value, type.go);
      const out: Record<string, unknown> = {};
      const at = context.path.length;
      for (const key in value) {
        const element = value[key];
        if (element === undefined) continue;
        context.path[at] = `\u0000${key}`;
        put(out, key, (element === null ? undefined : decodeValue(type.of, element, context)) ?? zeroOf(type.of));
      }
      context.path.length = at;
      return out;
    }
    default:
      return type.holds ? decodeSchemaOr(type.holds, value) : decodeScalar(type, value, context);
  }
}

const isEmpty = (value: unknown): boolean => {
  if (value === '' || value === 0 || value === false) return true;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
};

/** Puts in what Go writes even where nobody set it. */
function fill(definition: Definition, out: Record<string, unknown>): Record<string, unknown> {
  for (const field of definition.always) if (out[field.name] === undefined) out[field.name] = zeroOf(field.type);
  return out;
}

function decodeStruct(definition: Definition, value: unknown, go: string, context: Context): Record<string, unknown> | undefined {
  if (!isJsonObject(value)) return wrong(context, value, go);
  const out: Record<string, unknown> = {};
  const at = context.path.length;
  const owner = context.owner;
  for (const key in value) {
    const given = value[key];
    if (given === undefined) continue;
    const field: Field | undefined = definition.fields.get(key);
    if (!field) {
      context.path.length = at;
      const message = `unknown field "${strictPath(context.path, key)}"`;
      context.strict.push(message);
      context.faults.push({path: [...plainPath(context.path), key], message});
      continue;
    }
    if (given === null) continue;
    context.owner = definition.name;
    context.path[at] = key;
    const decoded = decodeValue(field.type, given, context);
    if (decoded === undefined || (field.omitEmpty && isEmpty(decoded))) continue;
    out[key] = decoded;
  }
  context.path.length = at;
  context.owner = owner;
  return fill(definition, out);
}

/**
 * Decodes a parsed body as the kind that its path names. Throws a 400. `duplicates` are what the text's parser found doubled.
 * A body without apiVersion and kind gets the path's.
 */
export function decode(
  body: unknown,
  kind: Kind,
  options: {version?: string; validation?: FieldValidation; duplicates?: readonly string[]} = {},
): Decoded {
  const version = options.version ?? kind.version;
  const given = (body ?? {}) as {apiVersion?: unknown; kind?: unknown};
  const {group: statedGroup, version: statedVersion} = parseApiVersion(typeof given.apiVersion === 'string' ? given.apiVersion : '');
  const bare = statedGroup === '' && statedVersion === '';
  const [group, asVersion] = bare ? [kind.group, version] : [statedGroup, statedVersion];
  const asKind = typeof given.kind === 'string' && given.kind !== '' ? given.kind : kind.kind;
  const refuse = (why: string, mismatched?: Mismatch): never => {
    throw new DecodingError(`${asKind} in version "${asVersion}" cannot be handled as a ${kind.kind}: ${why}`, why, mismatched);
  };

  // 1. Which kind the body says it is.
  const retired = isRetired(group, asVersion, asKind) ? kind : undefined;
  const stated = byKind(group, asVersion, asKind) ?? (retired?.kind === asKind ? retired : undefined);
  if (!stated)
    return refuse(`no kind "${asKind}" is registered for version "${apiVersionOf({group, version: asVersion})}" in scheme "${SCHEME}"`);
  const definition = definitionOfKind(stated, retired ? version : asVersion)!;

  // 2. Its shape.
  const context: Context = {saved: undefined, strict: [...(options.duplicates ?? [])], faults: [], path: [], owner: ''};
  let object: Record<string, unknown> | undefined;
  try {
    object = decodeStruct(definition, body, `${asVersion}.${asKind}`, context);
  } catch (error) {
    if (error instanceof Abort) return refuse(error.message);
    if (error instanceof RangeError) return refuse(MAX_DEPTH);
    throw error;
  }
  if (context.saved !== undefined || !object) return refuse(context.saved ?? 'unexpected end of JSON input', context.mismatch);
  if (stated.kind !== kind.kind || stated.group !== kind.group)
    return refuse(`converting (${asVersion}.${asKind}) to (${folderOf(kind.group)}.${kind.kind}): unknown conversion`);

  // 3. What it has that the kind has not.
  const validation = options.validation ?? 'Warn';
  if (validation === 'Strict' && context.strict.length > 0) return refuse(`strict decoding error: ${context.strict.join(', ')}`);
  if (asVersion !== version || retired)
    throw badRequest(
      `the API version in the data (${apiVersionOf({group, version: asVersion})}) does not match the expected API version (${apiVersionOf({group: kind.group, version})})`,
    );

  object['apiVersion'] = apiVersionOf({group, version: asVersion});
  object['kind'] = asKind;
  return {object: object as unknown as KubeObject, warnings: validation === 'Warn' ? [...new Set(context.strict)] : []};
}

/** Everything in a parsed body that does not have the shape of its kind, as a strict decoder words it. */
export function shapeFaults(body: unknown, kind: Kind, version = kind.version): readonly ShapeFault[] {
  const context: Context = {saved: undefined, strict: [], faults: [], path: [], owner: ''};
  try {
    decodeStruct(definitionOfKind(kind, version)!, body, `${version}.${kind.kind}`, context);
  } catch (error) {
    if (!(error instanceof Abort || error instanceof RangeError)) throw error;
    const message = error instanceof Abort ? error.message : MAX_DEPTH;
    context.faults.push({path: plainPath(context.path), message});
  }
  return context.faults;
}

/** The first characters of a body that could not be read, as the server quotes it. */
function summarize(text: string): string {
  if (text === '') return '<empty>';
  if (text[0] === '{') return text.length > 30 ? `${text.slice(0, 30)} ...` : text;
  const bytes = new TextEncoder().encode(text);
  const hex = [...bytes.slice(0, 30)].map(b => b.toString(16).padStart(2, '0')).join('');
  return bytes.length > 30 ? `${hex} ...` : hex;
}

/** The structure into which Go reads a body first, to learn its kind. */
const TYPE_META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** 400 for a body that cannot be read: nobody knows what it is. `type`: what it should have been. */
export const unrecognized = (type: string, why: string, text: string): ApiError =>
  badRequest(`the object provided is unrecognized (must be of type ${type}): ${why} (${summarize(text)})`);

/** Why a text of JSON does not say which kind it is. */
export const noKind = (why: string): string => `couldn't get version/kind; json parse error: ${why}`;

/** Decodes a JSON text as the kind that its path names. Throws a 400. */
export function decodeText(text: string, kind: Kind, options: {version?: string; validation?: FieldValidation} = {}): Decoded {
  const parsed = parseJson(text);
  const refuse = (why: string): never => {
    throw unrecognized(kind.kind, noKind(why), text);
  };
  if (parsed.error !== undefined) return refuse(parsed.error);
  if (parsed.value !== null && jsonType(parsed.value) !== 'object') return refuse(cannotUnmarshal(parsed.value, TYPE_META));
  return decode(parsed.value, kind, {...options, duplicates: parsed.duplicates.map(field => `duplicate field "${field}"`)});
}
