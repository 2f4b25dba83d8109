/** A manifest as a cluster of another year took it: refused by kubectl, without what was not known yet, in the version that took its version's place. */
import {cloneJson, isJsonObject} from '../../api/clone.ts';
import type {KubeObject} from '../../api/types.ts';
import {modernIngress, modernIngressOperations, modernIngressPatch, retiredIngress} from './ingress.ts';
import {POD_FIELDS, type PodField} from './pod-fields.ts';
import {isServed, type Served, servedRow} from './served.ts';

/** What a server of then made of an object. */
export interface Received {
  /** What today's server is sent in its place. */
  readonly object: KubeObject;
  /** Fields that the server dropped without a word: it knew them, but they were switched off. */
  readonly dropped: readonly string[];
  /** Fields that nobody knew, with the type that has them today. The server dropped these too; kubectl refused them. */
  readonly unknown: readonly {readonly path: string; readonly name: string; readonly type: string}[];
  /** What the version filled in that today's does not. */
  readonly filledIn: readonly string[];
}

export interface AsOf extends Omit<Received, 'object' | 'unknown'> {
  /** Undefined where kubectl did not send it. */
  readonly object: KubeObject | undefined;
  /** What kubectl said instead of sending it; '' where it did. */
  readonly refusal: string;
}

type Fields = Record<string, unknown>;

/** How kubectl and the server of a minor release took an object; the object itself is left as it is. `file` is for kubectl's message. */
export function asOf(minor: number, given: KubeObject, file: string): AsOf {
  const row = servedRow(given.apiVersion ?? '', given.kind ?? '');
  const none = {object: undefined, dropped: [], filledIn: []};
  if (row && !isServed(row, minor)) return {...none, refusal: noMatch(minor, given, file)};
  const {unknown, ...received} = receivedAsOf(minor, given, row);
  if (unknown.length === 0) return {...received, refusal: ''};
  const faults = unknown.map(
    ({path, name, type}) => `ValidationError(${given.kind}.${path}): unknown field "${name}" in io.k8s.api.core.v1.${type}`,
  );
  const what = faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`;
  const refusal = `error validating "${file}": error validating data: ${what}; if you choose to ignore these errors, turn validation off with --validate=false`;
  return {...none, refusal};
}

/** What the server of a minor release made of an object; `row` is the version it came in, if that is gone. The object itself is left as it is. */
export function receivedAsOf(minor: number, given: KubeObject, row: Served | undefined): Received {
  const object = cloneJson(given) as KubeObject & Fields;
  const dropped: string[] = [];
  const unknown: Received['unknown'][number][] = [];
  const at = podSpecPath(object.kind ?? '');
  const spec = at.length ? at.reduce<unknown>((value, key) => (isJsonObject(value) ? value[key] : undefined), object) : undefined;
  if (isJsonObject(spec)) {
    for (const field of POD_FIELDS.filter(f => f.on > minor)) {
      for (const {holder, name, path} of placesOf(spec, field, at.join('.'))) {
        delete holder[name];
        if (field.known > minor) unknown.push({path, name, type: field.type});
        else dropped.push(`${path}.${name}`);
      }
    }
  }
  return {object, dropped, unknown, filledIn: row?.now ? modernise(object, row) : []};
}

/** A merge patch of an object in a version that is gone, as one of today's; the patch itself is left as it is. */
export function patchAsOf(given: Record<string, unknown>, {apiVersion, kinds, now}: Served): Record<string, unknown> {
  const patch = cloneJson(given) as Fields;
  if (kinds.includes('Ingress')) modernIngressPatch(patch);
  if (patch['apiVersion'] === apiVersion) patch['apiVersion'] = now;
  return patch;
}

/** A JSON patch of an object in a version that is gone, as one of today's. */
export function operationsAsOf(operations: readonly unknown[], {apiVersion, kinds, now}: Served): unknown[] {
  const then = kinds.includes('Ingress') ? modernIngressOperations(operations) : [...operations];
  return then.map(operation =>
    isJsonObject(operation) && operation['path'] === '/apiVersion' && operation['value'] === apiVersion
      ? {...operation, value: now}
      : operation,
  );
}

/** Brings an object of a retired version to the one that took its place; returns what its own defaults filled in. */
function modernise(object: KubeObject & Fields, {apiVersion, now}: Served): string[] {
  const filledIn = now === 'apps/v1' && apiVersion !== 'apps/v1beta2' ? fillSelector(object) : [];
  if (object.kind === 'Ingress') modernIngress(object);
  object.apiVersion = now!;
  return filledIn;
}

/** kubectl changed its words in 1.24. upstream: staging/src/k8s.io/cli-runtime/pkg/resource/mapper.go */
function noMatch(minor: number, {apiVersion, kind, metadata}: KubeObject, file: string): string {
  const missing = `no matches for kind "${kind}" in version "${apiVersion}"`;
  if (minor < 24) return `unable to recognize "${file}": ${missing}`;
  const {name = '', namespace = ''} = metadata ?? {};
  return `resource mapping not found for name: "${name}" namespace: "${namespace}" from "${file}": ${missing}\nensure CRDs are installed first`;
}

/** Where a kind holds the spec of its pods, name by name; empty: it has none. */
export function podSpecPath(kind: string): readonly string[] {
  if (kind === 'Pod') return ['spec'];
  if (['Deployment', 'DaemonSet', 'ReplicaSet', 'StatefulSet', 'Job', 'ReplicationController'].includes(kind))
    return ['spec', 'template', 'spec'];
  return kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template', 'spec'] : [];
}

/** Every place where a field stands below a spec. */
function placesOf(spec: Fields, {path}: PodField, at: string): {holder: Fields; name: string; path: string}[] {
  const parts = path.split('.');
  const name = parts.pop()!;
  let holders: {holder: unknown; path: string}[] = [{holder: spec, path: at}];
  for (const part of parts) {
    const key = part.replace('[]', '');
    holders = holders.flatMap(({holder, path: above}) => {
      const value = isJsonObject(holder) ? holder[key] : undefined;
      if (!part.endsWith('[]')) return [{holder: value, path: `${above}.${key}`}];
      return Array.isArray(value) ? value.map((item, i) => ({holder: item as unknown, path: `${above}.${key}[${i}]`})) : [];
    });
  }
  return holders.flatMap(({holder, path: above}) =>
    isJsonObject(holder) && holder[name] !== undefined ? [{holder, name, path: above}] : [],
  );
}

/** Before apps/v1beta2 a workload without a selector took the labels of its template. upstream: pkg/apis/extensions/v1beta1/defaults.go (v1.9) */
function fillSelector(object: Fields): string[] {
  const spec = object['spec'];
  if (!isJsonObject(spec) || spec['selector'] !== undefined) return [];
  const labels = (spec['template'] as {metadata?: {labels?: unknown}} | undefined)?.metadata?.labels;
  if (labels === undefined) return [];
  spec['selector'] = {matchLabels: labels};
  return ['spec.selector'];
}

/** An object as its retired version shows it: the other way round. */
export const inRetired = <T extends KubeObject>(object: T, apiVersion: string): T => ({
  ...(object.kind === 'Ingress' ? retiredIngress(object) : object),
  apiVersion,
});
