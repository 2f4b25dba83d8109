/** Claims, volumes and classes of storage. upstream: kubectl/pkg/describe describePersistentVolume and its neighbours */

import {goList} from '../../engine/api/go-text.ts';
import {byText} from '../../engine/api/order.ts';
import {storageClassOf} from '../../engine/api/persistent-volumes.ts';
import type {core, Pod, storage} from '../../engine/api/types.ts';
import {accessModes, boolText, formatLabels} from '../../engine/apiserver/printers/format.ts';
import {isDefaultClass} from '../../engine/apiserver/printers/storage.ts';
import {eventsAbout} from '../reader.ts';
import {rfc1123} from '../text/go-time.ts';
import {writeClaim} from './claims.ts';
import type {Describer} from './describer.ts';
import {type Page, terminating, writeAnnotations, writeEvents, writeLabels, writeList} from './page.ts';
import {writePersistentSource} from './volumes.ts';

/** Pods that mount a claim, as often as they do, or own it. */
function podsUsing(claim: core.PersistentVolumeClaim, pods: readonly Pod[]): Pod[] {
  const isOfClaim = (volume: core.Volume): boolean => volume.persistentVolumeClaim?.claimName === claim.metadata?.name;
  const mounting = pods.flatMap(pod => (pod.spec?.volumes ?? []).filter(isOfClaim).map(() => pod));
  const owners = (claim.metadata?.ownerReferences ?? [])
    .filter(owner => owner.kind === 'Pod')
    .map(owner => pods.find(pod => pod.metadata.uid === owner.uid))
    .filter(pod => pod !== undefined && !mounting.includes(pod));
  return [...mounting, ...(owners as Pod[])].sort((a, b) => byText(a.metadata.name ?? '', b.metadata.name ?? ''));
}

export const describePersistentVolumeClaim: Describer<core.PersistentVolumeClaim> = function* (claim, page, {reader, showEvents}) {
  const pods = yield* reader.list<Pod>('v1', 'pods', {namespace: claim.metadata?.namespace ?? ''});
  writeClaim(page, claim);
  writeList(
    page,
    'Used By',
    podsUsing(claim, pods).map(pod => pod.metadata.name ?? ''),
  );
  if (claim.status?.conditions?.length) {
    page.write(0, 'Conditions:\n');
    page.write(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n');
    page.write(1, '----\t------\t-----------------\t------------------\t------\t-------\n');
    for (const c of claim.status.conditions)
      page.write(
        1,
        `${c.type} \t${c.status ?? ''} \t${rfc1123(c.lastProbeTime)} \t${rfc1123(c.lastTransitionTime)} \t${c.reason ?? ''} \t${c.message ?? ''}\n`,
      );
  }
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...claim.metadata, kind: 'PersistentVolumeClaim'}));
};

function writeTerms(page: Page, level: number, title: string, expressions: readonly string[]): void {
  page.write(level, `${title}:\t`);
  if (expressions.length === 0) page.write(0, '<none>\n');
  expressions.forEach((expression, i) => {
    if (i > 0) page.write(level, '\t');
    page.write(0, `${expression}\n`);
  });
}

const expressionText = (key: string, operator: string, values: readonly string[] | undefined): string =>
  values?.length ? `${key} ${operator} [${values.join(', ')}]` : `${key} ${operator}`;

function writeNodeAffinity(page: Page, affinity: core.VolumeNodeAffinity | undefined): void {
  page.write(0, 'Node Affinity:\t');
  if (!affinity?.required) {
    page.write(0, '<none>\n');
    return;
  }
  page.write(0, '\n');
  page.write(1, 'Required Terms:\t');
  const terms = affinity.required.nodeSelectorTerms ?? [];
  page.write(0, terms.length === 0 ? '<none>\n' : '\n');
  terms.forEach((term, i) => {
    const expressions = (term.matchExpressions ?? []).map(e => expressionText(e.key, e.operator.toLowerCase(), e.values));
    writeTerms(page, 2, `Term ${i}`, expressions);
  });
}

export const describePersistentVolume: Describer<core.PersistentVolume> = function* (volume, page, {reader, showEvents}) {
  const {metadata, spec, status} = volume;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, `Finalizers:\t${goList(metadata?.finalizers)}\n`);
  page.write(0, `StorageClass:\t${storageClassOf(volume)}\n`);
  const deleted = metadata?.deletionTimestamp;
  page.write(0, `Status:\t${deleted ? terminating(deleted, page.now) : (status?.phase ?? '')}\n`);
  page.write(0, `Claim:\t${spec?.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : ''}\n`);
  page.write(0, `Reclaim Policy:\t${spec?.persistentVolumeReclaimPolicy ?? ''}\n`);
  page.write(0, `Access Modes:\t${accessModes(spec?.accessModes)}\n`);
  if (spec?.volumeMode) page.write(0, `VolumeMode:\t${spec.volumeMode}\n`);
  page.write(0, `Capacity:\t${spec?.capacity?.['storage'] ?? '0'}\n`);
  writeNodeAffinity(page, spec?.nodeAffinity);
  page.write(0, `Message:\t${status?.message ?? ''}\n`);
  page.write(0, 'Source:\n');
  writePersistentSource(page, spec);
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...metadata, kind: 'PersistentVolume'}));
};

export const describeStorageClass: Describer<storage.StorageClass> = function* (sc, page, {reader, showEvents}) {
  page.write(0, `Name:\t${sc.metadata?.name ?? ''}\n`);
  page.write(0, `IsDefaultClass:\t${isDefaultClass(sc.metadata) ? 'Yes' : 'No'}\n`);
  page.write(0, `Annotations:\t${formatLabels(sc.metadata?.annotations)}\n`);
  page.write(0, `Provisioner:\t${sc.provisioner}\n`);
  page.write(0, `Parameters:\t${formatLabels(sc.parameters)}\n`);
  page.write(0, `AllowVolumeExpansion:\t${boolText(sc.allowVolumeExpansion)}\n`);
  if (sc.mountOptions?.length) {
    page.write(0, 'MountOptions:\n');
    for (const option of sc.mountOptions) page.write(1, `${option}\n`);
  } else page.write(0, 'MountOptions:\t<none>\n');
  if (sc.reclaimPolicy) page.write(0, `ReclaimPolicy:\t${sc.reclaimPolicy}\n`);
  if (sc.volumeBindingMode) page.write(0, `VolumeBindingMode:\t${sc.volumeBindingMode}\n`);
  if (sc.allowedTopologies) {
    page.write(0, `AllowedTopologies:\t${sc.allowedTopologies.length === 0 ? '<none>' : ''}\n`);
    sc.allowedTopologies.forEach((term, i) => {
      const expressions = (term.matchLabelExpressions ?? []).map(e => expressionText(e.key, 'in', e.values));
      writeTerms(page, 1, `Term ${i}`, expressions);
    });
  }
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...sc.metadata, kind: 'StorageClass'}));
};

interface VolumeAttributesClass {
  metadata?: core.PersistentVolume['metadata'];
  driverName?: string;
  parameters?: Record<string, string>;
}

export const describeVolumeAttributesClass: Describer<VolumeAttributesClass> = function* (vac, page, {reader, showEvents}) {
  page.write(0, `Name:\t${vac.metadata?.name ?? ''}\n`);
  page.write(0, `Annotations:\t${formatLabels(vac.metadata?.annotations)}\n`);
  page.write(0, `DriverName:\t${vac.driverName ?? ''}\n`);
  page.write(0, `Parameters:\t${formatLabels(vac.parameters)}\n`);
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...vac.metadata, kind: 'VolumeAttributesClass'}));
};

export const describeCsiNode: Describer<storage.CSINode> = function* (node, page, {reader, showEvents}) {
  page.write(0, `Name:\t${node.metadata?.name ?? ''}\n`);
  writeLabels(page, 'Labels', node.metadata?.labels);
  writeAnnotations(page, 'Annotations', node.metadata?.annotations);
  page.write(0, `CreationTimestamp:\t${rfc1123(node.metadata?.creationTimestamp)}\n`);
  page.write(0, 'Spec:\n');
  if (node.spec.drivers) page.write(1, 'Drivers:\n');
  for (const driver of node.spec.drivers ?? []) {
    page.write(2, `${driver.name}:\n`);
    page.write(3, `Node ID:\t${driver.nodeID}\n`);
    if (driver.allocatable?.count !== undefined) {
      page.write(3, 'Allocatables:\n');
      page.write(4, `Count:\t${driver.allocatable.count}\n`);
    }
    if (driver.topologyKeys) page.write(3, `Topology Keys:\t${goList(driver.topologyKeys)}\n`);
  }
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...node.metadata, kind: 'CSINode'}));
};
