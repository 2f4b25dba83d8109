/** Nodes. upstream: pkg/apis/core/validation/validation.go ValidateNode, ValidateNodeUpdate */
import {duplicate, type FieldError, forbiddenField, internalField, invalidValue, printValue, required} from '../../../api/field-errors.ts';
import {parseCidr} from '../../../api/ip.ts';
import {byteLength, isConfigMapKey, isValidLabelValue, nameIsDNSLabel, nameIsDNSSubdomain} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields, has} from '../fields.ts';
import {isDualStackCIDRs, validateCIDR} from '../ip.ts';
import {type GoStruct, readObject, readStructs} from '../json.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate, validateLabelName} from '../meta.ts';
import {validateQuantities} from '../resources.ts';
import {validateTaintEffect} from './affinity.ts';

const TAINTS = 'scheduler.alpha.kubernetes.io/taints';
const PREFER_AVOID_PODS = 'scheduler.alpha.kubernetes.io/preferAvoidPods';

/** As Go's encoder shows the internal type. */
const taintJson = (taint: Fields): Fields => ({
  Key: taint['key'],
  Value: taint['value'] ?? '',
  Effect: taint['effect'],
  TimeAdded: taint['timeAdded'] ?? null,
});

const repeatedTaint = (taint: Fields, path: string): FieldError => ({
  type: 'FieldValueDuplicate',
  field: path,
  body: `Duplicate value: ${printValue(taintJson(taint))}: taints must be unique by key and effect pair`,
});

function validateTaints(errors: Errors, taints: readonly Fields[] | undefined, path = 'metadata.taints'): void {
  const seen = new Set<string>();
  taints?.forEach((taint, i) => {
    const at = `${path}[${i}]`;
    const {key = '', value = '', effect} = taint;
    validateLabelName(errors, key, `${at}.key`);
    const messages = isValidLabelValue(value);
    if (messages.length > 0) errors.push(invalidValue(`${at}.value`, value, messages.join(';')));
    validateTaintEffect(errors, effect, `${at}.effect`);
    if (seen.has(`${effect}/${key}`)) errors.push(repeatedTaint(taint, at));
    seen.add(`${effect}/${key}`);
  });
}

const TAINT: GoStruct = {name: 'core.Taint', fields: {Key: 'string', Value: 'string', Effect: 'core.TaintEffect', TimeAdded: 'v1.Time'}};

/** Before v1.6 taints stood in an annotation; what is there is still looked at. */
function validateTaintsAnnotation(errors: Errors, annotations: Fields | undefined): void {
  const text: string | undefined = annotations?.[TAINTS];
  if (!text) return;
  const read = readStructs(text, TAINT);
  if (read.error !== undefined) errors.push(invalidValue('metadata.annotations', TAINTS, read.error));
  else validateTaints(errors, read.value, `metadata.annotations.${TAINTS}`);
}

function validateNodeAnnotations(errors: Errors, annotations: Fields | undefined): void {
  validateTaintsAnnotation(errors, annotations);
  validateAvoidPods(errors, annotations);
}

function validateAvoidPods(errors: Errors, annotations: Fields | undefined): void {
  const text: string | undefined = annotations?.[PREFER_AVOID_PODS];
  if (!text) return;
  const read = readObject(text, 'v1.AvoidPods');
  if (read.error !== undefined) {
    errors.push(invalidValue('metadata.annotations.AvoidPods', PREFER_AVOID_PODS, read.error));
    return;
  }
  const entries: unknown = read.value['preferAvoidPods'];
  if (!Array.isArray(entries)) return;
  entries.forEach((entry: Fields | null, i) => {
    const at = `metadata.annotations.${PREFER_AVOID_PODS}[${i}].PodSignature`;
    const controller = entry?.['podSignature']?.podController;
    if (!controller) errors.push(required(at));
    else if (!controller.controller) errors.push(invalidValue(`${at}.PodController.Controller`, false, 'must point to a controller'));
  });
}

function validateNodeResources(errors: Errors, status: Fields | undefined): void {
  for (const list of ['capacity', 'allocatable']) validateQuantities(errors, status?.[list], name => `status.${list}.${name}`);
}

const FEATURE_NAME_MAX = 253;
const FEATURE_NAME = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z0-9]+)*$/;

function featureNameComplaint(name: string): string | undefined {
  const complaint =
    byteLength(name) > FEATURE_NAME_MAX
      ? `must be no more than ${FEATURE_NAME_MAX} characters`
      : FEATURE_NAME.test(name)
        ? undefined
        : "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";
  return complaint && `invalid feature name ${JSON.stringify(name)}: ${complaint}`;
}

/** What a kubelet declares that it can do, in the order of the alphabet. */
function validateDeclaredFeatures(errors: Errors, status: Fields | undefined): void {
  const features: readonly string[] = status?.['declaredFeatures'] ?? [];
  for (const [i, feature] of features.entries()) {
    const complaint = featureNameComplaint(feature);
    if (complaint) errors.push(invalidValue(`status.declaredFeatures[${i}]`, feature, complaint));
    const next = features[i + 1];
    if (next === feature) errors.push(duplicate(`status.declaredFeatures[${i + 1}]`, next));
    else if (next !== undefined && feature > next)
      errors.push(invalidValue(`status.declaredFeatures[${i + 1}]`, next, 'list must be sorted alphabetically'));
  }
}

export function validateNode(errors: Errors, node: Fields): void {
  const {metadata, spec, status} = node;
  validateCoreObjectMeta(errors, metadata, false, nameIsDNSSubdomain);
  validateNodeAnnotations(errors, metadata.annotations);
  validateTaints(errors, spec.taints);
  validateNodeResources(errors, status);
  const swap: number | undefined = status?.nodeInfo?.swap?.capacity;
  if (swap !== undefined && swap <= 0) errors.push(invalidValue('metadata.nodeSwapStatus.capacity', swap, 'must be greater than zero'));
  validateDeclaredFeatures(errors, status);
  const {podCIDRs = []} = spec;
  podCIDRs.forEach((cidr: string, i: number) => {
    validateCIDR(errors, cidr, `spec.podCIDRs[${i}]`);
  });
  if (podCIDRs.length < 2) return;
  const unread: string | undefined = podCIDRs.find((cidr: string) => !parseCidr(cidr));
  if (unread !== undefined)
    errors.push(
      internalField(
        'spec.podCIDRs',
        `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${podCIDRs.indexOf(unread)}]: <nil> (invalid CIDR address: ${unread})`,
      ),
    );
  if (unread !== undefined || !isDualStackCIDRs(podCIDRs) || podCIDRs.length > 2)
    errors.push(invalidValue('spec.podCIDRs', podCIDRs, 'may specify no more than one CIDR for each IP family'));
}

const CIDR_CHANGE = 'node updates may not change podCIDR except from "" to valid';
const PROVIDER_CHANGE = 'node updates may not change providerID except from "" to valid';

function validateConfigSource(errors: Errors, source: Fields | undefined, path: string, inStatus = false): void {
  if (!source) return;
  const map = source['configMap'];
  if (!map) {
    errors.push(invalidValue(path, {ConfigMap: null}, 'exactly one reference subfield must be non-nil'));
    return;
  }
  const at = `${path}.configMap`;
  for (const [field, value] of Object.entries({uid: map.uid, resourceVersion: map.resourceVersion}))
    if (inStatus && !value) errors.push(required(`${at}.${field}`, `${field} must be set in status`));
    else if (!inStatus && value) errors.push(forbiddenField(`${at}.${field}`, `${field} must not be set in spec`));
  if (!map.namespace) errors.push(required(`${at}.namespace`, 'namespace must be set'));
  else addInvalid(errors, `${at}.namespace`, map.namespace, nameIsDNSLabel(map.namespace, false));
  if (!map.name) errors.push(required(`${at}.name`, 'name must be set'));
  else addInvalid(errors, `${at}.name`, map.name, nameIsDNSSubdomain(map.name, false));
  if (!map.kubeletConfigKey) errors.push(required(`${at}.kubeletConfigKey`, 'kubeletConfigKey must be set'));
  else addInvalid(errors, `${at}.kubeletConfigKey`, map.kubeletConfigKey, isConfigMapKey(map.kubeletConfigKey));
}

export function validateNodeUpdate(errors: Errors, node: Fields, old: Fields): void {
  const {metadata, spec, status} = node;
  const before: Fields = old['spec'];
  validateCoreObjectMetaUpdate(errors, metadata, old['metadata']);
  validateNodeAnnotations(errors, metadata.annotations);
  validateNodeResources(errors, status);
  validateDeclaredFeatures(errors, status);
  const seen = new Set<string>();
  status?.addresses?.forEach((address: Fields, i: number) => {
    const key = `${address['type']}/${address['address']}`;
    if (seen.has(key)) errors.push(duplicate(`status.addresses[${i}]`, {Type: address['type'], Address: address['address']}));
    seen.add(key);
  });
  if (has(before['podCIDRs'])) {
    const [now, were]: [string[], string[]] = [spec.podCIDRs ?? [], before['podCIDRs']];
    if (now.length !== were.length) errors.push(forbiddenField('spec.podCIDRs', CIDR_CHANGE));
    else for (const [i, cidr] of were.entries()) if (cidr !== now[i]) errors.push(forbiddenField('spec.podCIDRs', CIDR_CHANGE));
  }
  if (before['providerID'] && before['providerID'] !== spec.providerID) errors.push(forbiddenField('spec.providerID', PROVIDER_CHANGE));
  validateConfigSource(errors, spec.configSource, 'spec.configSource');
  for (const field of ['assigned', 'active', 'lastKnownGood'])
    validateConfigSource(errors, status?.config?.[field], `status.config.${field}`, true);
  validateTaints(errors, spec.taints);
  if ((spec.externalID ?? '') !== (before['externalID'] ?? '')) errors.push(forbiddenField('spec.externalID', 'may not be updated'));
}
