/** upstream: pkg/quota/v1/evaluator/core/persistent_volume_claims.go */
import {storageClassOf} from '../../../api/persistent-volumes.ts';
import type {Quantities} from '../../../api/pod-resources.ts';
import {cmp, newQuantity, parseQuantity, roundUp} from '../../../api/quantity.ts';
import type {core} from '../../../api/types.ts';
import type {Evaluator} from './types.ts';

const ONE = newQuantity(1);
const RESOURCES = ['count/persistentvolumeclaims', 'persistentvolumeclaims', 'requests.storage'];
const CLASS_SUFFIX = '.storageclass.storage.k8s.io/';
const CLASS_RESOURCES = ['persistentvolumeclaims', 'requests.storage'].map(name => CLASS_SUFFIX + name);

export const claims: Evaluator = {
  handles: ({operation, subresource}) => subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  usage(object) {
    const claim = object as unknown as core.PersistentVolumeClaim;
    const className = storageClassOf(claim);
    const storage = storageOf(claim);
    const usage: Quantities = {'count/persistentvolumeclaims': ONE, persistentvolumeclaims: ONE};
    if (className) usage[`${className}${CLASS_SUFFIX}persistentvolumeclaims`] = ONE;
    if (storage) usage['requests.storage'] = storage;
    if (storage && className) usage[`${className}${CLASS_SUFFIX}requests.storage`] = storage;
    return usage;
  },
  matchesResource: name => RESOURCES.includes(name) || CLASS_RESOURCES.some(suffix => name.endsWith(suffix)),
  matchesScope({scopeName, operator, values = []}, object) {
    if (scopeName !== 'VolumeAttributesClass') return false;
    const classes = attributesClasses(object as unknown as core.PersistentVolumeClaim);
    if (operator === 'Exists') return classes.length > 0;
    if (operator === 'DoesNotExist') return classes.length === 0;
    if (operator === 'NotIn') return classes.length === 0 || classes.some(name => !values.includes(name));
    return classes.some(name => values.includes(name));
  },
};

/** The attributes classes that a claim has, wants or is on its way to: it counts for each of them. */
function attributesClasses({spec, status}: core.PersistentVolumeClaim): string[] {
  return [
    spec?.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].filter(name => name !== undefined && name !== '') as string[];
}

/** In whole bytes. While a volume is being made larger, the larger of what is asked for and what has been allotted. */
function storageOf({spec, status}: core.PersistentVolumeClaim) {
  const requested = spec?.resources?.requests?.['storage'];
  if (requested === undefined) return undefined;
  const asked = parseQuantity(requested);
  const allocated = status?.allocatedResources?.['storage'];
  const allotted = allocated === undefined ? asked : parseQuantity(allocated);
  return roundUp(cmp(allotted, asked) > 0 ? allotted : asked, 0);
}
