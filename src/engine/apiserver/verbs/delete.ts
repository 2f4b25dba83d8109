/** upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go, pkg/registry/generic/registry/store.go Delete, pkg/registry/rest/delete.go BeforeDelete */

import {timeText} from '../../api/clock.ts';
import {cloneJson} from '../../api/clone.ts';
import {type FieldError, invalidValue, notSupported} from '../../api/field-errors.ts';
import {apiVersionOf} from '../../api/group-version.ts';
import {gvk, type Kind} from '../../api/kinds.ts';
import {isPodTerminal} from '../../api/pods.ts';
import * as status from '../../api/status.ts';
import type {KubeObject, Namespace, Pod} from '../../api/types.ts';
import {admitValidating} from '../admit.ts';
import {decodeOptions} from '../body.ts';
import {collection} from '../collections.ts';
import {isDefinition, markDeleted} from '../custom-definitions.ts';
import {mustRead, qualifiedOf, type StoredObject, storeDelete, storeUpdate} from '../registry.ts';
import {type ApiRequest, type ApiResponse, parameter, type Walk} from '../request.ts';
import {storagePrefix} from '../resources.ts';
import {answer} from './answer.ts';
import {selectionOf, selects} from './get.ts';
import {checkListOptions, dryRunErrors, integerParameter, refuseOptions} from './options.ts';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: string;
  orphanDependents?: boolean;
  preconditions?: {uid?: string; resourceVersion?: string};
  dryRun?: string[];
}

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

function optionsOf(walk: Walk): DeleteOptions {
  const options = decodeOptions(walk) as DeleteOptions;
  const grace = integerParameter(walk.request, 'gracePeriodSeconds');
  const policy = parameter(walk.request, 'propagationPolicy');
  const dryRun = parameter(walk.request, 'dryRun');
  const asked = {
    ...options,
    ...(grace !== undefined && {gracePeriodSeconds: grace}),
    ...(policy && {propagationPolicy: policy}),
    ...(dryRun && {dryRun: [dryRun]}),
  };
  validateOptions(walk.request, asked);
  return asked;
}

const POLICIES = ['Foreground', 'Background', 'Orphan'];

/** upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateDeleteOptions */
function validateOptions(request: ApiRequest, {propagationPolicy, orphanDependents, dryRun = []}: DeleteOptions): void {
  const errors: FieldError[] = [];
  if (propagationPolicy !== undefined && orphanDependents !== undefined)
    errors.push(invalidValue('propagationPolicy', propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set'));
  if (propagationPolicy !== undefined && !POLICIES.includes(propagationPolicy))
    errors.push(notSupported('propagationPolicy', propagationPolicy, [...POLICIES, 'nil']));
  refuseOptions(request, 'DeleteOptions', [...errors, ...dryRunErrors(dryRun)]);
}

export function deleteOne(walk: Walk): ApiResponse {
  const {info, kind, tx} = walk;
  const options = optionsOf(walk);
  const before = mustRead(tx, kind, info.namespace, info.name);
  const [code, body] = removeObject(walk, before, options);
  return answer(walk, code, body);
}

export function deleteCollection(walk: Walk): ApiResponse {
  const {info, kind, tx} = walk;
  const options = optionsOf(walk);
  checkListOptions(walk.request);
  const selection = selectionOf(walk);
  const prefix = storagePrefix(kind) + (kind.namespaced && info.namespace ? `${info.namespace}/` : '');
  const items = collection<StoredObject>(tx, prefix).filter(object => selects(selection, object));
  for (const object of items) removeObject(walk, object, options);
  return answer(walk, 200, {
    kind: `${kind.kind}List`,
    apiVersion: apiVersionOf(kind),
    metadata: {resourceVersion: String(tx.root.revision)},
    items,
  });
}

/** Who deletes may say which incarnation, or which version, is meant. Throws ApiError 409. */
export function mustBeMeant(kind: Kind, {metadata}: StoredObject, {preconditions}: DeleteOptions): void {
  const {uid, resourceVersion} = preconditions ?? {};
  const ofKind = {group: kind.group, resource: kind.kind};
  if (uid && uid !== metadata.uid) throw status.deletesOtherUid(ofKind, metadata.name, uid, metadata.uid);
  if (resourceVersion && resourceVersion !== metadata.resourceVersion)
    throw status.deletesOtherVersion(ofKind, metadata.name, resourceVersion, metadata.resourceVersion);
}

/** Deletes, or begins to. Returns the code and the body of the answer. Throws ApiError where it may not be. */
export function removeObject(walk: Walk, before: StoredObject, options: DeleteOptions): [code: number, body: unknown] {
  const {kind, tx, info} = walk;
  const dryRun = Boolean(options.dryRun?.length);
  const {name, namespace = ''} = before.metadata;

  // 1. Preconditions
  mustBeMeant(kind, before, options);

  // 2. Validating admission
  admitValidating(walk, {
    operation: 'DELETE',
    kind: gvk(kind, info.apiVersion),
    resource: {group: kind.group, version: info.apiVersion, resource: kind.resource},
    subresource: info.subresource,
    namespace,
    name,
    object: undefined,
    oldObject: before,
    user: walk.user,
    dryRun,
    options: options as Record<string, unknown>,
  });

  // 3. What must happen before it may go
  const grace = gracePeriod(kind, before, options);
  const finalizers = finalizersFor(kind, before, options);
  const waits = isDefinition(kind) || grace > 0 || finalizers.length > 0 || hasSpecFinalizers(kind, before);
  if (!waits) {
    if (!dryRun) storeDelete(walk, kind, before);
    return [
      200,
      kind.resource === 'pods' || kind.resource === 'namespaces'
        ? before
        : status.deleteSuccess(qualifiedOf(kind), name, before.metadata.uid),
    ];
  }
  const after = cloneJson(before) as KubeObject;
  const already = before.metadata.deletionTimestamp;
  const shorter = already && grace < (before.metadata.deletionGracePeriodSeconds ?? 0);
  if (!already || shorter) {
    after.metadata.deletionTimestamp = timeText(tx.now + grace * 1000);
    if (!hasItsOwnDelete(kind)) {
      after.metadata.deletionGracePeriodSeconds = grace;
      if (!already && after.metadata.generation) after.metadata.generation++;
    }
  }
  if (finalizers.length) after.metadata.finalizers = finalizers;
  else delete after.metadata.finalizers;
  if (isDefinition(kind) && !already) markDeleted(after, timeText(tx.now));
  if (kind.resource === 'namespaces') (after as Namespace).status = {...(after as Namespace).status, phase: 'Terminating'};
  const stored = storeUpdate(walk, kind, after, before, dryRun);
  return [200, stored];
}

/** Those write the time of their deletion themselves, and nothing beside it. upstream: pkg/registry/core/namespace/storage/storage.go, apiextensions-apiserver/pkg/registry/customresourcedefinition/etcd.go */
const hasItsOwnDelete = (kind: Kind): boolean => isDefinition(kind) || kind.resource === 'namespaces';

const hasSpecFinalizers = (kind: Kind, object: KubeObject): boolean =>
  kind.resource === 'namespaces' && Boolean((object as Namespace).spec?.finalizers?.length);

/** Seconds. upstream: pkg/registry/core/pod/strategy.go CheckGracefulDelete; other kinds have no grace. */
function gracePeriod(kind: Kind, object: KubeObject, options: DeleteOptions): number {
  if (kind.resource !== 'pods') return 0;
  const pod = object as Pod;
  const asked = options.gracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
  if (!pod.spec?.nodeName || isPodTerminal(pod)) return 0;
  const grace = asked < 0 ? 1 : asked;
  const running = object.metadata.deletionTimestamp ? object.metadata.deletionGracePeriodSeconds : undefined;
  return running === undefined ? grace : Math.min(grace, running);
}

/** upstream: registry/generic/registry/store.go deletionFinalizersForGarbageCollection */
function finalizersFor(kind: Kind, object: KubeObject, options: DeleteOptions): string[] {
  const now = object.metadata.finalizers ?? [];
  if (kind.resource === 'events') return now;
  const policy = options.orphanDependents === undefined ? options.propagationPolicy : options.orphanDependents ? 'Orphan' : 'Background';
  if (policy === undefined) return now;
  const rest = now.filter(f => f !== ORPHAN && f !== FOREGROUND);
  return policy === 'Orphan' ? [...rest, ORPHAN] : policy === 'Foreground' ? [...rest, FOREGROUND] : rest;
}
