/** upstream: pkg/registry/apps/deployment/storage/storage.go ScaleREST and its siblings */

import {cloneJson} from '../../api/clone.ts';
import {formatLabelSelector} from '../../api/labels.ts';
import {byKey} from '../../api/order.ts';
import * as status from '../../api/status.ts';
import type {Deployment, KubeObject} from '../../api/types.ts';
import {parseBody} from '../body.ts';
import {mustRead, qualifiedOf, type StoredObject} from '../registry.ts';
import {type ApiResponse, header, parameter, type Walk} from '../request.ts';
import {answer} from '../verbs/answer.ts';
import {updateObject} from '../verbs/update.ts';

interface Scale extends KubeObject {
  spec: {replicas?: number};
  status: {replicas: number; selector?: string};
}

function scaleOf(object: StoredObject): Scale {
  const {spec, status: now, metadata} = object as unknown as Deployment;
  const selector = spec?.selector as unknown;
  const asText =
    selector && typeof selector === 'object' && !('matchLabels' in selector) && !('matchExpressions' in selector)
      ? Object.entries(selector as Record<string, string>)
          .sort(byKey)
          .map(([k, v]) => `${k}=${v}`)
          .join(',')
      : formatLabelSelector(selector as never);
  const {name, namespace, uid, resourceVersion, creationTimestamp} = metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {name, namespace, uid, resourceVersion, creationTimestamp} as KubeObject['metadata'],
    spec: {...(spec?.replicas && {replicas: spec.replicas})},
    status: {replicas: now?.replicas ?? 0, ...(asText && asText !== '<none>' && {selector: asText})},
  };
}

/** Reads or changes how many replicas an object wants. */
export function scale(walk: Walk): ApiResponse {
  const {info, kind, tx, request} = walk;
  const before = mustRead(tx, kind, info.namespace, info.name);
  if (info.verb === 'get') return answer(walk, 200, scaleOf(before));
  const body = parseBody(walk) as Scale;
  const patched = info.verb === 'patch' && header(request, 'content-type').includes('json-patch+json') ? fromJsonPatch(body) : body;
  const based = patched.metadata?.resourceVersion;
  if (based && based !== before.metadata.resourceVersion) throw status.staleResourceVersion(qualifiedOf(kind), info.name);
  const replicas = patched.spec?.replicas ?? (info.verb === 'patch' ? (before as unknown as Deployment).spec?.replicas : 0) ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas))
    throw status.badRequest('json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32');
  if (replicas < 0) {
    throw status.invalid({group: 'autoscaling', kind: 'Scale'}, info.name, [
      {type: 'FieldValueInvalid', field: 'spec.replicas', body: `Invalid value: ${replicas}: must be greater than or equal to 0`},
    ]);
  }
  const after = cloneJson(before) as unknown as Deployment;
  after.spec = {...after.spec!, replicas};
  const whole: Walk = {...walk, info: {...info, subresource: ''}};
  const stored = updateObject(whole, after, before, parameter(request, 'dryRun') !== '');
  walk.revision = whole.revision;
  return answer(walk, 200, scaleOf(stored as StoredObject));
}

const fromJsonPatch = (operations: unknown): Scale => {
  const found = (operations as {op: string; path: string; value: number}[]).find(o => o.path === '/spec/replicas');
  return {spec: {replicas: found?.value}} as Scale;
};
