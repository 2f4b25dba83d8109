/** upstream: pkg/scheduler/framework/plugins/volumezone/volume_zone.go */

import type {Labels} from '../../api/labels.ts';
import {storageClassOf} from '../../api/persistent-volumes.ts';
import type {PersistentVolume, Pod, StorageClass} from '../../api/types.ts';
import {type Status, skip, unresolvable} from '../framework/status.ts';
import type {Listers, Plugin} from '../framework/types.ts';
import {claimOf, notFound, storageClass, usesClaim, volumeOf} from './volumes.ts';

const NAME = 'VolumeZone';
const REASON_ZONE_CONFLICT = 'node(s) had no available volume zone';

/** The old labels and what they are called today. */
const TOPOLOGY_LABELS: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
};

interface Topology {
  readonly key: string;
  /** Volumes in several zones write them with `__` between. */
  readonly values: readonly string[];
}

/** Where a volume lives; a label with an empty zone in it counts as not set. */
function topologies(volume: PersistentVolume): Topology[] {
  const labels = (volume.metadata.labels as Labels | undefined) ?? {};
  return Object.keys(TOPOLOGY_LABELS)
    .filter(key => labels[key] !== undefined)
    .map(key => ({key, values: labels[key]!.split('__').map(v => v.trim())}))
    .filter(({values}) => values.every(v => v !== ''));
}

/** The topologies of the pod's bound volumes, or why it has to wait. */
function topologiesOf(pod: Pod, listers: Listers): Topology[] | Status {
  const found: Topology[] = [];
  for (const {persistentVolumeClaim} of pod.spec?.volumes ?? []) {
    if (!persistentVolumeClaim) continue;
    const {claimName} = persistentVolumeClaim;
    if (!claimName) return unresolvable('PersistentVolumeClaim had no name');
    const claim = claimOf(listers, pod.metadata.namespace ?? '', claimName);
    if (!claim) return unresolvable(notFound('persistentvolumeclaim', claimName));
    const volumeName = claim.spec?.volumeName;
    if (!volumeName) {
      const name = storageClassOf(claim);
      if (!name) return unresolvable('PersistentVolumeClaim had no pv name and storageClass name');
      const storage = storageClass(listers, name);
      if (!storage) return unresolvable(notFound('storageclass.storage.k8s.io', name));
      if (!storage.volumeBindingMode) return unresolvable(`VolumeBindingMode not set for StorageClass "${name}"`);
      if (storage.volumeBindingMode === 'WaitForFirstConsumer') continue;
      return unresolvable('PersistentVolume had no name');
    }
    const volume = volumeOf(listers, volumeName);
    if (!volume) return unresolvable(notFound('persistentvolume', volumeName));
    found.push(...topologies(volume));
  }
  return found;
}

export const volumeZone = (): Plugin => ({
  name: NAME,
  preFilter(cycle, pod) {
    const found = topologiesOf(pod, cycle.listers);
    if (!Array.isArray(found)) return {status: found as Status};
    if (found.length === 0) return {status: skip};
    cycle.state.set(NAME, found);
    return undefined;
  },
  filter(cycle, pod, node) {
    // A node without any such label is taken to be in a cluster of one zone.
    if (!Object.keys(TOPOLOGY_LABELS).some(key => key in node.labels)) return undefined;
    const found = (cycle.state.get(NAME) as Topology[] | undefined) ?? topologiesOf(pod, cycle.listers);
    if (!Array.isArray(found)) return found as Status;
    const fits = found.every(({key, values}) => {
      const value = node.labels[key] ?? node.labels[TOPOLOGY_LABELS[key]!];
      return value !== undefined && values.includes(value);
    });
    return fits ? undefined : unresolvable(REASON_ZONE_CONFLICT);
  },
  events: [
    {
      resource: 'StorageClass',
      actions: ['Add'],
      hint: (_pod, event) => (event.new as StorageClass).volumeBindingMode === 'WaitForFirstConsumer',
    },
    {resource: 'Node', actions: ['Add', 'UpdateNodeLabel']},
    {resource: 'PersistentVolumeClaim', actions: ['Add', 'Update'], hint: (pod, event) => usesClaim(pod, event.new!)},
    {
      resource: 'PersistentVolume',
      actions: ['Add', 'Update'],
      hint: (_pod, event) =>
        !event.old ||
        JSON.stringify(topologies(event.old as PersistentVolume)) !== JSON.stringify(topologies(event.new as PersistentVolume)),
    },
  ],
});
