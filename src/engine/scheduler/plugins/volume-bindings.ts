/** What VolumeBinding has asked for a pod, and whether it has come. upstream: pkg/scheduler/framework/plugins/volumebinding/binder.go bindAPIUpdate, checkBindings */
import {bindVolumeToClaim} from '../../api/persistent-volumes.ts';
import type {PersistentVolume, PersistentVolumeClaim, Stored} from '../../api/types.ts';
import {SELECTED_NODE_ANNOTATION} from '../../api/well-known.ts';
import type {Client} from '../../client/types.ts';
import type {Assumed, Listers, NodeInfo} from '../framework/types.ts';
import {isReachable} from './volume-topology.ts';
import {claimOf, isFullyBound, volumeOf} from './volumes.ts';

export interface Plan {
  readonly claim: PersistentVolumeClaim;
  /** undefined: one is to be made. */
  readonly volume: PersistentVolume | undefined;
}

/** A claim by name, and the volume that was reserved for it, if one was. Plain JSON: it is kept while the pod waits. */
export interface Asked {
  readonly claim: string;
  readonly volume?: string;
}

/** Reserves the volume for the claim, or asks for one to be made for this node. Throws ApiError. */
export function ask({claim, volume}: Plan, node: string, client: Client, assumed: Assumed): Asked {
  const name = claim.metadata.name ?? '';
  if (volume) {
    assumed.add('persistentvolumes', client.update('persistentvolumes', bindVolumeToClaim(volume, claim)));
    return {claim: name, volume: volume.metadata.name ?? ''};
  }
  if (claim.metadata.annotations?.[SELECTED_NODE_ANNOTATION] !== node) {
    const annotations = {...claim.metadata.annotations, [SELECTED_NODE_ANNOTATION]: node};
    const written: Stored<PersistentVolumeClaim> = client.update('persistentvolumeclaims', {
      ...claim,
      metadata: {...claim.metadata, annotations},
    });
    assumed.add('persistentvolumeclaims', written);
  }
  return {claim: name};
}

const offReach = (volume: PersistentVolume, node: NodeInfo): string =>
  `pv "${volume.metadata.name}" node affinity doesn't match node "${node.name}": no matching NodeSelectorTerms`;

const missing = (kind: string, name: string): string => `could not find v1.${kind} "${name}"`;

/** True once the claim has its volume, false while it may still come; a text says why it will not. */
function hasCome({claim: name, volume: reserved}: Asked, namespace: string, node: NodeInfo, listers: Listers): boolean | string {
  const claim = claimOf(listers, namespace, name);
  if (reserved !== undefined) {
    const volume = volumeOf(listers, reserved);
    if (!volume) return `failed to check binding: ${missing('PersistentVolume', reserved)}`;
    if (!claim) return `failed to check binding: ${missing('PersistentVolumeClaim', `${namespace}/${name}`)}`;
    if (!isReachable(volume, node)) return offReach(volume, node);
    return volume.spec?.claimRef?.uid ? isFullyBound(claim) : `ClaimRef got reset for pv "${reserved}"`;
  }
  if (!claim) return `failed to check provisioning pvc: ${missing('PersistentVolumeClaim', `${namespace}/${name}`)}`;
  if (!claim.metadata.annotations) return `selectedNode annotation reset for PVC "${name}"`;
  // A driver that cannot make the volume takes the annotation away, so that another node may be chosen.
  if (claim.metadata.annotations[SELECTED_NODE_ANNOTATION] !== node.name) return `provisioning failed for PVC "${name}"`;
  if (!claim.spec?.volumeName) return false;
  const made = volumeOf(listers, claim.spec.volumeName);
  // It is yet to be heard of; had it been deleted, the claim would be told.
  if (!made) return false;
  return isReachable(made, node) ? isFullyBound(claim) : offReach(made, node);
}

/** True once all has come, false while something may still come; a text says why something will not. */
export function checkBindings(asked: readonly Asked[], namespace: string, node: NodeInfo, listers: Listers): boolean | string {
  for (const each of asked) {
    const come = hasCome(each, namespace, node, listers);
    if (come !== true) return come;
  }
  return true;
}
