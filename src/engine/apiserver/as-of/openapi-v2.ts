/**
 * The API described by itself as before version 3: one document of all that a release served, by which kubectl checks manifests before it sends them.
 * upstream: k8s.io/kube-openapi/pkg/builder (v1.20)
 */

import type {Kind} from '../../api/kinds.ts';
import {byKey} from '../../api/order.ts';
import {apiRootOf} from '../../api/paths.ts';
import {definitionOfKind} from '../decoding/schema.ts';
import {addSchema, schemaName} from '../openapi.ts';
import {versionAsOf} from './paths.ts';
import {POD_FIELDS} from './pod-fields.ts';

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

export interface Swagger {
  readonly swagger: '2.0';
  readonly info: {readonly title: string; readonly version: string};
  readonly paths: Readonly<Record<string, {readonly patch: Json}>>;
  readonly definitions: Readonly<Record<string, SwaggerSchema>>;
}

const GVK = 'x-kubernetes-group-version-kind';

/** Kinds that had another shape in a version that is gone. */
const OTHER_SHAPE: ReadonlySet<string> = new Set(['Ingress v1beta1']);

const documents = new WeakMap<readonly Kind[], Swagger>();

/** What a minor release that served these kinds (the same list each time) said of them. */
export function openapiV2(minor: number, kinds: readonly Kind[]): Swagger {
  let document = documents.get(kinds);
  if (!document) documents.set(kinds, (document = describe(minor, kinds)));
  return document;
}

function describe(minor: number, kinds: readonly Kind[]): Swagger {
  const schemas = new Map<string, Json>();
  const paths: Record<string, {patch: Json}> = {};
  const named = new Map<string, Json[]>();
  for (const kind of kinds) {
    const definition = definitionOfKind(kind) ?? definitionOfKind(kind, kind.versions[0]);
    if (definition) addSchema(definition, schemas);
    for (const version of kind.versions) {
      const gvk = {group: kind.group, kind: kind.kind, version};
      const place = `${apiRootOf(gvk)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.resource}/{name}`;
      if (kind.verbs.includes('patch')) paths[place] = {patch: {[GVK]: gvk}};
      if (!definition || OTHER_SHAPE.has(`${kind.kind} ${version}`)) continue;
      const name = schemaName(definition);
      named.set(name, [...(named.get(name) ?? []), gvk]);
    }
  }
  forgetFields(minor, schemas);
  const definitions = [...schemas]
    .sort(byKey)
    .map(([name, schema]) => [name, {...swagger(schema), ...(named.has(name) && {[GVK]: named.get(name)})}] as const);
  return {
    swagger: '2.0',
    info: {title: 'Kubernetes', version: versionAsOf(minor)['gitVersion']!},
    paths,
    definitions: Object.fromEntries(definitions),
  };
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

/** A schema of version 3 in version 2: no choices, and nothing beside a reference. */
function swagger(schema: Json): SwaggerSchema {
  const {allOf, oneOf, default: _default, items, additionalProperties, properties, ...rest} = schema;
  const [referred] = (allOf ?? []) as {$ref: string}[];
  if (referred) return {...(rest as SwaggerSchema), $ref: referred.$ref.replace('#/components/schemas/', '#/definitions/')};
  return {
    ...rest,
    ...(oneOf !== undefined && {type: 'string'}),
    ...(items !== undefined && {items: swagger(items as Json)}),
    ...(additionalProperties !== undefined && {additionalProperties: swagger(additionalProperties as Json)}),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties as Record<string, Json>).map(([name, inner]) => [name, swagger(inner)])),
    }),
  };
}
