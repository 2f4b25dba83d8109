/** upstream: staging/src/k8s.io/kubectl/pkg/explain/v2 */

import type {Kind} from '../../engine/api/kinds.ts';
import {resolve} from '../../engine/api/kinds.ts';
import {apiRootOf} from '../../engine/api/paths.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {stdout} from '../effects.ts';
import {BareFailure, Failure, noSuchResourceType} from '../failure.ts';
import type {Effects} from '../types.ts';

interface Schema {
  description?: string;
  type?: string;
  format?: string;
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  required?: string[];
  enum?: unknown[];
  'x-kubernetes-group-version-kind'?: {group: string; version: string; kind: string}[];
}

interface Documents {
  components?: {schemas?: Record<string, Schema>};
}

type Schemas = Readonly<Record<string, Schema>>;

/** The schema behind a reference, with the field's own description kept. */
function resolved(schema: Schema, schemas: Schemas): Schema {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (!reference) return schema;
  const target = schemas[reference.split('/').at(-1)!] ?? {};
  return {...target, ...(schema.description && {description: schema.description})};
}

const shortName = (reference: string): string => reference.split('/').at(-1)!.split('.').at(-1)!;

/** `string`, `[]Container`, `map[string]string`, `Object`. */
function typeText(schema: Schema, schemas: Schemas): string {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference) {
    const target = schemas[reference.split('/').at(-1)!];
    return target?.type === 'object' || !target?.type
      ? target?.properties || !target?.type
        ? shortName(reference)
        : 'Object'
      : target.type;
  }
  if (schema.type === 'array') return `[]${typeText(schema.items ?? {}, schemas)}`;
  if (schema.additionalProperties) return `map[string]${typeText(schema.additionalProperties, schemas)}`;
  if (schema.type === 'object') return 'Object';
  return schema.type ?? 'Object';
}

/** The fields below a schema: through lists and maps to what they hold. */
function fieldsOf(schema: Schema, schemas: Schemas): Schema {
  const own = resolved(schema, schemas);
  if (own.properties) return own;
  if (own.items) return fieldsOf(own.items, schemas);
  return own.additionalProperties ? fieldsOf(own.additionalProperties, schemas) : own;
}

/** What the field's type says of itself. */
function typeDescription(schema: Schema, schemas: Schemas): string | undefined {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference) return schemas[reference.split('/').at(-1)!]?.description;
  const inner = schema.items ?? schema.additionalProperties;
  return inner && typeDescription(inner, schemas);
}

const WIDTH = 76;

/** Words broken at the width, each line indented. upstream: explain/v2 templates `wrap` */
function wrap(text: string, indent: string, width = WIDTH): string {
  return text
    .split('\n')
    .flatMap(paragraph => {
      const lines: string[] = [];
      // An item of a list stays where it stood.
      const leading = /^\s*(?=\S)/.exec(paragraph)?.[0] ?? '';
      let line = '';
      for (const word of paragraph.split(/\s+/).filter(Boolean)) {
        if (line && line.length + 1 + word.length > width) {
          lines.push(line);
          line = word;
        } else line = line ? `${line} ${word}` : word;
      }
      lines.push(line);
      return [leading + lines[0], ...lines.slice(1)];
    })
    .map(line => `${indent}${line}`)
    .join('\n');
}

function recursive(schema: Schema, schemas: Schemas, depth: number, seen: readonly string[]): string {
  const {properties = {}, required = []} = fieldsOf(schema, schemas);
  return Object.keys(properties)
    .sort()
    .map(name => {
      const child = properties[name]!;
      const type = typeText(child, schemas);
      const line = `${'  '.repeat(depth)}${name}\t<${type}>${required.includes(name) ? ' -required-' : ''}\n`;
      // Only what has a name can be within itself.
      const inner = seen.includes(type) && !type.endsWith('Object') ? '' : recursive(child, schemas, depth + 1, [...seen, type]);
      return line + enumLines(child, schemas, `${'  '.repeat(depth)}`) + inner;
    })
    .join('');
}

function enumLines(schema: Schema, schemas: Schemas, indent: string): string {
  const values = resolved(schema, schemas).enum;
  return values?.length ? `${indent}enum: ${values.map(String).join(', ')}\n` : '';
}

function page(kind: Kind, version: string, root: Schema, path: readonly string[], schemas: Schemas, all: boolean): string {
  let schema = root;
  let field = '';
  for (const name of path) {
    const next = fieldsOf(schema, schemas).properties?.[name];
    if (!next) throw new Failure(`field "${name}" does not exist`);
    schema = next;
    field = name;
  }
  const target = fieldsOf(schema, schemas);
  const type = typeText(schema, schemas);
  const head = [
    ...(kind.group ? [`GROUP:      ${kind.group}`] : []),
    `KIND:       ${kind.kind}`,
    `VERSION:    ${version}`,
    '',
    ...(field ? [`FIELD: ${field} <${type}>`, enumLines(schema, schemas, '').trimEnd(), ''] : []),
    'DESCRIPTION:',
  ];
  const own = resolved(schema, schemas).description ?? '<empty>';
  const ofType = typeDescription(schema, schemas);
  const below = field && ofType && ofType !== own ? `\n${wrap(ofType, '    ')}` : '';
  let text = `${head.join('\n')}\n${wrap(own, '    ')}${below}\n${own === '<empty>' && !below ? '' : '    \n'}`;
  const properties = target.properties ?? {};
  const names = Object.keys(properties).sort();
  if (names.length === 0) return `${text}\n`;
  text += 'FIELDS:\n';
  if (all) return `${text}${recursive(target, schemas, 1, [type])}\n`;
  const required = target.required ?? [];
  for (const name of names) {
    const child = properties[name]!;
    text += `  ${name}\t<${typeText(child, schemas)}>${required.includes(name) ? ' -required-' : ''}\n`;
    text += enumLines(child, schemas, '  ');
    text += `${wrap(resolved(child, schemas).description ?? '<no description>', '    ')}\n\n`;
  }
  return `${text}\n`;
}

function* schemasOf(context: Context, kind: Kind, version: string): Effects<Schemas> {
  const document = yield* context.client.send<Documents>('GET', `/openapi/v3${apiRootOf({group: kind.group, version})}`);
  return document.components?.schemas ?? {};
}

export const explain: Command = {
  name: 'explain',
  use: 'explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  short: 'Get documentation for a resource',
  flags: {
    'api-version': {type: 'string', usage: 'Use given api-version (group/version) of the resource.'},
    output: {
      type: 'string',
      short: 'o',
      value: 'plaintext',
      usage: 'Format in which to render the schema. Valid values are: (plaintext, plaintext-openapiv2).',
    },
    recursive: {
      type: 'bool',
      value: 'false',
      usage: 'When true, print the name of all the fields recursively. Otherwise, print the available fields with their description.',
    },
  },
  completes: 'kinds',
  *run(context) {
    const {args, flags} = context;
    const [target] = args;
    if (!target)
      throw new Failure(
        'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
      );
    if (args.length > 1) throw new Failure('We accept only this format: explain RESOURCE');
    const [word = '', ...path] = target.split('.');
    const kinds = yield* context.kinds();
    const full = kinds.find(k => k.group && target.startsWith(`${k.resource}.${k.group}`));
    const kind = full ?? resolve(word, kinds);
    if (!kind) throw new BareFailure(noSuchResourceType(word));
    const fields = full ? target.slice(`${full.resource}.${full.group}`.length).split('.').filter(Boolean) : path.filter(Boolean);
    const asked = flags.string('api-version');
    const version = asked.split('/').at(-1) || kind.version;
    if (asked.includes('/') && (asked.split('/')[0] !== kind.group || !kind.versions.includes(version)))
      throw new Failure(`couldn't find resource for "${asked}, Resource=${kind.resource}"`);
    if (asked && !asked.includes('/') && !kind.group && !kind.versions.includes(version))
      throw new Failure(`couldn't find resource for "/${asked}, Resource=${kind.resource}"`);
    if (asked && !asked.includes('/') && kind.group)
      throw new Failure(`GVR (/${asked}, Resource=${kind.resource}) not found in OpenAPI schema`);
    const schemas = yield* schemasOf(context, kind, version);
    const root = Object.values(schemas).find(s =>
      s['x-kubernetes-group-version-kind']?.some(gvk => gvk.kind === kind.kind && gvk.group === kind.group && gvk.version === version),
    );
    if (!root) throw new Failure(`GVR (${kind.group}/${version}, Resource=${kind.resource}) not found in OpenAPI schema`);
    yield* stdout(page(kind, version, root, fields, schemas, flags.bool('recursive')));
  },
};
