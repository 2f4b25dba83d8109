/** Claims of storage. upstream: kubectl/pkg/describe describePersistentVolumeClaim, printPersistentVolumeClaim */
import {goList} from '../../engine/api/go-text.ts';
import {storageClassOf} from '../../engine/api/persistent-volumes.ts';
import type {core} from '../../engine/api/types.ts';
import {accessModes} from '../../engine/apiserver/printers/format.ts';
import {type Page, terminating, writeAnnotations, writeLabels} from './page.ts';

/** A claim that stands in the store. */
export function writeClaim(page: Page, claim: core.PersistentVolumeClaim): void {
  const {metadata, status} = claim;
  const deleted = metadata?.deletionTimestamp;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  writeFields(page, claim, {
    status: `Status:\t${deleted ? terminating(deleted, page.now) : (status?.phase ?? '')}\n`,
    finalizers: `Finalizers:\t${goList(metadata?.finalizers)}\n`,
  });
}

/** The claim that an ephemeral volume is to get. */
export const writeClaimTemplate = (page: Page, template: core.PersistentVolumeClaim): void => writeFields(page, template);

/** `lines`: those that only a claim has which stands in the store. */
function writeFields(page: Page, claim: core.PersistentVolumeClaim, lines?: {readonly status: string; readonly finalizers: string}): void {
  const {metadata, spec, status} = claim;
  const bound = Boolean(spec?.volumeName);
  page.write(0, `StorageClass:\t${storageClassOf(claim)}\n`);
  if (lines) page.write(0, lines.status);
  page.write(0, `Volume:\t${spec?.volumeName ?? ''}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  if (lines) page.write(0, lines.finalizers);
  page.write(0, `Capacity:\t${bound ? (status?.capacity?.['storage'] ?? '0') : ''}\n`);
  page.write(0, `Access Modes:\t${bound ? accessModes(status?.accessModes) : ''}\n`);
  if (spec?.volumeMode) page.write(0, `VolumeMode:\t${spec.volumeMode}\n`);
  if (!spec?.dataSource) return;
  page.write(0, 'DataSource:\n');
  if (spec.dataSource.apiGroup) page.write(1, `APIGroup:\t${spec.dataSource.apiGroup}\n`);
  page.write(1, `Kind:\t${spec.dataSource.kind}\n`);
  page.write(1, `Name:\t${spec.dataSource.name}\n`);
}
