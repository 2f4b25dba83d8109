/** upstream: kubectl/pkg/describe describeDeployment, describeReplicaSet, describeJob and their neighbours */

import {humanDuration} from '../../engine/api/duration.ts';
import {goList} from '../../engine/api/go-text.ts';
import {formatLabelSelector, printSelector, selectorFrom, selectorFromSet} from '../../engine/api/labels.ts';
import {storageClassOf} from '../../engine/api/persistent-volumes.ts';
import {parseQuantity, printQuantity} from '../../engine/api/quantity.ts';
import type {apps, batch, core, Pod} from '../../engine/api/types.ts';
import {boolText, formatLabels} from '../../engine/apiserver/printers/format.ts';
import {eventsAbout, orNone, type Reader} from '../reader.ts';
import {rfc1123} from '../text/go-time.ts';
import type {Effects} from '../types.ts';
import type {Describer} from './describer.ts';
import {controllerText, type Page, writeAnnotations, writeEvents, writeLabels} from './page.ts';
import {writePodTemplate} from './pod.ts';
import {ownedReplicaSets, splitReplicaSets} from './replica-sets.ts';

interface Owner {
  metadata?: {uid?: string; namespace?: string};
}

/** `1 Running / 0 Waiting / 0 Succeeded / 0 Failed` of the pods that a controller owns. */
function* podsStatus(reader: Reader, owner: Owner, labelSelector: string): Effects<string> {
  const pods = yield* reader.list<Pod>('v1', 'pods', {namespace: owner.metadata?.namespace ?? '', labelSelector});
  const own = pods.filter(pod => pod.metadata.ownerReferences?.some(o => o.controller && o.uid === owner.metadata?.uid));
  const count = (phase: string): number => own.filter(pod => pod.status?.phase === phase).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
}

function writeConditions(page: Page, conditions: readonly Condition[] | undefined): void {
  if (!conditions?.length) return;
  page.write(0, 'Conditions:\n  Type\tStatus\tReason\n');
  page.write(1, '----\t------\t------\n');
  for (const c of conditions) page.write(1, `${c.type} \t${c.status}\t${c.reason ?? ''}\n`);
}

const replicaSetsText = (sets: readonly apps.ReplicaSet[]): string =>
  sets.map(rs => `${rs.metadata?.name} (${rs.status?.replicas ?? 0}/${rs.spec?.replicas ?? 0} replicas created)`).join(', ') || '<none>';

export const describeDeployment: Describer<apps.Deployment> = function* (d, page, {reader, showEvents}) {
  const {metadata, spec, status} = d;
  const events = showEvents ? yield* eventsAbout(reader, {...metadata, kind: 'Deployment'}) : undefined;
  const {old, current} = splitReplicaSets(d, yield* orNone(ownedReplicaSets(d, reader)));
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  page.write(0, `CreationTimestamp:\t${rfc1123(metadata?.creationTimestamp)}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, `Selector:\t${printSelector(selectorFrom(spec?.selector))}\n`);
  page.write(
    0,
    `Replicas:\t${spec?.replicas ?? 0} desired | ${status?.updatedReplicas ?? 0} updated | ${status?.replicas ?? 0} total | ` +
      `${status?.availableReplicas ?? 0} available | ${status?.unavailableReplicas ?? 0} unavailable\n`,
  );
  page.write(0, `StrategyType:\t${spec?.strategy?.type ?? ''}\n`);
  page.write(0, `MinReadySeconds:\t${spec?.minReadySeconds ?? 0}\n`);
  const rolling = spec?.strategy?.rollingUpdate;
  if (rolling)
    page.write(
      0,
      `RollingUpdateStrategy:\t${rolling.maxUnavailable ?? '<nil>'} max unavailable, ${rolling.maxSurge ?? '<nil>'} max surge\n`,
    );
  writePodTemplate(page, spec?.template);
  writeConditions(page, status?.conditions);
  if (old.length > 0 || current) {
    page.write(0, `OldReplicaSets:\t${replicaSetsText(old)}\n`);
    page.write(0, `NewReplicaSet:\t${replicaSetsText(current ? [current] : [])}\n`);
  }
  writeEvents(page, events);
};

export const describeReplicaSet: Describer<apps.ReplicaSet> = function* (rs, page, {reader, showEvents}) {
  const {metadata, spec, status} = rs;
  let pods: string;
  try {
    pods = yield* podsStatus(reader, rs, printSelector(selectorFrom(spec?.selector)));
  } catch (error) {
    pods = `error in fetching pods: ${(error as Error).message}`;
  }
  const events = showEvents ? yield* eventsAbout(reader, {...metadata, kind: 'ReplicaSet'}) : undefined;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  page.write(0, `Selector:\t${formatLabelSelector(spec?.selector)}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  const controller = controllerText(rs);
  if (controller) page.write(0, `Controlled By:\t${controller}\n`);
  page.write(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired\n`);
  page.write(0, `Pods Status:\t${pods}\n`);
  writePodTemplate(page, spec?.template ?? {});
  writeConditions(page, status?.conditions);
  writeEvents(page, events);
};

export const describeReplicationController: Describer<core.ReplicationController> = function* (rc, page, {reader, showEvents}) {
  const {metadata, spec, status} = rc;
  const pods = yield* podsStatus(reader, rc, printSelector(selectorFromSet(spec?.selector)));
  const events = showEvents ? yield* eventsAbout(reader, {...metadata, kind: 'ReplicationController'}) : undefined;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  page.write(0, `Selector:\t${formatLabels(spec?.selector)}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired\n`);
  page.write(0, `Pods Status:\t${pods}\n`);
  writePodTemplate(page, spec?.template);
  writeConditions(page, status?.conditions);
  writeEvents(page, events);
};

export const describeDaemonSet: Describer<apps.DaemonSet> = function* (ds, page, {reader, showEvents}) {
  const {metadata, spec, status} = ds;
  const selector = printSelector(selectorFrom(spec?.selector));
  const pods = yield* podsStatus(reader, ds, selector);
  const events = showEvents ? yield* eventsAbout(reader, {...metadata, kind: 'DaemonSet'}) : undefined;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  page.write(0, `Selector:\t${selector}\n`);
  page.write(0, `Node-Selector:\t${formatLabels(spec?.template?.spec?.nodeSelector)}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}\n`);
  page.write(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}\n`);
  page.write(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}\n`);
  page.write(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}\n`);
  page.write(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}\n`);
  page.write(0, `Pods Status:\t${pods}\n`);
  writePodTemplate(page, spec?.template);
  writeEvents(page, events);
};

function writeClaimTemplates(page: Page, templates: readonly core.PersistentVolumeClaim[] | undefined): void {
  page.write(0, `Volume Claims:${templates?.length ? '' : '\t<none>'}\n`);
  for (const claim of templates ?? []) {
    page.write(1, `Name:\t${claim.metadata?.name ?? ''}\n`);
    page.write(1, `StorageClass:\t${storageClassOf(claim)}\n`);
    writeLabels(page, 'Labels', claim.metadata?.labels, '  ');
    writeLabels(page, 'Annotations', claim.metadata?.annotations, '  ');
    const capacity = claim.spec?.resources?.requests?.['storage'];
    page.write(1, `Capacity:\t${capacity === undefined ? '<default>' : printQuantity(parseQuantity(capacity))}\n`);
    page.write(1, `Access Modes:\t${goList(claim.spec?.accessModes)}\n`);
  }
}

export const describeStatefulSet: Describer<apps.StatefulSet> = function* (sts, page, {reader, showEvents}) {
  const {metadata, spec, status} = sts;
  const selector = printSelector(selectorFrom(spec?.selector));
  const pods = yield* podsStatus(reader, sts, selector);
  const events = showEvents ? yield* eventsAbout(reader, {...metadata, kind: 'StatefulSet'}) : undefined;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  page.write(0, `CreationTimestamp:\t${rfc1123(metadata?.creationTimestamp)}\n`);
  page.write(0, `Selector:\t${selector}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, `Replicas:\t${spec?.replicas ?? 0} desired | ${status?.replicas ?? 0} total\n`);
  page.write(0, `Update Strategy:\t${spec?.updateStrategy?.type ?? ''}\n`);
  const rolling = spec?.updateStrategy?.rollingUpdate as {partition?: number; maxUnavailable?: number | string} | undefined;
  if (rolling?.partition !== undefined) {
    page.write(1, `Partition:\t${rolling.partition}\n`);
    if (rolling.maxUnavailable !== undefined) page.write(1, `MaxUnavailable:\t${rolling.maxUnavailable}\n`);
  }
  page.write(0, `Pods Status:\t${pods}\n`);
  writePodTemplate(page, spec?.template);
  writeClaimTemplates(page, spec?.volumeClaimTemplates);
  writeEvents(page, events);
};

const INDEXES_SHOWN = 50;

/** Completed indexes, cut at the first comma behind the limit. upstream: capIndexesListOrNone */
function cappedIndexes(indexes: string): string {
  if (!indexes) return '<none>';
  const end = indexes.indexOf(',', INDEXES_SHOWN);
  return end < 0 ? indexes : `${indexes.slice(0, end + 1)}...`;
}

function writeJobSpec(page: Page, {spec, status}: batch.Job): void {
  if (spec?.parallelism !== undefined) page.write(0, `Parallelism:\t${spec.parallelism}\n`);
  page.write(0, `Completions:\t${spec?.completions ?? '<unset>'}\n`);
  if (spec?.completionMode) page.write(0, `Completion Mode:\t${spec.completionMode}\n`);
  if (spec?.suspend !== undefined) page.write(0, `Suspend:\t${spec.suspend}\n`);
  if (spec?.backoffLimit !== undefined) page.write(0, `Backoff Limit:\t${spec.backoffLimit}\n`);
  if (spec?.ttlSecondsAfterFinished !== undefined) page.write(0, `TTL Seconds After Finished:\t${spec.ttlSecondsAfterFinished}\n`);
  if (status?.startTime) page.write(0, `Start Time:\t${rfc1123(status.startTime)}\n`);
  if (status?.completionTime) page.write(0, `Completed At:\t${rfc1123(status.completionTime)}\n`);
  if (status?.startTime && status.completionTime)
    page.write(0, `Duration:\t${humanDuration(Date.parse(status.completionTime) - Date.parse(status.startTime))}\n`);
  if (spec?.activeDeadlineSeconds !== undefined) page.write(0, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s\n`);
  const {active = 0, ready, succeeded = 0, failed = 0} = status ?? {};
  page.write(
    0,
    `Pods Statuses:\t${active} Active${ready === undefined ? '' : ` (${ready} Ready)`} / ${succeeded} Succeeded / ${failed} Failed\n`,
  );
  if (spec?.completionMode === 'Indexed') page.write(0, `Completed Indexes:\t${cappedIndexes(status?.completedIndexes ?? '')}\n`);
}

export const describeJob: Describer<batch.Job> = function* (job, page, {reader, showEvents}) {
  const {metadata, spec} = job;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  page.write(0, `Selector:\t${printSelector(selectorFrom(spec?.selector))}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  const controller = controllerText(job);
  if (controller) page.write(0, `Controlled By:\t${controller}\n`);
  writeJobSpec(page, job);
  writePodTemplate(page, spec?.template ?? {});
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...metadata, kind: 'Job'}));
};

const orUnset = (value: number | undefined, unit = ''): string => (value === undefined ? '<unset>' : `${value}${unit}`);

export const describeCronJob: Describer<batch.CronJob> = function* (cj, page, {reader, showEvents}) {
  const {metadata, spec, status} = cj;
  const job = spec?.jobTemplate?.spec;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, `Schedule:\t${spec?.schedule ?? ''}\n`);
  page.write(0, `Concurrency Policy:\t${spec?.concurrencyPolicy ?? ''}\n`);
  page.write(0, `Suspend:\t${boolText(spec?.suspend)}\n`);
  page.write(0, `Time Zone:\t${spec?.timeZone ?? '<unset>'}\n`);
  page.write(0, `Successful Job History Limit:\t${orUnset(spec?.successfulJobsHistoryLimit)}\n`);
  page.write(0, `Failed Job History Limit:\t${orUnset(spec?.failedJobsHistoryLimit)}\n`);
  page.write(0, `Starting Deadline Seconds:\t${orUnset(spec?.startingDeadlineSeconds, 's')}\n`);
  page.write(0, `Selector:\t${job?.selector ? printSelector(selectorFrom(job.selector)) : '<unset>'}\n`);
  page.write(0, `Parallelism:\t${orUnset(job?.parallelism)}\n`);
  page.write(0, `Completions:\t${orUnset(job?.completions)}\n`);
  if (job?.activeDeadlineSeconds !== undefined) page.write(0, `Active Deadline Seconds:\t${job.activeDeadlineSeconds}s\n`);
  writePodTemplate(page, job?.template ?? {});
  page.write(0, `Last Schedule Time:\t${status?.lastScheduleTime ? rfc1123(status.lastScheduleTime) : '<unset>'}\n`);
  page.write(0, `Active Jobs:\t${status?.active?.map(a => a.name ?? '').join(', ') || '<none>'}\n`);
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...metadata, kind: 'CronJob'}));
};
