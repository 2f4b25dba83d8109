/** Fields of the pod and resources of a container that a container may be told of. upstream: validateObjectFieldSelector, validateContainerResourceFieldSelector */
import {invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {canonical, isZero, parseQuantity} from '../../../api/quantity.ts';
import type {Errors, Fields} from '../fields.ts';
import {validateQualifiedName} from '../meta.ts';

/** What may follow `fieldRef.fieldPath` in env, sorted. */
export const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** The same in a downwardAPI volume. */
export const VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];

const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

const BYTES = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];
const bytesText = (what: string): string => `only divisor's values ${BYTES.join(', ')} are supported with the ${what} resource`;

/** Labels that conversion knows; anything else is refused with its own text. upstream: pkg/apis/core/pods ConvertDownwardAPIFieldLabel */
const CONVERTIBLE = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]);

/** `metadata.labels['a']` -> the path and the key. */
const splitSubscript = (fieldPath: string): [path: string, subscript: string] | undefined => {
  const match = /^([^[]*)\['(.*)'\]$/s.exec(fieldPath);
  return match?.[1] ? [match[1], match[2]!] : undefined;
};

/** Returns the present label, or why there is none. */
function convertFieldLabel(version: string, label: string): {label: string} | {error: string} {
  if (version !== 'v1') return {error: `unsupported pod version: ${version}`};
  const subscripted = splitSubscript(label);
  if (subscripted) {
    const [path] = subscripted;
    return path === 'metadata.annotations' || path === 'metadata.labels'
      ? {label}
      : {error: `field label does not support subscript: ${label}`};
  }
  if (CONVERTIBLE.has(label)) return {label};
  if (label === 'spec.host') return {label: 'spec.nodeName'};
  return {error: `field label not supported: ${label}`};
}

export function validateObjectFieldSelector(errors: Errors, ref: Fields, allowed: readonly string[], path: string): void {
  if (!ref['apiVersion']) {
    errors.push(required(`${path}.apiVersion`));
    return;
  }
  if (!ref['fieldPath']) {
    errors.push(required(`${path}.fieldPath`));
    return;
  }
  const converted = convertFieldLabel(ref['apiVersion'], ref['fieldPath']);
  if ('error' in converted) {
    errors.push(invalidValue(`${path}.fieldPath`, ref['fieldPath'], `error converting fieldPath: ${converted.error}`));
    return;
  }
  const subscripted = splitSubscript(converted.label);
  if (subscripted) {
    const [field, key] = subscripted;
    if (field === 'metadata.annotations') validateQualifiedName(errors, key.toLowerCase(), path);
    else if (field === 'metadata.labels') validateQualifiedName(errors, key, path);
    else errors.push(invalidValue(path, field, 'does not support subscript'));
  } else if (!allowed.includes(converted.label)) errors.push(notSupported(`${path}.fieldPath`, converted.label, allowed));
}

function validateDivisor(errors: Errors, resource: string, divisorText: string | undefined, path: string): void {
  const divisor = parseQuantity(divisorText ?? '0');
  if (isZero(divisor)) return;
  const text = canonical(divisor);
  const refuse = (detail: string): void => void errors.push(invalidValue(`${path}.divisor`, resource, detail));
  if (resource === 'limits.cpu' || resource === 'requests.cpu') {
    if (text !== '1m' && text !== '1') refuse("only divisor's values 1m and 1 are supported with the cpu resource");
  } else if (resource === 'limits.memory' || resource === 'requests.memory') {
    if (!BYTES.includes(text)) refuse(bytesText('memory'));
  } else if (resource === 'limits.ephemeral-storage' || resource === 'requests.ephemeral-storage') {
    if (!BYTES.includes(text)) refuse(bytesText('local ephemeral storage'));
  } else if (/^(requests|limits)\.hugepages-/.test(resource) && !BYTES.includes(text)) refuse(bytesText('hugepages'));
}

/** `volume`: there the container must be named. */
export function validateResourceFieldSelector(errors: Errors, ref: Fields, path: string, volume: boolean): void {
  const resource: string = ref['resource'] ?? '';
  if (volume && !ref['containerName']) errors.push(required(`${path}.containerName`));
  else if (resource === '') errors.push(required(`${path}.resource`));
  else if (!RESOURCES.includes(resource) && !/^(requests|limits)\.hugepages-/.test(resource))
    errors.push(notSupported(`${path}.resource`, resource, RESOURCES));
  validateDivisor(errors, resource, ref['divisor'], path);
}
