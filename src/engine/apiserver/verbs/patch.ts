/** upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go */
import * as status from '../../api/status.ts';
import type {KubeObject} from '../../api/types.ts';
import {decodeObject, parseBody} from '../body.ts';
import {definitionOfKind} from '../decoding/schema.ts';
import {applyJsonPatch, type JsonPatchOperation} from '../patch/json-patch.ts';
import {applyMergePatch} from '../patch/merge-patch.ts';
import {applyStrategicMergePatch} from '../patch/strategic.ts';
import {mustRead} from '../registry.ts';
import {type ApiResponse, header, parameter, type Walk} from '../request.ts';
import {answer} from './answer.ts';
import {checkNames, updateObject} from './update.ts';

type Json = Record<string, unknown>;

/** Media type -> the object as the patch wants it. */
const PATCHES: Readonly<Record<string, (walk: Walk, before: KubeObject, patch: unknown) => unknown>> = {
  'application/json-patch+json'(_walk, before, patch) {
    if (!Array.isArray(patch)) throw status.badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
    return applyJsonPatch(before, patch as JsonPatchOperation[]);
  },
  'application/merge-patch+json': (_walk, before, patch) => applyMergePatch(before, patch),
  'application/strategic-merge-patch+json'(walk, before, patch) {
    const definition = definitionOfKind(walk.kind, walk.info.apiVersion);
    if (!definition) throw status.unsupportedMediaType(ACCEPTED.filter(type => type !== 'application/strategic-merge-patch+json'));
    return applyStrategicMergePatch(before, patch as Json, definition);
  },
};
const ACCEPTED = Object.keys(PATCHES);

export function patch(walk: Walk): ApiResponse {
  const {info, kind, tx, request} = walk;
  const type = header(request, 'content-type').split(';')[0]!.trim();
  const apply = PATCHES[type];
  if (!apply) throw status.unsupportedMediaType(ACCEPTED);
  const body = parseBody(walk);
  const before = mustRead(tx, kind, info.namespace, info.name);
  const after = decodeObject(walk, kind, apply(walk, before, body));
  checkNames(walk, after);
  return answer(walk, 200, updateObject(walk, after, before, parameter(request, 'dryRun') !== ''));
}
