/** Brings claims and volumes together, and parts them again. upstream: pkg/controller/volume/persistentvolume/pv_controller.go */
import {bindVolumeToClaim, isSameMode, isVolumeBoundToClaim, storageClassOf} from '../../api/persistent-volumes.ts';
import {isPodTerminal} from '../../api/pods.ts';
import type {core, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass, Stored} from '../../api/types.ts';
import {BIND_COMPLETED_ANNOTATION, BOUND_BY_CONTROLLER_ANNOTATION, SELECTED_NODE_ANNOTATION} from '../../api/well-known.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext} from '../../client/types.ts';
import {controller} from '../common/controller.ts';
import {tell} from '../common/tell.ts';
import {findBestMatch, mismatchOf} from './matching.ts';
import {claimsUsedBy} from './protection-controllers.ts';

const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner';

const VOLUME = 'volume:';

export const persistentVolumeBinder = controller({
  name: 'persistentvolume-controller',
  account: 'persistent-volume-binder',
  watches: [
    {resource: 'persistentvolumes', on: (ctx, {object}) => onVolume(ctx, object as Stored<PersistentVolume>)},
    {resource: 'persistentvolumeclaims', on: (ctx, {object}) => onClaim(ctx, object as Stored<PersistentVolumeClaim>)},
    {resource: 'storageclasses'},
    {resource: 'pods'},
  ],
  reconcile(ctx, key) {
    if (key.startsWith(VOLUME)) syncVolume(ctx, key.slice(VOLUME.length));
    else syncClaim(ctx, key);
  },
});

function onVolume(ctx: ComponentContext, volume: Stored<PersistentVolume>): void {
  ctx.queue.add(VOLUME + volume.metadata.name);
  // A volume that is free, or gone, is news to those who wait, or had it.
  for (const claim of ctx.lister<PersistentVolumeClaim>('persistentvolumeclaims').list())
    if (!claim.spec?.volumeName || claim.spec.volumeName === volume.metadata.name) ctx.queue.add(keyOf(claim));
}

function onClaim(ctx: ComponentContext, claim: Stored<PersistentVolumeClaim>): void {
  ctx.queue.add(keyOf(claim));
  if (claim.spec?.volumeName) ctx.queue.add(VOLUME + claim.spec.volumeName);
}

const setClaimPhase = (ctx: ComponentContext, claim: Stored<PersistentVolumeClaim>, status: core.PersistentVolumeClaimStatus): void => {
  if (claim.status?.phase !== status.phase)
    ctx.client.update<PersistentVolumeClaim>(
      'persistentvolumeclaims',
      {...claim, status: {...claim.status, ...status}},
      {subresource: 'status'},
    );
};

function setVolumePhase(ctx: ComponentContext, volume: Stored<PersistentVolume>, phase: core.PersistentVolumeStatus['phase']): void {
  if (volume.status?.phase === phase) return;
  const status = {...volume.status, phase, ...{lastPhaseTransitionTime: ctx.time()}};
  ctx.client.update<PersistentVolume>('persistentvolumes', {...volume, status}, {subresource: 'status'});
}

function syncClaim(ctx: ComponentContext, key: string): void {
  const claim = ctx.lister<PersistentVolumeClaim>('persistentvolumeclaims').get(...splitKey(key));
  if (!claim) return;
  if (claim.metadata.annotations?.[BIND_COMPLETED_ANNOTATION]) syncBoundClaim(ctx, claim);
  else syncUnboundClaim(ctx, claim);
}

function syncBoundClaim(ctx: ComponentContext, claim: Stored<PersistentVolumeClaim>): void {
  const volume = ctx.lister<PersistentVolume>('persistentvolumes').get('', claim.spec?.volumeName ?? '');
  if (!claim.spec?.volumeName) lose(ctx, claim, 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  else if (!volume) lose(ctx, claim, 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  else if (!volume.spec?.claimRef || isVolumeBoundToClaim(volume, claim)) bind(ctx, claim, volume);
  else lose(ctx, claim, 'Two claims are bound to the same volume, this one is bound incorrectly', 'ClaimMisbound');
}

function lose(ctx: ComponentContext, claim: Stored<PersistentVolumeClaim>, message: string, reason = 'ClaimLost'): void {
  if (claim.status?.phase === 'Lost') return;
  setClaimPhase(ctx, claim, {phase: 'Lost'});
  ctx.events.event(claim, 'Warning', reason, message);
}

function syncUnboundClaim(ctx: ComponentContext, claim: Stored<PersistentVolumeClaim>): void {
  const volumes = ctx.lister<PersistentVolume>('persistentvolumes');
  // 1. It names its volume.
  if (claim.spec?.volumeName) {
    const volume = volumes.get('', claim.spec.volumeName);
    if (volume && maySettle(ctx, claim, volume)) bind(ctx, claim, volume);
    else setClaimPhase(ctx, claim, {phase: 'Pending'});
    return;
  }
  // 2. Its class may have it wait for its first pod, so that the scheduler has a say in where.
  const className = storageClassOf(claim);
  const storageClass = ctx.lister<StorageClass>('storageclasses').get('', className);
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
  const found = findBestMatch(claim, volumes.list(), waits);
  if (found) {
    bind(ctx, claim, found);
    return;
  }
  // 3. Nothing suits: say what is being waited for.
  if (waits && !claim.metadata.annotations?.[SELECTED_NODE_ANNOTATION]) waitForConsumer(ctx, claim);
  else if (storageClass) provision(ctx, claim, storageClass);
  else if (className) ctx.events.event(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`);
  else ctx.events.event(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
  setClaimPhase(ctx, claim, {phase: 'Pending'});
}

/** Whether the claim can have the volume it names; if not, its events say why. */
function maySettle(ctx: ComponentContext, claim: Stored<PersistentVolumeClaim>, volume: Stored<PersistentVolume>): boolean {
  const {name} = volume.metadata;
  if (volume.spec?.claimRef) {
    if (isVolumeBoundToClaim(volume, claim)) return true;
    ctx.events.event(claim, 'Warning', 'FailedBinding', `volume "${name}" already bound to a different claim.`);
    return false;
  }
  const mismatch = mismatchOf(volume, claim);
  if (mismatch) ctx.events.event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${name}": ${mismatch}`);
  return !mismatch;
}

function waitForConsumer(ctx: ComponentContext, claim: Stored<PersistentVolumeClaim>): void {
  const pods = ctx
    .lister<Pod>('pods')
    .list(claim.metadata.namespace)
    .filter(pod => !pod.spec?.nodeName && !isPodTerminal(pod) && claimsUsedBy(pod).includes(claim.metadata.name))
    .map(pod => pod.metadata.name);
  if (pods.length === 0)
    ctx.events.event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  else
    ctx.events.event(
      claim,
      'Normal',
      'WaitForPodScheduled',
      `waiting for ${pods.length > 1 ? 'pods' : 'pod'} ${pods.join(',')} to be scheduled`,
    );
}

/** What the controller once made itself; none of its plugins is left. */
const IN_TREE = 'kubernetes.io/';

/** Volumes are made by drivers outside the controller manager: the annotation tells them that they are asked. */
function provision(ctx: ComponentContext, claim: Stored<PersistentVolumeClaim>, {provisioner}: Stored<StorageClass>): void {
  if (provisioner.startsWith(IN_TREE)) {
    ctx.events.event(claim, 'Warning', 'ProvisioningFailed', `no volume plugin matched name: ${provisioner}`);
    return;
  }
  const message =
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. ` +
    'If volume creation is delayed, please verify that the provisioner is running and correctly registered.';
  if (claim.metadata.annotations?.[STORAGE_PROVISIONER] !== provisioner) {
    const annotations = {...claim.metadata.annotations, [STORAGE_PROVISIONER]: provisioner};
    ctx.client.update<PersistentVolumeClaim>('persistentvolumeclaims', {...claim, metadata: {...claim.metadata, annotations}});
  }
  ctx.events.event(claim, 'Normal', 'ExternalProvisioning', message);
}

/** Four writes, each of which leaves things so that the next turn can go on from it. */
function bind(ctx: ComponentContext, claim: Stored<PersistentVolumeClaim>, volume: Stored<PersistentVolume>): void {
  // 1. The volume points to the claim.
  const boundVolume =
    volume.spec?.claimRef?.uid === claim.metadata.uid
      ? volume
      : ctx.client.update<PersistentVolume>('persistentvolumes', bindVolumeToClaim(volume, claim));
  // 2. It is bound.
  setVolumePhase(ctx, boundVolume, 'Bound');
  // 3. The claim points to the volume.
  let boundClaim = claim;
  if (claim.spec?.volumeName !== volume.metadata.name || !claim.metadata.annotations?.[BIND_COMPLETED_ANNOTATION]) {
    const annotations = {
      ...claim.metadata.annotations,
      ...(!claim.spec?.volumeName && {[BOUND_BY_CONTROLLER_ANNOTATION]: 'yes'}),
      [BIND_COMPLETED_ANNOTATION]: 'yes',
    };
    boundClaim = ctx.client.update<PersistentVolumeClaim>('persistentvolumeclaims', {
      ...claim,
      metadata: {...claim.metadata, annotations},
      spec: {...claim.spec, volumeName: volume.metadata.name},
    });
    tell(ctx, 'act', `persistentvolumeclaim/${keyOf(claim)}`, () => `bound to volume ${volume.metadata.name}`);
  }
  // 4. It is bound, and as large as the volume.
  setClaimPhase(ctx, boundClaim, {phase: 'Bound', accessModes: volume.spec?.accessModes, capacity: volume.spec?.capacity});
}

function syncVolume(ctx: ComponentContext, name: string): void {
  const volume = ctx.lister<PersistentVolume>('persistentvolumes').get('', name);
  if (!volume) return;
  const ref = volume.spec?.claimRef;
  const claim = ref && ctx.lister<PersistentVolumeClaim>('persistentvolumeclaims').get(ref.namespace!, ref.name!);
  // 1. Free, or kept for a claim that is not there yet.
  if (!ref?.uid) setVolumePhase(ctx, volume, 'Available');
  // 2. Its claim is there.
  else if (claim?.metadata.uid === ref.uid) syncTaken(ctx, volume, claim);
  // 3. Its claim is gone: released, and then reclaimed as its policy says.
  else if (volume.status?.phase !== 'Released' && volume.status?.phase !== 'Failed') setVolumePhase(ctx, volume, 'Released');
  else if (volume.spec?.persistentVolumeReclaimPolicy === 'Delete' && !volume.metadata.deletionTimestamp) {
    ctx.client.delete('persistentvolumes', '', name);
    tell(ctx, 'act', `persistentvolume/${name}`, () => 'its claim is gone: deleted');
  }
}

/** A volume whose claim is there: the two have found each other, will do so, or the claim has gone elsewhere. */
function syncTaken(ctx: ComponentContext, volume: Stored<PersistentVolume>, claim: Stored<PersistentVolumeClaim>): void {
  const {volumeName} = claim.spec ?? {};
  if (volumeName === volume.metadata.name) setVolumePhase(ctx, volume, 'Bound');
  else if (volumeName) setVolumePhase(ctx, unbound(ctx, volume), 'Available');
  else if (isSameMode(volume, claim)) ctx.queue.add(keyOf(claim));
  else {
    const [of, to] = [claim.metadata.name, volume.metadata.name];
    const text = (what: string): string => `Cannot bind ${what} due to incompatible volumeMode.`;
    ctx.events.event(volume, 'Warning', 'VolumeMismatch', text(`PersistentVolume to requested PersistentVolumeClaim "${of}"`));
    ctx.events.event(claim, 'Warning', 'VolumeMismatch', text(`PersistentVolume "${to}" to requested PersistentVolumeClaim`));
  }
}

/** The volume is free again; one that somebody reserved stays reserved for whoever comes by the name. upstream: unbindVolume */
function unbound(ctx: ComponentContext, volume: Stored<PersistentVolume>): Stored<PersistentVolume> {
  const {[BOUND_BY_CONTROLLER_ANNOTATION]: byController, ...annotations} = volume.metadata.annotations ?? {};
  const {claimRef, ...spec} = volume.spec!;
  const {uid: _uid, ...reserved} = claimRef!;
  return ctx.client.update<PersistentVolume>('persistentvolumes', {
    ...volume,
    metadata: {...volume.metadata, annotations},
    spec: byController === undefined ? {...spec, claimRef: reserved} : spec,
  });
}
