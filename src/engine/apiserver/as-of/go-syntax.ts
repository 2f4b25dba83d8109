/**
 * Values in the syntax of Go, as field errors showed them before 1.33.
 * upstream: Go's fmt (%#v), staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go ErrorBody (v1.20)
 */

import {printValue} from '../../api/field-errors.ts';
import {byKey} from '../../api/order.ts';
import {parseQuantity, printQuantity, tryParseQuantity} from '../../api/quantity.ts';
import {ENUM_TYPES, isPointer, REQUIRED_POINTERS, VALUE_STRUCTS} from '../decoding/go-types.ts';
import {type Definition, definitionOf, type Field, type FieldType} from '../decoding/schema.ts';
import type {Fields} from '../validation/fields.ts';
import {EMBEDDED, goName, NAMED, RENAMED, STRUCTS} from './go-structs.ts';
import {stepsOf} from './parts.ts';

/** A type, and the name that Go has for it. */
export interface GoType {
  readonly type: FieldType;
  readonly go: string;
}

/** The structure of a definition (`core/v1.Toleration`); undefined where there is none. */
export function structType(id: string): GoType | undefined {
  const definition = definitionOf(id);
  return definition && {type: {is: 'struct', definition, go: ''}, go: packaged(id)};
}

/** The type at a path (`spec.limits[0].min[cpu]`) below a definition; undefined where the path leads nowhere. */
export function typeAt(definition: Definition, path: string): GoType | undefined {
  let at: GoType | undefined = {type: {is: 'struct', definition, go: ''}, go: packaged(definition.id)};
  for (const {key, item} of stepsOf(path)) {
    at = item ? itemOf(at) : fieldOf(at, key);
    if (!at) return undefined;
  }
  return at;
}

const fieldOf = ({type}: GoType, name: string): GoType | undefined =>
  type.is === 'struct' ? typeOf(type.definition, type.definition.fields.get(name)) : undefined;

const itemOf = ({type, go}: GoType): GoType | undefined =>
  type.is === 'list' || type.is === 'map' ? {type: type.of, go: elementOf(go)} : undefined;

/** What a field error shows of a value. `written` is what the client wrote: quantities remember it. */
export function goValue(value: unknown, at: GoType | undefined, written?: unknown): string {
  if (value === null || value === undefined) return at && isCollection(at.type) ? `${at.go}(nil)` : '"null"';
  if (!at || !fits(value, at.type))
    return Array.isArray(value) && value.every(isString) ? `[]string{${value.map(printValue).join(', ')}}` : printValue(value);
  return syntax(value, at, at.type.is === 'quantity' && isWritten(written, value) ? written : undefined);
}

/** Whether a quantity is what the client wrote, in its one form. */
const isWritten = (written: unknown, value: unknown): written is string | number => {
  const quantity = tryParseQuantity(written);
  return quantity !== undefined && printQuantity(quantity) === value;
};

const isString = (value: unknown): value is string => typeof value === 'string';
const isCollection = ({is}: FieldType): boolean => is === 'list' || is === 'map';

/** Whether a validator that shows this value shows the field itself, not a text or a number made of it. */
function fits(value: unknown, {is}: FieldType): boolean {
  if (is === 'list') return Array.isArray(value);
  return (is === 'map' || is === 'struct') === (typeof value === 'object') && !Array.isArray(value);
}

/** `core/v1.PodSpec` is core.PodSpec, as validators see objects; types of meta/v1 have no internal version. */
function packaged(id: string): string {
  const [folder, version, name] = id.split(/[/.]/) as [string, string, string];
  return `${folder === 'meta' ? version : folder}.${name}`;
}

function typeOf(owner: Definition, field: Field | undefined): GoType | undefined {
  return (
    field && {
      type: field.type,
      go: NAMED[`${owner.name}.${field.name}`] ? `[]${NAMED[`${owner.name}.${field.name}`]}` : goType(field.type, owner, field),
    }
  );
}

function goType(type: FieldType, owner: Definition, field: Field): string {
  switch (type.is) {
    case 'list':
      return `[]${goType(type.of, owner, field)}`;
    case 'map':
      return type.of.is === 'quantity' ? 'core.ResourceList' : `map[string]${goType(type.of, owner, field)}`;
    case 'struct':
      return packaged(type.definition.id);
    case 'bytes':
      return '[]uint8';
    default:
      return (
        ENUM_TYPES[`${owner.name}.${field.name}`]?.replace(/^v1\./, owner.id.startsWith('meta/') ? 'v1.' : `${owner.id.split('/')[0]}.`) ??
        type.go
      );
  }
}

const elementOf = (go: string): string => (go === 'core.ResourceList' ? 'resource.Quantity' : go.replace(/^(\[\]|map\[string\])/, ''));

function syntax(value: unknown, {type, go}: GoType, written?: string | number): string {
  switch (type.is) {
    case 'list':
      return value == null
        ? `${go}(nil)`
        : `${go}{${(value as unknown[]).map(item => syntax(item, {type: type.of, go: elementOf(go)})).join(', ')}}`;
    case 'map': {
      if (value == null) return `${go}(nil)`;
      const entries = Object.entries(value as Fields).sort(byKey);
      return `${go}{${entries.map(([key, item]) => `${printValue(key)}:${syntax(item, {type: type.of, go: elementOf(go)})}`).join(', ')}}`;
    }
    case 'struct':
      return `${go}{${fieldsOf(type.definition.id, type.definition, (value ?? {}) as Fields).join(', ')}}`;
    case 'quantity':
      return quantitySyntax((written ?? value ?? '0') as string | number);
    case 'intOrString':
      return isString(value)
        ? `intstr.IntOrString{Type:1, IntVal:0, StrVal:${printValue(value)}}`
        : `intstr.IntOrString{Type:0, IntVal:${value ?? 0}, StrVal:""}`;
    case 'time':
    case 'microTime':
      return `${go}{Time:time.Time{wall:0x0, ext:${secondsOf(value)}, loc:(*time.Location)(nil)}}`;
    case 'bytes':
      return `${go}(nil)`;
    default:
      return printValue(value ?? ZERO[type.is]);
  }
}

const ZERO: Readonly<Record<string, unknown>> = {string: '', bool: false, int32: 0, int64: 0, float64: 0};

/** Go counts from the year 1. */
const secondsOf = (value: unknown): number => (isString(value) ? Math.floor(Date.parse(value) / 1000) + 62_135_596_800 : 0);

/** upstream: staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go (v1.20) */
function quantitySyntax(written: string | number): string {
  const {unscaled, scale, format, text = ''} = parseQuantity(written);
  return `resource.Quantity{i:resource.int64Amount{value:${unscaled}, scale:${scale}}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:${printValue(text)}, Format:"${format}"}`;
}

/** The fields of a structure. A validator of today may have shown its internal names. */
function fieldsOf(id: string, definition: Definition, value: Fields): string[] {
  const names = STRUCTS[id]?.split(' ') ?? [...definition.fields.keys()].map(goName);
  const byName = new Map([...definition.fields.values()].map(field => [field.name.toLowerCase(), field]));
  return names.map(name => {
    if (EMBEDDED.has(name)) {
      const embedded = `${definition.id.split('.')[0]}.${name}`;
      return `${name}:${packaged(embedded)}{${fieldsOf(embedded, definition, value).join(', ')}}`;
    }
    const field = byName.get((RENAMED[name] ?? name).toLowerCase());
    return `${name}:${field ? fieldSyntax(value[field.name] ?? value[name], definition, field) : '""'}`;
  });
}

function fieldSyntax(value: unknown, owner: Definition, field: Field): string {
  const at = typeOf(owner, field)!;
  if (!pointsTo(owner, field)) return syntax(value, at);
  return `(*${at.go})(${value == null ? 'nil' : addressOf(syntax(value, at))})`;
}

function pointsTo({name}: Definition, {name: field, type, required}: Field): boolean {
  const full = `${name}.${field}`;
  return required ? REQUIRED_POINTERS.has(full) : isPointer(name, field, type.is) && !(type.is === 'struct' && VALUE_STRUCTS.has(full));
}

/** Where a value lies in the server's memory says nothing, but something is printed there: the same for the same value. */
function addressOf(text: string): string {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) & 0xffffff;
  return `0xc00${hash.toString(16).padStart(6, '0')}0`;
}
