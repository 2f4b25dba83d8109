/** Affinity, tolerations, taints, topology spread, node selectors. upstream: pkg/apis/core/validation/validation.go validateAffinity and neighbours */
import {duplicate, forbiddenField, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {isValidLabelValue, nameIsDNSLabel, nameIsDNSSubdomain} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields, has} from '../fields.ts';
import {IS_NOT_POSITIVE, validateLabelName, validateLabelSelector} from '../meta.ts';

const NOT_AN_OPERATOR = 'not a valid selector operator';

function validateNodeSelectorRequirement(errors: Errors, requirement: Fields, path: string, allowInvalidValues: boolean): void {
  const {key, operator, values = []} = requirement;
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.push(forbiddenField(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) errors.push(required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      errors.push(invalidValue(`${path}.operator`, operator, NOT_AN_OPERATOR));
  }
  validateLabelName(errors, key, `${path}.key`);
  if (!allowInvalidValues)
    values.forEach((value: string, i: number) => {
      addInvalid(errors, `${path}.values[${i}]`, value, isValidLabelValue(value));
    });
}

function validateNodeFieldRequirement(errors: Errors, requirement: Fields, path: string): void {
  const {key, operator, values = []} = requirement;
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length !== 1)
      errors.push(required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  } else errors.push(invalidValue(`${path}.operator`, operator, NOT_AN_OPERATOR));
  if (key !== 'metadata.name') errors.push(invalidValue(`${path}.key`, key, 'not a valid field selector key'));
  else
    values.forEach((value: string, i: number) => {
      addInvalid(errors, `${path}.values[${i}]`, value, nameIsDNSSubdomain(value, false));
    });
}

function validateNodeSelectorTerm(errors: Errors, term: Fields, path: string, allowInvalidValues: boolean): void {
  term['matchExpressions']?.forEach((requirement: Fields, i: number) => {
    validateNodeSelectorRequirement(errors, requirement, `${path}.matchExpressions[${i}]`, allowInvalidValues);
  });
  term['matchFields']?.forEach((requirement: Fields, i: number) => {
    validateNodeFieldRequirement(errors, requirement, `${path}.matchFields[${i}]`);
  });
}

export function validateNodeSelector(errors: Errors, selector: Fields, path: string, allowInvalidValues = false): void {
  const terms: readonly Fields[] | undefined = selector['nodeSelectorTerms'];
  if (!has(terms)) {
    errors.push(required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term'));
    return;
  }
  terms!.forEach((term, i) => {
    validateNodeSelectorTerm(errors, term, `${path}.nodeSelectorTerms[${i}]`, allowInvalidValues);
  });
}

const WEIGHT = 'must be in the range 1-100';
const NO_SELECTOR = 'must not be specified when labelSelector is not set';

function validateLabelKeys(errors: Errors, keys: readonly string[] | undefined, selector: Fields | undefined, path: string): void {
  if (!has(keys)) return;
  if (!selector) {
    errors.push(forbiddenField(path, NO_SELECTOR));
    return;
  }
  keys!.forEach((key, i) => {
    validateLabelName(errors, key, `${path}[${i}]`);
  });
}

function validateMatchAndMismatchKeys(errors: Errors, term: Fields, path: string): void {
  const {labelSelector: selector, matchLabelKeys = [], mismatchLabelKeys = []} = term;
  validateLabelKeys(errors, matchLabelKeys, selector, `${path}.matchLabelKeys`);
  validateLabelKeys(errors, mismatchLabelKeys, selector, `${path}.mismatchLabelKeys`);
  if (selector) {
    const seen = new Set(Object.keys(selector.matchLabels ?? {}));
    for (const {key} of selector.matchExpressions ?? []) {
      const i = matchLabelKeys.lastIndexOf(key);
      if (i >= 0 && seen.has(key)) errors.push(invalidValue(`${path}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector'));
      seen.add(key);
    }
  }
  matchLabelKeys.forEach((key: string, i: number) => {
    if (mismatchLabelKeys.includes(key))
      errors.push(invalidValue(`${path}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  });
}

function validatePodAffinityTerm(errors: Errors, term: Fields, path: string): void {
  validateLabelSelector(errors, term['labelSelector'], `${path}.labelSelector`);
  validateLabelSelector(errors, term['namespaceSelector'], `${path}.namespaceSelector`);
  for (const name of term['namespaces'] ?? []) addInvalid(errors, `${path}.namespace`, name, nameIsDNSLabel(name, false));
  validateMatchAndMismatchKeys(errors, term, path);
  const key: string = term['topologyKey'] ?? '';
  if (key === '') errors.push(required(`${path}.topologyKey`, 'can not be empty'));
  validateLabelName(errors, key, `${path}.topologyKey`);
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

const validateWeight = (errors: Errors, weight: number, path: string): void => {
  if (weight <= 0 || weight > 100) errors.push(invalidValue(path, weight, WEIGHT));
};

/** Whether a node must have a label of a value that no label can have. */
export const hasUnfitValues = (affinity: Fields | undefined): boolean =>
  ((affinity?.['nodeAffinity']?.[REQUIRED]?.nodeSelectorTerms ?? []) as Fields[]).some(term =>
    ((term['matchExpressions'] ?? []) as Fields[]).some(({values}) =>
      ((values ?? []) as string[]).some(value => isValidLabelValue(value).length > 0),
    ),
  );

export function validateAffinity(errors: Errors, affinity: Fields | undefined, path: string, allowInvalidValues = false): void {
  if (!affinity) return;
  const {nodeAffinity} = affinity;
  if (nodeAffinity) {
    if (nodeAffinity[REQUIRED])
      validateNodeSelector(errors, nodeAffinity[REQUIRED], `${path}.nodeAffinity.${REQUIRED}`, allowInvalidValues);
    nodeAffinity[PREFERRED]?.forEach((term: Fields, i: number) => {
      const at = `${path}.nodeAffinity.${PREFERRED}[${i}]`;
      validateWeight(errors, term['weight'], `${at}.weight`);
      validateNodeSelectorTerm(errors, term['preference'] ?? {}, `${at}.preference`, true);
    });
  }
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    affinity[kind]?.[REQUIRED]?.forEach((term: Fields, i: number) => {
      validatePodAffinityTerm(errors, term, `${path}.${kind}.${REQUIRED}[${i}]`);
    });
    affinity[kind]?.[PREFERRED]?.forEach((weighted: Fields, i: number) => {
      const at = `${path}.${kind}.${PREFERRED}[${i}]`;
      validateWeight(errors, weighted['weight'], `${at}.weight`);
      validatePodAffinityTerm(errors, weighted['podAffinityTerm'] ?? {}, `${at}.podAffinityTerm`);
    });
  }
}

const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function validateTaintEffect(errors: Errors, effect: string | undefined, path: string): void {
  if (!effect) errors.push(required(path));
  else if (!TAINT_EFFECTS.includes(effect)) errors.push(notSupported(path, effect, TAINT_EFFECTS));
}

const EMPTY_KEY = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';

export function validateTolerations(errors: Errors, tolerations: readonly Fields[] | undefined, path: string): void {
  tolerations?.forEach((toleration, i) => {
    const at = `${path}[${i}]`;
    const {key = '', operator = '', value = '', effect = '', tolerationSeconds} = toleration;
    if (key) validateLabelName(errors, key, `${at}.key`);
    else if (operator !== 'Exists') errors.push(invalidValue(`${at}.operator`, operator, EMPTY_KEY));
    if (tolerationSeconds !== undefined && effect !== 'NoExecute')
      errors.push(invalidValue(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    if (operator === 'Equal' || operator === '') {
      const messages = isValidLabelValue(value);
      if (messages.length > 0) errors.push(invalidValue(`${at}.operator`, value, messages.join(';')));
    } else if (operator === 'Exists') {
      if (value) errors.push(invalidValue(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    } else errors.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
    if (effect) validateTaintEffect(errors, effect, `${at}.effect`);
  });
}

const UNSATISFIABLE = ['DoNotSchedule', 'ScheduleAnyway'];
const INCLUSION = ['Honor', 'Ignore'];

export function validateTopologySpread(errors: Errors, constraints: readonly Fields[] | undefined, path: string): void {
  constraints?.forEach((constraint, i) => {
    const at = `${path}[${i}]`;
    const {maxSkew, topologyKey, whenUnsatisfiable, minDomains, labelSelector, matchLabelKeys} = constraint;
    if (maxSkew <= 0) errors.push(invalidValue(`${at}.maxSkew`, maxSkew, IS_NOT_POSITIVE));
    if (!topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    if (!UNSATISFIABLE.includes(whenUnsatisfiable)) errors.push(notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, UNSATISFIABLE));
    const again = constraints.slice(i + 1).some(c => c['topologyKey'] === topologyKey && c['whenUnsatisfiable'] === whenUnsatisfiable);
    if (again) errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`));
    if (minDomains !== undefined) {
      if (minDomains <= 0) errors.push(invalidValue(`${at}.minDomains`, minDomains, IS_NOT_POSITIVE));
      if (whenUnsatisfiable !== 'DoNotSchedule')
        errors.push(
          invalidValue(
            `${at}.minDomains`,
            minDomains,
            `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
          ),
        );
    }
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'])
      if (constraint[field] !== undefined && !INCLUSION.includes(constraint[field]))
        errors.push(notSupported(`${at}.${field}`, constraint[field], INCLUSION));
    validateSpreadKeys(errors, matchLabelKeys, labelSelector, `${at}.matchLabelKeys`);
    validateLabelSelector(errors, labelSelector, `${at}.labelSelector`);
  });
}

/** By now the selector holds what the keys stand for, once; twice means that it was there before. */
function validateSpreadKeys(errors: Errors, keys: readonly string[] | undefined, selector: Fields | undefined, path: string): void {
  if (!has(keys)) return;
  if (!selector) errors.push(forbiddenField(path, NO_SELECTOR));
  keys!.forEach((key, i) => {
    validateLabelName(errors, key, `${path}[${i}]`);
  });
  const seen = new Set(Object.keys(selector?.['matchLabels'] ?? {}));
  for (const {key} of selector?.['matchExpressions'] ?? []) {
    const i = keys!.lastIndexOf(key);
    if (i >= 0 && seen.has(key)) errors.push(invalidValue(`${path}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    seen.add(key);
  }
}
