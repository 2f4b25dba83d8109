/** Picks volumes together with the node, and binds them before the pod. upstream: pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder}.go */
import {claimNameOf, findMatchingVolume, storageClassOf, storageRequestOf} from '../../api/persistent-volumes.ts';
import {cmp} from '../../api/quantity.ts';
import type {KubeObject, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass, storage} from '../../api/types.ts';
import {SELECTED_NODE_ANNOTATION} from '../../api/well-known.ts';
import {failure, skip, unresolvable, wait} from '../framework/status.ts';
import type {Cycle, Listers, NodeInfo, Plugin} from '../framework/types.ts';
import {hasEnoughCapacity, hasGrown} from './storage-capacity.ts';
import {type Asked, ask, checkBindings, type Plan} from './volume-bindings.ts';
import {canProvision, isReachable} from './volume-topology.ts';
import {claimOf, isFullyBound, notFound, notOwned, storageClass, usesClaim, volumeOf, volumesOf} from './volumes.ts';

export const VOLUME_BINDING = 'VolumeBinding';
/** Where a cycle keeps what was asked for the pod. */
export const ASKED = `PreBind${VOLUME_BINDING}`;
const REASON_BIND_CONFLICT = "node(s) didn't find available persistent volumes to bind";
const REASON_NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
const REASON_NOT_ENOUGH_SPACE = 'node(s) did not have enough free storage';
const REASON_VOLUME_MISSING = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';
export const BINDING_VOLUMES = 'binding volumes';
const REASON_UNBOUND_IMMEDIATE = 'pod has unbound immediate PersistentVolumeClaims';

/** A claim that waits for the scheduler, and the volumes of its class. */
interface Delayed {
  readonly claim: PersistentVolumeClaim;
  readonly volumes: readonly PersistentVolume[];
}

interface State {
  readonly bound: readonly PersistentVolumeClaim[];
  /** The smallest first, so that each gets the smallest volume that will do. */
  readonly delayed: readonly Delayed[];
  /** By node: which volume each claim would take; undefined where one would be made. */
  readonly plans: Map<string, readonly Plan[]>;
}

/** The pod's claims; a string says what is wrong with one. */
function claimsOf(pod: Pod, listers: Listers): PersistentVolumeClaim[] | string {
  const claims: PersistentVolumeClaim[] = [];
  for (const volume of pod.spec?.volumes ?? []) {
    const name = claimNameOf(pod.metadata.name ?? '', volume);
    if (name === undefined) continue;
    const claim = claimOf(listers, pod.metadata.namespace ?? '', name);
    if (!claim) {
      return volume.ephemeral
        ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
        : notFound('persistentvolumeclaim', name);
    }
    if (claim.status?.phase === 'Lost') {
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`;
    }
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
    const foreign = volume.ephemeral && notOwned(claim, volumesOf(pod));
    if (foreign) return foreign;
    claims.push(claim);
  }
  return claims;
}

const waitsForConsumer = (claim: PersistentVolumeClaim, listers: Listers): boolean =>
  !claim.spec?.volumeName && storageClass(listers, storageClassOf(claim))?.volumeBindingMode === 'WaitForFirstConsumer';

/** Why the bound volumes keep the pod off this node. */
function conflictOfBound(claims: readonly PersistentVolumeClaim[], node: NodeInfo, listers: Listers): string | undefined {
  for (const claim of claims) {
    const volume = volumeOf(listers, claim.spec!.volumeName!);
    if (!volume) return REASON_VOLUME_MISSING;
    if (!isReachable(volume, node)) return REASON_NODE_CONFLICT;
  }
  return undefined;
}

function delayedOf(claims: readonly PersistentVolumeClaim[], listers: Listers): Delayed[] {
  if (claims.length === 0) return [];
  const volumes = listers<PersistentVolume>('persistentvolumes').list();
  return [...claims]
    .sort((a, b) => cmp(storageRequestOf(a), storageRequestOf(b)))
    .map(claim => ({claim, volumes: volumes.filter(volume => storageClassOf(volume) === storageClassOf(claim))}));
}

const selectedNode = ({claim}: Pick<Delayed, 'claim'>): string | undefined => claim.metadata.annotations?.[SELECTED_NODE_ANNOTATION];

/** A volume, or one to be made, for each unbound claim; or why one gets none on this node. */
function planFor(delayed: readonly Delayed[], node: NodeInfo, listers: Listers): Plan[] | string {
  // 1. A claim for which a node was chosen once has a volume made there, or nowhere.
  const chosen = delayed.filter(each => selectedNode(each) !== undefined);
  if (chosen.some(each => selectedNode(each) !== node.name)) return REASON_BIND_CONFLICT;
  // 2. The others take what there is.
  const taken = new Set<string>();
  const found = delayed.flatMap(({claim, volumes}): Plan[] => {
    if (selectedNode({claim}) !== undefined) return [];
    const volume = findMatchingVolume(claim, volumes, {taken, reaches: each => isReachable(each, node)});
    if (volume) taken.add(volume.metadata.name ?? '');
    return [{claim, volume}];
  });
  // 3. For the rest a volume is made.
  const made = [...chosen, ...found.filter(plan => !plan.volume)].map(({claim}): Plan => ({claim, volume: undefined}));
  for (const {claim} of made) {
    const storage = storageClass(listers, storageClassOf(claim));
    if (!canProvision(storage, node)) return REASON_BIND_CONFLICT;
    if (!hasEnoughCapacity(storage!, claim, node, listers)) return REASON_NOT_ENOUGH_SPACE;
  }
  return [...found.filter(plan => plan.volume), ...made];
}

const plansOf = (state: Cycle['state'], node: string): readonly Plan[] =>
  (state.get(VOLUME_BINDING) as State | undefined)?.plans.get(node) ?? [];

export interface VolumeBindingArgs {
  /** How long a pod may wait for its volumes. */
  readonly bindTimeoutSeconds: number;
}

export const volumeBinding = (args: VolumeBindingArgs): Plugin => ({
  name: VOLUME_BINDING,
  args,
  preFilter(cycle, pod) {
    const {listers} = cycle.assumed;
    const claims = claimsOf(pod, listers);
    if (typeof claims === 'string') return {status: unresolvable(claims)};
    if (claims.length === 0) return {status: skip};
    const unbound = claims.filter(c => !isFullyBound(c));
    const delayed = unbound.filter(c => waitsForConsumer(c, listers));
    if (delayed.length < unbound.length) return {status: unresolvable(REASON_UNBOUND_IMMEDIATE)};
    const state = {bound: claims.filter(isFullyBound), delayed: delayedOf(delayed, listers), plans: new Map()};
    cycle.state.set(VOLUME_BINDING, state satisfies State);
    return undefined;
  },
  filter(cycle, _pod, node) {
    const {listers} = cycle.assumed;
    const {bound, delayed, plans} = cycle.state.get(VOLUME_BINDING) as State;
    const conflict = conflictOfBound(bound, node, listers);
    const plan = planFor(delayed, node, listers);
    if (conflict === undefined && typeof plan !== 'string') {
      plans.set(node.name, plan);
      return undefined;
    }
    const unplanned = typeof plan === 'string' ? [plan] : [];
    // That a volume is missing is said last.
    return unresolvable(
      ...(conflict === REASON_VOLUME_MISSING ? [...unplanned, conflict] : conflict ? [conflict, ...unplanned] : unplanned),
    );
  },
  // Once it has asked, all is told.
  preBindPreFlight: ({state}, _pod, name) => !state.has(ASKED) && plansOf(state, name).length > 0,
  preBind(cycle, pod, name, client) {
    const {snapshot, state, assumed} = cycle;
    // 1. Ask, once.
    if (!state.has(ASKED)) {
      state.set(ASKED, plansOf(state, name).map(plan => ask(plan, name, client, assumed)) satisfies Asked[]);
    }
    const asked = state.get(ASKED) as readonly Asked[];
    if (asked.length === 0) return undefined;

    // 2. Has all of it come?
    const node = snapshot.get(name);
    const found = node
      ? checkBindings(asked, pod.metadata.namespace ?? '', node, assumed.listers)
      : `failed to get node "${name}": ${notFound('node', name)}`;
    if (typeof found === 'string') return failure(`${BINDING_VOLUMES}: ${found}`);
    return found ? undefined : wait;
  },
  events: [
    {
      resource: 'StorageClass',
      actions: ['Add', 'Update'],
      hint: (_pod, event) => !event.old || allowedTopologies(event.old) !== allowedTopologies(event.new!),
    },
    {resource: 'PersistentVolumeClaim', actions: ['Add', 'Update'], hint: (pod, event) => usesClaim(pod, event.new!)},
    {resource: 'PersistentVolume', actions: ['Add', 'Update']},
    {resource: 'Node', actions: ['Add', 'UpdateNodeLabel']},
    {
      resource: 'CSINode',
      actions: ['Add', 'Update'],
      hint: (_pod, event) => !event.old || migratedPlugins(event.old) !== migratedPlugins(event.new!),
    },
    {
      resource: 'CSIDriver',
      actions: ['Update'],
      // Upstream looks for the driver among inline volumes, not behind claims.
      hint: (pod, {old, new: now}) =>
        (pod.spec?.volumes ?? []).some(v => v.csi?.driver === now!.metadata.name) && capacityTracked(old!) && !capacityTracked(now!),
    },
    {resource: 'CSIStorageCapacity', actions: ['Add', 'Update'], hint: (_pod, event) => hasGrown(event.old, event.new!)},
  ],
});

const allowedTopologies = (object: KubeObject): string => JSON.stringify((object as StorageClass).allowedTopologies ?? []);
const capacityTracked = (object: KubeObject): boolean => (object as storage.CSIDriver & KubeObject).spec?.storageCapacity ?? false;
/** Which disks the node's kubelet leaves to CSI drivers. */
const migratedPlugins = ({metadata}: KubeObject): string => metadata.annotations?.['storage.alpha.kubernetes.io/migrated-plugins'] ?? '';
