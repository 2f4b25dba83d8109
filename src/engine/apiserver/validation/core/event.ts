/** Events. upstream: pkg/apis/core/validation/events.go */
import {invalidValue, required, tooLong} from '../../../api/field-errors.ts';
import {byteLength, isDNS1123Subdomain, isQualifiedName, nameIsDNSSubdomain} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields} from '../fields.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate, validateImmutable} from '../meta.ts';

const TEXT_MAX = 128;
const NOTE_MAX = 1024;

const NEWER_API = 'events.k8s.io/v1';
const MISMATCH = 'does not match event.namespace';

/** Events of before there was an event time: both namespaces agree, or the event is in the default one. */
function validateOldStyle(errors: Errors, namespace: string, about: string): void {
  if (about ? namespace !== about : namespace !== '' && namespace !== 'default')
    errors.push(invalidValue('involvedObject.namespace', about, MISMATCH));
}

/** A time needs a reporter, an action and a reason. */
function validateNewStyle(errors: Errors, event: Fields, namespace: string, about: string): void {
  if (!about && namespace !== 'default' && namespace !== 'kube-system')
    errors.push(invalidValue('involvedObject.namespace', about, MISMATCH));
  const field = event['apiVersion'] === NEWER_API ? 'reportingController' : 'reportingComponent';
  const controller: string = event[field] ?? '';
  if (!controller) errors.push(required(field));
  addInvalid(errors, field, controller, isQualifiedName(controller));
  for (const name of ['reportingInstance', 'action', 'reason']) {
    const value: string = event[name] ?? '';
    if (!value) errors.push(required(name));
    if (byteLength(value) > TEXT_MAX) errors.push(tooLong(name, TEXT_MAX));
  }
  if (byteLength(event['note'] ?? event['message'] ?? '') > NOTE_MAX) errors.push(tooLong('message', NOTE_MAX));
}

export function validateEvent(errors: Errors, event: Fields): void {
  const namespace: string = event['metadata'].namespace ?? '';
  const about: string = (event['involvedObject'] ?? event['regarding'])?.namespace ?? '';
  if (event['eventTime']) validateNewStyle(errors, event, namespace, about);
  else validateOldStyle(errors, namespace, about);
  addInvalid(errors, 'namespace', namespace, isDNS1123Subdomain(namespace));
}

/** What the newer API asks beyond: nothing of the old fields. */
export function validateNewEvent(errors: Errors, event: Fields): void {
  validateEvent(errors, event);
  validateCoreObjectMeta(errors, event['metadata'], true, nameIsDNSSubdomain);
  const {eventTime, series, type = ''} = event;
  if (series) {
    if ((series.count ?? 0) < 2) errors.push(invalidValue('series.count', '', 'should be at least 2'));
    if (!series.lastObservedTime) errors.push(required('series.lastObservedTime'));
  }
  if (!eventTime) errors.push(required('eventTime'));
  if (type !== 'Normal' && type !== 'Warning') errors.push(invalidValue('type', '', `has invalid value: ${type}`));
  for (const [field, name] of OLD_FIELDS) if (isSet(event[field])) errors.push(invalidValue(name, '', 'needs to be unset'));
}

/** A structure in which nothing is written is as good as none. */
const isSet = (value: unknown): boolean => (value && typeof value === 'object' ? Object.keys(value).length > 0 : Boolean(value));

const OLD_FIELDS = [
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['deprecatedSource', 'source'],
] as const;

const IMMUTABLE = ['regarding', 'reason', 'reportingController', 'reportingInstance', 'action', 'related', 'type', 'eventTime'];

/** A new version says the same; in the newer API only the series and the labels move. */
export function validateNewEventUpdate(errors: Errors, event: Fields, old: Fields): void {
  validateEvent(errors, event);
  validateCoreObjectMetaUpdate(errors, event['metadata'], old['metadata']);
  for (const field of IMMUTABLE) validateImmutable(errors, event[field], old[field], field);
}
