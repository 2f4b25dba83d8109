/** upstream: pkg/registry/apps/deployment/storage/storage.go ScaleREST and its siblings */

import {cloneJson} from '../../api/clone.ts';
import {invalidValue} from '../../api/field-errors.ts';
import {byKind} from '../../api/kinds.ts';
import {formatLabelSelector} from '../../api/labels.ts';
import {byKey} from '../../api/order.ts';
import * as status from '../../api/status.ts';
import type {Deployment, KubeObject} from '../../api/types.ts';
import {decodeBody} from '../body.ts';
import {mustRead, qualifiedOf, type StoredObject} from '../registry.ts';
import {type ApiResponse, parameter, type Walk} from '../request.ts';
import {type ScalePaths, scalePathsOf} from '../resources.ts';
import {answer} from '../verbs/answer.ts';
import {checkWriteOptions} from '../verbs/options.ts';
import {patchedObject} from '../verbs/patch.ts';
import {checkNames, updateObject} from '../verbs/update.ts';

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

const SCALE = byKind('autoscaling', 'v1', 'Scale')!;

/** The Scale that the request wants. Throws ApiError 400, 409, 415, 422. */
function wanted(walk: Walk, now: Scale): Scale {
  const ofScale: Walk = {...walk, kind: SCALE, info: {...walk.info, apiVersion: SCALE.version}};
  if (walk.info.verb === 'patch') return patchedObject(ofScale, now) as Scale;
  checkWriteOptions(walk.request, 'UpdateOptions');
  const given = decodeBody(ofScale, SCALE) as Scale;
  checkNames(walk, given);
  return given;
}

const part = (object: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, field) => (field === '' ? value : (value as Record<string, unknown> | undefined)?.[field]), object);

/** Of a custom resource: its definition says where the numbers are. */
function customScaleOf(object: StoredObject, {specReplicasPath, statusReplicasPath, labelSelectorPath}: ScalePaths): Scale {
  const {name, namespace, uid, resourceVersion, creationTimestamp} = object.metadata;
  const replicas = part(object, specReplicasPath) as number | undefined;
  const selector = labelSelectorPath && (part(object, labelSelectorPath) as string | undefined);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {name, namespace, uid, resourceVersion, creationTimestamp} as KubeObject['metadata'],
    spec: {...(replicas && {replicas})},
    status: {replicas: (part(object, statusReplicasPath) as number | undefined) ?? 0, ...(selector && {selector})},
  };
}

/** The object with another number at the path, which has at least one field in it. */
function withNumber(object: object, path: string, value: number): object {
  const [field = '', ...rest] = path.replace(/^\./, '').split('.');
  const inner = (object as Record<string, object | undefined>)[field] ?? {};
  return {...object, [field]: rest.length === 0 ? value : withNumber(inner, rest.join('.'), value)};
}

/** Reads or changes how many replicas an object wants. */
export function scale(walk: Walk): ApiResponse {
  const {info, kind, tx, request} = walk;
  const before = mustRead(tx, kind, info.namespace, info.name);
  const paths = scalePathsOf(kind, info.apiVersion);
  const shown = (object: StoredObject): Scale => (paths ? customScaleOf(object, paths) : scaleOf(object));
  const now = shown(before);
  if (info.verb === 'get') return answer(walk, 200, now);
  const {metadata, spec} = wanted(walk, now);
  const based = metadata.resourceVersion;
  if (based && based !== before.metadata.resourceVersion) throw status.staleResourceVersion(qualifiedOf(kind), info.name);
  const {replicas = 0} = spec ?? {};
  if (replicas < 0) throw status.invalid(SCALE, info.name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')]);
  const after = withNumber(cloneJson(before), paths?.specReplicasPath ?? '.spec.replicas', replicas) as KubeObject;
  const whole: Walk = {...walk, info: {...info, subresource: ''}};
  const stored = updateObject(whole, after, before, parameter(request, 'dryRun') !== '');
  walk.revision = whole.revision;
  return answer(walk, 200, shown(stored as StoredObject));
}
