/** upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/update.go, pkg/registry/rest/update.go BeforeUpdate */
import {gvk} from '../../api/kinds.ts';
import * as status from '../../api/status.ts';
import type {KubeObject} from '../../api/types.ts';
import {admitMutating, admitValidating} from '../admit.ts';
import {errorsAsOf} from '../as-of/lens.ts';
import {decodeBody} from '../body.ts';
import {trackManagers} from '../field-managers.ts';
import {authorize} from '../gates.ts';
import {beginUpdate} from '../registries.ts';
import {qualifiedOf, readObject, type StoredObject, storeDelete, storeUpdate} from '../registry.ts';
import {type ApiResponse, parameter, type Walk} from '../request.ts';
import {storageKey} from '../resources.ts';
import {strategyFor} from '../validation/strategies.ts';
import {answer} from './answer.ts';
import {createObject} from './create.ts';
import {checkWriteOptions, unparsedVersion} from './options.ts';

export function update(walk: Walk): ApiResponse {
  const {info, kind, tx} = walk;
  checkWriteOptions(walk.request, 'UpdateOptions');
  const object = decodeBody(walk, kind);
  checkNames(walk, object);
  const dryRun = parameter(walk.request, 'dryRun') !== '';
  const before = readObject(tx, kind, info.namespace, info.name);
  if (before) return answer(walk, 200, updateObject(walk, object, before, dryRun));
  if (info.subresource || !strategyFor(kind).allowCreateOnUpdate) throw status.notFound(qualifiedOf(kind), info.name);
  // Who may only update does not create.
  authorize({...walk, info: {...info, verb: 'create'}});
  delete (object.metadata as {resourceVersion?: string}).resourceVersion;
  return answer(walk, 201, createObject(walk, object, dryRun));
}

/** The name and namespace in the body must be those of the path. Throws ApiError 400. upstream: endpoints/handlers/rest.go checkName */
export function checkNames(walk: Walk, object: KubeObject): void {
  const {info, kind} = walk;
  const {metadata} = object;
  if (!metadata.name)
    throw status.badRequest(`the name of the object (${info.name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== info.name) {
    throw status.badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${info.name})`);
  }
  if (!kind.namespaced) return;
  if (!metadata.namespace) metadata.namespace = info.namespace;
  if (metadata.namespace !== info.namespace) {
    throw status.badRequest(
      `the namespace of the object (${metadata.namespace}) does not match the namespace on the request (${info.namespace})`,
    );
  }
}

/** Everything from the decoded new version to the store; also the end of a patch. Throws ApiError where a gate refuses. */
export function updateObject(walk: Walk, decoded: KubeObject, before: StoredObject, dryRun: boolean): KubeObject {
  const {info, kind} = walk;
  const {subresource} = info;

  // 1. Whose version it is based on
  const {metadata} = decoded;
  // Version 0 is no version.
  const based = metadata.resourceVersion === '0' ? undefined : metadata.resourceVersion;
  if (metadata.uid && metadata.uid !== before.metadata.uid && info.verb !== 'patch') {
    const key = storageKey(kind, info.namespace, info.name);
    throw status.uidPrecondition(qualifiedOf(kind), info.name, key, metadata.uid, before.metadata.uid);
  }
  if (based && !/^\d+$/.test(based)) throw status.plainError(unparsedVersion(based));
  if (based && based !== before.metadata.resourceVersion) throw status.staleResourceVersion(qualifiedOf(kind), info.name);
  const strategy = strategyFor(kind);
  if (!based && !strategy.allowUnconditionalUpdate) {
    // The store knows its resource only.
    throw status.invalid({group: kind.group, kind: kind.resource}, info.name, [
      {type: 'FieldValueInvalid', field: 'metadata.resourceVersion', body: 'Invalid value: 0: must be specified for an update'},
    ]);
  }

  trackManagers(walk, before, decoded);

  // 2. Mutating admission
  const attributes = {
    operation: 'UPDATE',
    kind: gvk(kind, info.apiVersion),
    resource: {group: kind.group, version: info.apiVersion, resource: kind.resource},
    subresource,
    namespace: info.namespace,
    name: info.name,
    oldObject: before,
    user: walk.user,
    dryRun,
  } as const;
  const object = admitMutating(walk, {...attributes, object: decoded});

  // 3. System fields stay; the kind decides which part of the object this request may change
  const kept = before.metadata;
  object.metadata.uid ||= kept.uid;
  Object.assign(object.metadata, {creationTimestamp: kept.creationTimestamp, resourceVersion: kept.resourceVersion});
  // What has been said once stays; who says it of an object that is not being deleted is told that he may not.
  if (kept.deletionTimestamp) keep(object, before, 'deletionTimestamp');
  if (object.metadata.deletionGracePeriodSeconds === undefined) keep(object, before, 'deletionGracePeriodSeconds');
  keep(object, before, 'generation');
  keep(object, before, 'selfLink');
  beginUpdate(walk, object, before);
  strategy.prepareForUpdate(object, before, subresource);

  // 4. Validation
  const errors = errorsAsOf(walk, strategy.validateUpdate(object, before, subresource), object, before);
  if (errors.length) {
    walk.stage('validation', 'denied', errors.map(e => `${e.field}: ${e.body}`).join('; '));
    throw status.invalid({group: kind.group, kind: kind.kind}, info.name, errors);
  }
  walk.warnings.push(...(strategy.warningsOnUpdate?.(object, before) ?? []));
  walk.stage('validation', 'ok', 'the object is valid');

  // 5. Validating admission
  admitValidating(walk, {...attributes, object});

  // 6. One transaction; the last finalizer's removal ends an object that is being deleted
  walk.stage('encoding', 'ok', `${kind.kind} as ${kind.version}`);
  if (!dryRun && goesNow(object)) {
    storeDelete(walk, kind, before);
    return object;
  }
  return storeUpdate(walk, kind, object, before, dryRun);
}

function keep(
  object: KubeObject,
  before: KubeObject,
  field: 'deletionTimestamp' | 'deletionGracePeriodSeconds' | 'generation' | 'selfLink',
): void {
  const to = object.metadata as Record<string, unknown>;
  const from = before.metadata as Record<string, unknown>;
  if (from[field] === undefined) delete to[field];
  else to[field] = from[field];
}

/** upstream: registry/generic/registry/store.go ShouldDeleteDuringUpdate */
const goesNow = ({metadata, spec}: KubeObject): boolean =>
  Boolean(metadata.deletionTimestamp) &&
  !metadata.finalizers?.length &&
  (metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  !(spec as {finalizers?: string[]} | undefined)?.finalizers?.length;
