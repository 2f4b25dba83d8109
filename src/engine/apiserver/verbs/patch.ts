/** upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go */

import {cloneJson, isJsonObject} from '../../api/clone.ts';
import {cannotUnmarshal} from '../../api/go-json.ts';
import {goText} from '../../api/go-text.ts';
import * as status from '../../api/status.ts';
import type {ApiError, KubeObject} from '../../api/types.ts';
import {decodeObject, readBody} from '../body.ts';
import {inVersion} from '../decoding/convert.ts';
import {DecodingError} from '../decoding/decode.ts';
import {parseJson} from '../decoding/json.ts';
import {definitionOfKind} from '../decoding/schema.ts';
import {APPLY_PATCH, applied, checkApplied} from '../field-managers.ts';
import {conversionError, patchedOutOfShape} from '../patch/errors.ts';
import {applyJsonPatch, type JsonPatchOperation} from '../patch/json-patch.ts';
import {applyMergePatch} from '../patch/merge-patch.ts';
import {applyStrategicMergePatch} from '../patch/strategic.ts';
import {mustRead, readObject} from '../registry.ts';
import {type ApiResponse, header, parameter, type Walk} from '../request.ts';
import {answer} from './answer.ts';
import {createObject} from './create.ts';
import {checkWriteOptions} from './options.ts';
import {checkNames, updateObject} from './update.ts';

interface PatchType {
  /** The body as JSON. Throws ApiError 400. */
  parse(body: unknown): unknown;
  /** The object as the patch wants it. Throws ApiError 400, 422. */
  apply(walk: Walk, before: KubeObject, patch: unknown): unknown;
  /** What the outcome is refused with when it is no object of its kind. */
  refuse(error: DecodingError, patch: unknown, after: unknown): ApiError;
}

const MAP = 'map[string]interface {}';
const STRATEGIC = 'application/strategic-merge-patch+json';

/** Reads a body, text or what an in-process client made, as a structure of Go's. Throws ApiError 400. */
function parseAs(body: unknown, fits: (value: unknown) => boolean, type: string, prefix = ''): unknown {
  const parsed: {value?: unknown; error?: string} = typeof body === 'string' ? parseJson(body) : {value: cloneJson(body ?? null)};
  if (parsed.error !== undefined) throw status.badRequest(`${prefix}${parsed.error}`);
  const {value} = parsed;
  if (!fits(value)) throw status.badRequest(`${prefix}${cannotUnmarshal(value, type)}`);
  return value;
}

const refuseJson = (error: DecodingError, _patch: unknown, after: unknown): ApiError => patchedOutOfShape(JSON.stringify(after), error.why);

/** By media type. */
const PATCHES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': {
    parse: body => parseAs(body, Array.isArray, '[]handlers.jsonPatchOp', 'error decoding patch: '),
    apply: (_walk, before, patch) => applyJsonPatch(before, patch as JsonPatchOperation[]),
    refuse: refuseJson,
  },
  'application/merge-patch+json': {
    parse: body => parseAs(body, isJsonObject, MAP, 'error decoding patch: '),
    apply: (_walk, before, patch) => applyMergePatch(before, patch),
    refuse: refuseJson,
  },
  [STRATEGIC]: {
    parse: body => parseAs(body, isJsonObject, MAP),
    apply: ({kind, info}, before, patch) =>
      applyStrategicMergePatch(before, patch as Record<string, unknown>, definitionOfKind(kind, info.apiVersion)!),
    refuse: (error, patch) => patchedOutOfShape(goText(patch), conversionError(error)),
  },
};

/** The way to patch that a request names. Throws ApiError 415. */
function patchType({request, kind, info}: Walk): PatchType | typeof APPLY_PATCH {
  const type = header(request, 'content-type').split(';')[0]!.trim();
  const custom = !definitionOfKind(kind, info.apiVersion);
  const known = type === APPLY_PATCH ? type : PATCHES[type];
  if (known && !(custom && type === STRATEGIC)) return known;
  // The routes of built-in kinds take no other type; those of custom resources leave it to their handler.
  throw custom
    ? status.unsupportedMediaType([...Object.keys(PATCHES).filter(other => other !== STRATEGIC), APPLY_PATCH])
    : status.unroutedMediaType();
}

export function patch(walk: Walk): ApiResponse {
  const {info, kind, tx, request} = walk;
  const type = patchType(walk);
  checkWriteOptions(request, 'PatchOptions', type === APPLY_PATCH);
  if (type === APPLY_PATCH) return applyPatch(walk);
  const before = mustRead(tx, kind, info.namespace, info.name);
  const after = changed(walk, type, inVersion(before, kind, info.apiVersion));
  return answer(walk, 200, updateObject(walk, after, before, parameter(request, 'dryRun') !== ''));
}

/** The object as a patch leaves it. Throws ApiError 400, 422. */
function changed(walk: Walk, type: PatchType, before: KubeObject): KubeObject {
  const change = type.parse(walk.request.body);
  const patched = type.apply(walk, before, change);
  const after = decodePatched(walk, patched, error => type.refuse(error, change, patched));
  checkNames(walk, after);
  return after;
}

/**
 * What a request's patch makes of an object that is a view of the one that is stored. An apply patch is merged into it: who owns its fields is noted with the
 * stored one. Throws ApiError 400, 415, 422.
 */
export function patchedObject(walk: Walk, before: KubeObject): KubeObject {
  const type = patchType(walk);
  checkWriteOptions(walk.request, 'PatchOptions', type === APPLY_PATCH);
  if (type !== APPLY_PATCH) return changed(walk, type, before);
  const merged = decodeObject(walk, walk.kind, applyMergePatch(before, readApplied(walk)));
  checkNames(walk, merged);
  return merged;
}

/** Throws what `refusal` makes of it where the object has lost its shape. */
function decodePatched(walk: Walk, patched: unknown, refusal: (error: DecodingError) => ApiError): KubeObject {
  try {
    return decodeObject(walk, walk.kind, patched);
  } catch (error) {
    throw error instanceof DecodingError ? refusal(error) : error;
  }
}

/** The body of an apply patch. Throws ApiError 400, 413. */
const readApplied = (walk: Walk): unknown =>
  readBody(walk, why => status.badRequest(`error decoding YAML: error converting YAML to JSON: ${why}`));

/** Server-side apply: the one patch that also creates. */
function applyPatch(walk: Walk): ApiResponse {
  const {info, kind, tx, request} = walk;
  // What is applied is what was written, before anything is filled in; decoding only says whether it is of the kind
  const config = readApplied(walk) as KubeObject;
  const before = readObject(tx, kind, info.namespace, info.name);
  checkApplied(walk, config);
  // An object that is there already need not be called by its name.
  if (before && isJsonObject(config)) config.metadata = {name: info.name, ...config.metadata};
  checkNames(walk, decodeObject(walk, kind, config));
  const dryRun = parameter(request, 'dryRun') !== '';
  if (before) {
    const after = applied(walk, inVersion(before, kind, info.apiVersion), config);
    return answer(walk, 200, updateObject(walk, decodeObject(walk, kind, after), before, dryRun));
  }
  if (config.metadata.uid)
    throw status.conflict(
      {group: kind.group, resource: kind.resource},
      info.name,
      `uid mismatch: the provided object specified uid ${config.metadata.uid}, and no existing object was found`,
    );
  return answer(walk, 201, createObject(walk, decodeObject(walk, kind, applied(walk, undefined, config)), dryRun));
}
