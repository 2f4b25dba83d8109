/**
 * Names and quantities of resources, in containers, pods, quotas and nodes.
 * upstream: pkg/apis/core/validation/validation.go (validateResourceName ... validateResourceRequirements), pkg/apis/core/helper/helpers.go
 */
import {duplicate, type FieldError, forbiddenField, invalidValue, notSupported, required} from '../../api/field-errors.ts';
import {isDNS1123Label, isQualifiedName} from '../../api/names.ts';
import {isSupportedPodLevelResource} from '../../api/pod-resources.ts';
import {cmp, parseQuantity, printQuantity, type Quantity, scaledValue, sign} from '../../api/quantity.ts';
import {addInvalid, type Errors, type Fields, keysOf} from './fields.ts';
import {IS_NEGATIVE, IS_NOT_INTEGER, IS_NOT_POSITIVE} from './meta.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const STANDARD_CONTAINER = words('cpu memory ephemeral-storage');
const STANDARD = words(`
  cpu memory ephemeral-storage requests.cpu requests.memory requests.ephemeral-storage limits.cpu limits.memory limits.ephemeral-storage pods
  resourcequotas services replicationcontrollers secrets configmaps persistentvolumeclaims storage requests.storage services.nodeports
  services.loadbalancers
`);
const STANDARD_QUOTA = words(`
  cpu memory ephemeral-storage requests.cpu requests.memory requests.storage requests.ephemeral-storage limits.cpu limits.memory
  limits.ephemeral-storage pods resourcequotas services replicationcontrollers secrets persistentvolumeclaims configmaps services.nodeports
  services.loadbalancers
`);
const INTEGER = words(`
  pods resourcequotas services replicationcontrollers secrets configmaps persistentvolumeclaims services.nodeports services.loadbalancers
`);

const HUGEPAGES = 'hugepages-';
const QUOTA_HUGEPAGES = 'requests.hugepages-';

const isHugePage = (name: string): boolean => name.startsWith(HUGEPAGES);
const isQuotaHugePage = (name: string): boolean => name.startsWith(HUGEPAGES) || name.startsWith(QUOTA_HUGEPAGES);

/** Without a prefix, or with one of kubernetes.io. */
export const isNativeResource = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

/** A device's resource: `vendor.example/thing`. */
function isExtendedResource(name: string): boolean {
  if (isNativeResource(name) || name.startsWith('requests.')) return false;
  return isQualifiedName(`requests.${name}`).length === 0;
}

/** Native resources except huge pages may be asked for beyond their limit. */
export const isOvercommitAllowed = (name: string): boolean => isNativeResource(name) && !isHugePage(name);

const isStandardContainerResource = (name: string): boolean => STANDARD_CONTAINER.has(name) || isHugePage(name);
const isStandardResource = (name: string): boolean => STANDARD.has(name) || isQuotaHugePage(name);
export const isStandardQuotaResource = (name: string): boolean => STANDARD_QUOTA.has(name) || isQuotaHugePage(name);
const isIntegerResource = (name: string): boolean => INTEGER.has(name) || isExtendedResource(name);

/** Returns whether the name passed. */
export function validateResourceName(errors: Errors, name: string, path: string): boolean {
  const messages = isQualifiedName(name);
  addInvalid(errors, path, name, messages);
  if (messages.length > 0) return false;
  if (name.includes('/') || isStandardResource(name)) return true;
  errors.push(invalidValue(path, name, 'must be a standard resource type or fully qualified'));
  return false;
}

export function validateContainerResourceName(errors: Errors, name: string, path: string): void {
  validateResourceName(errors, name, path);
  const parts = name.split('/').length;
  if (parts === 1) {
    if (!isStandardContainerResource(name)) errors.push(invalidValue(path, name, 'must be a standard resource for containers'));
  } else if (!isNativeResource(name) && !isExtendedResource(name))
    errors.push(invalidValue(path, name, "doesn't follow extended resource name standard"));
}

const POD_LEVEL = ['cpu', 'hugepages-', 'memory'];

function validatePodResourceName(errors: Errors, name: string, path: string): void {
  if (validateResourceName(errors, name, path) && !isSupportedPodLevelResource(name)) errors.push(notSupported(path, name, POD_LEVEL));
}

export function validateQuotaResourceName(errors: Errors, name: string, path: string): void {
  validateResourceName(errors, name, path);
  if (!name.includes('/') && !isStandardQuotaResource(name)) errors.push(invalidValue(path, name, 'must be a standard resource for quota'));
}

/** Not negative, and whole where only whole ones make sense. */
export function validateResourceQuantity(errors: Errors, name: string, quantity: Quantity, path: string): void {
  if (sign(quantity) < 0) errors.push(invalidValue(path, printQuantity(quantity), IS_NEGATIVE));
  if (isIntegerResource(name) && scaledValue(quantity, -3) % 1000n !== 0n)
    errors.push(invalidValue(path, printQuantity(quantity), IS_NOT_INTEGER));
}

export function validatePositiveQuantity(errors: Errors, quantity: Quantity, path: string): boolean {
  if (sign(quantity) > 0) return true;
  errors.push(invalidValue(path, printQuantity(quantity), IS_NOT_POSITIVE));
  return false;
}

/** upstream: validateBasicResource */
export function validateBasicResource(errors: Errors, quantity: Quantity, path: string): boolean {
  const value = scaledValue(quantity, 0);
  if (value >= 0n) return true;
  errors.push(invalidValue(path, value, 'must be a valid resource quantity'));
  return false;
}

/** Every entry of a resource list by name and quantity. */
export function validateQuantities(
  errors: Errors,
  list: Fields | undefined,
  path: (name: string) => string,
  nameCheck?: (errors: Errors, name: string, path: string) => void,
): void {
  for (const name of keysOf(list)) {
    const at = path(name);
    nameCheck?.(errors, name, at);
    validateResourceQuantity(errors, name, parseQuantity(list![name]), at);
  }
}

function validateHugePageMultiple(errors: Errors, name: string, quantity: Quantity, path: string): void {
  const page = parseQuantity(name.slice(HUGEPAGES.length) || '0');
  const [have, unit] = [scaledValue(quantity, 0), scaledValue(page, 0)];
  if (unit <= 0n || have % unit !== 0n)
    errors.push(invalidValue(path, printQuantity(quantity), `${printQuantity(quantity)} is not positive integer multiple of ${name}`));
}

const hugePageIsParsable = (name: string): boolean => {
  try {
    parseQuantity(name.slice(HUGEPAGES.length));
    return true;
  } catch {
    return false;
  }
};

function checkHugePage(errors: Errors, name: string, quantity: Quantity, path: string): void {
  if (hugePageIsParsable(name)) validateHugePageMultiple(errors, name, quantity, path);
  else errors.push(invalidValue(path, printQuantity(quantity), `${printQuantity(quantity)} is not positive integer multiple of ${name}`));
}

export interface Requirements {
  limits?: Fields;
  requests?: Fields;
  claims?: readonly Fields[];
}

/** requests and limits of a container (or, with `podLevel`, of a pod as a whole). */
export function validateResourceRequirements(
  errors: Errors,
  requirements: Requirements | undefined,
  podClaimNames: ReadonlySet<string>,
  path: string,
  podLevel = false,
): void {
  if (!requirements) return;
  const nameCheck = podLevel ? validatePodResourceName : validateContainerResourceName;
  const {limits, requests, claims} = requirements;
  let computes = false;
  let hugePages = false;
  for (const name of keysOf(limits)) {
    const at = `${path}.limits[${name}]`;
    const quantity = parseQuantity(limits![name]);
    nameCheck(errors, name, at);
    validateResourceQuantity(errors, name, quantity, at);
    if (isHugePage(name)) {
      hugePages = true;
      checkHugePage(errors, name, quantity, at);
    }
    computes ||= name === 'cpu' || name === 'memory';
  }
  for (const name of keysOf(requests)) {
    const at = `${path}.requests[${name}]`;
    const quantity = parseQuantity(requests![name]);
    nameCheck(errors, name, at);
    validateResourceQuantity(errors, name, quantity, at);
    if (limits?.[name] !== undefined) {
      const limit = parseQuantity(limits[name]);
      const order = cmp(quantity, limit);
      if (order !== 0 && !isOvercommitAllowed(name))
        errors.push(invalidValue(`${path}.requests`, printQuantity(quantity), `must be equal to ${name} limit of ${printQuantity(limit)}`));
      else if (order > 0)
        errors.push(
          invalidValue(
            `${path}.requests`,
            printQuantity(quantity),
            `must be less than or equal to ${name} limit of ${printQuantity(limit)}`,
          ),
        );
    } else if (!isOvercommitAllowed(name)) errors.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
    if (isHugePage(name)) {
      hugePages = true;
      checkHugePage(errors, name, quantity, at);
    }
    computes ||= name === 'cpu' || name === 'memory';
  }
  if (hugePages && !computes) errors.push(forbiddenField(path, 'HugePages require cpu or memory'));
  if (claims) validateClaimNames(errors, claims, podClaimNames, `${path}.claims`);
}

function validateClaimNames(errors: Errors, claims: readonly Fields[], podClaimNames: ReadonlySet<string>, path: string): void {
  const seen = new Set<string>();
  claims.forEach((claim, i) => {
    const at = `${path}[${i}]`;
    const {name, request = ''} = claim;
    if (!name) {
      errors.push(required(at));
      return;
    }
    if (seen.has(name)) errors.push(duplicate(at, name));
    else {
      if (request) addInvalid(errors, `${at}.request`, request, isDNS1123Label(request));
      const key = request ? `${name}/${request}` : name;
      if (seen.has(key)) errors.push(duplicate(at, key));
      else if (!request) for (const other of seen) if (other.startsWith(`${name}/`)) errors.push(duplicate(at, name));
      seen.add(key);
    }
    if (!podClaimNames.has(name)) errors.push(unknownClaim(at, name, podClaimNames));
  });
}

const unknownClaim = (path: string, name: string, known: ReadonlySet<string>): FieldError => ({
  type: 'FieldValueNotFound',
  field: path,
  body: `Not found: ${JSON.stringify(name)}: must be one of the names in pod.spec.resourceClaims${
    known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`
  }`,
});
