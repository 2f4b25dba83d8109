/** upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go */
import {cloneJson} from '../../api/clone.ts';
import * as status from '../../api/status.ts';
import type {KubeObject} from '../../api/types.ts';
import {parseBody} from '../body.ts';
import {mustRead} from '../registry.ts';
import {type ApiResponse, header, parameter, type Walk} from '../request.ts';
import {answer} from './answer.ts';
import {checkNames, updateObject} from './update.ts';

const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = target && typeof target === 'object' && !Array.isArray(target) ? {...(target as object)} : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
};

export function patch(walk: Walk): ApiResponse {
  const {info, kind, tx, request} = walk;
  const type = header(request, 'content-type').split(';')[0]!.trim();
  const body = parseBody(walk);
  const before = mustRead(tx, kind, info.namespace, info.name);
  if (!type.includes('patch'))
    throw status.unsupportedMediaType([
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/strategic-merge-patch+json',
      'application/apply-patch+yaml',
    ]);
  const after = mergePatch(cloneJson(before), body) as KubeObject;
  walk.stage('decoding', 'ok', `${type} applied to revision ${before.metadata.resourceVersion}`);
  checkNames(walk, after);
  return answer(walk, 200, updateObject(walk, after, before, parameter(request, 'dryRun') !== ''));
}
