/** Events. upstream: pkg/apis/core/validation/events.go */
import {invalidValue, required, tooLong} from '../../../api/field-errors.ts';
import {byteLength, isQualifiedName, nameIsDNSSubdomain} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields} from '../fields.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate, validateImmutable} from '../meta.ts';

const CONTROLLER_MAX = 128;
const INSTANCE_MAX = 128;
const ACTION_MAX = 128;
const REASON_MAX = 128;
const NOTE_MAX = 1024;

const isNamespacedKind = (kind: string): boolean => !CLUSTER_KINDS.has(kind);
const CLUSTER_KINDS = new Set([
  'Node',
  'Namespace',
  'PersistentVolume',
  'StorageClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'PriorityClass',
]);

/** The object of both APIs: core calls it involvedObject, events.k8s.io regarding. */
const about = (event: Fields): {ref: Fields; field: string} =>
  event['regarding'] ? {ref: event['regarding'], field: 'regarding'} : {ref: event['involvedObject'] ?? {}, field: 'involvedObject'};

function validateNamespaceOf(errors: Errors, event: Fields): void {
  const {ref, field} = about(event);
  const namespace: string = event['metadata'].namespace ?? '';
  const MISMATCH = 'does not match event.namespace';
  if (!ref['namespace']) {
    if (namespace !== 'default' && namespace !== 'kube-system' && !isNamespacedKind(ref['kind'] ?? ''))
      errors.push(invalidValue(`${field}.namespace`, ref['namespace'] ?? '', MISMATCH));
  } else if (isNamespacedKind(ref['kind'] ?? '') && namespace !== ref['namespace'])
    errors.push(invalidValue(`${field}.namespace`, ref['namespace'], MISMATCH));
}

/** What the newer API asks for: a time, a reporter, an action. */
function validateNewStyle(errors: Errors, event: Fields): void {
  const {reportingController = '', reportingComponent = '', reportingInstance = '', action = '', reason = '', type = ''} = event;
  const controller: string = reportingController || reportingComponent;
  if (!controller) errors.push(required('reportingController'));
  else {
    addInvalid(errors, 'reportingController', controller, isQualifiedName(controller));
    if (byteLength(controller) > CONTROLLER_MAX) errors.push(tooLong('reportingController', CONTROLLER_MAX));
  }
  for (const [field, value, max] of [
    ['reportingInstance', reportingInstance, INSTANCE_MAX],
    ['action', action, ACTION_MAX],
    ['reason', reason, REASON_MAX],
  ] as const) {
    if (!value) errors.push(required(field));
    else if (byteLength(value) > max) errors.push(tooLong(field, max));
  }
  if (byteLength(event['note'] ?? event['message'] ?? '') > NOTE_MAX) errors.push(tooLong('message', NOTE_MAX));
  if (type !== 'Normal' && type !== 'Warning') errors.push(invalidValue('type', type, 'has invalid value'));
}

export function validateEvent(errors: Errors, event: Fields): void {
  if (event['eventTime']) {
    validateCoreObjectMeta(errors, event['metadata'], true, nameIsDNSSubdomain);
    validateNewStyle(errors, event);
  }
  validateNamespaceOf(errors, event);
}

const IMMUTABLE = [
  'involvedObject',
  'regarding',
  'reason',
  'reportingComponent',
  'reportingController',
  'reportingInstance',
  'action',
  'related',
  'type',
  'eventTime',
];

export function validateEventUpdate(errors: Errors, event: Fields, old: Fields): void {
  validateEvent(errors, event);
  if (!event['eventTime'] && !old['eventTime']) return;
  validateCoreObjectMetaUpdate(errors, event['metadata'], old['metadata']);
  for (const field of IMMUTABLE) validateImmutable(errors, event[field], old[field], field);
}
