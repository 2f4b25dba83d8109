/** Groups of one or two kinds: policy, scheduling, coordination, discovery, node, events, apiregistration. upstream: pkg/apis/<group>/validation */

import {
  duplicate,
  type FieldError,
  forbiddenField,
  GoValue,
  invalidValue,
  notSupported,
  required,
  tooMany,
} from '../../../api/field-errors.ts';
import {parseIp} from '../../../api/ip.ts';
import {
  isDNS1035Label,
  isDNS1123Label,
  isDNS1123Subdomain,
  isFullyQualifiedDomainName,
  isQualifiedName,
  isValidLabelValue,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
  nameIsPathSegment,
} from '../../../api/names.ts';
import {validateTolerations} from '../core/affinity.ts';
import {validateNewEvent, validateNewEventUpdate} from '../core/event.ts';
import {runtimeClassWarnings} from '../core/node-label-warnings.ts';
import {addInvalid, type Errors, type Fields, has, keysOf, semanticEqual} from '../fields.ts';
import {validateIP, validateNonSpecialIP} from '../ip.ts';
import {
  validateConditions,
  validateCoreObjectMeta,
  validateCoreObjectMetaUpdate,
  validateImmutable,
  validateLabelSelector,
  validateLabels,
  validateNonnegative,
} from '../meta.ts';
import {validateResourceRequirements} from '../resources.ts';
import type {KindRules} from '../rules.ts';
import {validateAtMost100Percent, validatePositiveIntOrPercent} from './shared.ts';

type Rules = Readonly<Record<string, KindRules>>;

const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

function validateBudgetSpec(errors: Errors, spec: Fields): void {
  const {minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy} = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = {
      MinAvailable: minAvailable,
      Selector: selector ?? null,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: policy ?? null,
    };
    errors.push(invalidValue('spec', shown, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const field of ['minAvailable', 'maxUnavailable']) {
    if (spec[field] === undefined) continue;
    validatePositiveIntOrPercent(errors, spec[field], `spec.${field}`);
    validateAtMost100Percent(errors, spec[field], `spec.${field}`);
  }
  validateLabelSelector(errors, selector, 'spec.selector');
  if (policy !== undefined && !EVICTION_POLICIES.includes(policy))
    errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, EVICTION_POLICIES));
}

export const policyRules: Rules = {
  PodDisruptionBudget: {
    generation: true,
    newStatus: {disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0},
    validate: (errors, budget) => validateBudgetSpec(errors, budget['spec']),
    subresources: {
      status: {
        validate(errors, budget) {
          const status: Fields = budget['status'] ?? {};
          validateConditions(errors, status['conditions'], 'status.conditions');
          for (const field of ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'])
            validateNonnegative(errors, status[field], `status.${field}`);
        },
      },
    },
  },
};

const HIGHEST_USER_PRIORITY = 1_000_000_000;
const SYSTEM_CLASSES: Readonly<Record<string, number>> = {'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000};
const PREEMPTION = ['Never', 'PreemptLowerPriority'];

function validatePriorityClass(errors: Errors, priorityClass: Fields): void {
  const {metadata, value = 0, globalDefault, preemptionPolicy: policy} = priorityClass;
  validateCoreObjectMeta(errors, metadata, false, nameIsDNSSubdomain);
  const name: string = metadata.name ?? '';
  if (name.startsWith('system-')) {
    if (SYSTEM_CLASSES[name] !== value || globalDefault)
      errors.push(
        forbiddenField(
          'metadata.name',
          "priority class names with 'system-' prefix are reserved for system use only. error: " +
            (SYSTEM_CLASSES[name] === undefined
              ? `${name} is not a known system priority class`
              : globalDefault
                ? `globalDefault of ${name} must be false`
                : `value of ${name} PriorityClass must be ${SYSTEM_CLASSES[name]}`),
        ),
      );
  } else if (value > HIGHEST_USER_PRIORITY)
    errors.push(forbiddenField('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`));
  if (policy !== undefined && !PREEMPTION.includes(policy))
    errors.push(notSupported('preemptionPolicy', policy, ['PreemptLowerPriority', 'Never']));
}

export const schedulingRules: Rules = {
  PriorityClass: {
    generation: true,
    generationOf: ['description'],
    validate: validatePriorityClass,
    validateUpdate(errors, object, old) {
      validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
      if ((object['value'] ?? 0) !== (old['value'] ?? 0)) errors.push(forbiddenField('value', 'may not be changed in an update.'));
      validateImmutable(errors, object['preemptionPolicy'], old['preemptionPolicy'], 'preemptionPolicy');
    },
  },
};

const STRATEGIES = ['OldestEmulationVersion'];

/** One of Kubernetes', or somebody's with a prefix. The server names the field twice. */
function validateLeaseStrategy(errors: Errors, strategy: string): void {
  const at = 'spec.strategy.strategy';
  if (strategy.includes('/')) addInvalid(errors, at, strategy, isQualifiedName(strategy));
  else if (!STRATEGIES.includes(strategy)) errors.push(notSupported(at, strategy, STRATEGIES));
}

function validateLease(errors: Errors, lease: Fields): void {
  validateCoreObjectMeta(errors, lease['metadata'], true, nameIsDNSSubdomain);
  const {leaseDurationSeconds: duration, leaseTransitions, strategy, preferredHolder} = lease['spec'] ?? {};
  if (duration <= 0) errors.push(invalidValue('spec.leaseDurationSeconds', duration, 'must be greater than 0'));
  if (leaseTransitions < 0) errors.push(invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'));
  if (strategy !== undefined) validateLeaseStrategy(errors, strategy);
  if (preferredHolder && !strategy) errors.push(forbiddenField('spec.preferredHolder', 'may only be specified if `strategy` is defined'));
}

export const coordinationRules: Rules = {
  Lease: {
    validate: validateLease,
    validateUpdate(errors, lease, old) {
      validateCoreObjectMetaUpdate(errors, lease['metadata'], old['metadata']);
      validateLease(errors, lease);
    },
  },
};

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;
const MAX_ENDPOINTS = 1000;
const MAX_HINTS = 8;
const MAX_TOPOLOGY_LABELS = 16;

function validateAddress(errors: Errors, address: string, type: string, path: string): void {
  if (type === 'FQDN') {
    addInvalid(errors, path, address, isFullyQualifiedDomainName(address));
    return;
  }
  const family = type === 'IPv4' ? 4 : 6;
  if (validateIP(errors, address, path) && parseIp(address)!.family !== family)
    errors.push(invalidValue(path, address, `must be an IPv${family} address`));
  validateNonSpecialIP(errors, address, path);
}

function validateEndpoint(errors: Errors, endpoint: Fields, type: string, path: string): void {
  const {addresses = [], deprecatedTopology, nodeName, hostname, hints} = endpoint;
  if (!has(addresses)) errors.push(required(`${path}.addresses`, 'must contain at least 1 address'));
  else if (addresses.length > MAX_ADDRESSES) errors.push(tooMany(`${path}.addresses`, addresses.length, MAX_ADDRESSES));
  for (const [i, address] of (addresses as string[]).entries()) validateAddress(errors, address, type, `${path}.addresses[${i}]`);
  if (nodeName !== undefined) addInvalid(errors, `${path}.nodeName`, nodeName, nameIsDNSSubdomain(nodeName, false));
  const labels = keysOf(deprecatedTopology).length;
  if (labels > MAX_TOPOLOGY_LABELS) errors.push(tooMany(`${path}.deprecatedTopology`, labels, MAX_TOPOLOGY_LABELS));
  validateLabels(errors, deprecatedTopology, `${path}.deprecatedTopology`);
  if (hostname !== undefined) addInvalid(errors, `${path}.hostname`, hostname, isDNS1123Label(hostname));
  if (hints) validateHints(errors, hints, `${path}.hints`);
}

/** Where an endpoint should be used: names of zones are values of labels, names of nodes names. */
const HINTS = {
  forZones: isValidLabelValue,
  forNodes: (name: string) => nameIsDNSSubdomain(name, false),
} as const;

function validateHints(errors: Errors, hints: Fields, path: string): void {
  for (const [field, messages] of Object.entries(HINTS)) {
    const names = ((hints[field] ?? []) as Fields[]).map(({name = ''}): string => name);
    if (names.length > MAX_HINTS) {
      errors.push(tooMany(`${path}.${field}`, names.length, MAX_HINTS));
      continue;
    }
    for (const [i, name] of names.entries()) {
      const at = `${path}.${field}[${i}].name`;
      if (names.indexOf(name) < i) errors.push(duplicate(at, name));
      addInvalid(errors, at, name, messages(name));
    }
  }
}

function validateSlicePorts(errors: Errors, ports: readonly Fields[]): void {
  if (ports.length > MAX_PORTS) {
    errors.push(tooMany('ports', ports.length, MAX_PORTS));
    return;
  }
  const names = new Set<string>();
  for (const [i, {name = '', protocol, appProtocol}] of ports.entries()) {
    const at = `ports[${i}]`;
    if (name) addInvalid(errors, `${at}.name`, name, isDNS1123Label(name));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    if (protocol === undefined) errors.push(required(`${at}.protocol`));
    else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
    if (appProtocol !== undefined) addInvalid(errors, `${at}.appProtocol`, appProtocol, isQualifiedName(appProtocol));
  }
}

function validateEndpointSlice(errors: Errors, slice: Fields): void {
  const {addressType, endpoints = [], ports = []} = slice;
  validateCoreObjectMeta(errors, slice['metadata'], true, nameIsDNSSubdomain);
  if (!addressType) errors.push(required('addressType'));
  else if (!ADDRESS_TYPES.includes(addressType)) errors.push(notSupported('addressType', addressType, ADDRESS_TYPES));
  if (endpoints?.length > MAX_ENDPOINTS) errors.push(tooMany('endpoints', endpoints.length, MAX_ENDPOINTS));
  else
    for (const [i, endpoint] of ((endpoints ?? []) as Fields[]).entries())
      validateEndpoint(errors, endpoint, addressType, `endpoints[${i}]`);
  validateSlicePorts(errors, ports ?? []);
}

export const discoveryRules: Rules = {
  EndpointSlice: {
    generation: true,
    generationOf: ['endpoints', 'ports', 'addressType', 'metadata.labels'],
    validate: validateEndpointSlice,
    validateUpdate(errors, slice, old) {
      validateEndpointSlice(errors, slice);
      validateImmutable(errors, slice['addressType'], old['addressType'], 'addressType');
    },
  },
};

function validateRuntimeClass(errors: Errors, runtimeClass: Fields): void {
  const {handler = '', overhead, scheduling} = runtimeClass;
  validateCoreObjectMeta(errors, runtimeClass['metadata'], false, nameIsDNSSubdomain);
  addInvalid(errors, 'handler', handler, nameIsDNSLabel(handler, false));
  if (overhead) validateResourceRequirements(errors, {limits: overhead.podFixed}, new Set(), 'overhead');
  if (!scheduling) return;
  validateLabels(errors, scheduling.nodeSelector, 'scheduling.nodeSelector');
  validateTolerations(errors, scheduling.tolerations, 'scheduling.tolerations');
  const seen: Fields[] = [];
  for (const [i, toleration] of ((scheduling.tolerations ?? []) as Fields[]).entries()) {
    if (seen.some(other => semanticEqual(other, toleration))) errors.push(duplicate(`scheduling.tolerations[${i}]`, toleration));
    seen.push(toleration);
  }
}

export const nodeRules: Rules = {
  RuntimeClass: {
    warnings: runtimeClassWarnings,
    validate: validateRuntimeClass,
    validateUpdate(errors, object, old) {
      validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
      validateImmutable(errors, object['handler'], old['handler'], 'handler');
    },
  },
};

export const eventsRules: Rules = {Event: {validate: validateNewEvent, validateUpdate: validateNewEventUpdate}};

const joined = (path: string, value: string, messages: readonly string[]): FieldError[] =>
  messages.length > 0 ? [invalidValue(path, value, messages.join(','))] : [];

function validateAPIService(errors: Errors, apiService: Fields): void {
  const {metadata, spec} = apiService;
  const {group = '', version = '', groupPriorityMinimum: minimum = 0, versionPriority = 0, service, insecureSkipTLSVerify, caBundle} = spec;
  const wanted = `${version}.${group}`;
  validateCoreObjectMeta(errors, metadata, false, (name, prefix) => {
    const messages = nameIsPathSegment(name, prefix);
    if (name !== wanted) messages.push(`must be \`spec.version+"."+spec.group\`: "${wanted}"`);
    return messages;
  });
  errors.push(...joined('spec.group', group, group ? isDNS1123Subdomain(group) : []));
  errors.push(...joined('spec.version', version, isDNS1035Label(version)));
  if (minimum <= 0 || minimum > 20_000)
    errors.push(invalidValue('spec.groupPriorityMinimum', minimum, 'must be positive and less than 20000'));
  if (versionPriority <= 0 || versionPriority > 1000)
    errors.push(invalidValue('spec.versionPriority', versionPriority, 'must be positive and less than 1000'));
  if (!service) {
    if (has(caBundle))
      errors.push(invalidValue('spec.caBundle', new GoValue(`${caBundle.length} bytes`), 'local APIServices may not have a caBundle'));
    if (insecureSkipTLSVerify)
      errors.push(invalidValue('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify'));
    return;
  }
  if (!service.namespace) errors.push(required('spec.service.namespace'));
  if (!service.name) errors.push(required('spec.service.name'));
  if (insecureSkipTLSVerify && caBundle)
    errors.push(invalidValue('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'));
}

export const apiregistrationRules: Rules = {
  APIService: {
    generation: true,
    validate: validateAPIService,
    validateUpdate(errors, object, old) {
      validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
      validateAPIService(errors, object);
    },
    subresources: {
      status: {
        validate(errors, object, old) {
          validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
          for (const key of keysOf(object['status']))
            if (key === 'conditions')
              for (const [i, condition] of (object['status'].conditions as Fields[]).entries())
                if (!['True', 'False', 'Unknown'].includes(condition['status']))
                  errors.push(notSupported(`status.conditions[${i}].status`, condition['status'], ['True', 'False', 'Unknown']));
        },
      },
    },
  },
};
