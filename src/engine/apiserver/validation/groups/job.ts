/** The specification of a job, of its own or in a CronJob's template. upstream: pkg/apis/batch/validation/validation.go validateJobSpec */
import {duplicate, GoValue, invalidValue, notSupported, required, tooLong, tooMany} from '../../../api/field-errors.ts';
import {byteLength} from '../../../api/names.ts';
import {validatePodTemplateSpec} from '../core/pod-spec.ts';
import {type Errors, type Fields, has} from '../fields.ts';
import {validateDomainPrefixedPath, validateNonnegative, validateQualifiedName} from '../meta.ts';
import {INDEX_ERROR, parseIndexes} from './job-indexes.ts';

const MAX_PARALLELISM = 100_000;
const COMPLETIONS_SOFT_LIMIT = 100_000;
const LIMIT_FOR_HIGH_COMPLETIONS = 10_000;
const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const MAX_MANAGED_BY = 63;
const MAX_INDEXES_TEXT = 64 * 1024;

const NONNEGATIVE = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
];

function validateIndexed(errors: Errors, spec: Fields, path: string): void {
  const {completions, parallelism, maxFailedIndexes: maxFailed} = spec;
  if (completions === undefined) errors.push(required(`${path}.completions`, 'when completion mode is Indexed'));
  if (parallelism > MAX_PARALLELISM)
    errors.push(
      invalidValue(`${path}.parallelism`, parallelism, `must be less than or equal to ${MAX_PARALLELISM} when completion mode is Indexed`),
    );
  const at = `${path}.maxFailedIndexes`;
  if (maxFailed > completions) errors.push(invalidValue(at, maxFailed, 'must be less than or equal to completions'));
  if (maxFailed > MAX_PARALLELISM) errors.push(invalidValue(at, maxFailed, `must be less than or equal to ${MAX_PARALLELISM}`));
  if (!(completions > COMPLETIONS_SOFT_LIMIT) || spec['backoffLimitPerIndex'] === undefined) return;
  if (maxFailed === undefined) errors.push(required(at, `must be specified when completions is above ${COMPLETIONS_SOFT_LIMIT}`));
  const limit = `must be less than or equal to ${LIMIT_FOR_HIGH_COMPLETIONS} when completions are above ${COMPLETIONS_SOFT_LIMIT} and used with backoff limit per index`;
  if (parallelism > LIMIT_FOR_HIGH_COMPLETIONS) errors.push(invalidValue(`${path}.parallelism`, parallelism, limit));
  if (maxFailed > LIMIT_FOR_HIGH_COMPLETIONS) errors.push(invalidValue(at, maxFailed, limit));
}

/** `["A" "B"]`, as Go prints lists of texts. */
const goList = (values: readonly string[]): string => `valid values: [${values.map(v => `"${v}"`).join(' ')}]`;

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const EXIT_CODE_OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];

/** Required, with its values listed when missing. */
function validateChoice(errors: Errors, value: string | undefined, allowed: readonly string[], path: string): void {
  if (!value) errors.push(required(path, goList(allowed)));
  else if (!allowed.includes(value)) errors.push(notSupported(path, value, allowed));
}

function validateExitCodes(errors: Errors, requirement: Fields, names: ReadonlySet<string>, path: string): void {
  const {operator, containerName} = requirement;
  const values: readonly number[] = requirement['values'] ?? [];
  validateChoice(errors, operator, EXIT_CODE_OPERATORS, `${path}.operator`);
  if (containerName !== undefined && !names.has(containerName))
    errors.push(
      invalidValue(`${path}.containerName`, containerName, 'must be one of the container or initContainer names in the pod template'),
    );
  if (values.length === 0) errors.push(invalidValue(`${path}.values`, values, 'at least one value is required'));
  else if (values.length > MAX_EXIT_CODES) errors.push(tooMany(`${path}.values`, values.length, MAX_EXIT_CODES));
  for (const [i, value] of values.entries()) {
    if (operator === 'In' && value === 0) errors.push(invalidValue(`${path}.values[${i}]`, value, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < i) errors.push(duplicate(`${path}.values[${i}]`, value));
  }
  if (values.some((value, i) => i > 0 && values[i - 1]! > value)) errors.push(invalidValue(`${path}.values`, values, 'must be ordered'));
}

function validatePodConditions(errors: Errors, patterns: readonly Fields[], path: string): void {
  if (patterns.length > MAX_RULES) errors.push(tooMany(path, patterns.length, MAX_RULES));
  for (const [i, pattern] of patterns.entries()) {
    validateQualifiedName(errors, pattern['type'], `${path}[${i}].type`);
    validateChoice(errors, pattern['status'], STATUSES, `${path}[${i}].status`);
  }
}

const OMITTED = new GoValue('');

/** An Invalid error that shows no value. */
const invalidRule = (path: string, detail: string) => {
  const error = invalidValue(path, OMITTED, detail);
  return {...error, body: `Invalid value: ${detail}`};
};

function validateFailurePolicy(errors: Errors, spec: Fields, path: string): void {
  const rules: readonly Fields[] = spec['podFailurePolicy'].rules ?? [];
  if (rules.length > MAX_RULES) errors.push(tooMany(`${path}.rules`, rules.length, MAX_RULES));
  const pod: Fields = spec['template'].spec;
  const names = new Set<string>([...(pod['containers'] ?? []), ...(pod['initContainers'] ?? [])].map((c: Fields) => c['name']));
  for (const [i, rule] of rules.entries()) {
    const at = `${path}.rules[${i}]`;
    const {action, onExitCodes, onPodConditions} = rule;
    if (action === 'FailIndex') {
      if (spec['backoffLimitPerIndex'] === undefined)
        errors.push(invalidValue(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set'));
    } else validateChoice(errors, action, ACTIONS, `${at}.action`);
    if (onExitCodes) validateExitCodes(errors, onExitCodes, names, `${at}.onExitCodes`);
    if (has(onPodConditions)) validatePodConditions(errors, onPodConditions, `${at}.onPodConditions`);
    if (onExitCodes && has(onPodConditions))
      errors.push(invalidRule(at, 'specifying both OnExitCodes and OnPodConditions is not supported'));
    if (!onExitCodes && !has(onPodConditions))
      errors.push(invalidRule(at, 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
}

function validateSuccessRule(errors: Errors, rule: Fields, completions: number, path: string): void {
  const {succeededCount: count, succeededIndexes: indexes} = rule;
  if (count === undefined && indexes === undefined)
    errors.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  let total = 0;
  if (indexes !== undefined) {
    if (byteLength(indexes) > MAX_INDEXES_TEXT) errors.push(tooLong(`${path}.succeededIndexes`, MAX_INDEXES_TEXT));
    const parsed = parseIndexes(indexes, completions);
    if (INDEX_ERROR in parsed)
      errors.push(invalidValue(`${path}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${parsed[INDEX_ERROR]}`));
    else total = parsed.total;
  }
  if (count === undefined) return;
  const at = `${path}.succeededCount`;
  validateNonnegative(errors, count, at);
  if (count > completions)
    errors.push(invalidValue(at, count, `must be less than or equal to ${completions} (the number of specified completions)`));
  if (indexes !== undefined && count > total)
    errors.push(
      invalidValue(at, count, `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`),
    );
}

function validateSuccessPolicy(errors: Errors, spec: Fields, path: string): void {
  const rules: readonly Fields[] = spec['successPolicy'].rules ?? [];
  const at = `${path}.rules`;
  if (rules.length === 0) errors.push(required(at, 'at least one rules must be specified when the successPolicy is specified'));
  if (rules.length > MAX_RULES) errors.push(tooMany(at, rules.length, MAX_RULES));
  for (const [i, rule] of rules.entries()) validateSuccessRule(errors, rule, spec['completions'] ?? 0, `${at}[${i}]`);
}

const REPLACEMENT = ['Failed', 'TerminatingOrFailed'];

function validateReplacement(errors: Errors, spec: Fields, path: string): void {
  const policy = spec['podReplacementPolicy'];
  const allowed = spec['podFailurePolicy'] ? ['Failed'] : REPLACEMENT;
  if (policy !== undefined && !allowed.includes(policy)) errors.push(notSupported(path, policy, allowed));
}

function validateRestartPolicy(errors: Errors, spec: Fields, path: string): void {
  const {restartPolicy} = spec['template'].spec;
  if (!restartPolicy || restartPolicy === 'Always') errors.push(required(path, 'valid values: "OnFailure", "Never"'));
  else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never')
    errors.push(notSupported(path, restartPolicy, ['OnFailure', 'Never']));
  else if (spec['podFailurePolicy'] && restartPolicy !== 'Never')
    errors.push(invalidValue(path, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified'));
}

export function validateJobTemplate(errors: Errors, spec: Fields, path: string): void {
  const {managedBy, completionMode: mode, maxFailedIndexes, backoffLimitPerIndex} = spec;
  for (const field of NONNEGATIVE) validateNonnegative(errors, spec[field], `${path}.${field}`);
  if (maxFailedIndexes !== undefined) {
    validateNonnegative(errors, maxFailedIndexes, `${path}.maxFailedIndexes`);
    if (backoffLimitPerIndex === undefined) errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  }
  if (managedBy !== undefined) {
    validateDomainPrefixedPath(errors, managedBy, `${path}.managedBy`);
    if (byteLength(managedBy) > MAX_MANAGED_BY) errors.push(tooLong(`${path}.managedBy`, MAX_MANAGED_BY));
  }
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed')
    errors.push(notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']));
  if (mode === 'Indexed') validateIndexed(errors, spec, path);
  if (mode === undefined || mode === 'NonIndexed') {
    const INDEXED_ONLY = 'requires indexed completion mode';
    if (backoffLimitPerIndex !== undefined) errors.push(invalidValue(`${path}.backoffLimitPerIndex`, backoffLimitPerIndex, INDEXED_ONLY));
    if (maxFailedIndexes !== undefined) errors.push(invalidValue(`${path}.maxFailedIndexes`, maxFailedIndexes, INDEXED_ONLY));
  }
  if (spec['podFailurePolicy']) validateFailurePolicy(errors, spec, `${path}.podFailurePolicy`);
  if (spec['successPolicy']) {
    if (mode === 'Indexed') validateSuccessPolicy(errors, spec, `${path}.successPolicy`);
    else errors.push(invalidValue(`${path}.successPolicy`, spec['successPolicy'], 'requires indexed completion mode'));
  }
  validateReplacement(errors, spec, `${path}.podReplacementPolicy`);
  validatePodTemplateSpec(errors, spec['template'], `${path}.template`);
  validateRestartPolicy(errors, spec, `${path}.template.spec.restartPolicy`);
}
