/**
 * What holds for every object: names, namespaces, labels, annotations, owners, finalizers, and what of the metadata may not change.
 * upstream: apimachinery/pkg/api/validation/objectmeta.go, generic.go; apimachinery/pkg/apis/meta/v1/validation/validation.go
 */

import {forbiddenField, goQuote, invalidValue, notSupported, required, tooLong} from '../../api/field-errors.ts';
import {parseApiVersion} from '../../api/group-version.ts';
import {
  byteLength,
  domainPrefixedPathProblems,
  isQualifiedName,
  isValidLabelValue,
  type NameCheck,
  nameIsDNSLabel,
} from '../../api/names.ts';
import {addInvalid, type Errors, type Fields, keysOf, semanticEqual} from './fields.ts';

export const FIELD_IMMUTABLE = 'field is immutable';
export const IS_NEGATIVE = 'must be greater than or equal to 0';
export const IS_NOT_POSITIVE = 'must be greater than zero';
export const IS_NOT_INTEGER = 'must be an integer';
const TOTAL_ANNOTATION_SIZE_LIMIT = 256 * 1024;

export function validateNonnegative(errors: Errors, value: number | undefined, path: string): void {
  if (value !== undefined && value < 0) errors.push(invalidValue(path, value, IS_NEGATIVE));
}

export function validateImmutable(errors: Errors, value: unknown, old: unknown, path: string): void {
  if (!semanticEqual(value, old)) errors.push(invalidValue(path, value, FIELD_IMMUTABLE));
}

export const validateQualifiedName = (errors: Errors, value: string, path: string): void =>
  addInvalid(errors, path, value, isQualifiedName(value));

/** The key of a label. */
export const validateLabelName = validateQualifiedName;

export function validateLabels(errors: Errors, labels: Fields | undefined, path: string): void {
  for (const key of keysOf(labels)) {
    validateLabelName(errors, key, path);
    addInvalid(errors, path, labels![key], isValidLabelValue(labels![key]));
  }
}

export function validateAnnotations(errors: Errors, annotations: Fields | undefined, path: string): void {
  if (!annotations) return;
  let size = 0;
  for (const key of keysOf(annotations)) {
    addInvalid(errors, path, key, isQualifiedName(key.toLowerCase()));
    size += byteLength(key) + byteLength(annotations[key]);
  }
  if (size > TOTAL_ANNOTATION_SIZE_LIMIT) errors.push(tooLong(path, TOTAL_ANNOTATION_SIZE_LIMIT));
}

export function validateLabelSelector(errors: Errors, selector: Fields | undefined, path: string, allowInvalidValues = false): void {
  if (!selector) return;
  validateLabels(errors, selector['matchLabels'], `${path}.matchLabels`);
  selector['matchExpressions']?.forEach((requirement: Fields, i: number) => {
    const at = `${path}.matchExpressions[${i}]`;
    const {key, operator, values = []} = requirement;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        errors.push(forbiddenField(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    } else errors.push(invalidValue(`${at}.operator`, operator, 'not a valid selector operator'));
    validateLabelName(errors, key, `${at}.key`);
    if (!allowInvalidValues)
      values.forEach((value: string, j: number) => {
        addInvalid(errors, `${at}.values[${j}]`, value, isValidLabelValue(value));
      });
  });
}

function validateOwnerReferences(errors: Errors, references: readonly Fields[] | undefined, path: string): void {
  let controller = '';
  for (const ref of references ?? []) {
    const {group, version} = parseApiVersion(ref['apiVersion'] ?? '');
    if (version === '') errors.push(invalidValue(`${path}.apiVersion`, ref['apiVersion'], 'version must not be empty'));
    if (!ref['kind']) errors.push(invalidValue(`${path}.kind`, ref['kind'], 'must not be empty'));
    if (!ref['name']) errors.push(invalidValue(`${path}.name`, ref['name'], 'must not be empty'));
    if (!ref['uid']) errors.push(invalidValue(`${path}.uid`, ref['uid'], 'must not be empty'));
    if (group === '' && version === 'v1' && ref['kind'] === 'Event')
      errors.push(invalidValue(path, ref, '/v1, Kind=Event is disallowed from being an owner'));
    if (ref['controller'] !== true) continue;
    const name = `${ref['kind']}/${ref['name']}`;
    if (controller === '') controller = name;
    else
      errors.push(
        invalidValue(
          path,
          references!.map(ownerReferenceJson),
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`,
        ),
      );
  }
}

/** In the order of Go's fields. */
const ownerReferenceJson = (ref: Fields): Fields => {
  const {apiVersion, kind, name, uid, controller, blockOwnerDeletion} = ref;
  return {
    apiVersion,
    kind,
    name,
    uid,
    ...(controller !== undefined && {controller}),
    ...(blockOwnerDeletion !== undefined && {blockOwnerDeletion}),
  };
};

const ORPHAN = 'orphan';
const FOREGROUND_DELETION = 'foregroundDeletion';
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', ORPHAN, FOREGROUND_DELETION]);

function validateFinalizers(errors: Errors, finalizers: readonly string[] | undefined, path: string): void {
  if (!finalizers) return;
  for (const finalizer of finalizers) validateQualifiedName(errors, finalizer, path);
  if (finalizers.includes(ORPHAN) && finalizers.includes(FOREGROUND_DELETION))
    errors.push(invalidValue(path, finalizers, `finalizer ${ORPHAN} and ${FOREGROUND_DELETION} cannot be both set`));
}

/** A name without a slash must be one of the standard ones. */
function validateKubeFinalizerName(errors: Errors, finalizer: string, path: string): void {
  if (!finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer))
    errors.push(invalidValue(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'));
}

export function validateFinalizerName(errors: Errors, finalizer: string, path: string): void {
  validateQualifiedName(errors, finalizer, path);
  validateKubeFinalizerName(errors, finalizer, path);
}

const MANAGED_FIELDS_MANAGER_MAX = 128;

function validateManagedFields(errors: Errors, entries: readonly Fields[] | undefined, path: string): void {
  entries?.forEach((entry, i) => {
    const at = `${path}[${i}]`;
    if (entry['operation'] !== 'Apply' && entry['operation'] !== 'Update')
      errors.push(invalidValue(`${at}.operation`, entry['operation'], 'must be `Apply` or `Update`'));
    if (entry['fieldsType'] && entry['fieldsType'] !== 'FieldsV1')
      errors.push(invalidValue(`${at}.fieldsType`, entry['fieldsType'], 'must be `FieldsV1`'));
    const manager: string = entry['manager'] ?? '';
    if (byteLength(manager) > MANAGED_FIELDS_MANAGER_MAX) errors.push(tooLong(`${at}.manager`, MANAGED_FIELDS_MANAGER_MAX));
    if (/[^\x20-\x7e\u00a0-\uffff]/.test(manager))
      errors.push(invalidValue(`${at}.manager`, manager, 'should only contain printable characters'));
  });
}

function validateCommon(errors: Errors, meta: Fields, namespaced: boolean, path: string): void {
  const namespace: string = meta['namespace'] ?? '';
  if (namespaced) {
    if (namespace === '') errors.push(required(`${path}.namespace`));
    else addInvalid(errors, `${path}.namespace`, namespace, nameIsDNSLabel(namespace, false));
  } else if (namespace !== '') errors.push(forbiddenField(`${path}.namespace`, 'not allowed on this type'));
  validateNonnegative(errors, meta['generation'], `${path}.generation`);
  validateLabels(errors, meta['labels'], `${path}.labels`);
  validateAnnotations(errors, meta['annotations'], `${path}.annotations`);
  validateOwnerReferences(errors, meta['ownerReferences'], `${path}.ownerReferences`);
  validateFinalizers(errors, meta['finalizers'], `${path}.finalizers`);
  validateManagedFields(errors, meta['managedFields'], `${path}.managedFields`);
}

/** Metadata of a new object, after its name has been made. */
export function validateObjectMeta(errors: Errors, meta: Fields, namespaced: boolean, nameCheck: NameCheck, path = 'metadata'): void {
  const {name, generateName} = meta;
  if (generateName) addInvalid(errors, `${path}.generateName`, generateName, nameCheck(generateName, true));
  if (!name) errors.push(required(`${path}.name`, 'name or generateName is required'));
  else addInvalid(errors, `${path}.name`, name, nameCheck(name, false));
  validateCommon(errors, meta, namespaced, path);
}

/** The same for the kinds of the core group, whose finalizers without a slash must be standard ones. */
export function validateCoreObjectMeta(errors: Errors, meta: Fields, namespaced: boolean, nameCheck: NameCheck, path = 'metadata'): void {
  validateObjectMeta(errors, meta, namespaced, nameCheck, path);
  validateCoreFinalizers(errors, meta, path);
}

const validateCoreFinalizers = (errors: Errors, meta: Fields, path: string): void => {
  meta['finalizers']?.forEach((finalizer: string, i: number) => {
    validateKubeFinalizerName(errors, finalizer, `${path}.finalizers[${i}]`);
  });
};

/** What an update may not change. */
const IMMUTABLE = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

export function validateObjectMetaUpdate(errors: Errors, meta: Fields, old: Fields, path = 'metadata'): void {
  if (old['deletionTimestamp']) {
    const extra = (meta['finalizers'] ?? []).filter((f: string) => !(old['finalizers'] ?? []).includes(f)).sort();
    if (extra.length > 0)
      errors.push(
        forbiddenField(
          `${path}.finalizers`,
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${extra.map(goQuote).join(', ')}}`,
        ),
      );
  }
  if (!meta['resourceVersion'])
    errors.push(invalidValue(`${path}.resourceVersion`, meta['resourceVersion'] ?? '', 'must be specified for an update'));
  if ((meta['generation'] ?? 0) < (old['generation'] ?? 0))
    errors.push(invalidValue(`${path}.generation`, meta['generation'] ?? 0, 'must not be decremented'));
  for (const field of IMMUTABLE) validateImmutable(errors, meta[field], old[field], `${path}.${field}`);
  validateLabels(errors, meta['labels'], `${path}.labels`);
  validateAnnotations(errors, meta['annotations'], `${path}.annotations`);
  validateOwnerReferences(errors, meta['ownerReferences'], `${path}.ownerReferences`);
  validateManagedFields(errors, meta['managedFields'], `${path}.managedFields`);
}

export function validateCoreObjectMetaUpdate(errors: Errors, meta: Fields, old: Fields, path = 'metadata'): void {
  validateObjectMetaUpdate(errors, meta, old, path);
  validateCoreFinalizers(errors, meta, path);
}

const CONDITION_STATUSES = ['False', 'True', 'Unknown'];

/** metav1.Condition lists. upstream: meta/v1/validation ValidateConditions */
export function validateConditions(errors: Errors, conditions: readonly Fields[] | undefined, path: string): void {
  const seen = new Map<string, number>();
  conditions?.forEach((condition, i) => {
    const at = `${path}[${i}]`;
    const {type} = condition;
    if (seen.has(type)) errors.push({type: 'FieldValueDuplicate', field: `${at}.type`, body: `Duplicate value: ${goQuote(type)}`});
    seen.set(type, i);
    if (!type) errors.push(required(`${at}.type`));
    else addInvalid(errors, `${at}.type`, type, isQualifiedName(type));
    if (!CONDITION_STATUSES.includes(condition['status']))
      errors.push(notSupported(`${at}.status`, condition['status'], CONDITION_STATUSES));
    validateNonnegative(errors, condition['observedGeneration'], `${at}.observedGeneration`);
    if (!condition['lastTransitionTime']) errors.push(required(`${at}.lastTransitionTime`));
    const reason: string = condition['reason'] ?? '';
    if (reason === '') errors.push(required(`${at}.reason`));
    else if (!/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/.test(reason))
      errors.push(
        invalidValue(
          `${at}.reason`,
          reason,
          "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')",
        ),
      );
    else if (reason.length > 1024) errors.push(tooLong(`${at}.reason`, 1024));
    if (byteLength(condition['message'] ?? '') > 32 * 1024) errors.push(tooLong(`${at}.message`, 32 * 1024));
  });
}

/** Such as `acme.io/foo`. upstream: apimachinery/pkg/util/validation IsDomainPrefixedPath */
export function validateDomainPrefixedPath(errors: Errors, value: string, path: string): void {
  if (value === '') errors.push(required(path));
  else for (const {part, message} of domainPrefixedPathProblems(value)) errors.push(invalidValue(path, part, message));
}
