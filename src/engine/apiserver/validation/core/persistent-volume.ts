/** Persistent volumes. upstream: pkg/apis/core/validation/validation.go ValidatePersistentVolume... */
import {forbiddenField, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {nameIsDNSSubdomain} from '../../../api/names.ts';
import {parseQuantity} from '../../../api/quantity.ts';
import {addInvalid, type Errors, type Fields, has, keysOf, semanticEqual} from '../fields.ts';
import {FIELD_IMMUTABLE, validateCoreObjectMeta, validateCoreObjectMetaUpdate, validateImmutable} from '../meta.ts';
import {validateBasicResource, validatePositiveQuantity} from '../resources.ts';
import {validateNodeSelector} from './affinity.ts';
import {specDiff} from './diff.ts';
import {isRootPath} from './paths.ts';
import {VOLUME_MODES, validateAccessModes} from './persistent-volume-claim.ts';
import {PV_SOURCES, validateSources} from './volume-sources.ts';

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];

function validateSpec(errors: Errors, spec: Fields, name: string): void {
  const {accessModes = [], capacity, persistentVolumeReclaimPolicy: policy, nodeAffinity, storageClassName, volumeMode} = spec;
  if (!has(accessModes)) errors.push(required('spec.accessModes'));
  validateAccessModes(errors, accessModes, 'spec.accessModes');
  const resources = keysOf(capacity);
  if (resources.length === 0) errors.push(required('spec.capacity'));
  if (capacity?.storage === undefined || resources.length > 1) errors.push(notSupported('spec.capacity', capacity ?? null, ['storage']));
  for (const resource of resources) {
    const quantity = parseQuantity(capacity[resource]);
    validateBasicResource(errors, quantity, `spec.capacity[${resource}]`);
    validatePositiveQuantity(errors, quantity, `spec.capacity[${resource}]`);
  }
  if (policy && !RECLAIM_POLICIES.includes(policy))
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM_POLICIES));
  if (nodeAffinity) {
    if (nodeAffinity.required) validateNodeSelector(errors, nodeAffinity.required, 'spec.nodeAffinity.required');
    else errors.push(required('spec.nodeAffinity.required', 'must specify required node constraints'));
  }
  const context = {volumeName: name, podName: '', inPod: false, resourceIsPod: false};
  const own: Errors = [];
  const types = validateSources(own, spec, PV_SOURCES, 'spec', context);
  errors.push(...own);
  if (spec['local'] && types === 1 && firstSource(spec) === 'local' && !nodeAffinity)
    errors.push(required('spec.nodeAffinity', 'Local volume requires node affinity'));
  if (types === 0) errors.push(required('spec', 'must specify a volume type'));
  if (spec['hostPath'] && isRootPath(spec['hostPath'].path ?? '') && policy === 'Recycle')
    errors.push(forbiddenField('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"));
  if (storageClassName) addInvalid(errors, 'spec.storageClassName', storageClassName, nameIsDNSSubdomain(storageClassName, false));
  if (volumeMode !== undefined && !VOLUME_MODES.includes(volumeMode))
    errors.push(notSupported('spec.volumeMode', volumeMode, VOLUME_MODES));
  validateAttributesClass(errors, spec);
}

const firstSource = (spec: Fields): string | undefined => PV_SOURCES.find(({field}) => spec[field] !== undefined)?.field;

function validateAttributesClass(errors: Errors, spec: Fields): void {
  const name: string | undefined = spec['volumeAttributesClassName'];
  if (name === undefined) return;
  const path = 'spec.volumeAttributesClassName';
  if (name === '') errors.push(required(path, 'an empty string is disallowed'));
  else addInvalid(errors, path, name, nameIsDNSSubdomain(name, false));
  if (!spec['csi']) errors.push(required('spec.csi', 'has to be specified when using volumeAttributesClassName'));
}

export function validatePersistentVolume(errors: Errors, volume: Fields): void {
  validateCoreObjectMeta(errors, volume['metadata'], false, nameIsDNSSubdomain);
  validateSpec(errors, volume['spec'], volume['metadata'].name ?? '');
}

const sourcesOf = (spec: Fields): Fields =>
  Object.fromEntries(PV_SOURCES.map(({field}) => [field, spec[field]]).filter(([, s]) => s !== undefined));

/** Labels of old and what became of them: a node affinity may move from one to the other. */
const BETA_TO_GA: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

/** The old affinity with each key as the new one has it, where that is its GA name. */
function withGAKeys(old: Fields, now: Fields | undefined): Fields {
  const required = {
    ...old['required'],
    nodeSelectorTerms: old['required']?.nodeSelectorTerms?.map((term: Fields, i: number) => ({
      ...term,
      matchExpressions: term['matchExpressions']?.map((e: Fields, j: number) => {
        const key = now?.['required']?.nodeSelectorTerms?.[i]?.matchExpressions?.[j]?.key;
        return key !== undefined && BETA_TO_GA[e['key']] === key ? {...e, key} : e;
      }),
    })),
  };
  return {...old, required};
}

export function validatePersistentVolumeUpdate(errors: Errors, volume: Fields, old: Fields): void {
  validatePersistentVolume(errors, volume);
  const [spec, before]: [Fields, Fields] = [volume['spec'], old['spec']];
  const [source, oldSource] = [sourcesOf(spec), sourcesOf(before)];
  if (oldSource['csi'] && source['csi'] && !oldSource['csi'].controllerExpandSecretRef) {
    const {controllerExpandSecretRef: _secret, ...rest} = source['csi'];
    source['csi'] = rest;
  }
  if (!semanticEqual(source, oldSource))
    errors.push(
      forbiddenField(
        'spec.persistentvolumesource',
        `spec.persistentvolumesource is immutable after creation\n${specDiff(oldSource, source)}`,
      ),
    );
  validateImmutable(errors, spec['volumeMode'], before['volumeMode'], 'volumeMode');
  const affinity = before['nodeAffinity'];
  if (affinity && !semanticEqual(spec['nodeAffinity'], withGAKeys(affinity, spec['nodeAffinity'])))
    errors.push(
      invalidValue('nodeAffinity', spec['nodeAffinity'] ?? null, `${FIELD_IMMUTABLE}, except for updating from beta label to GA`),
    );
  if (before['volumeAttributesClassName'] !== undefined && spec['volumeAttributesClassName'] === undefined)
    errors.push(forbiddenField('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'));
}

export function validatePersistentVolumeStatusUpdate(errors: Errors, volume: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, volume['metadata'], old['metadata']);
  if (!volume['metadata'].resourceVersion) errors.push(required('resourceVersion'));
}
