/** upstream: pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go */
import type {core, Pod} from '../../api/types.ts';
import {skip, unresolvable, unschedulable} from '../framework/status.ts';
import type {Plugin, PodInfo} from '../framework/types.ts';
import {claimNames, claimOf, notFound, usesClaim, volumesOf} from './volumes.ts';

const NAME = 'VolumeRestrictions';
const REASON_DISK_CONFLICT = 'node(s) had no available disk';
const REASON_ONCE_POD_CONFLICT = 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode';

interface State {
  readonly namespace: string;
  /** The pod's claims that only one pod of the cluster may use. */
  readonly exclusive: ReadonlySet<string>;
  /** How often other pods use them. */
  readonly uses: number;
}

const overlap = (a: readonly string[] = [], b: readonly string[] = []): boolean => a.some(x => b.includes(x));
const bothReadOnly = (a: {readOnly?: boolean}, b: {readOnly?: boolean}): boolean => Boolean(a.readOnly && b.readOnly);

/** Old in-tree disks that only one pod may write. */
function isDiskConflict(a: core.Volume, b: core.Volume): boolean {
  if (a.gcePersistentDisk && b.gcePersistentDisk) {
    return a.gcePersistentDisk.pdName === b.gcePersistentDisk.pdName && !bothReadOnly(a.gcePersistentDisk, b.gcePersistentDisk);
  }
  if (a.awsElasticBlockStore && b.awsElasticBlockStore) return a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID;
  if (a.iscsi && b.iscsi) return a.iscsi.iqn === b.iscsi.iqn && !bothReadOnly(a.iscsi, b.iscsi);
  if (a.rbd && b.rbd) {
    const samePool = (a.rbd.pool ?? 'rbd') === (b.rbd.pool ?? 'rbd') && a.rbd.image === b.rbd.image;
    return samePool && overlap(a.rbd.monitors, b.rbd.monitors) && !bothReadOnly(a.rbd, b.rbd);
  }
  return false;
}

const isDisk = (v: core.Volume): boolean => Boolean(v.gcePersistentDisk || v.awsElasticBlockStore || v.rbd || v.iscsi);

/** How many of the exclusive claims the pod names. */
const usesOf = ({namespace, exclusive}: Pick<State, 'namespace' | 'exclusive'>, {namespace: theirs, volumes = []}: PodInfo): number =>
  theirs === namespace ? volumes.filter(v => v.persistentVolumeClaim && exclusive.has(v.persistentVolumeClaim.claimName)).length : 0;

const disksOf = (pod: Pod): core.Volume[] => (pod.spec?.volumes ?? []).filter(isDisk);

export const volumeRestrictions = (): Plugin => ({
  name: NAME,
  preFilter(cycle, pod) {
    const namespace = pod.metadata.namespace ?? '';
    const exclusive = new Set<string>();
    for (const volume of pod.spec?.volumes ?? []) {
      const name = volume.persistentVolumeClaim?.claimName;
      if (name === undefined) continue;
      const claim = claimOf(cycle.listers, namespace, name);
      if (!claim) return {status: unresolvable(notFound('persistentvolumeclaim', name))};
      if (claim.spec?.accessModes?.includes('ReadWriteOncePod')) exclusive.add(name);
    }
    let uses = 0;
    if (exclusive.size > 0)
      for (const node of cycle.snapshot.nodes) for (const other of node.pods) uses += usesOf({namespace, exclusive}, other);
    if (uses === 0 && disksOf(pod).length === 0) return {status: skip};
    cycle.state.set(NAME, {namespace, exclusive, uses} satisfies State);
    return undefined;
  },
  addPod(cycle, _pod, added) {
    const state = cycle.state.get(NAME) as State;
    cycle.state.set(NAME, {...state, uses: state.uses + usesOf(state, added)} satisfies State);
  },
  removePod(cycle, _pod, removed) {
    const state = cycle.state.get(NAME) as State;
    cycle.state.set(NAME, {...state, uses: state.uses - usesOf(state, removed)} satisfies State);
  },
  filter(cycle, pod, node) {
    const disks = disksOf(pod);
    const others = node.pods.flatMap(p => p.volumes ?? []);
    if (disks.some(disk => others.some(other => isDiskConflict(disk, other)))) return unschedulable(REASON_DISK_CONFLICT);
    return ((cycle.state.get(NAME) as State | undefined)?.uses ?? 0) > 0 ? unschedulable(REASON_ONCE_POD_CONFLICT) : undefined;
  },
  events: [
    {
      resource: 'AssignedPod',
      actions: ['Delete'],
      hint(pod, event) {
        const gone = event.old as Pod;
        if (disksOf(pod).some(disk => disksOf(gone).some(other => isDiskConflict(disk, other)))) return true;
        const theirs = claimNames(volumesOf(gone));
        return gone.metadata.namespace === pod.metadata.namespace && claimNames(volumesOf(pod)).some(name => theirs.includes(name));
      },
    },
    {resource: 'Node', actions: ['Add']},
    {resource: 'PersistentVolumeClaim', actions: ['Add', 'Update'], hint: (pod, event) => usesClaim(pod, event.new!)},
  ],
});
