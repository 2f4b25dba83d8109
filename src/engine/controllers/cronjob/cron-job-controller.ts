/** Makes a job whenever a schedule says so. upstream: pkg/controller/cronjob/cronjob_controllerv2.go, utils.go */

import {EPOCH, timeOf, timeText} from '../../api/clock.ts';
import {equalJson} from '../../api/clone.ts';
import {parseSchedule, type Schedule} from '../../api/cron.ts';
import {byObjectName} from '../../api/order.ts';
import {controllerOf, newControllerRef} from '../../api/owner.ts';
import {localTimeText, type TimeZone, timeZone, UTC} from '../../api/time-zone.ts';
import type {batch, core, Job, KubeObject, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {ignoring} from '../common/claim.ts';
import {controller} from '../common/controller.ts';
import {isAlreadyExists, isNotFound, messageOf} from '../common/errors.ts';
import {isNamespaceTerminating} from '../common/pod-control.ts';
import {tell} from '../common/tell.ts';

type CronJob = batch.CronJob & KubeObject;

const SCHEDULED_TIMESTAMP = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** A schedule's next time is waited for with a little on top, lest a clock be early. */
const NEXT_SCHEDULE_DELTA_MS = 100;
/** More missed times than this are a sign of trouble. */
const TOO_MANY_MISSED = 100;

export const cronJobController = controller({
  name: 'cronjob-controller',
  watches: [
    {resource: 'cronjobs', on: (ctx, {object}) => ctx.queue.add(keyOf(object))},
    {resource: 'jobs', on: onJob},
  ],
  timers: {tick: (ctx, key) => ctx.queue.add(key as string)},
  reconcile,
});

function onJob(ctx: ComponentContext, {object}: WatchEvent): void {
  const ref = controllerOf(object);
  if (ref?.kind === 'CronJob') ctx.queue.add(`${object.metadata.namespace}/${ref.name}`);
}

const finished = (job: Job): string | undefined =>
  job.status?.conditions?.find(c => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')?.type;

const referenceTo = (job: Stored<Job>): core.ObjectReference => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  name: job.metadata.name,
  namespace: job.metadata.namespace,
  uid: job.metadata.uid,
  resourceVersion: job.metadata.resourceVersion,
});

interface Sync {
  ctx: ComponentContext;
  key: string;
  cronJob: Stored<CronJob>;
  jobs: readonly Stored<Job>[];
  status: batch.CronJobStatus;
}

function reconcile(ctx: ComponentContext, key: string): void {
  const cronJob = ctx.lister<CronJob>('cronjobs').get(...splitKey(key));
  if (!cronJob) return;
  const jobs = ctx.lister<Job>('jobs').by('owner', cronJob.metadata.uid);
  const sync: Sync = {ctx, key, cronJob, jobs, status: {...cronJob.status}};
  try {
    // 1. Finished jobs are crossed off; jobs that are gone too.
    updateActive(sync);
    // 2. A new one, if it is time.
    if (!cronJob.metadata.deletionTimestamp && !cronJob.spec!.suspend) startDueJob(sync);
    // 3. Old ones go.
    cleanupHistory(sync, 'Complete', cronJob.spec!.successfulJobsHistoryLimit ?? 3);
    cleanupHistory(sync, 'Failed', cronJob.spec!.failedJobsHistoryLimit ?? 1);
  } finally {
    if (!equalJson(cronJob.status ?? {}, sync.status))
      ctx.client.update<CronJob>('cronjobs', {...cronJob, status: sync.status}, {subresource: 'status'});
  }
}

function setActive(sync: Sync, active: core.ObjectReference[]): void {
  const {active: _before, ...rest} = sync.status;
  sync.status = active.length > 0 ? {...rest, active} : rest;
}

function updateActive(sync: Sync): void {
  const {ctx, cronJob, jobs} = sync;
  for (const job of jobs) {
    const known = sync.status.active?.some(ref => ref.uid === job.metadata.uid);
    const end = finished(job);
    if (known && end) {
      setActive(
        sync,
        sync.status.active!.filter(ref => ref.uid !== job.metadata.uid),
      );
      ctx.events.event(cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${end}`);
    } else if (!known && !end && !isActiveByNow(sync, job)) {
      ctx.events.event(cronJob, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`);
    }
    const completionTime = job.status?.completionTime;
    if (end === 'Complete' && completionTime && !(timeOf(completionTime) <= timeOf(sync.status.lastSuccessfulTime)))
      sync.status = {...sync.status, lastSuccessfulTime: completionTime};
  }
  for (const ref of sync.status.active ?? []) {
    if (jobs.some(job => job.metadata.uid === ref.uid)) continue;
    try {
      ctx.client.get('jobs', ref.namespace!, ref.name!);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      setActive(
        sync,
        sync.status.active!.filter(other => other.uid !== ref.uid),
      );
      ctx.events.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${ref.name}`);
    }
  }
}

/** The cache may not have seen yet that the job was entered. */
function isActiveByNow({ctx, cronJob}: Sync, job: Stored<Job>): boolean {
  const fresh = ctx.client.get<CronJob>('cronjobs', cronJob.metadata.namespace!, cronJob.metadata.name);
  return Boolean(fresh.status?.active?.some(ref => ref.uid === job.metadata.uid));
}

interface Due {
  /** The latest time that has been missed, in virtual milliseconds. */
  time: number;
  missed: number;
}

/** upstream: utils.go mostRecentScheduleTime */
function mostRecentTime({cronJob, ctx, status}: Sync, schedule: Schedule): Due | undefined {
  const {startingDeadlineSeconds} = cronJob.spec!;
  const last = timeOf(status.lastScheduleTime ?? cronJob.metadata.creationTimestamp);
  const earliest = startingDeadlineSeconds === undefined ? last : Math.max(last, ctx.now - startingDeadlineSeconds * 1000);
  let due: Due | undefined;
  for (let time = schedule.next(EPOCH + earliest); time !== undefined && time - EPOCH <= ctx.now; time = schedule.next(time))
    due = {time: time - EPOCH, missed: (due?.missed ?? 0) + 1};
  return due;
}

function startDueJob(sync: Sync): void {
  const {ctx, key, cronJob} = sync;
  const warn = (reason: string, message: string) => ctx.events.event(cronJob, 'Warning', reason, message);
  // 1. When, and by which clock?
  const zone = zoneOf(cronJob);
  if (!zone) {
    const name = cronJob.spec!.timeZone;
    warn('UnknownTimeZone', `invalid timeZone: "${name}": unknown time zone ${name}`);
    return;
  }
  let schedule: Schedule;
  try {
    schedule = parseSchedule(cronJob.spec!.schedule, zone);
  } catch (error) {
    warn('UnparseableSchedule', `unparseable schedule: "${cronJob.spec!.schedule}" : ${messageOf(error)}`);
    return;
  }
  const due = mostRecentTime(sync, schedule);
  const next = schedule.next(EPOCH + ctx.now);
  if (next !== undefined) ctx.after(next - EPOCH - ctx.now + NEXT_SCHEDULE_DELTA_MS, 'tick', key, {key, periodic: true});
  if (!due) return;
  if (due.missed > TOO_MANY_MISSED)
    warn('TooManyMissedTimes', 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew');
  // 2. Too late?
  const {startingDeadlineSeconds, concurrencyPolicy} = cronJob.spec!;
  if (startingDeadlineSeconds !== undefined && due.time + startingDeadlineSeconds * 1000 < ctx.now) {
    warn('MissSchedule', `Missed scheduled time to start a job: ${new Date(EPOCH + due.time).toUTCString().replace('GMT', '+0000')}`);
    return;
  }
  // 3. Beside others that still run?
  const active = sync.status.active ?? [];
  if (active.some(ref => ref.name === jobName(cronJob, due.time))) return;
  if (concurrencyPolicy === 'Forbid' && active.length > 0) {
    ctx.events.event(
      cronJob,
      'Normal',
      'JobAlreadyActive',
      'Not starting job because prior execution is running and concurrency policy is Forbid',
    );
    return;
  }
  if (concurrencyPolicy === 'Replace') for (const ref of active) removeJob(sync, ref.name!);
  // 4. Start it.
  startJob(sync, due.time, zone);
}

/** Undefined for a name that no database has. */
const zoneOf = ({spec}: CronJob): TimeZone | undefined => (spec!.timeZone === undefined ? UTC : timeZone(spec!.timeZone));

/** Minutes since 1970 tell one run from another, and make it impossible to start the same twice. */
const jobName = (cronJob: CronJob, time: number): string => `${cronJob.metadata.name}-${Math.floor((EPOCH + time) / 60_000)}`;

function startJob(sync: Sync, time: number, zone: TimeZone): void {
  const {ctx, key, cronJob} = sync;
  const {metadata, spec} = cronJob.spec!.jobTemplate;
  const job: Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cronJob, time),
      namespace: cronJob.metadata.namespace,
      ...(metadata?.labels && {labels: metadata.labels}),
      annotations: {...metadata?.annotations, [SCHEDULED_TIMESTAMP]: localTimeText(EPOCH + time, zone)},
      ownerReferences: [newControllerRef(cronJob)],
    },
    spec,
  };
  let created: Stored<Job>;
  try {
    created = ctx.client.create<Job>('jobs', job);
    tell(ctx, 'act', `cronjob/${key}`, () => `created job ${created.metadata.name} for ${timeText(time)}`);
    ctx.events.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${created.metadata.name}`);
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    if (!isAlreadyExists(error)) {
      ctx.events.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`);
      throw error;
    }
    // Made in an earlier turn, whose status never arrived; a job of somebody else's is their business.
    created = ctx.client.get<Job>('jobs', cronJob.metadata.namespace!, job.metadata.name!);
    if (controllerOf(created)?.uid !== cronJob.metadata.uid || sync.status.active?.some(ref => ref.uid === created.metadata.uid)) return;
  }
  setActive(sync, [...(sync.status.active ?? []), referenceTo(created)]);
  sync.status = {...sync.status, lastScheduleTime: timeText(time)};
}

function removeJob(sync: Sync, name: string): void {
  const {ctx, cronJob} = sync;
  const namespace = cronJob.metadata.namespace!;
  ignoring([404], () => ctx.client.delete('jobs', namespace, name, {propagationPolicy: 'Background'}));
  if (sync.status.active?.some(ref => ref.name === name))
    setActive(
      sync,
      sync.status.active.filter(ref => ref.name !== name),
    );
  ctx.events.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
}

function cleanupHistory(sync: Sync, end: 'Complete' | 'Failed', limit: number): void {
  const ended = sync.jobs
    .filter(job => finished(job) === end)
    .sort((a, b) => timeOf(a.status?.startTime) - timeOf(b.status?.startTime) || byObjectName(a, b));
  for (const job of ended.slice(0, Math.max(0, ended.length - limit))) removeJob(sync, job.metadata.name);
}
