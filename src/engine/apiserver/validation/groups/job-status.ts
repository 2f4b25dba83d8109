/** What a job's status may say, which keeps its controller honest. upstream: pkg/apis/batch/validation/validation.go validateJobStatus, ValidateJobStatusUpdate */
import {duplicate, type FieldError, invalidValue, required} from '../../../api/field-errors.ts';
import {type Errors, type Fields, has, semanticEqual} from '../fields.ts';
import {validateNonnegative} from '../meta.ts';
import {INDEX_ERROR, overlap, parseIndexes} from './job-indexes.ts';

const isTrue = (job: Fields, type: string): boolean =>
  (job['status']?.conditions ?? []).some((c: Fields) => c['type'] === type && c['status'] === 'True');

/** An Invalid error that shows no value. */
const conditionsError = (detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field: 'status.conditions',
  body: `Invalid value: ${detail}`,
});

/** Conditions that cannot hold together, and those that need another one. */
function validateConditionPairs(errors: Errors, job: Fields): void {
  const [complete, failed] = [isTrue(job, 'Complete'), isTrue(job, 'Failed')];
  const [success, target] = [isTrue(job, 'SuccessCriteriaMet'), isTrue(job, 'FailureTarget')];
  if (complete && failed) errors.push(conditionsError('cannot set Complete=True and Failed=true conditions'));
  if (complete && target) errors.push(conditionsError('cannot set Complete=True and FailureTarget=true conditions'));
  if (failed && !target) errors.push(conditionsError('cannot set Failed=True condition without the FailureTarget=true condition'));
  if (complete && !success)
    errors.push(conditionsError('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'));
  if (success && failed) errors.push(conditionsError('cannot set SuccessCriteriaMet=True and Failed=true conditions'));
  if (success && target) errors.push(conditionsError('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'));
  if (complete && !success && job['spec'].successPolicy)
    errors.push(conditionsError('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True'));
}

function validateTimes(errors: Errors, job: Fields): void {
  const {completionTime, startTime} = job['status'];
  const complete = isTrue(job, 'Complete');
  const at = 'status.completionTime';
  if (completionTime !== undefined && !complete)
    errors.push(invalidValue(at, completionTime, 'cannot set completionTime when there is no Complete=True condition'));
  if (completionTime === undefined && complete) errors.push(required(at, 'completionTime is required for Complete jobs'));
  if (startTime !== undefined && completionTime !== undefined && Date.parse(completionTime) < Date.parse(startTime))
    errors.push(invalidValue(at, completionTime, 'completionTime cannot be set before startTime'));
}

function validateFinished(errors: Errors, job: Fields): void {
  if (!isTrue(job, 'Complete') && !isTrue(job, 'Failed')) return;
  const {active = 0, terminating = 0, startTime, uncountedTerminatedPods: uncounted} = job['status'];
  if (active > 0) errors.push(invalidValue('status.active', active, 'active>0 is invalid for finished job'));
  if (startTime === undefined) errors.push(required('status.startTime', 'startTime is required for finished job'));
  if (has(uncounted?.failed) || has(uncounted?.succeeded))
    errors.push(invalidValue('status.uncountedTerminatedPods', uncounted, 'uncountedTerminatedPods needs to be empty for finished job'));
  if (terminating > 0) errors.push(invalidValue('status.terminating', terminating, 'terminating>0 is invalid for finished job'));
}

function validateIndexes(errors: Errors, job: Fields): void {
  const {completions, completionMode, backoffLimitPerIndex} = job['spec'];
  const {completedIndexes = '', failedIndexes} = job['status'];
  const check = (field: string, text: string | undefined): void => {
    if (completions === undefined || text === undefined) return;
    const parsed = parseIndexes(text, completions);
    if (INDEX_ERROR in parsed) errors.push(invalidValue(`status.${field}`, text, `error parsing ${field}: ${parsed[INDEX_ERROR]}`));
  };
  check('completedIndexes', completedIndexes);
  if (backoffLimitPerIndex !== undefined) check('failedIndexes', failedIndexes);
  if (completedIndexes !== '' && completionMode !== 'Indexed')
    errors.push(
      invalidValue('status.completedIndexes', completedIndexes, 'cannot set non-empty completedIndexes when non-indexed completion mode'),
    );
  if (failedIndexes === undefined) return;
  if (backoffLimitPerIndex === undefined)
    errors.push(invalidValue('status.failedIndexes', failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'));
  const both = completions === undefined ? undefined : overlap(completedIndexes, failedIndexes, completions);
  if (both) errors.push(invalidValue('status.failedIndexes', failedIndexes, both));
}

const COUNTS = ['active', 'succeeded', 'failed', 'ready', 'terminating'];

/** Checks that look only at what changed are not made of the rest, as upstream's options say. */
export function validateJobStatus(errors: Errors, job: Fields, old: Fields): void {
  const {status} = job;
  for (const field of COUNTS) validateNonnegative(errors, status?.[field], `status.${field}`);
  if (!status) return;
  const seen = new Set<string>();
  for (const list of ['succeeded', 'failed'])
    for (const [i, uid] of ((status.uncountedTerminatedPods?.[list] ?? []) as string[]).entries()) {
      const at = `status.uncountedTerminatedPods.${list}[${i}]`;
      if (uid === '') errors.push(invalidValue(at, uid, 'must not be empty'));
      else if (seen.has(uid)) errors.push(duplicate(at, uid));
      seen.add(uid);
    }
  if (!semanticEqual(status.conditions, old['status']?.conditions)) {
    validateConditionPairs(errors, job);
    validateTimes(errors, job);
    validateFinished(errors, job);
  }
  validateIndexes(errors, job);
  if ((status.ready ?? 0) > (status.active ?? 0))
    errors.push(invalidValue('status.ready', status.ready, 'cannot set more ready pods than active'));
}

export function validateJobStatusUpdate(errors: Errors, job: Fields, old: Fields): void {
  const [now, before]: [Fields, Fields] = [job['status'] ?? {}, old['status'] ?? {}];
  for (const type of ['Failed', 'Complete', 'FailureTarget'])
    if (isTrue(old, type) && !isTrue(job, type)) errors.push(conditionsError(`cannot disable the terminal ${type}=True condition`));
  for (const field of ['failed', 'succeeded'])
    if ((now[field] ?? 0) < (before[field] ?? 0))
      errors.push(invalidValue(`status.${field}`, now[field] ?? 0, `cannot decrease the ${field} counter`));
  if (now['completionTime'] !== undefined && before['completionTime'] !== undefined && now['completionTime'] !== before['completionTime'])
    errors.push(invalidValue('status.completionTime', now['completionTime'], 'completionTime cannot be mutated'));
  const isResumed = isTrue(old, 'Suspended') && !isTrue(job, 'Suspended');
  if (before['startTime'] !== undefined && before['startTime'] !== now['startTime'] && !job['spec'].suspend && !isResumed)
    errors.push(invalidValue('status.startTime', now['startTime'] ?? null, 'field is immutable for unsuspended job once set'));
  if (isTrue(old, 'SuccessCriteriaMet') && !isTrue(job, 'SuccessCriteriaMet'))
    errors.push(conditionsError('cannot disable the SuccessCriteriaMet=True condition'));
  if (isTrue(old, 'Complete') && !isTrue(old, 'SuccessCriteriaMet') && isTrue(job, 'SuccessCriteriaMet'))
    errors.push(conditionsError('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'));
}
