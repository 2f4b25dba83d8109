/** Jobs and CronJobs before they are stored. upstream: pkg/registry/batch, pkg/apis/batch/validation/validation.go */

import {parseSchedule} from '../../../api/cron.ts';
import {invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {matches} from '../../../api/labels.ts';
import {isDNS1123Label, nameIsDNSSubdomain} from '../../../api/names.ts';
import {timeZone} from '../../../api/time-zone.ts';
import {takeTemplateLabels} from '../../defaulting/workloads.ts';
import {podWarnings} from '../core/pod-warnings.ts';
import {isUnchanged, nameWarnings, POD_NAMES, templateWarnings} from '../core/template-warnings.ts';
import {type Errors, type Fields, has} from '../fields.ts';
import {
  validateCoreObjectMeta,
  validateCoreObjectMetaUpdate,
  validateImmutable,
  validateLabelSelector,
  validateNonnegative,
} from '../meta.ts';
import type {GroupRules, KindRules} from '../rules.ts';
import {validateJobTemplate} from './job.ts';
import {validateJobStatus, validateJobStatusUpdate} from './job-status.ts';
import {compile, validateTemplateLabels} from './shared.ts';

const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';
const JOB_NAME = 'batch.kubernetes.io/job-name';
const LEGACY = {[CONTROLLER_UID]: 'controller-uid', [JOB_NAME]: 'job-name'} as const;

/** A job finds its pods by its own uid; its author need not know. upstream: pkg/registry/batch/job/strategy.go generateSelector */
function generateSelector({metadata, spec}: Fields): void {
  if (spec.manualSelector || !spec.template) return;
  const template: Fields = spec.template;
  const {uid = '', name = ''}: Fields = metadata;
  const meta: Fields = (template['metadata'] ??= {});
  meta['labels'] = {
    [CONTROLLER_UID]: uid,
    [LEGACY[CONTROLLER_UID]]: uid,
    [JOB_NAME]: name,
    [LEGACY[JOB_NAME]]: name,
    ...meta['labels'],
  };
  spec.selector = {...spec.selector, matchLabels: {[CONTROLLER_UID]: uid, ...spec.selector?.matchLabels}};
}

function validateGeneratedSelector(errors: Errors, {metadata, spec}: Fields): void {
  if (spec.manualSelector || !spec.selector) return;
  if (!metadata.uid) errors.push(required('metadata.uid'));
  const labels: Fields = spec.template.metadata?.labels ?? {};
  const expected: Record<string, string> = {};
  const must = (key: string, value: string): void => {
    expected[key] = value;
    const at = `spec.template.metadata.labels[${key}]`;
    if (labels[key] === undefined) errors.push(required(at, `must be '${value}'`));
    else if (labels[key] !== value) errors.push(invalidValue(at, labels, `must be '${value}'`));
  };
  must('controller-uid', metadata.uid ?? '');
  must('job-name', metadata.name ?? '');
  must(CONTROLLER_UID, metadata.uid ?? '');
  must(JOB_NAME, metadata.name ?? '');
  const selector = compile(spec.selector);
  if (selector && !matches(selector, expected)) errors.push(invalidValue('spec.selector', spec.selector, '`selector` not auto-generated'));
}

function validateJobSpec(errors: Errors, spec: Fields): void {
  validateJobTemplate(errors, spec, 'spec');
  if (!spec['selector']) errors.push(required('spec.selector'));
  else validateLabelSelector(errors, spec['selector'], 'spec.selector');
  const selector = compile(spec['selector']);
  if (selector) validateTemplateLabels(errors, selector, spec['template'], 'spec.template');
}

function validateJob(errors: Errors, job: Fields): void {
  const {metadata, spec} = job;
  validateCoreObjectMeta(errors, metadata, true, nameIsDNSSubdomain);
  validateGeneratedSelector(errors, job);
  validateJobSpec(errors, spec);
  if (spec.completionMode !== 'Indexed' || !(spec.completions > 0)) return;
  const hostname = `${metadata.name}-${spec.completions - 1}`;
  if (isDNS1123Label(hostname).length > 0)
    errors.push(invalidValue('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${hostname}`));
}

/** A suspended job that has not begun may still be told where its pods go, and what they need. */
const DIRECTIVES = ['nodeSelector', 'tolerations', 'schedulingGates'];

function withDirectivesOf(template: Fields, source: Fields): Fields {
  const spec: Fields = {...template['spec']};
  for (const field of DIRECTIVES) spec[field] = source['spec'][field];
  const nodeAffinity = source['spec'].affinity?.nodeAffinity;
  const rest: Fields = {...spec['affinity'], nodeAffinity};
  if (Object.values(rest).some(part => part !== undefined)) spec['affinity'] = rest;
  else if (!source['spec'].affinity) delete spec['affinity'];
  const resources = new Map((source['spec'].containers ?? []).map((c: Fields) => [c['name'], c['resources']]));
  spec['containers'] = (spec['containers'] ?? []).map((c: Fields) =>
    resources.has(c['name']) ? {...c, resources: resources.get(c['name'])} : c,
  );
  const metadata = {...template['metadata'], labels: source['metadata']?.labels, annotations: source['metadata']?.annotations};
  return {...template, metadata, spec};
}

function validateCompletionsUpdate(errors: Errors, spec: Fields, old: Fields): void {
  if (spec['completionMode'] !== 'Indexed') validateImmutable(errors, spec['completions'], old['completions'], 'spec.completions');
  else if (spec['completions'] !== undefined && spec['completions'] !== old['completions'] && spec['completions'] !== spec['parallelism'])
    errors.push(invalidValue('spec.completions', spec['completions'], 'can only be modified in tandem with spec.parallelism'));
}

const FROZEN = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'];

function validateJobUpdate(errors: Errors, job: Fields, old: Fields): void {
  const [spec, before]: [Fields, Fields] = [job['spec'], old['spec']];
  validateCoreObjectMetaUpdate(errors, job['metadata'], old['metadata']);
  validateJobSpec(errors, spec);
  validateCompletionsUpdate(errors, spec, before);
  validateImmutable(errors, spec['selector'], before['selector'], 'spec.selector');
  const idle = before['suspend'] === true && old['status']?.startTime === undefined;
  const template = idle ? withDirectivesOf(before['template'], spec['template']) : before['template'];
  validateImmutable(errors, spec['template'], template, 'spec.template');
  for (const field of FROZEN) validateImmutable(errors, spec[field], before[field], `spec.${field}`);
}

const ofTemplate = templateWarnings('spec.template', {named: false});

const MANY_INDEXES =
  'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail';

const manyIndexes = ({completionMode, completions = 0, parallelism = 0}: Fields, path: string): string[] =>
  completionMode === 'Indexed' && completions > 100_000 && parallelism > 10_000 ? [`${path}: ${MANY_INDEXES}`] : [];

const job: KindRules = {
  generation: true,
  prepareForCreate(object) {
    generateSelector(object);
    takeTemplateLabels(object);
  },
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  warnings: (object, old) => [
    ...(old ? [] : nameWarnings(object, POD_NAMES)),
    ...(old && isUnchanged(object, old) ? [] : manyIndexes(object['spec'], 'spec')),
    ...ofTemplate(object, old),
  ],
  subresources: {
    status: {
      validate(errors, object, old) {
        validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
        validateJobStatus(errors, object, old);
        validateJobStatusUpdate(errors, object, old);
      },
    },
  },
};

const TIME_ZONE_PART = /^[A-Za-z.\-_0-9+]{1,14}$/;

function validateTimeZone(errors: Errors, zone: string | undefined): void {
  if (zone === undefined) return;
  const at = 'spec.timeZone';
  if (zone === '') errors.push(invalidValue(at, zone, 'timeZone must be nil or non-empty string'));
  else if (zone.split('/').some(part => part === '.' || part === '..' || part.startsWith('-') || !TIME_ZONE_PART.test(part)))
    errors.push(invalidValue(at, zone, `unknown time zone ${zone}`));
  else if (zone.toLowerCase() === 'local')
    errors.push(invalidValue(at, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'));
  else if (!timeZone(zone)) errors.push(invalidValue(at, zone, `unknown time zone ${zone}`));
}

function validateSchedule(errors: Errors, spec: Fields, old: Fields | undefined): void {
  const {schedule, timeZone} = spec;
  const at = 'spec.schedule';
  if (!schedule) {
    errors.push(required(at));
    return;
  }
  try {
    parseSchedule(schedule);
  } catch (error) {
    errors.push(invalidValue(at, schedule, (error as Error).message));
  }
  if (!schedule.includes('TZ')) return;
  if (!old?.['schedule']?.includes('TZ'))
    errors.push(invalidValue(at, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  else if (timeZone !== undefined) errors.push(invalidValue(at, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
}

const CONCURRENCY = ['Allow', 'Forbid', 'Replace'];

function validateCronJobSpec(errors: Errors, spec: Fields, old?: Fields): void {
  const {concurrencyPolicy, jobTemplate} = spec;
  validateSchedule(errors, spec, old);
  validateNonnegative(errors, spec['startingDeadlineSeconds'], 'spec.startingDeadlineSeconds');
  if (!old || old['timeZone'] !== spec['timeZone']) validateTimeZone(errors, spec['timeZone']);
  if (!concurrencyPolicy) errors.push(required('spec.concurrencyPolicy'));
  else if (!CONCURRENCY.includes(concurrencyPolicy)) errors.push(notSupported('spec.concurrencyPolicy', concurrencyPolicy, CONCURRENCY));
  validateJobTemplate(errors, jobTemplate.spec, 'spec.jobTemplate.spec');
  if (jobTemplate.spec.selector)
    errors.push(invalidValue('spec.jobTemplate.spec.selector', jobTemplate.spec.selector, '`selector` will be auto-generated'));
  if (jobTemplate.spec.manualSelector) errors.push(notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']));
  validateNonnegative(errors, spec['successfulJobsHistoryLimit'], 'spec.successfulJobsHistoryLimit');
  validateNonnegative(errors, spec['failedJobsHistoryLimit'], 'spec.failedJobsHistoryLimit');
}

/** A job's name is its CronJob's and eleven more characters. */
const CRON_JOB_NAME_MAX = 52;

const CRON_DOCS = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/';
const ZONE_CREATED = 'CRON_TZ or TZ used in spec.schedule is not officially supported';
const ZONE_CHANGED = 'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead';

const cronJob: KindRules = {
  generation: true,
  validate(errors, object) {
    validateCoreObjectMeta(errors, object['metadata'], true, nameIsDNSSubdomain);
    validateCronJobSpec(errors, object['spec']);
    const {name = ''} = object['metadata'];
    if (name.length > CRON_JOB_NAME_MAX)
      errors.push(invalidValue('metadata.name', name, `must be no more than ${CRON_JOB_NAME_MAX} characters`));
  },
  validateUpdate(errors, object, old) {
    validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
    validateCronJobSpec(errors, object['spec'], old['spec']);
  },
  warnings(object, old) {
    const {jobTemplate, schedule} = object['spec'];
    const zoned = schedule.includes('TZ') ? [`${old ? ZONE_CHANGED : ZONE_CREATED}, see ${CRON_DOCS} for more details`] : [];
    if (old && isUnchanged(object, old)) return zoned;
    return [
      ...(old ? [] : nameWarnings(object, POD_NAMES)),
      ...manyIndexes(jobTemplate.spec, 'spec.jobTemplate.spec'),
      ...(has(jobTemplate.spec.template?.spec?.containers)
        ? podWarnings(jobTemplate.spec.template, undefined, 'spec.jobTemplate.spec.template')
        : []),
      ...zoned,
    ];
  },
};

export const batchRules: GroupRules = {Job: job, CronJob: cronJob};
