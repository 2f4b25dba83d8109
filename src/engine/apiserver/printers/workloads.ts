/** upstream: pkg/printers/internalversion/printers.go printDeployment and its neighbours */
import {humanDuration} from '../../api/duration.ts';
import {formatLabelSelector, printSelector, selectorFrom} from '../../api/labels.ts';
import type {apps, autoscaling, batch, core, meta, policy} from '../../api/types.ts';
import {age, boolText, type Cell, containerCells, formatLabels, type PrintOptions} from './format.ts';

const wideCells = (wide: boolean, template: core.PodTemplateSpec | undefined, selector: string): Cell[] =>
  wide ? [...containerCells(template?.spec?.containers), selector] : [];

export function printDeployment(d: apps.Deployment, {now, wide}: PrintOptions): Cell[] {
  return [
    d.metadata?.name ?? '',
    `${d.status?.readyReplicas ?? 0}/${d.spec?.replicas ?? 0}`,
    d.status?.updatedReplicas ?? 0,
    d.status?.availableReplicas ?? 0,
    age(d.metadata?.creationTimestamp, now),
    ...wideCells(wide, d.spec?.template, printSelector(selectorFrom(d.spec?.selector))),
  ];
}

export function printReplicaSet(rs: apps.ReplicaSet, {now, wide}: PrintOptions): Cell[] {
  return [
    rs.metadata?.name ?? '',
    rs.spec?.replicas ?? 0,
    rs.status?.replicas ?? 0,
    rs.status?.readyReplicas ?? 0,
    age(rs.metadata?.creationTimestamp, now),
    ...wideCells(wide, rs.spec?.template, formatLabelSelector(rs.spec?.selector)),
  ];
}

export function printReplicationController(rc: core.ReplicationController, {now, wide}: PrintOptions): Cell[] {
  return [
    rc.metadata?.name ?? '',
    rc.spec?.replicas ?? 0,
    rc.status?.replicas ?? 0,
    rc.status?.readyReplicas ?? 0,
    age(rc.metadata?.creationTimestamp, now),
    ...wideCells(wide, rc.spec?.template, formatLabels(rc.spec?.selector)),
  ];
}

export function printDaemonSet(ds: apps.DaemonSet, {now, wide}: PrintOptions): Cell[] {
  return [
    ds.metadata?.name ?? '',
    ds.status?.desiredNumberScheduled ?? 0,
    ds.status?.currentNumberScheduled ?? 0,
    ds.status?.numberReady ?? 0,
    ds.status?.updatedNumberScheduled ?? 0,
    ds.status?.numberAvailable ?? 0,
    formatLabels(ds.spec?.template?.spec?.nodeSelector),
    age(ds.metadata?.creationTimestamp, now),
    ...wideCells(wide, ds.spec?.template, formatLabelSelector(ds.spec?.selector)),
  ];
}

export function printStatefulSet(sts: apps.StatefulSet, {now, wide}: PrintOptions): Cell[] {
  return [
    sts.metadata?.name ?? '',
    `${sts.status?.readyReplicas ?? 0}/${sts.spec?.replicas ?? 0}`,
    age(sts.metadata?.creationTimestamp, now),
    ...(wide ? containerCells(sts.spec?.template?.spec?.containers) : []),
  ];
}

/** upstream: meta/v1 OwnerReference of the controller, as `kind.group/name`. */
export function printControllerRevision(revision: apps.ControllerRevision, {now}: PrintOptions): Cell[] {
  const owner = revision.metadata?.ownerReferences?.find(o => o.controller);
  const group = owner?.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
  return [
    revision.metadata?.name ?? '',
    owner ? `${owner.kind.toLowerCase()}${group}/${owner.name}` : '<none>',
    revision.revision ?? 0,
    age(revision.metadata?.creationTimestamp, now),
  ];
}

const hasJobCondition = (job: batch.Job, type: string): boolean =>
  job.status?.conditions?.some(c => c.type === type && c.status === 'True') ?? false;

/** In this order: the first condition that holds names the status. */
const JOB_STATUS: readonly [condition: string, status: string][] = [
  ['Complete', 'Complete'],
  ['Failed', 'Failed'],
];
const JOB_STATUS_UNDER_WAY: readonly [condition: string, status: string][] = [
  ['Suspended', 'Suspended'],
  ['FailureTarget', 'FailureTarget'],
  ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
];

function jobStatus(job: batch.Job): string {
  for (const [condition, status] of JOB_STATUS) if (hasJobCondition(job, condition)) return status;
  if (job.metadata?.deletionTimestamp) return 'Terminating';
  for (const [condition, status] of JOB_STATUS_UNDER_WAY) if (hasJobCondition(job, condition)) return status;
  return 'Running';
}

function jobCompletions({spec, status}: batch.Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined && spec.completions !== null) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

export function printJob(job: batch.Job, {now, wide}: PrintOptions): Cell[] {
  const {startTime, completionTime} = job.status ?? {};
  let duration = '';
  if (startTime) duration = completionTime ? humanDuration(Date.parse(completionTime) - Date.parse(startTime)) : age(startTime, now);
  return [
    job.metadata?.name ?? '',
    jobStatus(job),
    jobCompletions(job),
    duration,
    age(job.metadata?.creationTimestamp, now),
    ...wideCells(wide, job.spec?.template, formatLabelSelector(job.spec?.selector)),
  ];
}

export function printCronJob(cj: batch.CronJob, {now, wide}: PrintOptions): Cell[] {
  return [
    cj.metadata?.name ?? '',
    cj.spec?.schedule ?? '',
    cj.spec?.timeZone ?? '<none>',
    boolText(cj.spec?.suspend),
    cj.status?.active?.length ?? 0,
    cj.status?.lastScheduleTime ? age(cj.status.lastScheduleTime, now) : '<none>',
    age(cj.metadata?.creationTimestamp, now),
    ...wideCells(wide, cj.spec?.jobTemplate?.spec?.template, formatLabelSelector(cj.spec?.jobTemplate?.spec?.selector)),
  ];
}

type MetricSpec = autoscaling.MetricSpec;
type MetricStatus = autoscaling.MetricStatus;

interface MetricTarget {
  averageValue?: string | undefined;
  value?: string | undefined;
  averageUtilization?: number | undefined;
}

/** Go's text of a quantity that is not set. */
const amount = (value: string | undefined): string => value ?? '<nil>';

/** What a status says, once there is one; an average of which it says nothing is unknown. */
const average = (now: MetricTarget | undefined): string => now?.averageValue ?? '<unknown>';
const measured = (now: MetricTarget | undefined, key: 'value' | 'averageValue'): string => (now ? amount(now[key]) : '<unknown>');

/** Averages that need no metric of their own name are told from single values by `(avg)`. */
const named = (target: MetricTarget, now: MetricTarget | undefined): string =>
  target.averageValue === undefined ? `${measured(now, 'value')}/${amount(target.value)}` : `${average(now)}/${target.averageValue} (avg)`;

const utilization = (name: string, target: MetricTarget, now: MetricTarget | undefined): string => {
  if (target.averageValue !== undefined) return `${name}: ${measured(now, 'averageValue')}/${target.averageValue}`;
  const share = now?.averageUtilization;
  const wanted = target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`;
  return `${name}: ${share === undefined ? '<unknown>' : `${share}%`}/${wanted}`;
};

const METRIC_TEXT: Readonly<Record<string, (spec: MetricSpec, status: MetricStatus | undefined) => string>> = {
  External: (spec, status) => named(spec.external!.target, status?.external?.current),
  Pods: (spec, status) => `${measured(status?.pods?.current, 'averageValue')}/${amount(spec.pods!.target.averageValue)}`,
  Object: (spec, status) => named(spec.object!.target, status?.object?.current),
  Resource: (spec, status) => utilization(spec.resource!.name, spec.resource!.target, status?.resource?.current),
  ContainerResource: (spec, status) =>
    utilization(spec.containerResource!.name, spec.containerResource!.target, status?.containerResource?.current),
};

const MAX_METRICS = 2;

/** upstream: formatHPAMetrics */
function metricsText(specs: readonly MetricSpec[], statuses: readonly MetricStatus[]): string {
  if (specs.length === 0) return '<none>';
  const texts = specs.map((spec, i) => METRIC_TEXT[spec.type]?.(spec, statuses[i]) ?? '<unknown type>');
  const shown = texts.slice(0, MAX_METRICS).join(', ');
  return texts.length > MAX_METRICS ? `${shown} + ${texts.length - MAX_METRICS} more...` : shown;
}

export function printHorizontalPodAutoscaler(hpa: autoscaling.HorizontalPodAutoscaler, {now}: PrintOptions): Cell[] {
  const {spec, status} = hpa;
  return [
    hpa.metadata?.name ?? '',
    `${spec?.scaleTargetRef?.kind ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`,
    metricsText(spec?.metrics ?? [], status?.currentMetrics ?? []),
    spec?.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    spec?.maxReplicas ?? 0,
    status?.currentReplicas ?? 0,
    age(hpa.metadata?.creationTimestamp, now),
  ];
}

export function printPodDisruptionBudget(pdb: policy.PodDisruptionBudget, {now}: PrintOptions): Cell[] {
  return [
    pdb.metadata?.name ?? '',
    String(pdb.spec?.minAvailable ?? 'N/A'),
    String(pdb.spec?.maxUnavailable ?? 'N/A'),
    pdb.status?.disruptionsAllowed ?? 0,
    age(pdb.metadata?.creationTimestamp, now),
  ];
}

interface Scale {
  metadata?: meta.ObjectMeta;
  spec?: {replicas?: number};
  status?: {replicas?: number};
}

export const printScale = ({metadata, spec, status}: Scale, {now}: PrintOptions): Cell[] => [
  metadata?.name ?? '',
  spec?.replicas ?? 0,
  status?.replicas ?? 0,
  age(metadata?.creationTimestamp, now),
];
