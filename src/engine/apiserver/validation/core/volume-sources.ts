/**
 * The many kinds of volume: one row each, in the order in which the server looks at them. Pods and persistent volumes share them.
 * upstream: pkg/apis/core/validation/validation.go validateVolumeSource, ValidatePersistentVolumeSpec and what they call
 */
import {forbiddenField, invalidValue, notSupported, required, tooLong} from '../../../api/field-errors.ts';
import {inclusiveRangeError, isDNS1123Label, isDNS1123Subdomain, nameIsDNSLabel, nameIsDNSSubdomain} from '../../../api/names.ts';
import {parseQuantity, sign} from '../../../api/quantity.ts';
import {addInvalid, type Errors, type Fields, has, keysOf} from '../fields.ts';
import {VOLUME_FIELDS, validateObjectFieldSelector, validateResourceFieldSelector} from './field-refs.ts';
import {validateLocalDescendingPath, validateLocalNonReservedPath, validatePathNoBacksteps} from './paths.ts';

/** What a source may need to know of where it stands. */
export interface SourceContext {
  /** Name of the volume, or of the PersistentVolume. */
  readonly volumeName: string;
  readonly inPod: boolean;
  /** '' in templates, where the name is not known. */
  readonly podName: string;
  /** The object is a Pod, not a template. */
  readonly resourceIsPod: boolean;
}

export type SourceCheck = (errors: Errors, source: Fields, path: string, context: SourceContext) => void;

const FILE_MODE = 'must be a number between 0 and 0777 (octal), both inclusive';

const requireField =
  (...names: string[]): SourceCheck =>
  (errors, source, path) => {
    for (const name of names) if (!source[name]) errors.push(required(`${path}.${name}`));
  };

export function validateMode(errors: Errors, mode: number | undefined, path: string): void {
  if (mode !== undefined && (mode > 0o777 || mode < 0)) errors.push(invalidValue(path, mode, FILE_MODE));
}

export function validateKeyToPath(errors: Errors, item: Fields, path: string): void {
  if (!item['key']) errors.push(required(`${path}.key`));
  if (!item['path']) errors.push(required(`${path}.path`));
  validateLocalNonReservedPath(errors, item['path'] ?? '', `${path}.path`);
  validateMode(errors, item['mode'], `${path}.mode`);
}

const keyed =
  (nameField: string): SourceCheck =>
  (errors, source, path) => {
    if (!source[nameField]) errors.push(required(`${path}.${nameField}`));
    validateMode(errors, source['defaultMode'], `${path}.defaultMode`);
    source['items']?.forEach((item: Fields, i: number) => {
      validateKeyToPath(errors, item, `${path}.items[${i}]`);
    });
  };

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

const hostPath: SourceCheck = (errors, source, path) => {
  if (!source['path']) {
    errors.push(required(`${path}.path`));
    return;
  }
  validatePathNoBacksteps(errors, source['path'], `${path}.path`);
  const {type} = source;
  if (type !== undefined && !HOST_PATH_TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, HOST_PATH_TYPES));
};

const gitRepo: SourceCheck = (errors, source, path) => {
  if (!source['repository']) errors.push(required(`${path}.repository`));
  validateLocalDescendingPath(errors, source['directory'] ?? '', `${path}.directory`);
};

const PARTITION = inclusiveRangeError(1, 255);

const disk =
  (idField: string): SourceCheck =>
  (errors, source, path) => {
    if (!source[idField]) errors.push(required(`${path}.${idField}`));
    const {partition} = source;
    if (partition !== undefined && (partition < 0 || partition > 255)) errors.push(invalidValue(`${path}.partition`, partition, PARTITION));
  };

const ISCSI_NAMES: readonly [prefix: string, form: RegExp][] = [
  ['iqn', /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/],
  ['eui', /^eui.[A-Za-z0-9]{16}$/],
  ['naa', /^naa.[A-Za-z0-9]{32}$/],
];
const PORTAL_TOO_LONG =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

function validateIscsiName(errors: Errors, value: string, path: string, unknownPrefix: string): void {
  const known = ISCSI_NAMES.find(([prefix]) => value.startsWith(prefix));
  if (!known) errors.push(invalidValue(path, value, unknownPrefix));
  else if (!known[1].test(value)) errors.push(invalidValue(path, value, 'must be valid format'));
}

const iscsi: SourceCheck = (errors, source, path, context) => {
  const unknownPrefix = context.inPod ? 'must be valid format starting with iqn, eui, or naa' : 'must be valid format';
  const portal: string = source['targetPortal'] ?? '';
  const tooLongPortal = source['initiatorName'] !== undefined && `${context.volumeName}:${portal}`.length > 64;
  if (!portal) errors.push(required(`${path}.targetPortal`));
  if (tooLongPortal && !context.inPod) errors.push(invalidValue(`${path}.targetportal`, portal, PORTAL_TOO_LONG));
  if (!source['iqn']) errors.push(required(`${path}.iqn`));
  else validateIscsiName(errors, source['iqn'], `${path}.iqn`, unknownPrefix);
  const lun = source['lun'] ?? 0;
  if (lun < 0 || lun > 255) errors.push(invalidValue(`${path}.lun`, lun, inclusiveRangeError(0, 255)));
  if ((source['chapAuthDiscovery'] || source['chapAuthSession']) && !source['secretRef']) errors.push(required(`${path}.secretRef`));
  if (!context.inPod && source['secretRef'] && !source['secretRef'].name) errors.push(required(`${path}.secretRef.name`));
  if (source['initiatorName'] !== undefined) validateIscsiName(errors, source['initiatorName'], `${path}.initiatorname`, unknownPrefix);
  if (tooLongPortal && context.inPod)
    errors.push(invalidValue(`${path.slice(0, path.lastIndexOf('.'))}.name`, context.volumeName, PORTAL_TOO_LONG));
};

const glusterfs: SourceCheck = (errors, source, path, context) => {
  requireField('endpoints', 'path')(errors, source, path, context);
  const namespace = source['endpointsNamespace'];
  if (namespace === '')
    errors.push(invalidValue(`${path}.endpointsNamespace`, '', 'if the endpointnamespace is set, it must be a valid namespace name'));
  else if (namespace !== undefined) addInvalid(errors, `${path}.endpointsNamespace`, namespace, nameIsDNSLabel(namespace, false));
};

const flocker: SourceCheck = (errors, source, path) => {
  const {datasetName = '', datasetUUID = ''} = source;
  if (!datasetName && !datasetUUID) errors.push(required(path, 'one of datasetName and datasetUUID is required'));
  if (datasetName && datasetUUID)
    errors.push(invalidValue(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  if (datasetName.includes('/')) errors.push(invalidValue(`${path}.datasetName`, datasetName, "must not contain '/'"));
};

const nfs: SourceCheck = (errors, source, path, context) => {
  requireField('server', 'path')(errors, source, path, context);
  const at: string = source['path'] ?? '';
  if (!at.startsWith('/')) errors.push(invalidValue(`${path}.path`, at, 'must be an absolute path'));
};

const secretRef = (errors: Errors, ref: Fields | undefined, path: string, namespaced: boolean): void => {
  if (!ref) return;
  if (!ref['name']) errors.push(required(`${path}.secretRef.name`));
  if (namespaced && !ref['namespace']) errors.push(required(`${path}.secretRef.namespace`));
};

const cinder: SourceCheck = (errors, source, path, {inPod}) => {
  if (!source['volumeID']) errors.push(required(`${path}.volumeID`));
  secretRef(errors, source['secretRef'], path, !inPod);
};

const monitors: SourceCheck = (errors, source, path) => {
  if (!has(source['monitors'])) errors.push(required(`${path}.monitors`));
};

const rbd: SourceCheck = (errors, source, path, context) => {
  monitors(errors, source, path, context);
  if (!source['image']) errors.push(required(`${path}.image`));
};

const HOST_PORT_PAIRS = 'must be a host:port pair or multiple pairs separated by commas';

const quobyte: SourceCheck = (errors, source, path) => {
  const {registry = '', tenant = ''} = source;
  if (!registry) errors.push(required(`${path}.registry`, HOST_PORT_PAIRS));
  else if (tenant.length >= 65) errors.push(required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
  else
    for (const pair of registry.split(','))
      if (!/^([^:[\]]*|\[[^\]]*\]):[^:]*$/.test(pair)) errors.push(invalidValue(`${path}.registry`, registry, HOST_PORT_PAIRS));
  if (!source['volume']) errors.push(required(`${path}.volume`));
};

const fc: SourceCheck = (errors, source, path) => {
  const {targetWWNs, wwids, lun} = source;
  if (!has(targetWWNs) && !has(wwids)) errors.push(required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'));
  if (has(targetWWNs) && has(wwids))
    errors.push(invalidValue(`${path}.targetWWNs`, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  if (!has(targetWWNs)) return;
  if (lun === undefined) errors.push(required(`${path}.lun`, 'lun is required if targetWWNs is specified'));
  else if (lun < 0 || lun > 255) errors.push(invalidValue(`${path}.lun`, lun, inclusiveRangeError(0, 255)));
};

const flexVolume: SourceCheck = (errors, source, path) => {
  if (!source['driver']) errors.push(required(`${path}.driver`));
  for (const key of keysOf(source['options'])) {
    const namespace = `.${key.split('/')[0]!.toLowerCase()}`;
    if (namespace.endsWith('.kubernetes.io') || namespace.endsWith('.k8s.io'))
      errors.push(invalidValue(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved'));
  }
};

const azureFile: SourceCheck = (errors, source, path, context) => {
  requireField('secretName', 'shareName')(errors, source, path, context);
  if (!context.inPod && source['secretNamespace'] === '') errors.push(required(`${path}.secretNamespace`));
};

const CACHING_MODES = ['None', 'ReadOnly', 'ReadWrite'];
const DISK_KINDS = ['Dedicated', 'Managed', 'Shared'];
const MANAGED_URI = ['/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'];
const BLOB_URI = ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'];

const azureDisk: SourceCheck = (errors, source, path, context) => {
  requireField('diskName', 'diskURI')(errors, source, path, context);
  const {cachingMode, kind, diskURI = ''} = source;
  if (cachingMode !== undefined && !CACHING_MODES.includes(cachingMode))
    errors.push(notSupported(`${path}.cachingMode`, cachingMode, CACHING_MODES));
  if (kind !== undefined && !DISK_KINDS.includes(kind)) errors.push(notSupported(`${path}.kind`, kind, DISK_KINDS));
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/')) errors.push(notSupported(`${path}.diskURI`, diskURI, MANAGED_URI));
  if (kind !== undefined && kind !== 'Managed' && !diskURI.startsWith('https://'))
    errors.push(notSupported(`${path}.diskURI`, diskURI, BLOB_URI));
};

const storageos: SourceCheck = (errors, source, path, {inPod}) => {
  const {volumeName, volumeNamespace} = source;
  if (!volumeName) errors.push(required(`${path}.volumeName`));
  else addInvalid(errors, `${path}.volumeName`, volumeName, isDNS1123Label(volumeName));
  if (volumeNamespace) addInvalid(errors, `${path}.volumeNamespace`, volumeNamespace, isDNS1123Label(volumeNamespace));
  secretRef(errors, source['secretRef'], path, !inPod);
};

/** A CSI driver's name: a DNS name in any case. */
export function validateCSIDriverName(errors: Errors, name: string, path: string): void {
  if (name === '') errors.push(required(path));
  if (name.length > 63) errors.push(tooLong(path, 63));
  addInvalid(errors, path, name, isDNS1123Subdomain(name.toLowerCase()));
}

const PV_SECRETS = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'];

const csi: SourceCheck = (errors, source, path, {inPod}) => {
  validateCSIDriverName(errors, source['driver'] ?? '', `${path}.driver`);
  if (inPod) {
    const ref = source['nodePublishSecretRef'];
    if (ref && !ref.name) errors.push(required(`${path}.nodePublishSecretRef.name`));
    else if (ref) addInvalid(errors, `${path}.name`, ref.name, nameIsDNSSubdomain(ref.name, false));
    return;
  }
  if (!source['volumeHandle']) errors.push(required(`${path}.volumeHandle`));
  for (const name of PV_SECRETS) if (source[name]) validateSecretReference(errors, source[name], `${path}.${name}`);
};

function validateSecretReference(errors: Errors, ref: Fields, path: string): void {
  if (!ref['name']) errors.push(required(`${path}.name`));
  else addInvalid(errors, `${path}.name`, ref['name'], isDNS1123Subdomain(ref['name']));
  if (!ref['namespace']) errors.push(required(`${path}.namespace`));
  else addInvalid(errors, `${path}.namespace`, ref['namespace'], isDNS1123Label(ref['namespace']));
}

export function validateDownwardFile(errors: Errors, file: Fields, path: string): void {
  if (!file['path']) errors.push(required(`${path}.path`));
  validateLocalNonReservedPath(errors, file['path'] ?? '', `${path}.path`);
  if (file['fieldRef']) {
    validateObjectFieldSelector(errors, file['fieldRef'], VOLUME_FIELDS, `${path}.fieldRef`);
    if (file['resourceFieldRef'])
      errors.push(invalidValue(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (file['resourceFieldRef']) validateResourceFieldSelector(errors, file['resourceFieldRef'], `${path}.resourceFieldRef`, true);
  else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  validateMode(errors, file['mode'], `${path}.mode`);
}

const downwardAPI: SourceCheck = (errors, source, path) => {
  validateMode(errors, source['defaultMode'], `${path}.defaultMode`);
  for (const file of source['items'] ?? []) validateDownwardFile(errors, file, path);
};

const emptyDir: SourceCheck = (errors, source, path) => {
  if (source['sizeLimit'] !== undefined && sign(parseQuantity(source['sizeLimit'])) < 0)
    errors.push(forbiddenField(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'));
};

const local: SourceCheck = (errors, source, path) => {
  if (!source['path']) errors.push(required(`${path}.path`));
  else validatePathNoBacksteps(errors, source['path'], `${path}.path`);
};

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

export function validatePullPolicy(errors: Errors, policy: string | undefined, path: string): void {
  if (!policy) errors.push(required(path));
  else if (!PULL_POLICIES.includes(policy)) errors.push(notSupported(path, policy, PULL_POLICIES));
}

const image: SourceCheck = (errors, source, path, {resourceIsPod}) => {
  if (resourceIsPod && !source['reference']) errors.push(required(`${path}.reference`));
  validatePullPolicy(errors, source['pullPolicy'], `${path}.pullPolicy`);
};

export interface SourceRow {
  readonly field: string;
  readonly check: SourceCheck;
  /** Where its errors stand, when not under its own name. */
  readonly errorsAt?: string;
  /** Where the complaint about a second type stands. */
  readonly forbiddenAt?: string;
}

const row = (field: string, check: SourceCheck, more: Omit<SourceRow, 'field' | 'check'> = {}): SourceRow => ({field, check, ...more});

const GCE = row('gcePersistentDisk', disk('pdName'), {errorsAt: 'persistentDisk'});
const AWS = row('awsElasticBlockStore', disk('volumeID'));
const CEPHFS = row('cephfs', monitors, {forbiddenAt: 'cephFS'});
const HOST_PATH = row('hostPath', hostPath);
const GLUSTERFS = row('glusterfs', glusterfs);
const FLOCKER = row('flocker', flocker);
const NFS = row('nfs', nfs);
const ISCSI = row('iscsi', iscsi);
const RBD = row('rbd', rbd);
const CINDER = row('cinder', cinder);
const QUOBYTE = row('quobyte', quobyte);
const FC = row('fc', fc);
const FLEX = row('flexVolume', flexVolume);
const AZURE_FILE = row('azureFile', azureFile);
const VSPHERE = row('vsphereVolume', requireField('volumePath'));
const PHOTON = row('photonPersistentDisk', requireField('pdID'));
const PORTWORX = row('portworxVolume', requireField('volumeID'));
const AZURE_DISK = row('azureDisk', azureDisk);
const STORAGEOS = row('storageos', storageos);
const SCALE_IO = row('scaleIO', requireField('gateway', 'system', 'volumeName'));
const CSI = row('csi', csi);

/** Sources of a pod's volume; projected and ephemeral ones are added where they are known. */
export const POD_SOURCES: readonly SourceRow[] = [
  row('emptyDir', emptyDir),
  HOST_PATH,
  row('gitRepo', gitRepo),
  GCE,
  AWS,
  row('secret', keyed('secretName')),
  NFS,
  ISCSI,
  GLUSTERFS,
  FLOCKER,
  row('persistentVolumeClaim', requireField('claimName')),
  RBD,
  CINDER,
  CEPHFS,
  QUOBYTE,
  row('downwardAPI', downwardAPI, {forbiddenAt: 'downwarAPI'}),
  FC,
  FLEX,
  row('configMap', keyed('name')),
  AZURE_FILE,
  VSPHERE,
  PHOTON,
  PORTWORX,
  AZURE_DISK,
  STORAGEOS,
];
/** Those that come after `projected`. */
export const LATE_POD_SOURCES: readonly SourceRow[] = [SCALE_IO, CSI];
export const IMAGE_SOURCE: SourceRow = row('image', image);

/** Sources of a PersistentVolume. */
export const PV_SOURCES: readonly SourceRow[] = [
  HOST_PATH,
  GCE,
  AWS,
  GLUSTERFS,
  FLOCKER,
  NFS,
  RBD,
  QUOBYTE,
  CEPHFS,
  ISCSI,
  CINDER,
  FC,
  FLEX,
  AZURE_FILE,
  VSPHERE,
  PHOTON,
  PORTWORX,
  AZURE_DISK,
  SCALE_IO,
  row('local', local),
  STORAGEOS,
  CSI,
];

/** Runs the rows over what is set; returns how many types there are. */
export function validateSources(
  errors: Errors,
  holder: Fields,
  rows: readonly SourceRow[],
  path: string,
  context: SourceContext,
  before = 0,
): number {
  let types = before;
  for (const {field, check, errorsAt, forbiddenAt} of rows) {
    const source = holder[field];
    if (source === undefined) continue;
    if (types > 0) errors.push(forbiddenField(`${path}.${forbiddenAt ?? field}`, 'may not specify more than 1 volume type'));
    else {
      types++;
      check(errors, source, `${path}.${errorsAt ?? field}`, context);
    }
  }
  return types;
}
