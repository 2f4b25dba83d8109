/** upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go, pkg/registry/generic/registry/store.go create */
import {timeText} from '../../api/clock.ts';
import {gvk} from '../../api/kinds.ts';
import {MAX_GENERATED_PREFIX, randomSuffix} from '../../api/names.ts';
import * as status from '../../api/status.ts';
import type {KubeObject} from '../../api/types.ts';
import {admitMutating, admitValidating} from '../admit.ts';
import {errorsAsOf} from '../as-of/lens.ts';
import {decodeBody} from '../body.ts';
import {trackManagers} from '../field-managers.ts';
import {newUid} from '../identity.ts';
import {beginCreate} from '../registries.ts';
import {qualifiedOf, readObject, storeNew} from '../registry.ts';
import {type ApiResponse, parameter, type Walk} from '../request.ts';
import {storageKey} from '../resources.ts';
import {strategyFor} from '../validation/strategies.ts';
import {answer} from './answer.ts';
import {checkWriteOptions} from './options.ts';

/** How often a generated name is tried. upstream: registry/rest/create.go maxNameGenerationCreateAttempts */
const NAME_ATTEMPTS = 8;

export function create(walk: Walk): ApiResponse {
  // 1. Decode, default, convert
  checkWriteOptions(walk.request, 'CreateOptions');
  const object = decodeBody(walk, walk.kind);
  return answer(walk, 201, createObject(walk, object, parameter(walk.request, 'dryRun') !== ''));
}

/** Everything from the decoded object to the store. Throws ApiError where a gate refuses. */
export function createObject(walk: Walk, decoded: KubeObject, dryRun: boolean): KubeObject {
  const {tx, info, kind} = walk;
  const {metadata} = decoded;

  // 2. What the client cannot set
  for (const field of ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink'] as const)
    delete (metadata as Record<string, unknown>)[field];
  if (kind.namespaced) {
    if (metadata.namespace && metadata.namespace !== info.namespace) throw status.badRequest(status.NAMESPACE_MISMATCH);
    metadata.namespace = info.namespace;
  } else {
    delete (metadata as {namespace?: string}).namespace;
  }
  // What is no number, or none, is no version.
  if (Number(metadata.resourceVersion) > 0) throw status.plainError(status.CREATE_WITH_RESOURCE_VERSION);
  trackManagers(walk, undefined, decoded);

  // 3. Mutating admission
  const name = metadata.name ?? '';
  const attributes = {
    operation: 'CREATE',
    kind: gvk(kind, info.apiVersion),
    resource: {group: kind.group, version: info.apiVersion, resource: kind.resource},
    subresource: '',
    namespace: info.namespace,
    name,
    oldObject: undefined,
    user: walk.user,
    dryRun,
  } as const;
  const object = admitMutating(walk, {...attributes, object: decoded});

  // 4. System fields, the name, the kind's own preparation
  object.metadata.uid = newUid(tx);
  object.metadata.creationTimestamp = timeText(tx.now);
  if (!object.metadata.name && object.metadata.generateName) object.metadata.name = generateName(walk, object.metadata.generateName);
  const strategy = strategyFor(kind);
  beginCreate(walk, object);
  strategy.prepareForCreate(object);

  // 5. Validation
  const errors = errorsAsOf(walk, strategy.validateCreate(object), object);
  if (errors.length) {
    walk.stage('validation', 'denied', errors.map(e => `${e.field}: ${e.body}`).join('; '));
    throw status.invalid({group: kind.group, kind: kind.kind}, object.metadata.name ?? '', errors);
  }
  walk.warnings.push(...(strategy.warningsOnCreate?.(object) ?? []));
  walk.stage('validation', 'ok', 'the object is valid');

  // 6. Validating admission
  admitValidating(walk, {...attributes, name: object.metadata.name ?? '', object});

  // 7. One transaction
  walk.stage('encoding', 'ok', `${kind.kind} as ${kind.version}`);
  return storeNew(walk, kind, object, dryRun);
}

function generateName(walk: Walk, base: string): string {
  const {tx, kind, info} = walk;
  for (let attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
    const name = base.slice(0, MAX_GENERATED_PREFIX) + randomSuffix(() => tx.random());
    if (!readObject(tx, kind, info.namespace, name)) return name;
  }
  throw status.generateNameConflict(qualifiedOf(kind), storageKey(kind, info.namespace, base));
}
