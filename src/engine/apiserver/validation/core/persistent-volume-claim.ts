/** upstream: pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaim..., pkg/registry/core/persistentvolumeclaim */

import {type FieldError, forbiddenField, GoValue, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {isDNS1123Subdomain, isQualifiedName, nameIsDNSLabel, nameIsDNSSubdomain} from '../../../api/names.ts';
import {cmp, parseQuantity, ZERO} from '../../../api/quantity.ts';
import {BETA_STORAGE_CLASS_ANNOTATION} from '../../../api/well-known.ts';
import {addInvalid, type Errors, type Fields, has, keysOf, semanticEqual} from '../fields.ts';
import {FIELD_IMMUTABLE, validateCoreObjectMeta, validateCoreObjectMetaUpdate, validateImmutable, validateLabelSelector} from '../meta.ts';
import {isNativeResource, validateBasicResource, validatePositiveQuantity, validateResourceQuantity} from '../resources.ts';
import {specDiff} from './diff.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const VOLUME_MODES = ['Block', 'Filesystem'];

export function validateAccessModes(errors: Errors, modes: readonly string[], path: string): void {
  for (const mode of modes) if (!ACCESS_MODES.includes(mode)) errors.push(notSupported(path, mode, ACCESS_MODES));
  const known = modes.filter(m => ACCESS_MODES.includes(m));
  if (known.includes('ReadWriteOncePod') && known.some(m => m !== 'ReadWriteOncePod'))
    errors.push(forbiddenField(path, 'may not use ReadWriteOncePod with other access modes'));
}

function validateDataSource(errors: Errors, source: Fields | undefined, path: string, allowInvalidGroup: boolean): void {
  if (!source) return;
  const {name, kind = '', apiGroup = '', namespace} = source;
  if (!name) errors.push(required(`${path}.name`));
  if (!kind) errors.push(required(`${path}.kind`));
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim')
    errors.push(invalidValue(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  if (apiGroup !== '' && !allowInvalidGroup) addInvalid(errors, `${path}.apiGroup`, apiGroup, isDNS1123Subdomain(apiGroup));
  if (namespace) addInvalid(errors, `${path}.namespace`, namespace, nameIsDNSLabel(namespace, false));
}

/** A path where a value should be: Go prints its empty structure. */
const PATH_VALUE = new GoValue('{}');

export function validateClaimSpec(errors: Errors, spec: Fields, path: string, old?: Fields): void {
  if (!has(spec['accessModes'])) errors.push(required(`${path}.accessModes`, 'at least 1 access mode is required'));
  validateLabelSelector(errors, spec['selector'], `${path}.selector`);
  validateAccessModes(errors, spec['accessModes'] ?? [], `${path}.accessModes`);
  const storage = spec['resources']?.requests?.storage;
  const at = `${path}.resources[storage]`;
  if (storage === undefined) errors.push(required(at));
  else if (validatePositiveQuantity(errors, parseQuantity(storage), at))
    validateResourceQuantity(errors, 'storage', parseQuantity(storage), at);
  const storageClass = spec['storageClassName'];
  if (storageClass) addInvalid(errors, `${path}.storageClassName`, storageClass, nameIsDNSSubdomain(storageClass, false));
  const mode = spec['volumeMode'];
  if (mode !== undefined && !VOLUME_MODES.includes(mode)) errors.push(notSupported(`${path}.volumeMode`, mode, VOLUME_MODES));
  const {dataSource, dataSourceRef} = spec;
  const allowInvalidGroup = old?.['dataSource']?.apiGroup !== undefined || old?.['dataSourceRef']?.apiGroup !== undefined;
  validateDataSource(errors, dataSource, `${path}.dataSource`, allowInvalidGroup);
  validateDataSource(errors, dataSourceRef, `${path}.dataSourceRef`, allowInvalidGroup);
  if (dataSourceRef?.namespace) {
    if (dataSource) errors.push(invalidValue(path, PATH_VALUE, 'may not be specified when dataSourceRef.namespace is specified'));
  } else if (dataSource && dataSourceRef && !sameSource(dataSource, dataSourceRef))
    errors.push(invalidValue(path, PATH_VALUE, 'must match dataSourceRef'));
  const attributesClass = spec['volumeAttributesClassName'];
  if (attributesClass) addInvalid(errors, `${path}.volumeAttributesClassName`, attributesClass, nameIsDNSSubdomain(attributesClass, false));
}

const sameSource = (a: Fields, b: Fields): boolean => a['apiGroup'] === b['apiGroup'] && a['kind'] === b['kind'] && a['name'] === b['name'];

export function validateClaim(errors: Errors, claim: Fields, old?: Fields): void {
  validateCoreObjectMeta(errors, claim['metadata'], true, nameIsDNSSubdomain);
  validateClaimSpec(errors, claim['spec'], 'spec', old?.['spec']);
}

const IMMUTABLE_SPEC = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

/** The class may move from the annotation of old to the field, or be set where there was none. */
function allowClassUpgrade(claim: Fields, old: Fields, now: Fields): FieldError[] {
  const [annotations, before]: [Fields, Fields] = [claim['metadata'].annotations ?? {}, old['metadata'].annotations ?? {}];
  const [className, oldClass] = [claim['spec'].storageClassName, old['spec'].storageClassName];
  const oldAnnotation = before[BETA_STORAGE_CLASS_ANNOTATION];
  const fromAnnotation =
    oldAnnotation !== undefined &&
    oldClass === undefined &&
    className === oldAnnotation &&
    (annotations[BETA_STORAGE_CLASS_ANNOTATION] === undefined || annotations[BETA_STORAGE_CLASS_ANNOTATION] === oldAnnotation);
  if (fromAnnotation) {
    delete now['storageClassName'];
    return [];
  }
  const fromNothing = className !== undefined && oldClass === undefined && (oldAnnotation === undefined || className === oldAnnotation);
  if (fromNothing) delete now['storageClassName'];
  if ((annotations[BETA_STORAGE_CLASS_ANNOTATION] ?? '') === (oldAnnotation ?? '')) return [];
  return [
    invalidValue(
      `metadata.annotations.${BETA_STORAGE_CLASS_ANNOTATION}`,
      annotations[BETA_STORAGE_CLASS_ANNOTATION] ?? '',
      FIELD_IMMUTABLE,
    ),
  ];
}

export function validateClaimUpdate(errors: Errors, claim: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, claim['metadata'], old['metadata']);
  validateClaim(errors, claim, old);
  const now: Fields = {...claim['spec']};
  const before: Fields = {...old['spec']};
  if (!before['volumeName']) before['volumeName'] = now['volumeName'];
  errors.push(...allowClassUpgrade(claim, old, now));
  const bound = claim['status']?.phase === 'Bound';
  if (bound && now['resources']?.requests)
    now['resources'] = {...now['resources'], requests: {...now['resources'].requests, storage: before['resources']?.requests?.storage}};
  if (bound) now['volumeAttributesClassName'] = before['volumeAttributesClassName'];
  if (!semanticEqual(now, before)) errors.push(forbiddenField('spec', `${IMMUTABLE_SPEC}\n${specDiff(before, now)}`));

  const quantity = (text: string | undefined) => (text === undefined ? ZERO : parseQuantity(text));
  const [size, oldSize] = [quantity(claim['spec'].resources?.requests?.storage), quantity(old['spec'].resources?.requests?.storage)];
  if (cmp(size, oldSize) < 0 && cmp(size, quantity(old['status']?.capacity?.storage)) <= 0)
    errors.push(forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  validateImmutable(errors, claim['spec'].volumeMode, old['spec'].volumeMode, 'volumeMode');
  keepAppliedClass(errors, claim['spec'].volumeAttributesClassName, old);
}

/** A class may be taken back only as long as none has been applied to the volume. */
function keepAppliedClass(errors: Errors, name: string | undefined, old: Fields): void {
  if (name === old['spec'].volumeAttributesClassName || old['status']?.currentVolumeAttributesClassName === undefined) return;
  if (name) return;
  const to = name === undefined ? 'nil' : 'empty string';
  errors.push(
    forbiddenField(
      'spec.volumeAttributesClassName',
      `update to ${to} is forbidden when status.currentVolumeAttributesClassName is not nil`,
    ),
  );
}

const RESIZE_STATUSES = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
];

function validateClaimResourceKey(errors: Errors, name: string, path: string): boolean {
  const messages = isQualifiedName(name);
  addInvalid(errors, path, name, messages);
  if (messages.length > 0) return false;
  if (!isNativeResource(name) || name === 'storage') return true;
  errors.push(notSupported(path, name, ['storage']));
  return false;
}

export function validateClaimStatusUpdate(errors: Errors, claim: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, claim['metadata'], old['metadata']);
  if (!claim['metadata'].resourceVersion) errors.push(required('resourceVersion'));
  if (!has(claim['spec']?.accessModes)) errors.push(required('Spec.accessModes'));
  const {capacity, allocatedResourceStatuses: statuses, allocatedResources} = claim['status'] ?? {};
  for (const name of keysOf(capacity)) validateBasicResource(errors, parseQuantity(capacity[name]), `status.capacity[${name}]`);
  for (const name of keysOf(statuses)) {
    validateClaimResourceKey(errors, name, 'status.allocatedResourceStatus');
    if (!RESIZE_STATUSES.includes(statuses[name])) errors.push(notSupported('status.allocatedResourceStatus', name, RESIZE_STATUSES));
  }
  for (const name of keysOf(allocatedResources)) {
    if (!validateClaimResourceKey(errors, name, 'status.allocatedResources')) continue;
    const at = `status.allocatedResources[${name}]`;
    const quantity = parseQuantity(allocatedResources[name]);
    if (validateBasicResource(errors, quantity, at)) validateResourceQuantity(errors, 'storage', quantity, at);
  }
}
