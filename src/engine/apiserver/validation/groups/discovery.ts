/** EndpointSlices. upstream: pkg/apis/discovery/validation, pkg/registry/discovery/endpointslice */
import {duplicate, invalidValue, notSupported, required, tooMany} from '../../../api/field-errors.ts';
import {parseIp} from '../../../api/ip.ts';
import {isDNS1123Label, isFullyQualifiedDomainName, isQualifiedName, isValidLabelValue, nameIsDNSSubdomain} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields, has, keysOf} from '../fields.ts';
import {validateIP, validateNonSpecialIP} from '../ip.ts';
import {validateCoreObjectMeta, validateImmutable, validateLabels} from '../meta.ts';
import type {GroupRules} from '../rules.ts';

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

export const discoveryRules: GroupRules = {
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
