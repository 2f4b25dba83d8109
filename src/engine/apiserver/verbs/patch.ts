/** upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go */
import * as status from '../../api/status.ts';
import type {KubeObject} from '../../api/types.ts';
import {decodeObject, parseBody} from '../body.ts';
import {definitionOfKind} from '../decoding/schema.ts';
import {APPLY_PATCH, applied} from '../field-managers.ts';
import {applyJsonPatch, type JsonPatchOperation} from '../patch/json-patch.ts';
import {applyMergePatch, isObject} from '../patch/merge-patch.ts';
import {applyStrategicMergePatch} from '../patch/strategic.ts';
import {mustRead, readObject} from '../registry.ts';
import {type ApiResponse, header, parameter, type Walk} from '../request.ts';
import {answer} from './answer.ts';
import {createObject} from './create.ts';
import {checkNames, updateObject} from './update.ts';

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
    if (!isObject(patch)) throw status.badRequest('json: cannot unmarshal into Go value of type map[string]interface {}');
    return applyStrategicMergePatch(before, patch, definition);
  },
};
const ACCEPTED = [...Object.keys(PATCHES), APPLY_PATCH, 'application/apply-patch+cbor'];

export function patch(walk: Walk): ApiResponse {
  const {info, kind, tx, request} = walk;
  const type = header(request, 'content-type').split(';')[0]!.trim();
  if (type === APPLY_PATCH) return applyPatch(walk);
  const change = PATCHES[type];
  if (!change) throw status.unsupportedMediaType(ACCEPTED);
  const body = parseBody(walk);
  const before = mustRead(tx, kind, info.namespace, info.name);
  const after = decodeObject(walk, kind, change(walk, before, body));
  checkNames(walk, after);
  return answer(walk, 200, updateObject(walk, after, before, parameter(request, 'dryRun') !== ''));
}

/** Server-side apply: the one patch that also creates. */
function applyPatch(walk: Walk): ApiResponse {
  const {info, kind, tx, request} = walk;
  // What is applied is what was written, before anything is filled in; decoding only says whether it is of the kind
  const config = parseBody(walk) as KubeObject;
  checkNames(walk, decodeObject(walk, kind, config));
  const dryRun = parameter(request, 'dryRun') !== '';
  const before = readObject(tx, kind, info.namespace, info.name);
  if (before) return answer(walk, 200, updateObject(walk, decodeObject(walk, kind, applied(walk, before, config)), before, dryRun));
  if (config.metadata.uid)
    throw status.conflict(
      {group: kind.group, resource: kind.resource},
      info.name,
      `uid mismatch: the provided object specified uid ${config.metadata.uid}, and no existing object was found`,
    );
  return answer(walk, 201, createObject(walk, decodeObject(walk, kind, applied(walk, undefined, config)), dryRun));
}
