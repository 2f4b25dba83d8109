/** upstream: pkg/quota/v1/evaluator/core/persistent_volume_claims.go */
import type {Quantities} from '../../../api/pod-resources.ts';
import {cmp, newQuantity, parseQuantity} from '../../../api/quantity.ts';
import type {core} from '../../../api/types.ts';
import type {Evaluator} from './types.ts';

const ONE = newQuantity(1);
const RESOURCES = ['count/persistentvolumeclaims', 'persistentvolumeclaims', 'requests.storage'];
const CLASS_SUFFIX = '.storageclass.storage.k8s.io/';
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

export const claims: Evaluator = {
  handles: ({operation, subresource}) => subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  usage(object) {
    const claim = object as unknown as core.PersistentVolumeClaim;
    const className = claim.metadata?.annotations?.[CLASS_ANNOTATION] ?? claim.spec?.storageClassName;
    const storage = storageOf(claim);
    const usage: Quantities = {'count/persistentvolumeclaims': ONE, persistentvolumeclaims: ONE};
    if (className) usage[`${className}${CLASS_SUFFIX}persistentvolumeclaims`] = ONE;
    if (storage) usage['requests.storage'] = storage;
    if (storage && className) usage[`${className}${CLASS_SUFFIX}requests.storage`] = storage;
    return usage;
  },
  matchesResource: name => RESOURCES.includes(name) || name.includes(CLASS_SUFFIX),
  matchesScope: ({scopeName, operator, values = []}, object) => {
    const {volumeAttributesClassName = ''} = (object as {spec?: {volumeAttributesClassName?: string}}).spec ?? {};
    if (scopeName !== 'VolumeAttributesClass') return false;
    if (operator === 'Exists') return volumeAttributesClassName !== '';
    if (operator === 'DoesNotExist') return volumeAttributesClassName === '';
    return values.includes(volumeAttributesClassName) === (operator === 'In');
  },
};

/** While a volume is being made larger, the larger of what is asked for and what has been allotted. */
function storageOf({spec, status}: core.PersistentVolumeClaim) {
  const requested = spec?.resources?.requests?.['storage'];
  if (requested === undefined) return undefined;
  const asked = parseQuantity(requested);
  const allocated = status?.allocatedResources?.['storage'];
  const allotted = allocated === undefined ? asked : parseQuantity(allocated);
  return cmp(allotted, asked) > 0 ? allotted : asked;
}
