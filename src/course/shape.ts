/** Shapes of YAML files: one description that reads a file with places for every fault, and prints itself as a JSON schema for editors. */
import {isMap, isScalar, isSeq, type Node} from 'yaml';

export type Shape =
  | {readonly is: 'text'; readonly maxWords?: number; readonly oneOf?: readonly string[]; readonly about?: string}
  | {readonly is: 'number'; readonly about?: string}
  | {readonly is: 'anything'; readonly about?: string}
  | {readonly is: 'list'; readonly of: Shape; readonly size?: number; readonly maxWords?: readonly number[]; readonly about?: string}
  | {readonly is: 'map'; readonly of: Shape; readonly about?: string}
  | {readonly is: 'object'; readonly fields: Fields; readonly about?: string}
  /** An object that is known by which of these keys it has. */
  | {readonly is: 'either'; readonly by: Readonly<Record<string, Fields>>; readonly about?: string}
  /** A shape that may hold itself. */
  | {readonly is: 'named'; readonly name: string; readonly shape: () => Shape};

export interface Field {
  readonly shape: Shape;
  /** What a missing field means; a field without it has to be there. */
  readonly otherwise?: {readonly value: unknown};
}

export type Fields = Readonly<Record<string, Field>>;

export const text = (about?: string, more: {maxWords?: number; oneOf?: readonly string[]} = {}): Shape => ({
  is: 'text',
  ...(about && {about}),
  ...more,
});
export const number = (about?: string): Shape => ({is: 'number', ...(about && {about})});
export const anything: Shape = {is: 'anything'};
export const list = (of: Shape, about?: string): Shape => ({is: 'list', of, ...(about && {about})});
export const map = (of: Shape, about?: string): Shape => ({is: 'map', of, ...(about && {about})});
export const object = (fields: Fields, about?: string): Shape => ({is: 'object', fields, ...(about && {about})});
export const must = (shape: Shape): Field => ({shape});
export const may = (shape: Shape, value?: unknown): Field => ({shape, otherwise: {value}});

export const countWords = (words: string): number => words.split(/\s+/).filter(Boolean).length;

/** Is told of every fault: at which node, what is wrong and what would be right. */
export type Tell = (node: Node | null | undefined, message: string) => void;

/** The value of a node in this shape; what does not fit is told. */
export function read(shape: Shape, node: Node | null | undefined, path: string, tell: Tell): unknown {
  const at = path || 'the file';
  switch (shape.is) {
    case 'text': {
      if (!isScalar(node) || typeof node.value !== 'string') return void tell(node, `${at} must be a text`);
      const {value} = node;
      if (shape.oneOf && !shape.oneOf.includes(value)) tell(node, `${at} is ${value}; it can be ${shape.oneOf.join(', ')}`);
      const words = countWords(value);
      if (shape.maxWords && words > shape.maxWords) tell(node, `${at} has ${words} words; ${shape.maxWords} are the limit`);
      return value;
    }
    case 'number':
      if (!isScalar(node) || typeof node.value !== 'number') return void tell(node, `${at} must be a number`);
      return node.value;
    case 'anything':
      return node?.toJSON();
    case 'list':
      if (!isSeq(node)) {
        tell(node, `${at} must be a list`);
        return [];
      }
      if (shape.size !== undefined && node.items.length !== shape.size)
        tell(node, `${at} must be ${shape.size} long, and is ${node.items.length}`);
      return node.items.map((item, i) => {
        const limit = shape.maxWords?.[i];
        const of = limit !== undefined && shape.of.is === 'text' ? {...shape.of, maxWords: limit} : shape.of;
        return read(of, item as Node, `${path}[${i}]`, tell);
      });
    case 'map':
      if (!isMap(node)) {
        tell(node, `${at} must be a map`);
        return {};
      }
      return Object.fromEntries(node.items.map(p => [String(p.key), read(shape.of, p.value as Node, `${path}.${p.key}`, tell)]));
    case 'object':
      return readFields(shape.fields, node, path, tell);
    case 'either': {
      const keys = isMap(node) ? node.items.map(p => String(p.key)) : [];
      const key = Object.keys(shape.by).find(k => keys.includes(k));
      if (key !== undefined) return readFields(shape.by[key]!, node, path, tell);
      return void tell(node, `${at} must have one of ${Object.keys(shape.by).join(', ')}`);
    }
    case 'named':
      return read(shape.shape(), node, path, tell);
  }
}

function readFields(fields: Fields, node: Node | null | undefined, path: string, tell: Tell): Record<string, unknown> {
  const at = path || 'the file';
  const result: Record<string, unknown> = {};
  if (!isMap(node)) tell(node, `${at} must be a map`);
  else {
    for (const pair of node.items) {
      const name = String(pair.key);
      if (!(name in fields)) tell(pair.key as Node, `${at} has no field ${name}; it may have ${Object.keys(fields).join(', ')}`);
    }
  }
  for (const [name, {shape, otherwise}] of Object.entries(fields)) {
    const value = isMap(node) ? (node.get(name, true) as Node | undefined) : undefined;
    const below = path ? `${path}.${name}` : name;
    if (value !== undefined) result[name] = read(shape, value, below, tell);
    else if (otherwise) result[name] = otherwise.value;
    else if (isMap(node)) tell(node, `${below} is missing`);
  }
  return result;
}

type JsonSchema = Record<string, unknown>;

/** The shape as a JSON schema (draft 2020-12). */
export function jsonSchema(shape: Shape, title: string): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const fieldsOf = (fields: Fields): JsonSchema => ({
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, f]) => [name, of(f.shape)])),
    required: Object.entries(fields)
      .filter(([, f]) => !f.otherwise)
      .map(([name]) => name),
    additionalProperties: false,
  });
  const of = (s: Shape): JsonSchema => {
    const about = 'about' in s && s.about ? {description: s.about} : {};
    switch (s.is) {
      case 'text':
        return {...about, type: 'string', ...(s.oneOf && {enum: s.oneOf})};
      case 'number':
        return {...about, type: 'number'};
      case 'anything':
        return about;
      case 'list':
        return {...about, type: 'array', items: of(s.of), ...(s.size !== undefined && {minItems: s.size, maxItems: s.size})};
      case 'map':
        return {...about, type: 'object', additionalProperties: of(s.of)};
      case 'object':
        return {...about, ...fieldsOf(s.fields)};
      case 'either':
        return {...about, anyOf: Object.values(s.by).map(fieldsOf)};
      case 'named':
        if (!definitions[s.name]) {
          definitions[s.name] = {};
          definitions[s.name] = of(s.shape());
        }
        return {$ref: `#/$defs/${s.name}`};
    }
  };
  const root = of(shape);
  return {$schema: 'https://json-schema.org/draft/2020-12/schema', title, ...root, $defs: definitions};
}
