/** NetworkPolicies, IngressClasses, IPAddresses, ServiceCIDRs. upstream: pkg/apis/networking/validation/validation.go */
import {forbiddenField, GoValue, invalidValue, notSupported, required, tooLong} from '../../../api/field-errors.ts';
import {cidrHas, parseCidr, parseIp} from '../../../api/ip.ts';
import {
  byteLength,
  isDNS1123Subdomain,
  isValidPathSegmentName,
  isValidPortName,
  isValidPortNum,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields, has} from '../fields.ts';
import {INVALID_IP, isDualStackCIDRs, validateCanonicalCIDR, validateCIDR} from '../ip.ts';
import {
  FIELD_IMMUTABLE,
  validateCoreObjectMeta,
  validateCoreObjectMetaUpdate,
  validateDomainPrefixedPath,
  validateImmutable,
  validateLabelSelector,
} from '../meta.ts';
import type {GroupRules} from '../rules.ts';
import {ingressRules} from './ingress.ts';
import {validatePathSegment} from './shared.ts';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];

function validatePolicyPort(errors: Errors, rule: Fields, path: string): void {
  const {protocol, port, endPort} = rule;
  const end = `${path}.endPort`;
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
  if (typeof port === 'number') {
    addInvalid(errors, `${path}.port`, port, isValidPortNum(port));
    if (endPort === undefined) return;
    if (endPort < port) errors.push(invalidValue(end, endPort, 'must be greater than or equal to `port`'));
    addInvalid(errors, end, endPort, isValidPortNum(endPort));
  } else if (typeof port === 'string') {
    if (endPort !== undefined) errors.push(invalidValue(end, endPort, 'may not be specified when `port` is non-numeric'));
    addInvalid(errors, `${path}.port`, port, isValidPortName(port));
  } else if (endPort !== undefined) errors.push(invalidValue(end, endPort, 'may not be specified when `port` is not specified'));
}

function validateIPBlock(errors: Errors, block: Fields, path: string): void {
  const {cidr} = block;
  if (!cidr) {
    errors.push(required(`${path}.cidr`));
    return;
  }
  validateCIDR(errors, cidr, `${path}.cidr`);
  const outer = parseCidr(cidr);
  if (!outer) return;
  for (const [i, except] of ((block['except'] ?? []) as string[]).entries()) {
    const at = `${path}.except[${i}]`;
    validateCIDR(errors, except, at);
    const inner = parseCidr(except);
    if (inner && (!cidrHas(outer, {family: inner.family, value: inner.base}) || outer.prefix >= inner.prefix))
      errors.push(invalidValue(at, except, 'must be a strict subset of `cidr`'));
  }
}

function validatePeer(errors: Errors, peer: Fields, path: string): void {
  const {podSelector, namespaceSelector, ipBlock} = peer;
  validateLabelSelector(errors, podSelector, `${path}.podSelector`);
  validateLabelSelector(errors, namespaceSelector, `${path}.namespaceSelector`);
  if (ipBlock) validateIPBlock(errors, ipBlock, `${path}.ipBlock`);
  if (!podSelector && !namespaceSelector && !ipBlock) errors.push(required(path, 'must specify a peer'));
  else if (ipBlock && (podSelector || namespaceSelector))
    errors.push(forbiddenField(path, 'may not specify both ipBlock and another peer'));
}

const DIRECTIONS = [
  ['ingress', 'from'],
  ['egress', 'to'],
] as const;
const POLICY_TYPES = ['Ingress', 'Egress'];

function validateNetworkPolicySpec(errors: Errors, spec: Fields): void {
  validateLabelSelector(errors, spec['podSelector'], 'spec.podSelector');
  for (const [direction, peers] of DIRECTIONS)
    for (const [i, rule] of ((spec[direction] ?? []) as Fields[]).entries()) {
      const at = `spec.${direction}[${i}]`;
      for (const [j, port] of ((rule['ports'] ?? []) as Fields[]).entries()) validatePolicyPort(errors, port, `${at}.ports[${j}]`);
      for (const [j, peer] of ((rule[peers] ?? []) as Fields[]).entries()) validatePeer(errors, peer, `${at}.${peers}[${j}]`);
    }
  const types: readonly string[] = spec['policyTypes'] ?? [];
  if (types.length > POLICY_TYPES.length) {
    errors.push(invalidValue('spec.policyTypes', types, 'may not specify more than two policyTypes'));
    return;
  }
  for (const [i, type] of types.entries())
    if (!POLICY_TYPES.includes(type)) errors.push(notSupported(`spec.policyTypes[${i}]`, type, POLICY_TYPES));
}

const CONTROLLER_MAX = 250;
const SCOPES = ['Cluster', 'Namespace'];

function validateParameters(errors: Errors, parameters: Fields | undefined): void {
  if (!parameters) return;
  const at = 'spec.parameters';
  const {apiGroup, kind, name, scope, namespace} = parameters;
  if (apiGroup !== undefined) addInvalid(errors, `${at}.apiGroup`, apiGroup, isDNS1123Subdomain(apiGroup));
  validatePathSegment(errors, kind, `${at}.kind`);
  validatePathSegment(errors, name, `${at}.name`);
  if (scope === undefined) errors.push(required(`${at}.scope`));
  else if (!SCOPES.includes(scope)) errors.push(notSupported(`${at}.scope`, scope, SCOPES));
  else if (scope === 'Cluster') {
    if (namespace !== undefined) errors.push(forbiddenField(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  } else if (namespace === undefined) errors.push(required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'"));
  else addInvalid(errors, `${at}.namespace`, namespace, nameIsDNSLabel(namespace, false));
}

function validateIngressClass(errors: Errors, ingressClass: Fields): void {
  validateCoreObjectMeta(errors, ingressClass['metadata'], false, nameIsDNSSubdomain);
  const {controller, parameters} = ingressClass['spec'];
  if (!controller) errors.push(required('spec.controller'));
  else {
    if (byteLength(controller) > CONTROLLER_MAX) errors.push(tooLong('spec.controller', CONTROLLER_MAX));
    validateDomainPrefixedPath(errors, controller, 'spec.controller');
  }
  validateParameters(errors, parameters);
}

function validateIPAddress(errors: Errors, address: Fields): void {
  validateCoreObjectMeta(errors, address['metadata'], false, name => (parseIp(name) ? [] : [INVALID_IP]));
  const ref: Fields | undefined = address['spec'].parentRef;
  const at = 'spec.parentRef';
  if (!ref) {
    errors.push(required(at));
    return;
  }
  if (ref['group']) addInvalid(errors, `${at}.group`, ref['group'], isDNS1123Subdomain(ref['group']));
  validatePathSegment(errors, ref['resource'], `${at}.resource`);
  validatePathSegment(errors, ref['name'], `${at}.name`);
  if (ref['namespace']) addInvalid(errors, `${at}.namespace`, ref['namespace'], isValidPathSegmentName(ref['namespace']));
}

function validateCIDRs(errors: Errors, cidrs: readonly string[]): void {
  const at = 'spec.cidrs';
  if (!has(cidrs)) {
    errors.push(required(at, 'at least one CIDR required'));
    return;
  }
  if (cidrs.length > 2) {
    errors.push(invalidValue(at, new GoValue(JSON.stringify({CIDRs: cidrs})), 'may only hold up to 2 values'));
    return;
  }
  for (const [i, cidr] of cidrs.entries()) validateCanonicalCIDR(errors, cidr, `${at}[${i}]`);
  if (cidrs.length === 2 && cidrs.every(c => parseCidr(c)) && !isDualStackCIDRs(cidrs))
    errors.push(invalidValue(at, cidrs, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'));
}

function validateServiceCIDRUpdate(errors: Errors, object: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
  const [now, before]: [string[], string[]] = [object['spec'].cidrs ?? [], old['spec'].cidrs ?? []];
  const at = 'spec.cidrs';
  if (now.length === before.length) {
    for (const [i, cidr] of now.entries()) if (cidr !== before[i]) errors.push(invalidValue(`${at}[${i}]`, cidr, FIELD_IMMUTABLE));
  } else if (before.length === 1 && now.length === 2) {
    if (now[0] !== before[0]) errors.push(invalidValue(`${at}[0]`, now[0], FIELD_IMMUTABLE));
    validateCIDRs(errors, now);
  } else errors.push(invalidValue(at, now, FIELD_IMMUTABLE));
}

export const networkingRules: GroupRules = {
  NetworkPolicy: {
    generation: true,
    validate(errors, policy) {
      validateCoreObjectMeta(errors, policy['metadata'], true, nameIsDNSSubdomain);
      validateNetworkPolicySpec(errors, policy['spec']);
    },
    validateUpdate(errors, policy, old) {
      validateCoreObjectMetaUpdate(errors, policy['metadata'], old['metadata']);
      validateNetworkPolicySpec(errors, policy['spec']);
    },
  },
  Ingress: ingressRules,
  IngressClass: {
    generation: true,
    validate: validateIngressClass,
    validateUpdate(errors, object, old) {
      validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
      validateImmutable(errors, object['spec'].controller, old['spec'].controller, 'spec.controller');
      validateIngressClass(errors, object);
    },
  },
  IPAddress: {
    validate: validateIPAddress,
    validateUpdate(errors, object, old) {
      validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
      validateImmutable(errors, object['spec'].parentRef, old['spec'].parentRef, 'spec.parentRef');
    },
  },
  ServiceCIDR: {
    validate(errors, object) {
      validateCoreObjectMeta(errors, object['metadata'], false, nameIsDNSSubdomain);
      validateCIDRs(errors, object['spec'].cidrs ?? []);
    },
    validateUpdate: validateServiceCIDRUpdate,
    subresources: {
      status: {
        validate(errors, object, old) {
          validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
        },
      },
    },
  },
};
