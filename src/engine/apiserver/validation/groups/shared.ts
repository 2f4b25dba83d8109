/** What the validators of several groups share. upstream: pkg/apis/apps/validation/validation.go, pkg/apis/core/validation */
import {invalidValue, required} from '../../../api/field-errors.ts';
import {matches, type Selector, selectorFrom} from '../../../api/labels.ts';
import {isValidPathSegmentName, isValidPercent} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields, has, keysOf} from '../fields.ts';
import {validateLabelSelector, validateNonnegative} from '../meta.ts';

type IntOrPercent = number | string | undefined;

export function validatePositiveIntOrPercent(errors: Errors, value: IntOrPercent, path: string): void {
  if (typeof value === 'string') addInvalid(errors, path, value, isValidPercent(value));
  else validateNonnegative(errors, value, path);
}

const percentOf = (value: IntOrPercent): number | undefined =>
  typeof value === 'string' && /^[0-9]+%$/.test(value) ? Number.parseInt(value, 10) : undefined;

/** The number in front of a percent sign, or the number itself. */
export const intOrPercentValue = (value: IntOrPercent): number => percentOf(value) ?? (Number(value ?? 0) || 0);

export function validateAtMost100Percent(errors: Errors, value: IntOrPercent, path: string): void {
  if ((percentOf(value) ?? 0) > 100) errors.push(invalidValue(path, value, 'must not be greater than 100%'));
}

/** One that all pods answer to. */
export const isEmptySelector = ({matchLabels, matchExpressions}: Fields): boolean =>
  keysOf(matchLabels).length === 0 && !has(matchExpressions);

/** An own selector of a controller: required, valid and not empty. */
export function validateOwnSelector(errors: Errors, selector: Fields | undefined, path: string, empty: string): void {
  if (!selector) {
    errors.push(required(path));
    return;
  }
  validateLabelSelector(errors, selector, path);
  if (isEmptySelector(selector)) errors.push(invalidValue(path, selector, empty));
}

/** The compiled selector, or undefined where it is none. */
export function compile(selector: Fields | undefined): Selector | undefined {
  try {
    return selectorFrom(selector as Parameters<typeof selectorFrom>[0]);
  } catch {
    return undefined;
  }
}

/** The pods that a controller makes must be its own. */
export function validateTemplateLabels(errors: Errors, selector: Selector, template: Fields, path: string): void {
  const labels: Fields | undefined = template['metadata']?.labels;
  if (!matches(selector, labels))
    errors.push(invalidValue(`${path}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`'));
}

/** Required, and fit for a path of the API. */
export function validatePathSegment(errors: Errors, value: string | undefined, path: string): void {
  if (!value) errors.push(required(path));
  else addInvalid(errors, path, value, isValidPathSegmentName(value));
}

export function validateNotDecremented(errors: Errors, now: number | undefined, before: number | undefined, path: string): void {
  if (before !== undefined && (now ?? -1) < before) errors.push(invalidValue(path, now ?? 0, 'cannot be decremented'));
}
