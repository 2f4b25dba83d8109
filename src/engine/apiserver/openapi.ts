/**
 * The API described by itself: what kubectl reads before `create -f`, `apply -f` and `explain`. One document a group and version, made from the same table
 * that bodies are decoded by. upstream: staging/src/k8s.io/kube-openapi/pkg/{handler3,builder3}
 */

import {groups, type Kind} from '../api/kinds.ts';
import {byKey} from '../api/order.ts';
import {apiRootOf} from '../api/paths.ts';
import {RELEASE} from '../api/release.ts';
import {DESCRIPTIONS_JSON} from '../generated/descriptions.ts';
import {hashText} from '../machine/hash.ts';
import {type Definition, definitionOf, definitionOfKind, type Field, type FieldType, type Scalar} from './decoding/schema.ts';
import {ATOMIC_MAPS, ATOMIC_STRUCTS, LIST_RULES, type ListRule, RETAIN_KEYS} from './patch/list-rules.ts';
import type {ApiResponse, Walk} from './request.ts';
import {definitionBehind, kindIn, schemaOf, servedTo} from './resources.ts';

type Json = Record<string, unknown>;

/** What the fields are for, in the words of the published models: by definition, then by field; '' is the definition itself. */
let descriptions: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
const described = (definition: string): Readonly<Record<string, string>> | undefined => {
  descriptions ??= JSON.parse(DESCRIPTIONS_JSON) as NonNullable<typeof descriptions>;
  return descriptions[definition];
};

/** The words of every kind's own name and version. upstream: apimachinery/pkg/apis/meta/v1 TypeMeta */
const TYPE_META: Readonly<Record<string, string>> = {
  apiVersion:
    'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
  kind: 'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
};

/** Of the metadata of a custom resource. */
const METADATA =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

const describedAs = (text: string | undefined): Json => (text ? {description: text} : {});

/** The release that brought version 3 (KEP-2896). */
const SINCE = 23;

/** Answers `/openapi/v3` and the documents below it; undefined for any other path. */
export function openapi(walk: Walk): ApiResponse | undefined {
  const [root, version, ...place] = walk.request.path.split('/').filter(Boolean);
  if (root !== 'openapi' || version !== 'v3' || (walk.request.asOf?.minor ?? SINCE) < SINCE) return undefined;
  const kinds = servedTo(walk);
  if (place.length === 0)
    return json({
      paths: Object.fromEntries(placesOf(kinds).map(at => [at, {serverRelativeURL: `/openapi/v3/${at}?hash=${hashOf(kinds, at)}`}])),
    });
  const at = place.join('/');
  return placesOf(kinds).includes(at) ? json(documentOf(kinds, at)) : undefined;
}

const json = (body: unknown): ApiResponse => ({code: 200, headers: {'content-type': 'application/json'}, body});

/** `api/v1`, `apis/apps/v1`, ... */
function placesOf(kinds: readonly Kind[]): string[] {
  return groups(kinds).flatMap(({group, versions}) => versions.map(version => placeOf(group, version)));
}

/** Its root without the first stroke. */
const placeOf = (group: string, version: string): string => apiRootOf({group, version}).slice(1);

/** Changes when the document does, so that clients may keep it: a document is made of nothing but these. */
function hashOf(kinds: readonly Kind[], at: string): string {
  const described = kinds.filter(kind => kind.versions.some(version => placeOf(kind.group, version) === at));
  return hashText(JSON.stringify(described.map(kind => [kind, definitionBehind(kind)?.spec.versions])));
}

/** Documents by the table of kinds they describe, which changes with custom resources. */
const documents = new WeakMap<readonly Kind[], Map<string, Json>>();

function documentOf(kinds: readonly Kind[], at: string): Json {
  let known = documents.get(kinds);
  if (!known) documents.set(kinds, (known = new Map()));
  let document = known.get(at);
  if (!document) known.set(at, (document = describe(kinds, at)));
  return document;
}

function describe(kinds: readonly Kind[], at: string): Json {
  const schemas = new Map<string, Json>();
  const paths: Record<string, Json> = {};
  for (const kind of kinds)
    for (const version of kind.versions)
      if (placeOf(kind.group, version) === at) {
        const schema = schemaOfKind(kind, version, schemas);
        Object.assign(paths, pathsOf(kindIn(kind, version), version, schema));
      }
  return {
    openapi: '3.0.0',
    info: {title: 'Kubernetes', version: RELEASE.gitVersion},
    paths,
    components: {schemas: Object.fromEntries([...schemas].sort(byKey))},
  };
}

const gvkOf = ({group, kind}: Kind, version: string): Json => ({group, version, kind});

/** The name of the schema of a kind, which is added to the others. Custom resources are described by their definitions. */
export function schemaOfKind(kind: Kind, version: string, schemas: Map<string, Json>): string {
  const definition = definitionOfKind(kind, version);
  const name = definition ? schemaName(definition) : [...kind.group.split('.').reverse(), version, kind.kind].join('.');
  if (definition) addSchema(definition, schemas);
  else schemas.set(name, customSchema(schemaOf(kindIn(kind, version)) as Json | undefined, schemas));
  schemas.set(name, {...schemas.get(name), 'x-kubernetes-group-version-kind': [gvkOf(kind, version)]});
  return name;
}

/** What every custom resource has, whatever its definition says, is published with it. upstream: apiextensions-apiserver/pkg/controller/openapi/builder */
function customSchema(own: Json | undefined, schemas: Map<string, Json>): Json {
  const {properties, ...schema} = own ?? {type: 'object', 'x-kubernetes-preserve-unknown-fields': true};
  const metadata = definitionOf('meta/v1.ObjectMeta')!;
  addSchema(metadata, schemas);
  return {
    ...schema,
    properties: {
      apiVersion: {...describedAs(TYPE_META['apiVersion']), ...SCALARS.string},
      kind: {...describedAs(TYPE_META['kind']), ...SCALARS.string},
      metadata: {...describedAs(METADATA), allOf: [reference(schemaName(metadata))], default: {}},
      ...(properties as Json | undefined),
    },
  };
}

/** `core/v1.PodSpec` is known to the world as `io.k8s.api.core.v1.PodSpec`. */
export function schemaName({id}: Definition): string {
  const [folder = '', rest = ''] = id.split('/');
  if (folder === 'meta') return `io.k8s.apimachinery.pkg.apis.meta.${rest}`;
  if (folder === 'apiextensions') return `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.${rest}`;
  if (folder === 'apiregistration') return `io.k8s.kube-aggregator.pkg.apis.apiregistration.${rest}`;
  return `io.k8s.api.${folder}.${rest}`;
}

/** Adds the schema of a definition, and those that it refers to, by their names. */
export function addSchema(definition: Definition, schemas: Map<string, Json>): void {
  const name = schemaName(definition);
  if (schemas.has(name)) return;
  schemas.set(name, {});
  const fields = [...definition.fields.values()];
  const isObject = definition.fields.has('metadata') && definition.fields.has('apiVersion');
  const required = fields.filter(field => field.required && !(isObject && field.name in TYPE_META)).map(field => field.name);
  const words = {...(isObject && TYPE_META), ...described(definition.id)};
  schemas.set(name, {
    ...describedAs(words['']),
    type: 'object',
    properties: Object.fromEntries(
      fields.map(field => [field.name, {...describedAs(words[field.name]), ...fieldSchema(definition, field, schemas)}]),
    ),
    ...(required.length > 0 && {required}),
    ...(ATOMIC_STRUCTS.has(definition.name) && {'x-kubernetes-map-type': 'atomic'}),
  });
}

function fieldSchema(owner: Definition, {name, type}: Field, schemas: Map<string, Json>): Json {
  const schema = typeSchema(type, schemas);
  const path = `${owner.name}.${name}`;
  if (type.is === 'list') return {...schema, ...listExtensions(LIST_RULES[owner.name]?.[name])};
  if (ATOMIC_MAPS.has(path)) return {...schema, 'x-kubernetes-map-type': 'atomic'};
  return RETAIN_KEYS.has(path) ? {...schema, 'x-kubernetes-patch-strategy': 'retainKeys'} : schema;
}

function listExtensions(rule: ListRule | undefined): Json {
  if (!rule) return {'x-kubernetes-list-type': 'atomic'};
  const strategy = {'x-kubernetes-patch-strategy': rule.retainKeys ? 'merge,retainKeys' : 'merge'};
  if (rule.keys.length === 0) return {...strategy, 'x-kubernetes-list-type': 'set'};
  return {
    ...strategy,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': rule.keys,
    'x-kubernetes-patch-merge-key': rule.keys[0],
  };
}

const SCALARS: Readonly<Record<Scalar, Json>> = {
  string: {type: 'string'},
  bool: {type: 'boolean'},
  int32: {type: 'integer', format: 'int32'},
  int64: {type: 'integer', format: 'int64'},
  float64: {type: 'number', format: 'double'},
  bytes: {type: 'string', format: 'byte'},
  quantity: {oneOf: [{type: 'string'}, {type: 'number'}]},
  intOrString: {format: 'int-or-string', oneOf: [{type: 'integer'}, {type: 'string'}]},
  time: {type: 'string', format: 'date-time'},
  microTime: {type: 'string', format: 'date-time'},
  raw: {type: 'object'},
};

/** Scalars that have a schema of their own, by whose name `kubectl explain` calls them. */
const NAMED_SCALARS: Readonly<Partial<Record<Scalar, string>>> = {
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  intOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
};
/** JSON of any shape. */
const ANYTHING: Json = {};

function typeSchema(type: FieldType, schemas: Map<string, Json>): Json {
  switch (type.is) {
    case 'list':
      return {type: 'array', items: typeSchema(type.of, schemas)};
    case 'map':
      return {type: 'object', additionalProperties: typeSchema(type.of, schemas)};
    case 'struct':
      addSchema(type.definition, schemas);
      return {allOf: [reference(schemaName(type.definition))], default: {}};
    default: {
      if (type.is === 'raw' && type.go.startsWith('v1.JSON')) return ANYTHING;
      const name = NAMED_SCALARS[type.is];
      if (!name) return SCALARS[type.is];
      schemas.set(name, SCALARS[type.is]);
      return {allOf: [reference(name)]};
    }
  }
}

const reference = (name: string): Json => ({$ref: `#/components/schemas/${name}`});

const query = (name: string): Json => ({name, in: 'query', schema: {type: 'string', uniqueItems: true}});
const WRITE = ['dryRun', 'fieldManager', 'fieldValidation'];
export const PATCH_PARAMETERS: readonly string[] = [...WRITE, 'force'];
const LIST = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
];
const DELETE = ['dryRun', 'gracePeriodSeconds', 'propagationPolicy'];

interface Operation {
  readonly method: string;
  readonly verb: string;
  readonly action: string;
  readonly parameters: readonly string[];
  readonly body?: 'object' | 'patch' | 'options';
}

const ON_COLLECTION: readonly Operation[] = [
  {method: 'get', verb: 'list', action: 'list', parameters: LIST},
  {method: 'post', verb: 'create', action: 'post', parameters: WRITE, body: 'object'},
  {method: 'delete', verb: 'deletecollection', action: 'deletecollection', parameters: [...LIST, ...DELETE], body: 'options'},
];
const ON_OBJECT: readonly Operation[] = [
  {method: 'get', verb: 'get', action: 'get', parameters: []},
  {method: 'put', verb: 'update', action: 'put', parameters: WRITE, body: 'object'},
  {method: 'patch', verb: 'patch', action: 'patch', parameters: PATCH_PARAMETERS, body: 'patch'},
  {method: 'delete', verb: 'delete', action: 'delete', parameters: DELETE, body: 'options'},
];

/** The collection in a namespace, the object, its subresources; and the collection over all namespaces. */
function pathsOf(kind: Kind, version: string, schema: string): Record<string, Json> {
  const root = apiRootOf({group: kind.group, version});
  const collection = `${root}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.resource}`;
  const operations = (offered: readonly Operation[], verbs: readonly string[], gvk: Json): Json =>
    Object.fromEntries(
      offered
        .filter(({verb}) => verbs.includes(verb))
        .map(operation => [operation.method, describeOperation(operation, gvk, schema, patchTypes)]),
    );
  // Nobody knows how the lists of a custom resource are to be merged.
  const patchTypes = definitionOfKind(kind, version) ? PATCH_TYPES : PATCH_TYPES.filter(type => !type.includes('strategic'));
  const gvk = gvkOf(kind, version);
  const paths: Record<string, Json> = {
    [collection]: operations(ON_COLLECTION, kind.verbs, gvk),
    [`${collection}/{name}`]: operations(ON_OBJECT, kind.verbs, gvk),
  };
  if (kind.namespaced && kind.verbs.includes('list'))
    paths[`${root}/${kind.resource}`] = operations(ON_COLLECTION.slice(0, 1), ['list'], gvk);
  for (const sub of kind.subresources) {
    const offered = [...ON_OBJECT, {...ON_COLLECTION[1]!}];
    paths[`${collection}/{name}/${sub.name}`] = operations(offered, sub.verbs, {group: sub.group, version: sub.version, kind: sub.kind});
  }
  return paths;
}

const PATCH_TYPES = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

function describeOperation({action, parameters, body}: Operation, gvk: Json, schema: string, patchTypes: readonly string[]): Json {
  const content = (types: readonly string[], ref: Json): Json => Object.fromEntries(types.map(type => [type, {schema: ref}]));
  const requestBody =
    body === 'object'
      ? {required: true, content: content(['*/*'], reference(schema))}
      : body === 'patch'
        ? {required: true, content: content(patchTypes, {type: 'object'})}
        : body === 'options'
          ? {content: content(['*/*'], {type: 'object'})}
          : undefined;
  return {
    parameters: parameters.map(query),
    ...(requestBody && {requestBody}),
    responses: {'200': {description: 'OK', content: content(['application/json'], reference(schema))}},
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}
