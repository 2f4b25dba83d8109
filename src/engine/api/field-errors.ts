/**
 * Validation errors and how they are printed. upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go
 */

export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid'
  | 'FieldValueTooShort';

/** A field path of one empty name, as Go prints it; a few checks of whole objects have it. */
export const WHOLE_OBJECT = '[]';

export interface FieldError {
  readonly type: FieldErrorType;
  /** `spec.containers[0].image`; '' is the object itself. */
  readonly field: string;
  /** Without the field: `Required value: must be set`. */
  readonly body: string;
  /** What the body shows; not there where it shows none. */
  readonly value?: unknown;
}

/** A value that Go prints in its own way where JSON would not say it (a struct's `String()`, a nil pointer). */
export class GoValue {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const quote = (s: string): string => goQuote(s);

/** Go's %q. upstream: strconv.Quote */
export function goQuote(s: string): string {
  let out = '"';
  for (const ch of s) {
    const code = ch.codePointAt(0)!;
    if (ch === '"' || ch === '\\') out += `\\${ch}`;
    else if (ESCAPES[ch]) out += ESCAPES[ch];
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code > 0x7e && !PRINTABLE.test(ch))
      out += code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
    else out += ch;
  }
  return `${out}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};
const PRINTABLE = /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u;

/** A value as an error shows it: strings quoted, numbers bare, structures as JSON. */
export function printValue(value: unknown): string {
  if (value instanceof GoValue) return value.text;
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'object') return goJson(value);
  return String(value);
}

/** JSON as Go's encoder writes it: `<`, `>`, `&` escaped, map keys as they come. */
const goJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

const join = (...parts: string[]): string => parts.filter(Boolean).join(': ');

/** A field that must be given. */
export const required = (field: string, detail = ''): FieldError => ({
  type: 'FieldValueRequired',
  field,
  body: join('Required value', detail),
});

/** A field that may not be given, or not be given so here. */
export const forbiddenField = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field,
  body: join('Forbidden', detail),
});

/** A value that does not do, and why. */
export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  body: join('Invalid value', printValue(value), detail),
  value,
});

/** A value of another type. It is worded as any invalid one. */
export const typeInvalid = (field: string, value: unknown, detail: string): FieldError => ({
  ...invalidValue(field, value, detail),
  type: 'FieldValueTypeInvalid',
});

/** A value that may stand only once. */
export const duplicate = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueDuplicate',
  field,
  body: join('Duplicate value', printValue(value)),
  value,
});

/** A reference to what is not there. */
export const notFoundField = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueNotFound',
  field,
  body: join('Not found', printValue(value)),
  value,
});

/** `supported` is printed in the order given. */
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  body: join('Unsupported value', printValue(value), supported.length > 0 ? `supported values: ${supported.map(quote).join(', ')}` : ''),
  value,
});

/** What went wrong is the server's fault. */
export const internalField = (field: string, detail: string): FieldError => ({
  type: 'InternalError',
  field,
  body: `Internal error: ${detail}`,
});

/** A text of more than `max` bytes. */
export const tooLong = (field: string, max: number): FieldError => ({
  type: 'FieldValueTooLong',
  field,
  body: max >= 0 ? `Too long: may not be more than ${max} bytes` : 'Too long: value is too long',
});

/** A list of more than `max` members; a negative `max` is left unsaid. */
export const tooMany = (field: string, actual: number, max: number): FieldError => ({
  type: 'FieldValueTooMany',
  field,
  body: join(
    'Too many',
    actual >= 0 ? printValue(actual) : '',
    max >= 0 ? `must have at most ${max} item${max === 1 ? '' : 's'}` : 'has too many items',
  ),
});

/** `spec.a: Required value`. */
export const printFieldError = (e: FieldError): string => (e.field === '' ? `<nil>: ${e.body}` : `${e.field}: ${e.body}`);

/** One error bare, several as `[a, b]`; equal texts once. upstream: util/errors Aggregate, field.ErrorList.ToAggregate */
export function toAggregate(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(printFieldError))];
  return texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
}

/** The causes of a 422, one an error. */
export const toCauses = (errors: readonly FieldError[]): {reason: string; message: string; field: string}[] =>
  errors.map(e => ({reason: e.type, message: e.body, field: e.field === '' ? '<nil>' : e.field}));
