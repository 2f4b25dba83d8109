/** How many CSI volumes a node can attach. upstream: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go */
import {claimNameOf, storageClassOf} from '../../api/persistent-volumes.ts';
import type {core, KubeObject, PersistentVolumeClaim, Pod, storage, VolumeAttachment} from '../../api/types.ts';
import {failure, skip, unresolvable, unschedulable} from '../framework/status.ts';
import type {Listers, Plugin} from '../framework/types.ts';
import {asCsi, type CsiVolume, driverFor} from './csi-migration.ts';
import {claimNames, claimOf, notFound, notOwned, type PodVolumes, storageClass, usesClaim, volumeOf, volumesOf} from './volumes.ts';

const NAME = 'NodeVolumeLimits';
const REASON_MAX_VOLUMES = 'node(s) exceed max volume count';

type CSINode = storage.CSINode & KubeObject;

/** How a CSI driver knows the volume behind a claim. One that is yet to be made counts for the driver that will make it. */
function csiOf(claim: PersistentVolumeClaim, listers: Listers): CsiVolume | undefined {
  const {namespace, name} = claim.metadata;
  const made = claim.spec?.volumeName ? volumeOf(listers, claim.spec.volumeName) : undefined;
  // What no driver made has no limit, whatever its class says.
  if (made) return made.spec?.csi ? {driver: made.spec.csi.driver, handle: made.spec.csi.volumeHandle} : asCsi(made.spec ?? {});
  const provisioner = storageClass(listers, storageClassOf(claim))?.provisioner;
  return provisioner ? {driver: driverFor(provisioner), handle: `${namespace}/${name}`} : undefined;
}

/** The driver of each attachable volume, by the volume's unique name; a text says what is wrong with one. */
function attachable(pod: PodVolumes, listers: Listers): Map<string, string> | string {
  const found = new Map<string, string>();
  for (const volume of pod.volumes ?? []) {
    const name = claimNameOf(pod.name, volume);
    const claim = name === undefined ? undefined : claimOf(listers, pod.namespace, name);
    if (name !== undefined && !claim) continue;
    const foreign = claim && volume.ephemeral && notOwned(claim, pod);
    if (foreign) return foreign;
    const csi = claim ? csiOf(claim, listers) : asCsi(volume);
    if (csi) found.set(`${csi.driver}/${csi.handle}`, csi.driver);
  }
  return found;
}

/** What other objects say is attached to the node already, or is on its way. */
function attachedTo(node: string, listers: Listers): Map<string, string> {
  const found = new Map<string, string>();
  for (const {spec} of listers<VolumeAttachment>('volumeattachments').list()) {
    const csi =
      spec.nodeName === node && spec.source.persistentVolumeName
        ? volumeOf(listers, spec.source.persistentVolumeName)?.spec?.csi
        : undefined;
    if (csi) found.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
  }
  return found;
}

/** The volumes that a driver may have to attach. */
const isCounted = (volume: core.Volume): boolean => Boolean(volume.persistentVolumeClaim || volume.ephemeral || asCsi(volume));

export const nodeVolumeLimits = (): Plugin => ({
  name: NAME,
  preFilter: (_cycle, pod) => ((pod.spec?.volumes ?? []).some(isCounted) ? undefined : {status: skip}),
  filter(cycle, pod, node) {
    const own = volumesOf(pod);
    const missing = claimNames(own).find(name => !claimOf(cycle.listers, own.namespace, name));
    if (missing !== undefined)
      return unresolvable(`looking up PVC ${own.namespace}/${missing}: ${notFound('persistentvolumeclaim', missing)}`);
    const wanted = attachable(own, cycle.listers);
    if (typeof wanted === 'string') return failure(wanted);
    const limits =
      cycle
        .listers<CSINode>('csinodes')
        .get('', node.name)
        ?.spec?.drivers?.filter(d => d.allocatable?.count !== undefined) ?? [];
    if (wanted.size === 0 || limits.length === 0) return undefined;
    const attached = attachedTo(node.name, cycle.listers);
    for (const existing of node.pods) {
      const theirs = attachable(existing, cycle.listers);
      if (typeof theirs === 'string') return failure(theirs);
      for (const [name, driver] of theirs) attached.set(name, driver);
    }
    const count = (volumes: Iterable<[string, string]>, driver: string): number => [...volumes].filter(([, d]) => d === driver).length;
    const isNew = [...wanted].filter(([name]) => !attached.has(name));
    const full = limits.some(({name, allocatable}) => {
      const more = count(isNew, name);
      return more > 0 && count(attached, name) + more > allocatable!.count!;
    });
    return full ? unschedulable(REASON_MAX_VOLUMES) : undefined;
  },
  events: [
    {resource: 'CSINode', actions: ['Add']},
    {resource: 'CSINode', actions: ['Update'], hint: (_pod, event) => allowsMore(event.old as CSINode, event.new as CSINode)},
    {resource: 'AssignedPod', actions: ['Delete'], hint: (_pod, event) => (volumesOf(event.old as Pod).volumes ?? []).some(isCounted)},
    {resource: 'PersistentVolumeClaim', actions: ['Add'], hint: (pod, event) => usesClaim(pod, event.new!)},
    {
      resource: 'VolumeAttachment',
      actions: ['Delete'],
      hint(pod, event) {
        const {attacher} = (event.old as VolumeAttachment).spec;
        return (pod.spec?.volumes ?? []).some(v => v.persistentVolumeClaim || asCsi(v)?.driver === attacher);
      },
    },
  ],
});

const limitOf = ({spec}: CSINode, driver: string): number => spec?.drivers?.find(({name}) => name === driver)?.allocatable?.count ?? 0;

/** Whether some driver can attach more volumes to the node than before. */
const allowsMore = (before: CSINode, after: CSINode): boolean =>
  (after.spec?.drivers ?? []).some(({name}) => limitOf(after, name) > limitOf(before, name));
