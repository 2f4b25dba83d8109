/**
 * Whom a member's claims belong to, by the set's retention policy: the garbage collector removes them with their owner.
 * upstream: pkg/controller/statefulset/stateful_set_utils.go isClaimOwnerUpToDate, updateClaimOwnerRefForSetAndPod
 */
import {equalJson} from '../../api/clone.ts';
import {controllerOf, newControllerRef} from '../../api/owner.ts';
import type {KubeObject, OwnerReference, PersistentVolumeClaim, Pod, StatefulSet, Stored} from '../../api/types.ts';
import {isInRange} from './identity.ts';

type Owner = Stored<StatefulSet> | Pod;

const refTo = (owner: Owner, ref: OwnerReference): boolean =>
  ref.kind === owner.kind && ref.apiVersion === owner.apiVersion && ref.name === owner.metadata.name;

/** A set goes with its claims, or a member that was scaled away does; nobody where they are to stay. */
function ownerOf(set: Stored<StatefulSet>, pod: Pod): Owner | undefined {
  const {whenScaled, whenDeleted} = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
  if (whenScaled === 'Delete' && !isInRange(set, pod)) return pod;
  return whenDeleted === 'Delete' ? set : undefined;
}

/** It belongs to something of this name that is no more. */
export const hasStaleOwner = (claim: KubeObject, owner: Owner): boolean =>
  (claim.metadata.ownerReferences ?? []).some(ref => refTo(owner, ref) && ref.uid !== owner.metadata.uid);

/** The owners a claim should have. References to others are kept; where another controls the claim, the set keeps out of it. */
function ownersFor(claim: PersistentVolumeClaim, set: Stored<StatefulSet>, pod: Pod): OwnerReference[] {
  const others = (claim.metadata.ownerReferences ?? []).filter(ref => !refTo(set, ref) && !refTo(pod, ref));
  const owner = controllerOf({metadata: {ownerReferences: others}}) ? undefined : ownerOf(set, pod);
  return owner ? [...others, newControllerRef(owner)] : others;
}

/** The claim as the policy wants it; undefined where it is so, or is the business of an earlier set or member. */
export function withOwners(
  claim: Stored<PersistentVolumeClaim>,
  set: Stored<StatefulSet>,
  pod: Pod,
): Stored<PersistentVolumeClaim> | undefined {
  if (hasStaleOwner(claim, set) || hasStaleOwner(claim, pod)) return undefined;
  const ownerReferences = ownersFor(claim, set, pod);
  return equalJson(claim.metadata.ownerReferences ?? [], ownerReferences)
    ? undefined
    : {...claim, metadata: {...claim.metadata, ownerReferences}};
}
