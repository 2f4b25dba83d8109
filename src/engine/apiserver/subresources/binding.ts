/** upstream: pkg/registry/core/pod/storage/storage.go BindingREST, LegacyBindingREST */
import {timeText} from '../../api/clock.ts';
import {cloneJson} from '../../api/clone.ts';
import {NO_TIME} from '../../api/conditions.ts';
import {type FieldError, toAggregate} from '../../api/field-errors.ts';
import {byResource, type Kind} from '../../api/kinds.ts';
import * as status from '../../api/status.ts';
import type {KubeObject, Pod} from '../../api/types.ts';
import {admitSubresource} from '../admit.ts';
import {parseBody} from '../body.ts';
import {mustRead, qualifiedOf, type StoredObject, storeUpdate} from '../registry.ts';
import {type ApiResponse, parameter, type Walk} from '../request.ts';
import {storageKey} from '../resources.ts';
import {validatePodBinding} from '../validation/core/pod.ts';
import {answer} from '../verbs/answer.ts';

/** A Binding posted to `bindings`: the way it was done before pods had the subresource. */
export function bindByName(walk: Walk): ApiResponse {
  const {metadata} = parseBody(walk, 'Binding') as KubeObject;
  return bind({
    ...walk,
    kind: byResource('pods')!,
    info: {...walk.info, resource: 'pods', subresource: 'binding', name: metadata?.name ?? ''},
  });
}

/** A pod that came after the one somebody chose a node for has its own way to go. */
function mustBeMeant({metadata}: StoredObject, {uid, resourceVersion}: KubeObject['metadata'], kind: Kind): void {
  const {name, namespace = ''} = metadata;
  const key = storageKey(kind, namespace, name);
  if (uid && uid !== metadata.uid) throw status.uidPrecondition(qualifiedOf(kind), name, key, uid, metadata.uid);
  if (resourceVersion && resourceVersion !== metadata.resourceVersion)
    throw status.versionPrecondition(qualifiedOf(kind), name, key, resourceVersion, metadata.resourceVersion);
}

/** Sets spec.nodeName and the condition PodScheduled: the only way a pod that exists gets a node. */
export function bind(walk: Walk): ApiResponse {
  const {info, kind, tx} = walk;
  const binding = admitSubresource(walk, parseBody(walk, 'Binding') as KubeObject & {target?: {kind?: string; name?: string}});
  if ((binding.metadata?.name ?? '') !== info.name) throw status.badRequest('name in URL does not match name in Binding object');
  const errors: FieldError[] = [];
  validatePodBinding(errors, binding);
  if (errors.length > 0) throw status.plainError(toAggregate(errors));
  const node = binding.target!.name!;
  const refuse = (why: string): never => {
    throw status.conflict({...qualifiedOf(kind), resource: 'pods/binding'}, info.name, why);
  };
  const before = mustRead(tx, kind, info.namespace, info.name) as Pod & StoredObject;
  mustBeMeant(before, binding.metadata, kind);
  if (before.metadata.deletionTimestamp) refuse(`pod ${info.name} is being deleted, cannot be assigned to a host`);
  if (before.spec?.nodeName) refuse(`pod ${info.name} is already assigned to node "${before.spec.nodeName}"`);
  if (before.spec?.schedulingGates?.length) refuse(`pod ${info.name} has non-empty .spec.schedulingGates`);
  const pod = cloneJson(before);
  pod.spec!.nodeName = node;
  Object.assign((pod.metadata.annotations ??= {}), binding.metadata?.annotations);
  if (binding.metadata?.labels) pod.metadata.labels = {...pod.metadata.labels, ...binding.metadata.labels};
  if (Object.keys(pod.metadata.annotations).length === 0) delete pod.metadata.annotations;
  const scheduled = {type: 'PodScheduled', status: 'True', lastProbeTime: NO_TIME, lastTransitionTime: timeText(tx.now)};
  const conditions = pod.status?.conditions ?? [];
  const known = conditions.some(c => c.type === scheduled.type);
  pod.status = {
    ...pod.status,
    conditions: known ? conditions.map(c => (c.type === scheduled.type ? scheduled : c)) : [...conditions, scheduled],
  };
  delete pod.status.nominatedNodeName;
  storeUpdate(walk, kind, pod as StoredObject, before, parameter(walk.request, 'dryRun') !== '');
  return answer(walk, 201, {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201});
}
