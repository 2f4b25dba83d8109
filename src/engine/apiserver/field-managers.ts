/** Which field belongs to whom, kept on the way of a write. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{create,update,patch}.go */

import {timeText} from '../api/clock.ts';
import {apiVersionOf} from '../api/group-version.ts';
import * as status from '../api/status.ts';
import type {KubeObject} from '../api/types.ts';
import {definitionOfKind} from './decoding/schema.ts';
import {applyConfiguration} from './patch/apply.ts';
import {customShape} from './patch/custom-shape.ts';
import type {Shape} from './patch/field-set.ts';
import {entriesAfterUpdate, entriesOf, type Manager, rootShape} from './patch/managed-fields.ts';
import {printTypedErrors, typedErrors} from './patch/typed.ts';
import {type ApiRequest, header, parameter, type Walk} from './request.ts';
import {schemaOf} from './resources.ts';

export const APPLY_PATCH = 'application/apply-patch+yaml';
/** upstream: validation.FieldManagerMaxLength */
const MANAGER_LIMIT = 128;
const MANAGED_FIELDS_GIVEN = 'metadata.managedFields must be nil';

const isApply = ({request}: Walk): boolean => header(request, 'content-type').startsWith(APPLY_PATCH);

/** How objects of the request's kind are merged; undefined where nothing is known of them. */
function shapeOfKind({kind, info}: Walk): Shape | undefined {
  const definition = definitionOfKind(kind, info.apiVersion);
  const schema = schemaOf(kind);
  return definition ? rootShape(definition) : schema && customShape(schema);
}

function managerOf({request, info, kind, tx}: Walk): Manager {
  const {group} = kind;
  return {
    name: parameter(request, 'fieldManager') || userAgent(request) || (request.client ?? 'unknown'),
    apiVersion: apiVersionOf({group, version: info.apiVersion}),
    subresource: info.subresource,
    time: timeText(tx.now),
  };
}

/** The program that a client from outside says it is. upstream: endpoints/handlers/create.go managerOrUserAgent */
const userAgent = (request: ApiRequest): string => header(request, 'user-agent').split('/')[0]!.slice(0, MANAGER_LIMIT);

/**
 * Notes what a write changes as its manager's. The cluster's own parts do not name themselves, so objects that nobody else has written stay without
 * managedFields: they would be most of the store.
 */
export function trackManagers(walk: Walk, before: KubeObject | undefined, after: KubeObject): void {
  if (isApply(walk)) return;
  const shape = shapeOfKind(walk);
  const isNamed = parameter(walk.request, 'fieldManager') !== '' || userAgent(walk.request) !== '';
  const tracked = isNamed || (before !== undefined && entriesOf(before).length > 0);
  if (!shape || !tracked) {
    if (before?.metadata.managedFields) after.metadata.managedFields = before.metadata.managedFields;
    return;
  }
  // A client that sends an empty list wants to start anew.
  const base =
    after.metadata.managedFields?.length === 0 && before ? {...before, metadata: {...before.metadata, managedFields: []}} : before;
  const written = walk.info.subresource === 'status' && before ? {...before, status: after['status']} : after;
  const entries = entriesAfterUpdate(base, written as KubeObject, managerOf(walk), shape);
  if (entries.length > 0) after.metadata.managedFields = entries;
  else delete after.metadata.managedFields;
}

/** The object after an apply patch; `live` is undefined when it does not exist yet. Throws ApiError 400, 409, 422. */
export function applied(walk: Walk, live: KubeObject | undefined, config: KubeObject): KubeObject {
  const {request, info} = walk;
  const shape = shapeOfKind(walk);
  if (!shape) throw status.unsupportedMediaType(['application/json-patch+json', 'application/merge-patch+json']);
  const {apiVersion, kind: kindName, status: _status, ...rest} = config;
  const own = info.subresource === 'status' ? config : ({apiVersion, kind: kindName, ...rest} as KubeObject);
  const empty: KubeObject = {apiVersion, kind: kindName, metadata: {}};
  return applyConfiguration(live ?? empty, own, managerOf(walk), shape, parameter(request, 'force') === 'true');
}

/** Throws ApiError 400 for another version or a list of managers, 500, in the words of the typed patch, where the applied object has fields or elements that nobody can own. */
export function checkApplied(walk: Walk, config: unknown): void {
  const {kind, info} = walk;
  const {apiVersion = '', metadata: given} = (config ?? {}) as Partial<KubeObject>;
  const expected = apiVersionOf({group: kind.group, version: info.apiVersion});
  if (apiVersion !== expected)
    throw status.badRequest(`Incorrect version specified in apply patch. Specified patch version: ${apiVersion}, expected: ${expected}`);
  if (given?.managedFields) throw status.badRequest(MANAGED_FIELDS_GIVEN);
  const shape = shapeOfKind(walk);
  const errors = shape ? typedErrors(shape, config) : [];
  if (errors.length === 0) return;
  const {metadata} = config as Partial<KubeObject>;
  const named = `${metadata?.namespace ?? info.namespace}/${metadata?.name ?? ''}; ${kind.group}/${info.apiVersion}, Kind=${kind.kind}`;
  throw status.plainError(`failed to create typed patch object (${named}): ${printTypedErrors(errors)}`);
}
