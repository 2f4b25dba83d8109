/**
 * Asks for volumes to be attached where their pods are, and detached where none is left. The asking is a VolumeAttachment; a volume driver's attacher answers it.
 * upstream: pkg/controller/volume/attachdetach, pkg/volume/csi/csi_attacher.go
 */

import {isPodTerminal} from '../../api/pods.ts';
import {hex, sha256} from '../../api/sha256.ts';
import type {CSIDriver, core, PersistentVolume, PersistentVolumeClaim, Pod, Stored, VolumeAttachment} from '../../api/types.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {ignoring} from '../common/claim.ts';
import {controller} from '../common/controller.ts';
import {isAlreadyExists} from '../common/errors.ts';
import {tell} from '../common/tell.ts';
import {claimsUsedBy} from './protection-controllers.ts';

export const attachDetachController = controller({
  name: 'attachdetach-controller',
  watches: [
    {resource: 'pods', on: onPod},
    {resource: 'persistentvolumeclaims', on: onClaim},
    {resource: 'volumeattachments', on: onAttachment},
    {resource: 'persistentvolumes'},
    {resource: 'csidrivers'},
    {resource: 'nodes'},
  ],
  reconcile,
});

/** One key a node: what is attached to it is decided together. */
function onPod(ctx: ComponentContext, {type, object, old}: WatchEvent): void {
  const [pod, before] = [object as Stored<Pod>, old as Stored<Pod> | undefined];
  const nodeName = pod.spec?.nodeName;
  if (!nodeName || claimsUsedBy(pod).length === 0) return;
  const moved = type !== 'MODIFIED' || before?.spec?.nodeName !== nodeName || isPodTerminal(pod) !== isPodTerminal(before);
  if (moved) ctx.queue.add(nodeName);
}

function onClaim(ctx: ComponentContext, {object}: WatchEvent): void {
  const users = ctx
    .lister<Pod>('pods')
    .list(object.metadata.namespace)
    .filter(pod => claimsUsedBy(pod).includes(object.metadata.name));
  for (const pod of users) if (pod.spec?.nodeName) ctx.queue.add(pod.spec.nodeName);
}

function onAttachment(ctx: ComponentContext, {type, object, old}: WatchEvent): void {
  const attachment = object as Stored<VolumeAttachment>;
  if (type === 'DELETED') ctx.queue.add(attachment.spec.nodeName);
  else if (attachment.status?.attached && !(old as VolumeAttachment | undefined)?.status?.attached) tellPods(ctx, attachment);
}

/** upstream: operation_generator.go GenerateAttachVolumeFunc */
function tellPods(ctx: ComponentContext, {spec}: VolumeAttachment): void {
  const name = spec.source.persistentVolumeName!;
  for (const pod of ctx.lister<Pod>('pods').by('node', spec.nodeName))
    if (volumesOf(ctx, pod).some(volume => volume.metadata.name === name))
      ctx.events.event(pod, 'Normal', 'SuccessfulAttachVolume', `AttachVolume.Attach succeeded for volume "${name}" `);
}

/** The volumes of a pod that have to be attached. */
const volumesOf = (ctx: ComponentContext, pod: Stored<Pod>): Stored<PersistentVolume>[] =>
  claimsUsedBy(pod)
    .map(claimName => ctx.lister<PersistentVolumeClaim>('persistentvolumeclaims').get(pod.metadata.namespace!, claimName)?.spec?.volumeName)
    .flatMap(name => (name && ctx.lister<PersistentVolume>('persistentvolumes').get('', name)) || [])
    .filter(({spec}) => spec?.csi && ctx.lister<CSIDriver>('csidrivers').get('', spec.csi.driver)?.spec.attachRequired !== false);

/** upstream: csi_attacher.go getAttachmentName */
const attachmentName = ({driver, volumeHandle}: core.CSIPersistentVolumeSource, node: string): string =>
  `csi-${hex(sha256(`${volumeHandle}${driver}${node}`))}`;

function reconcile(ctx: ComponentContext, node: string): void {
  const attachments = ctx
    .lister<VolumeAttachment>('volumeattachments')
    .list()
    .filter(({spec}) => spec.nodeName === node);
  const pods = ctx
    .lister<Pod>('pods')
    .by('node', node)
    .filter(pod => !isPodTerminal(pod));
  const wanted = new Map(pods.flatMap(pod => volumesOf(ctx, pod)).map(volume => [volume.metadata.name, volume.spec!.csi!]));
  // 1. Detach what no pod needs any more.
  for (const {metadata, spec} of attachments) {
    if (metadata.deletionTimestamp || wanted.has(spec.source.persistentVolumeName!)) continue;
    ignoring([404], () => ctx.client.delete('volumeattachments', '', metadata.name));
    tell(ctx, 'act', `node/${node}`, () => `volume ${spec.source.persistentVolumeName} is to be detached`);
  }
  // 2. Attach what one needs.
  for (const [name, source] of wanted) {
    if (attachments.some(({spec}) => spec.source.persistentVolumeName === name)) continue;
    try {
      ctx.client.create<VolumeAttachment>('volumeattachments', {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'VolumeAttachment',
        metadata: {name: attachmentName(source, node)},
        spec: {attacher: source.driver, nodeName: node, source: {persistentVolumeName: name}},
      });
      tell(ctx, 'act', `node/${node}`, () => `volume ${name} is to be attached`);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
}
