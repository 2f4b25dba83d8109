/** StorageClasses, VolumeAttachments, CSI nodes and drivers. upstream: pkg/apis/storage/validation/validation.go */

import {duplicate, forbiddenField, invalidValue, notSupported, required, tooLong} from '../../../api/field-errors.ts';
import {MAX_INT32} from '../../../api/int32.ts';
import {byteLength, inclusiveRangeError, nameIsDNSSubdomain} from '../../../api/names.ts';
import {parseQuantity, sign} from '../../../api/quantity.ts';
import {selectorWarnings, storageClassWarnings} from '../core/node-label-warnings.ts';
import {validateCSIDriverName} from '../core/volume-sources.ts';
import {addInvalid, type Errors, type Fields, has, keysOf, semanticEqual} from '../fields.ts';
import {
  validateCoreObjectMeta,
  validateCoreObjectMetaUpdate,
  validateImmutable,
  validateLabelName,
  validateLabelSelector,
  validateQualifiedName,
} from '../meta.ts';
import type {GroupRules} from '../rules.ts';

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
  validateDifferentTerms(errors, topologies ?? []);
}

/** Keys with their sets of values. */
const requirementsOf = (term: Fields): Fields =>
  Object.fromEntries(
    ((term['matchLabelExpressions'] ?? []) as Fields[]).map(({key, values = []}) => [key ?? '', [...new Set(values as string[])].sort()]),
  );

/** The server compares each term with those before it, and with as many empty ones as there are terms. */
function validateDifferentTerms(errors: Errors, terms: readonly Fields[]): void {
  const seen: Fields[] = terms.map(() => ({}));
  for (const [i, term] of terms.entries()) {
    const own = requirementsOf(term);
    for (const other of seen) if (semanticEqual(own, other)) errors.push(duplicate(`allowedTopologies[${i}].matchLabelExpressions`, ''));
    seen.push(own);
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
  const {attachmentMetadata, attachError, detachError} = attachment['status'] ?? {};
  if (mapSize(attachmentMetadata) > PARAMETERS_SIZE) errors.push(tooLong('status.attachmentMetadata', PARAMETERS_SIZE));
  validateVolumeError(errors, attachError, 'status.attachError');
  validateVolumeError(errors, detachError, 'status.detachError');
}

const ERROR_MESSAGE_MAX = 1024;

/** A message that is too long is told the limit of something else. */
function validateVolumeError(errors: Errors, error: Fields | undefined, path: string): void {
  if (!error) return;
  if (byteLength(error['message'] ?? '') > ERROR_MESSAGE_MAX) errors.push(tooLong(`${path}.message`, PARAMETERS_SIZE));
  if (error['errorCode'] < 0) errors.push(invalidValue(`${path}.errorCode`, error['errorCode'], inclusiveRangeError(0, MAX_INT32)));
}

/** What v1 asks beyond its beta. */
function validateNewAttachment(errors: Errors, attachment: Fields): void {
  validateAttachment(errors, attachment);
  const {attacher = '', source} = attachment['spec'];
  validateCSIDriverName(errors, attacher, 'spec.attacher');
  const volume: string | undefined = source?.persistentVolumeName;
  if (volume !== undefined) addInvalid(errors, 'spec.source.persistentVolumeName', volume, nameIsDNSSubdomain(volume, false));
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
      if (key === '') errors.push(required(at, key));
      if (topologyKeys.indexOf(key) < j) errors.push(duplicate(at, key));
      validateQualifiedName(errors, key, at);
    }
  }
}

const LIFECYCLE_MODES = ['Persistent', 'Ephemeral'];
const FS_GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];

const UPDATE_PERIOD_MIN = 10;

/** Each for an audience of its own. */
function validateTokenRequests(errors: Errors, requests: readonly Fields[]): void {
  for (const [i, {audience = '', expirationSeconds: seconds}] of requests.entries()) {
    const at = `spec.tokenRequests[${i}]`;
    if (requests.slice(0, i).some(other => (other['audience'] ?? '') === audience)) {
      errors.push(duplicate(`${at}.audience`, audience));
      continue;
    }
    if (seconds < 600) errors.push(invalidValue(`${at}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes'));
    if (seconds > 2 ** 32)
      errors.push(invalidValue(`${at}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds'));
  }
}

function validateCSIDriverSpec(errors: Errors, spec: Fields): void {
  const {attachRequired, podInfoOnMount, storageCapacity, fsGroupPolicy, volumeLifecycleModes = [], seLinuxMount} = spec;
  // The server calls it so.
  if (attachRequired === undefined) errors.push(required('spec.attachedRequired'));
  for (const [field, value] of Object.entries({podInfoOnMount, storageCapacity}))
    if (value === undefined) errors.push(required(`spec.${field}`));
  if (fsGroupPolicy !== undefined && !FS_GROUP_POLICIES.includes(fsGroupPolicy))
    errors.push(notSupported('spec.fsGroupPolicy', fsGroupPolicy, FS_GROUP_POLICIES));
  validateTokenRequests(errors, spec['tokenRequests'] ?? []);
  for (const mode of volumeLifecycleModes as string[])
    if (!LIFECYCLE_MODES.includes(mode)) errors.push(notSupported('spec.volumeLifecycleModes', mode, LIFECYCLE_MODES));
  if (seLinuxMount === undefined) errors.push(required('spec.seLinuxMount'));
  const period: number | undefined = spec['nodeAllocatableUpdatePeriodSeconds'];
  if (period !== undefined && period < UPDATE_PERIOD_MIN)
    errors.push(invalidValue('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be greater than or equal to 10 seconds'));
}

function validateCapacity(errors: Errors, object: Fields): void {
  const {nodeTopology, storageClassName = '', capacity} = object;
  validateCoreObjectMeta(errors, object['metadata'], true, nameIsDNSSubdomain);
  validateLabelSelector(errors, nodeTopology, 'nodeTopology');
  addInvalid(errors, 'storageClassName', storageClassName, nameIsDNSSubdomain(storageClassName, false));
  if (capacity !== undefined && sign(parseQuantity(capacity)) < 0)
    errors.push(invalidValue('capacity', capacity, 'must be greater than or equal to 0'));
}

export const storageRules: GroupRules = {
  StorageClass: {validate: validateStorageClass, validateUpdate: validateStorageClassUpdate, warnings: storageClassWarnings},
  VolumeAttachment: {
    newStatus: {attached: false},
    validate: validateNewAttachment,
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
  CSIStorageCapacity: {
    warnings: ({nodeTopology}) => selectorWarnings(nodeTopology, 'nodeTopology'),
    validate: validateCapacity,
    validateUpdate(errors, object, old) {
      validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
      for (const field of ['nodeTopology', 'storageClassName']) validateImmutable(errors, object[field], old[field], field);
    },
  },
  CSIDriver: {
    generation: true,
    validate(errors, driver) {
      validateCoreObjectMeta(errors, driver['metadata'], false, nameIsDNSSubdomain);
      validateCSIDriverSpec(errors, driver['spec']);
    },
    validateUpdate(errors, driver, old) {
      validateCoreObjectMetaUpdate(errors, driver['metadata'], old['metadata']);
      validateCSIDriverSpec(errors, driver['spec']);
      validateImmutable(errors, driver['spec'].attachRequired, old['spec'].attachRequired, 'spec.attachedRequired');
      validateImmutable(errors, driver['spec'].volumeLifecycleModes, old['spec'].volumeLifecycleModes, 'spec.volumeLifecycleModes');
    },
  },
};
