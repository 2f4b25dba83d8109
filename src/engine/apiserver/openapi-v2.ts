/**
 * The API described by itself in one document of version 2: by it kubectl checked manifests before it sent them until v1.24, and Helm does to this day. Made of
 * the same schemas as the documents of version 3. upstream: k8s.io/kube-openapi/pkg/builder
 */

import type {Kind} from '../api/kinds.ts';
import {byKey} from '../api/order.ts';
import {apiRootOf} from '../api/paths.ts';
import {RELEASE} from '../api/release.ts';
import {versionAsOf} from './as-of/paths.ts';
import {POD_FIELDS} from './as-of/pod-fields.ts';
import {definitionOfKind} from './decoding/schema.ts';
import {addSchema, PATCH_PARAMETERS, schemaName, schemaOfKind} from './openapi.ts';

type Json = Record<string, unknown>;

/** A part of a document of version 2. */
export interface SwaggerSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly items?: SwaggerSchema;
  readonly additionalProperties?: SwaggerSchema;
  readonly properties?: Readonly<Record<string, SwaggerSchema>>;
  readonly [extension: `x-${string}`]: unknown;
}

/** A patch: for which kind, and with which options. Nobody asks about other operations. */
export interface Operation {
  readonly parameters: readonly {readonly name: string; readonly in: 'query'; readonly type: 'string'; readonly uniqueItems: true}[];
  readonly [extension: `x-${string}`]: unknown;
}

export interface Swagger {
  readonly swagger: '2.0';
  readonly info: {readonly title: string; readonly version: string};
  readonly paths: Readonly<Record<string, {readonly patch: Operation}>>;
  readonly definitions: Readonly<Record<string, SwaggerSchema>>;
}

const GVK = 'x-kubernetes-group-version-kind';

/** Kinds that had another shape in a version that is gone. */
const OTHER_SHAPE: ReadonlySet<string> = new Set(['Ingress v1beta1']);

/** The release since which an option of a patch is known. */
const OPTIONS_SINCE: Readonly<Record<string, number>> = {dryRun: 12, fieldManager: 14, fieldValidation: 23, force: 14};

/** The document made last: custom resources come and go. */
let last: {readonly minor: number | undefined; readonly kinds: readonly Kind[]; readonly document: Swagger} | undefined;

/** What the release that is simulated says of the kinds it serves, or what a former minor release said of its own. */
export function openapiV2(kinds: readonly Kind[], minor?: number): Swagger {
  const isLast = last?.minor === minor && last?.kinds.length === kinds.length && kinds.every((kind, i) => kind === last!.kinds[i]);
  if (!isLast) last = {minor, kinds, document: describe(kinds, minor)};
  return last!.document;
}

/** The name of the schema of a kind in a version, which is added to the others. Of a former release only what has become of it is known. */
function schemaFor(kind: Kind, version: string, minor: number | undefined, schemas: Map<string, Json>): string | undefined {
  if (minor === undefined) return schemaOfKind(kind, version, schemas);
  const definition = definitionOfKind(kind) ?? definitionOfKind(kind, kind.versions[0]);
  if (!definition) return undefined;
  addSchema(definition, schemas);
  return OTHER_SHAPE.has(`${kind.kind} ${version}`) ? undefined : schemaName(definition);
}

function describe(kinds: readonly Kind[], minor: number | undefined): Swagger {
  const schemas = new Map<string, Json>();
  const paths: Record<string, {patch: Operation}> = {};
  const named = new Map<string, Json[]>();
  const parameters = PATCH_PARAMETERS.filter(name => minor === undefined || minor >= OPTIONS_SINCE[name]!).map(
    name => ({name, in: 'query', type: 'string', uniqueItems: true}) as const,
  );
  for (const kind of kinds)
    for (const version of kind.versions) {
      const gvk = {group: kind.group, kind: kind.kind, version};
      const place = `${apiRootOf(gvk)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.resource}/{name}`;
      if (kind.verbs.includes('patch')) paths[place] = {patch: {parameters, [GVK]: gvk}};
      const name = schemaFor(kind, version, minor, schemas);
      if (name !== undefined) named.set(name, [...(named.get(name) ?? []), gvk]);
    }
  if (minor !== undefined) forgetFields(minor, schemas);
  const definitions = [...schemas]
    .sort(byKey)
    .map(([name, schema]) => [name, {...swagger(schema), ...(named.has(name) && {[GVK]: named.get(name)})}] as const);
  const {gitVersion} = minor === undefined ? RELEASE : (versionAsOf(minor) as {gitVersion: string});
  return {swagger: '2.0', info: {title: 'Kubernetes', version: gitVersion}, paths, definitions: Object.fromEntries(definitions)};
}

/** Takes away the fields of pods that were not known yet. */
function forgetFields(minor: number, schemas: Map<string, Json>): void {
  for (const {path, type, known} of POD_FIELDS) {
    const name = `io.k8s.api.core.v1.${type}`;
    const schema = schemas.get(name);
    if (known <= minor || !schema) continue;
    const {[path.slice(path.lastIndexOf('.') + 1)]: _unknown, ...properties} = schema['properties'] as Json;
    schemas.set(name, {...schema, properties});
  }
}

/**
 * A schema of version 3 in version 2: no choices, and nothing beside a reference. Of a value that may be null, or more than one thing, or have any fields, clients
 * are told nothing, for they would refuse it. upstream: apiextensions-apiserver/pkg/controller/openapi/v2/conversion.go
 */
function swagger(schema: Json): SwaggerSchema {
  const {allOf, anyOf: _any, oneOf, not: _not, default: _default, nullable, items, additionalProperties, properties, ...rest} = schema;
  const [referred] = (allOf ?? []) as {$ref?: string}[];
  if (referred?.$ref) return {...(rest as SwaggerSchema), $ref: referred.$ref.replace('#/components/schemas/', '#/definitions/')};
  if (nullable || rest['x-kubernetes-preserve-unknown-fields'] || rest['x-kubernetes-int-or-string']) {
    const told = Object.entries(rest).filter(([name]) => name === 'description' || name.startsWith('x-'));
    return Object.fromEntries(told) as SwaggerSchema;
  }
  return {
    ...rest,
    ...(oneOf !== undefined && rest['type'] === undefined && {type: 'string'}),
    ...(items !== undefined && {items: swagger(items as Json)}),
    ...(additionalProperties !== undefined && {additionalProperties: swagger(additionalProperties as Json)}),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties as Record<string, Json>).map(([name, inner]) => [name, swagger(inner)])),
    }),
  };
}
