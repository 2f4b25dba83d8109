/** A manifest as a cluster of another year took it: refused by kubectl, without what was not known yet, in the version that took its version's place. */
import {cloneJson} from '../../api/clone.ts';
import type {KubeObject} from '../../api/types.ts';
import {POD_FIELDS, type PodField} from './pod-fields.ts';
import type {Profile} from './profiles.ts';
import {isServed, servedRow} from './served.ts';

export interface AsOf {
  /** What today's server is sent in its place; undefined where kubectl did not send it. */
  readonly object: KubeObject | undefined;
  /** What kubectl said instead of sending it; '' where it did. */
  readonly refusal: string;
  /** Fields that the server dropped without a word. */
  readonly dropped: readonly string[];
  /** What the version filled in that today's does not. */
  readonly filledIn: readonly string[];
}

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value);

/** How a profile took an object; the object itself is left as it is. `file` is for kubectl's message. */
export function asOf({minor}: Profile, given: KubeObject, file: string): AsOf {
  const row = servedRow(given.apiVersion ?? '', given.kind ?? '');
  const none = {object: undefined, dropped: [], filledIn: []};
  if (row && !isServed(row, minor)) return {...none, refusal: noMatch(minor, given, file)};

  const object = cloneJson(given) as KubeObject & Fields;
  const dropped: string[] = [];
  const unknown: string[] = [];
  const at = podSpecPath(object.kind ?? '');
  const spec = at.length ? at.reduce<unknown>((value, key) => (isFields(value) ? value[key] : undefined), object) : undefined;
  if (isFields(spec)) {
    for (const field of POD_FIELDS.filter(f => f.on > minor)) {
      for (const {holder, name, path} of placesOf(spec, field, at.join('.'))) {
        if (field.known > minor)
          unknown.push(`ValidationError(${object.kind}.${path}): unknown field "${name}" in io.k8s.api.core.v1.${field.type}`);
        else {
          delete holder[name];
          dropped.push(`${path}.${name}`);
        }
      }
    }
  }
  if (unknown.length > 0) {
    const what = unknown.length === 1 ? unknown[0] : `[${unknown.join(', ')}]`;
    const refusal = `error validating "${file}": error validating data: ${what}; if you choose to ignore these errors, turn validation off with --validate=false`;
    return {...none, refusal};
  }

  const filledIn: string[] = [];
  if (row?.now) {
    if (row.now === 'apps/v1' && given.apiVersion !== 'apps/v1beta2') filledIn.push(...fillSelector(object));
    if (object.kind === 'Ingress') modernIngress(object);
    object.apiVersion = row.now;
  }
  return {object, refusal: '', dropped, filledIn};
}

/** kubectl changed its words in 1.24. upstream: staging/src/k8s.io/cli-runtime/pkg/resource/mapper.go */
function noMatch(minor: number, {apiVersion, kind, metadata}: KubeObject, file: string): string {
  const missing = `no matches for kind "${kind}" in version "${apiVersion}"`;
  if (minor < 24) return `unable to recognize "${file}": ${missing}`;
  const {name = '', namespace = ''} = metadata ?? {};
  return `resource mapping not found for name: "${name}" namespace: "${namespace}" from "${file}": ${missing}\nensure CRDs are installed first`;
}

/** Where a kind holds the spec of its pods; empty: it has none. */
function podSpecPath(kind: string): readonly string[] {
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
      const value = isFields(holder) ? holder[key] : undefined;
      if (!part.endsWith('[]')) return [{holder: value, path: `${above}.${key}`}];
      return Array.isArray(value) ? value.map((item, i) => ({holder: item as unknown, path: `${above}.${key}[${i}]`})) : [];
    });
  }
  return holders.flatMap(({holder, path: above}) => (isFields(holder) && holder[name] !== undefined ? [{holder, name, path: above}] : []));
}

/** Before apps/v1beta2 a workload without a selector took the labels of its template. upstream: pkg/apis/extensions/v1beta1/defaults.go (v1.9) */
function fillSelector(object: Fields): string[] {
  const spec = object['spec'];
  if (!isFields(spec) || spec['selector'] !== undefined) return [];
  const labels = (spec['template'] as {metadata?: {labels?: unknown}} | undefined)?.metadata?.labels;
  if (labels === undefined) return [];
  spec['selector'] = {matchLabels: labels};
  return ['spec.selector'];
}

/** upstream: pkg/apis/networking/v1beta1/conversion.go (v1.18) */
function modernIngress(object: Fields): void {
  const modern = (backend: Fields): Fields => {
    const {serviceName: name, servicePort: port, ...rest} = backend;
    return name === undefined ? backend : {...rest, service: {name, port: typeof port === 'number' ? {number: port} : {name: port}}};
  };
  const spec = object['spec'];
  if (!isFields(spec)) return;
  if (isFields(spec['backend'])) {
    spec['defaultBackend'] = modern(spec['backend']);
    delete spec['backend'];
  }
  for (const rule of (spec['rules'] ?? []) as {http?: {paths?: Fields[]}}[])
    for (const path of rule.http?.paths ?? []) {
      path['pathType'] ??= 'ImplementationSpecific';
      if (isFields(path['backend'])) path['backend'] = modern(path['backend']);
    }
}
