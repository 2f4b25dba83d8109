/** The core group's plain kinds. upstream: pkg/apis/core/validation/validation.go ValidateConfigMap, ValidateSecret, ValidateNamespace, ValidateEndpoints, ... */
import {forbiddenField, invalidValue, notSupported, required, tooLong, WHOLE_OBJECT} from '../../../api/field-errors.ts';
import {
  byteLength,
  isConfigMapKey,
  isDNS1123Label,
  isQualifiedName,
  isValidPortNum,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
} from '../../../api/names.ts';
import {addInvalid, type Errors, entryOf, type Fields, has, keysOf, semanticEqual} from '../fields.ts';
import {validateIP, validateNonSpecialIP} from '../ip.ts';
import {readObject} from '../json.ts';
import {
  validateCoreObjectMeta,
  validateCoreObjectMetaUpdate,
  validateFinalizerName,
  validateImmutable,
  validateNonnegative,
} from '../meta.ts';
import {PROTOCOLS} from './containers.ts';
import {validatePodTemplateSpec} from './pod-spec.ts';

const MAX_SECRET_SIZE = 1024 * 1024;

/** Bytes behind a base64 text. */
const decodedLength = (text: string): number => {
  const clean = text.replace(/[\r\n]/g, '');
  return Math.floor((clean.length * 3) / 4) - (clean.endsWith('==') ? 2 : clean.endsWith('=') ? 1 : 0);
};

export function validateConfigMap(errors: Errors, map: Fields): void {
  const {data, binaryData} = map;
  validateCoreObjectMeta(errors, map['metadata'], true, nameIsDNSSubdomain);
  let size = 0;
  for (const key of keysOf(data)) {
    addInvalid(errors, `data[${key}]`, key, isConfigMapKey(key));
    if (binaryData?.[key] !== undefined) errors.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    size += byteLength(data[key]);
  }
  for (const key of keysOf(binaryData)) {
    addInvalid(errors, `binaryData[${key}]`, key, isConfigMapKey(key));
    size += decodedLength(binaryData[key]);
  }
  if (size > MAX_SECRET_SIZE) errors.push(tooLong(WHOLE_OBJECT, MAX_SECRET_SIZE));
}

const IMMUTABLE = 'field is immutable when `immutable` is set';

function validateImmutableData(errors: Errors, object: Fields, old: Fields, fields: readonly string[]): void {
  if (!old['immutable']) return;
  if (!object['immutable']) errors.push(forbiddenField('immutable', IMMUTABLE));
  for (const field of fields) if (!semanticEqual(object[field] ?? {}, old[field] ?? {})) errors.push(forbiddenField(field, IMMUTABLE));
}

export function validateConfigMapUpdate(errors: Errors, map: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, map['metadata'], old['metadata']);
  validateImmutableData(errors, map, old, ['data', 'binaryData']);
  validateConfigMap(errors, map);
}

/** Text behind base64, as UTF-8. */
const decodedText = (base64: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(base64.replace(/[\r\n]/g, '')), c => c.charCodeAt(0)));

const validateJsonKey =
  (key: string) =>
  (errors: Errors, secret: Fields): void => {
    const value: string | undefined = secret['data']?.[key];
    if (value === undefined) {
      errors.push(required(`data[${key}]`));
      return;
    }
    const {error} = readObject(decodedText(value), 'map[string]interface {}');
    if (error !== undefined) errors.push(invalidValue(`data[${key}]`, '<secret contents redacted>', error));
  };

const SERVICE_ACCOUNT = 'kubernetes.io/service-account.name';

/** What secrets of a type must hold. */
const SECRET_TYPES: Readonly<Record<string, (errors: Errors, secret: Fields) => void>> = {
  'kubernetes.io/service-account-token'(errors, secret) {
    if (!secret['metadata'].annotations?.[SERVICE_ACCOUNT]) errors.push(required(`metadata.annotations[${SERVICE_ACCOUNT}]`));
  },
  'kubernetes.io/dockercfg': validateJsonKey('.dockercfg'),
  'kubernetes.io/dockerconfigjson': validateJsonKey('.dockerconfigjson'),
  'kubernetes.io/basic-auth'(errors, secret) {
    const {username, password} = secret['data'] ?? {};
    if (username === undefined && password === undefined) errors.push(required('data[username]'), required('data[password]'));
  },
  'kubernetes.io/ssh-auth'(errors, secret) {
    if (!secret['data']?.['ssh-privatekey']) errors.push(required('data[ssh-privatekey]'));
  },
  'kubernetes.io/tls'(errors, secret) {
    for (const key of ['tls.crt', 'tls.key']) if (secret['data']?.[key] === undefined) errors.push(required(`data[${key}]`));
  },
};

export function validateSecret(errors: Errors, secret: Fields): void {
  const {data} = secret;
  validateCoreObjectMeta(errors, secret['metadata'], true, nameIsDNSSubdomain);
  let size = 0;
  for (const key of keysOf(data)) {
    addInvalid(errors, `data[${key}]`, key, isConfigMapKey(key));
    size += decodedLength(data[key]);
  }
  if (size > MAX_SECRET_SIZE) errors.push(tooLong('data', MAX_SECRET_SIZE));
  entryOf(SECRET_TYPES, secret['type'])?.(errors, secret);
}

export function validateSecretUpdate(errors: Errors, secret: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, secret['metadata'], old['metadata']);
  validateImmutable(errors, secret['type'], old['type'], 'type');
  validateImmutableData(errors, secret, old, ['data']);
  validateSecret(errors, secret);
}

export function validateServiceAccount(errors: Errors, account: Fields): void {
  validateCoreObjectMeta(errors, account['metadata'], true, nameIsDNSSubdomain);
}

export function validateNamespace(errors: Errors, namespace: Fields): void {
  validateCoreObjectMeta(errors, namespace['metadata'], false, nameIsDNSLabel);
  for (const finalizer of namespace['spec']?.finalizers ?? []) validateFinalizerName(errors, finalizer, 'spec.finalizers');
}

export function validateNamespaceStatusUpdate(errors: Errors, namespace: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, namespace['metadata'], old['metadata']);
  const phase: string = namespace['status']?.phase ?? '';
  const deleted = Boolean(namespace['metadata'].deletionTimestamp);
  if (!deleted && phase !== 'Active')
    errors.push(invalidValue('status.Phase', phase, "may only be 'Active' if `deletionTimestamp` is empty"));
  if (deleted && phase !== 'Terminating')
    errors.push(invalidValue('status.Phase', phase, "may only be 'Terminating' if `deletionTimestamp` is not empty"));
}

export function validateNamespaceFinalizeUpdate(errors: Errors, namespace: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, namespace['metadata'], old['metadata']);
  namespace['spec']?.finalizers?.forEach((finalizer: string, i: number) => {
    validateFinalizerName(errors, finalizer, `spec.finalizers[${i}]`);
  });
}

function validateEndpointAddress(errors: Errors, address: Fields, path: string): void {
  validateIP(errors, address['ip'], `${path}.ip`);
  if (address['hostname']) addInvalid(errors, `${path}.hostname`, address['hostname'], isDNS1123Label(address['hostname']));
  if (address['nodeName'] !== undefined)
    addInvalid(errors, `${path}.nodeName`, address['nodeName'], nameIsDNSSubdomain(address['nodeName'], false));
  validateNonSpecialIP(errors, address['ip'], `${path}.ip`);
}

function validateEndpointPort(errors: Errors, port: Fields, requireName: boolean, path: string): void {
  const {name = '', protocol, appProtocol} = port;
  if (requireName && !name) errors.push(required(`${path}.name`));
  else if (name) addInvalid(errors, `${path}.name`, name, isDNS1123Label(name));
  addInvalid(errors, `${path}.port`, port['port'], isValidPortNum(port['port']));
  if (!protocol) errors.push(required(`${path}.protocol`));
  else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
  if (appProtocol !== undefined) addInvalid(errors, `${path}.appProtocol`, appProtocol, isQualifiedName(appProtocol));
}

export function validateEndpoints(errors: Errors, endpoints: Fields): void {
  validateCoreObjectMeta(errors, endpoints['metadata'], true, nameIsDNSSubdomain);
  endpoints['subsets']?.forEach((subset: Fields, i: number) => {
    const at = `subsets[${i}]`;
    const {addresses = [], notReadyAddresses = [], ports = []} = subset;
    if (!has(addresses) && !has(notReadyAddresses)) errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
    addresses.forEach((a: Fields, j: number) => {
      validateEndpointAddress(errors, a, `${at}.addresses[${j}]`);
    });
    notReadyAddresses.forEach((a: Fields, j: number) => {
      validateEndpointAddress(errors, a, `${at}.notReadyAddresses[${j}]`);
    });
    ports.forEach((p: Fields, j: number) => {
      validateEndpointPort(errors, p, ports.length > 1, `${at}.ports[${j}]`);
    });
  });
}

export function validatePodTemplate(errors: Errors, template: Fields): void {
  validateCoreObjectMeta(errors, template['metadata'], true, nameIsDNSSubdomain);
  validatePodTemplateSpec(errors, template['template'], 'template');
}

export function validatePodTemplateUpdate(errors: Errors, template: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, template['metadata'], old['metadata']);
  validatePodTemplateSpec(errors, template['template'], 'template');
}

/** upstream: ValidateReplicationController */
export function validateReplicationController(errors: Errors, controller: Fields): void {
  validateCoreObjectMeta(errors, controller['metadata'], true, nameIsDNSSubdomain);
  validateReplicationControllerSpec(errors, controller['spec']);
}

export function validateReplicationControllerUpdate(errors: Errors, controller: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, controller['metadata'], old['metadata']);
  validateReplicationControllerSpec(errors, controller['spec']);
}

function validateReplicationControllerSpec(errors: Errors, spec: Fields): void {
  const {selector, template} = spec;
  validateNonnegative(errors, spec['minReadySeconds'], 'spec.minReadySeconds');
  if (keysOf(selector).length === 0) errors.push(required('spec.selector'));
  validateNonnegative(errors, spec['replicas'], 'spec.replicas');
  if (!template) {
    errors.push(required('spec.template'));
    return;
  }
  const labels: Fields = template.metadata?.labels ?? {};
  if (keysOf(selector).some(key => labels[key] !== selector[key]))
    errors.push(
      invalidValue('spec.template.metadata.labels', template.metadata?.labels ?? null, '`selector` does not match template `labels`'),
    );
  validatePodTemplateSpec(errors, template, 'spec.template');
  if (template.spec.restartPolicy !== 'Always')
    errors.push(notSupported('spec.template.spec.restartPolicy', template.spec.restartPolicy, ['Always']));
  if (template.spec.activeDeadlineSeconds !== undefined)
    errors.push(
      forbiddenField('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in ReplicationController is not Supported'),
    );
}

/** Counts in a status that cannot contradict one another. `replicas` of ReplicationControllers and ReplicaSets. */
export function validateReplicaCounts(errors: Errors, status: Fields): void {
  const {replicas = 0, fullyLabeledReplicas = 0, readyReplicas = 0, availableReplicas = 0} = status;
  for (const field of ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'])
    validateNonnegative(errors, status[field], `status.${field}`);
  const MORE = 'cannot be greater than status.replicas';
  if (fullyLabeledReplicas > replicas) errors.push(invalidValue('status.fullyLabeledReplicas', fullyLabeledReplicas, MORE));
  if (readyReplicas > replicas) errors.push(invalidValue('status.readyReplicas', readyReplicas, MORE));
  if (availableReplicas > replicas) errors.push(invalidValue('status.availableReplicas', availableReplicas, MORE));
  if (availableReplicas > readyReplicas)
    errors.push(invalidValue('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
}
