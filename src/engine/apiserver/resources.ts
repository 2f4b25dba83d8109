/** Which kinds the server serves: the built-in table and what CustomResourceDefinitions add to it. */
import {aggregatedKinds, byGroupResource, byKind, byResource, type Kind, kinds} from '../api/kinds.ts';
import type {KubeObject} from '../api/types.ts';
import type {Entity, ReadTable} from '../machine/types.ts';
import {kindsAsOf} from './as-of/kinds.ts';
import {collection} from './collections.ts';
import type {Walk} from './request.ts';

type From = {table<T extends Entity>(name: string): ReadTable<T>};

/** Where definitions are kept. */
export const CRDS = '/registry/customresourcedefinitions/';

/** A column that a definition adds to its tables. */
export interface PrinterColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

/** Where a custom resource has its numbers of replicas, as `.spec.replicas`. */
export interface ScalePaths {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
}

export interface CustomResourceDefinition {
  spec: {
    group: string;
    scope: 'Namespaced' | 'Cluster';
    names: {plural: string; singular?: string; kind: string; shortNames?: string[]; categories?: string[]};
    versions: {
      name: string;
      served: boolean;
      storage: boolean;
      deprecated?: boolean;
      deprecationWarning?: string;
      subresources?: {status?: object; scale?: ScalePaths};
      schema?: {openAPIV3Schema?: object};
      additionalPrinterColumns?: PrinterColumn[];
      selectableFields?: {jsonPath: string}[];
    }[];
  };
  status?: {conditions?: {type: string; status: string}[]};
}

/** By definition and version. */
const rows = new WeakMap<CustomResourceDefinition, Map<string, Kind>>();
const schemas = new WeakMap<Kind, object>();

/** The OpenAPI schema by which a custom resource is held to its definition, in the row's version; undefined for built-in kinds. */
export const schemaOf = (kind: Kind): object | undefined => schemas.get(kind);

const definitions = new WeakMap<Kind, CustomResourceDefinition>();

/** What a custom kind is defined by; undefined for built-in kinds. */
export const definitionBehind = (kind: Kind): CustomResourceDefinition | undefined => definitions.get(kind);

const versionOf = (kind: Kind, version: string): CustomResourceDefinition['spec']['versions'][number] | undefined =>
  definitions.get(kind)?.spec.versions.find(({name}) => name === version);

/** The fields by which custom resources of a version are selected, beside their names; undefined for built-in kinds. */
export const selectableFieldsOf = (kind: Kind, version: string): readonly string[] | undefined => {
  const found = versionOf(kind, version);
  return found && (found.selectableFields ?? []).map(({jsonPath}) => jsonPath.replace(/^\./, ''));
};

/** Where custom resources of a version have their replicas; undefined for built-in kinds. */
export const scalePathsOf = (kind: Kind, version: string): ScalePaths | undefined => versionOf(kind, version)?.subresources?.scale;

/** The columns that a custom resource's definition gives its tables in a version; undefined for built-in kinds. */
export function printerColumnsOf(kind: Kind, version: string): readonly PrinterColumn[] | undefined {
  const found = versionOf(kind, version);
  return found && (found.additionalPrinterColumns ?? []);
}

/** The row of a custom kind in one of its versions: as a request for that version knows it. Itself for built-in kinds, and where there is no such version. */
export function kindIn(kind: Kind, version: string): Kind {
  const crd = definitions.get(kind);
  return crd && versionOf(kind, version) ? rowOf(crd, version) : kind;
}

function rowOf(crd: CustomResourceDefinition, version = storedVersion(crd)): Kind {
  let known = rows.get(crd);
  if (!known) rows.set(crd, (known = new Map()));
  let row = known.get(version);
  if (!row) known.set(version, (row = newRow(crd, version)));
  return row;
}

const storedVersion = ({spec: {versions}}: CustomResourceDefinition): string =>
  (versions.find(v => v.storage) ?? versions.find(v => v.served)!).name;

function newRow(crd: CustomResourceDefinition, version: string): Kind {
  const {group, names, scope, versions} = crd.spec;
  const {subresources, schema} = versions.find(({name}) => name === version)!;
  const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
  const modify = ['get', 'patch', 'update'];
  const row: Kind = {
    group,
    version,
    versions: versions.filter(v => v.served).map(v => v.name),
    kind: names.kind,
    resource: names.plural,
    singular: names.singular || names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs,
    subresources: [
      ...(subresources?.scale ? [{name: 'scale', verbs: modify, kind: 'Scale', group: 'autoscaling', version: 'v1'}] : []),
      ...(subresources?.status ? [{name: 'status', verbs: modify, kind: names.kind, group, version}] : []),
    ],
    etcdPrefix: `${group}/${names.plural}`,
  };
  definitions.set(row, crd);
  if (schema?.openAPIV3Schema) schemas.set(row, schema.openAPIV3Schema);
  return row;
}

/** Rows of the custom resources that are served now, in the order of their definitions' names. */
export const customKinds = (from: From): Kind[] => collection<CustomResourceDefinition>(from, CRDS).map(crd => rowOf(crd));

const APISERVICES = '/registry/apiservices/';

/** Kinds of other servers, as far as the APIServices that are registered send requests there. upstream: kube-aggregator */
const aggregatedKindsOf = (from: From): Kind[] => {
  const registered = collection<KubeObject>(from, APISERVICES).map(service => service.metadata.name);
  return aggregatedKinds.filter(kind => registered.includes(`${kind.version}.${kind.group}`));
};

const addedKinds = (from: From): Kind[] => [...aggregatedKindsOf(from), ...customKinds(from)];

/** The name of the definition of a custom kind; undefined for built-in kinds. */
export const definitionOf = (kind: Kind): string | undefined => (definitions.has(kind) ? `${kind.resource}.${kind.group}` : undefined);

/** Every kind served now. */
export const servedKinds = (from: From): readonly Kind[] => {
  const added = addedKinds(from);
  return added.length ? [...kinds, ...added] : kinds;
};

/** Every kind served to who sent a request. */
export const servedTo = ({tx, request: {asOf}}: Pick<Walk, 'tx' | 'request'>): readonly Kind[] =>
  asOf ? kindsAsOf(asOf.minor, servedKinds(tx)) : servedKinds(tx);

/** The kind behind a group and plural, or undefined. */
export const findResource = (from: From, group: string, resource: string): Kind | undefined =>
  byGroupResource(group, resource) ?? addedKinds(from).find(k => k.group === group && k.resource === resource);

/** The kind of an object's group, version and kind, or undefined. */
export const findKind = (from: From, group: string, version: string, kind: string): Kind | undefined =>
  byKind(group, version, kind) ??
  customKinds(from).find(k => k.group === group && k.kind === kind && (!version || k.versions.includes(version)));

/** The kind with this plural name (`pods`, `widgets.example.com`), or undefined. */
export const findNamed = (from: From, resource: string): Kind | undefined =>
  byResource(resource) ?? customKinds(from).find(k => `${k.resource}.${k.group}` === resource || k.resource === resource);

/** The same. Throws an Error when there is none. */
export function resourceNamed(from: From, resource: string): Kind {
  const kind = findNamed(from, resource);
  if (!kind) throw new Error(`no such resource: ${resource}`);
  return kind;
}

/** `/registry/pods/`: where the objects of a kind are kept. Throws an Error for kinds that are never stored. */
export function storagePrefix(kind: Kind): string {
  if (kind.etcdPrefix === undefined) throw new Error(`${kind.kind} is not stored`);
  return `/registry/${kind.etcdPrefix}/`;
}

/** `/registry/pods/default/web`. */
export const storageKey = (kind: Kind, namespace: string, name: string): string =>
  storagePrefix(kind) + (kind.namespaced ? `${namespace}/` : '') + name;
