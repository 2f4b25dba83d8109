/** StorageClasses, VolumeAttachments, CSI nodes and drivers. upstream: pkg/apis/storage/validation/validation.go */
import {duplicate, forbiddenField, invalidValue, notSupported, required, tooLong} from '../../../api/field-errors.ts';
import {byteLength, nameIsDNSSubdomain} from '../../../api/names.ts';
import {validateCSIDriverName} from '../core/volume-sources.ts';
import {addInvalid, type Errors, type Fields, has, keysOf, semanticEqual} from '../fields.ts';
import {
  validateCoreObjectMeta,
  validateCoreObjectMetaUpdate,
  validateImmutable,
  validateLabelName,
  validateQualifiedName,
} from '../meta.ts';
import type {KindRules} from '../rules.ts';

const PARAMETERS_MAX = 512;
const PARAMETERS_SIZE = 256 * 1024;
const RECLAIM_POLICIES = ['Delete', 'Retain'];
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer'];

const mapSize = (map: Fields | undefined): number => keysOf(map).reduce((sum, key) => sum + byteLength(key) + byteLength(map![key]), 0);

function validateParameters(errors: Errors, parameters: Fields | undefined): void {
  const keys = keysOf(parameters);
  if (keys.length > PARAMETERS_MAX) {
    errors.push(tooLong('parameters', PARAMETERS_MAX));
    return;
  }
  if (keys.includes('')) errors.push(invalidValue('parameters', '', 'field can not be empty.'));
  if (mapSize(parameters) > PARAMETERS_SIZE) errors.push(tooLong('parameters', PARAMETERS_SIZE));
}

function validateTopologies(errors: Errors, topologies: readonly Fields[] | undefined): void {
  for (const [i, term] of (topologies ?? []).entries()) {
    const expressions: readonly Fields[] = term['matchLabelExpressions'] ?? [];
    const keys = new Set<string>();
    for (const [j, {key, values = []}] of expressions.entries()) {
      const at = `allowedTopologies[${i}].matchLabelExpressions[${j}]`;
      if (!has(values)) errors.push(required(`${at}.values`));
      for (const [k, value] of (values as string[]).entries())
        if (values.indexOf(value) < k) errors.push(duplicate(`${at}.values[${k}]`, value));
      validateLabelName(errors, key, `${at}.key`);
      if (keys.has(key)) errors.push(duplicate(`${at}.key`, key));
      keys.add(key);
    }
  }
}

function validateStorageClass(errors: Errors, storageClass: Fields): void {
  const {provisioner, parameters, reclaimPolicy, volumeBindingMode: mode, allowedTopologies} = storageClass;
  validateCoreObjectMeta(errors, storageClass['metadata'], false, nameIsDNSSubdomain);
  if (!provisioner) errors.push(required('provisioner'));
  else validateQualifiedName(errors, provisioner.toLowerCase(), 'provisioner');
  validateParameters(errors, parameters);
  if (reclaimPolicy && !RECLAIM_POLICIES.includes(reclaimPolicy))
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, RECLAIM_POLICIES));
  if (mode === undefined) errors.push(required('volumeBindingMode'));
  else if (!BINDING_MODES.includes(mode)) errors.push(notSupported('volumeBindingMode', mode, BINDING_MODES));
  validateTopologies(errors, allowedTopologies);
}

function validateStorageClassUpdate(errors: Errors, object: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
  if (!semanticEqual(object['parameters'] ?? {}, old['parameters'] ?? {}))
    errors.push(forbiddenField('parameters', 'updates to parameters are forbidden.'));
  for (const field of ['provisioner', 'reclaimPolicy'])
    if (object[field] !== old[field]) errors.push(forbiddenField(field, `updates to ${field} are forbidden.`));
  validateImmutable(errors, object['volumeBindingMode'], old['volumeBindingMode'], 'volumeBindingMode');
}

const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

function validateAttachment(errors: Errors, attachment: Fields): void {
  validateCoreObjectMeta(errors, attachment['metadata'], false, nameIsDNSSubdomain);
  const {attacher = '', source = {}, nodeName = ''} = attachment['spec'];
  const {inlineVolumeSpec: inline, persistentVolumeName: volume} = source;
  if (!attacher) errors.push(required('spec.attacher'));
  if (!inline && volume === undefined) errors.push(required('spec.source', ONE_SOURCE));
  else if (inline && volume !== undefined) errors.push(forbiddenField('spec.source', ONE_SOURCE));
  else if (volume === '') errors.push(required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName'));
  addInvalid(errors, 'spec.nodeName', nodeName, nameIsDNSSubdomain(nodeName, false));
  const {attachmentMetadata} = attachment['status'] ?? {};
  if (mapSize(attachmentMetadata) > PARAMETERS_SIZE) errors.push(tooLong('status.attachmentMetadata', PARAMETERS_SIZE));
}

const NODE_ID_MAX = 256;

function validateCSINode(errors: Errors, node: Fields): void {
  validateCoreObjectMeta(errors, node['metadata'], false, nameIsDNSSubdomain);
  const names = new Set<string>();
  for (const [i, driver] of ((node['spec'].drivers ?? []) as Fields[]).entries()) {
    const at = `spec.drivers[${i}]`;
    const {name = '', nodeID = '', topologyKeys = [], allocatable} = driver;
    validateCSIDriverName(errors, name, `${at}.name`);
    if (!nodeID) errors.push(required(`${at}.nodeID`));
    if (byteLength(nodeID) > NODE_ID_MAX) errors.push(invalidValue(`${at}.nodeID`, nodeID, `must be ${NODE_ID_MAX} characters or less`));
    if (allocatable?.count < 0)
      errors.push(invalidValue(`${at}.allocatable.count`, allocatable.count, 'must be greater than or equal to 0'));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    for (const [j, key] of (topologyKeys as string[]).entries()) {
      if (key === '') errors.push(required(`${at}.topologyKeys`, key));
      if (topologyKeys.indexOf(key) < j) errors.push(duplicate(`${at}.topologyKeys`, key));
      validateQualifiedName(errors, key, `${at}.topologyKeys`);
    }
  }
}

const LIFECYCLE_MODES = ['Ephemeral', 'Persistent'];
const FS_GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];

function validateCSIDriver(errors: Errors, driver: Fields): void {
  validateCoreObjectMeta(errors, driver['metadata'], false, nameIsDNSSubdomain);
  if (driver['metadata'].name) validateCSIDriverName(errors, driver['metadata'].name, 'metadata.name');
  const {attachRequired, podInfoOnMount, storageCapacity, fsGroupPolicy, volumeLifecycleModes = []} = driver['spec'];
  for (const [field, value] of Object.entries({attachRequired, podInfoOnMount, storageCapacity, fsGroupPolicy}))
    if (value === undefined) errors.push(required(`spec.${field}`));
  if (fsGroupPolicy !== undefined && !FS_GROUP_POLICIES.includes(fsGroupPolicy))
    errors.push(notSupported('spec.fsGroupPolicy', fsGroupPolicy, FS_GROUP_POLICIES));
  for (const mode of volumeLifecycleModes as string[])
    if (!LIFECYCLE_MODES.includes(mode)) errors.push(notSupported('spec.volumeLifecycleModes', mode, LIFECYCLE_MODES));
}

export const storageRules: Readonly<Record<string, KindRules>> = {
  StorageClass: {validate: validateStorageClass, validateUpdate: validateStorageClassUpdate},
  VolumeAttachment: {
    newStatus: {attached: false},
    validate: validateAttachment,
    validateUpdate(errors, object, old) {
      validateAttachment(errors, object);
      validateImmutable(errors, object['spec'], old['spec'], 'spec');
    },
    subresources: {status: {validate: validateAttachment}},
  },
  CSINode: {
    validate: validateCSINode,
    validateUpdate(errors, object, old) {
      validateCSINode(errors, object);
      for (const before of (old['spec'].drivers ?? []) as Fields[])
        for (const now of (object['spec'].drivers ?? []) as Fields[])
          if (before['name'] === now['name'])
            validateImmutable(errors, {...now, allocatable: undefined}, {...before, allocatable: undefined}, 'spec.drivers');
    },
  },
  CSIDriver: {
    generation: true,
    validate: validateCSIDriver,
    validateUpdate(errors, object, old) {
      validateCSIDriver(errors, object);
      for (const field of ['attachRequired', 'volumeLifecycleModes'])
        validateImmutable(errors, object['spec'][field], old['spec'][field], `spec.${field}`);
    },
  },
};
