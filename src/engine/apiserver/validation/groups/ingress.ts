/** Ingresses. upstream: pkg/apis/networking/validation/validation.go validateIngress */
import {type FieldError, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {parseIp} from '../../../api/ip.ts';
import {
  isDNS1123Subdomain,
  isValidPortName,
  isValidPortNum,
  isWildcardDNS1123Subdomain,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields, has} from '../fields.ts';
import {validateIP} from '../ip.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate} from '../meta.ts';
import type {KindRules} from '../rules.ts';
import {validatePathSegment} from './shared.ts';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const FORBIDDEN_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const FORBIDDEN_ENDINGS = ['/..', '/.'];

function validateServiceBackend(errors: Errors, service: Fields, path: string): void {
  const {name} = service;
  if (!name) errors.push(required(`${path}.service.name`));
  else addInvalid(errors, `${path}.service.name`, name, nameIsDNSLabel(name, false));
  const {name: portName, number} = service['port'] ?? {};
  if (portName && number) errors.push(invalidValue(path, '', 'cannot set both port name & port number'));
  else if (portName) addInvalid(errors, `${path}.service.port.name`, portName, isValidPortName(portName));
  else if (number) addInvalid(errors, `${path}.service.port.number`, number, isValidPortNum(number));
  else errors.push(required(path, 'port name or number is required'));
}

function validateBackend(errors: Errors, backend: Fields, path: string): void {
  const {resource, service} = backend;
  if (resource && service) errors.push(invalidValue(path, '', 'cannot set both resource and service backends'));
  else if (resource) {
    const {apiGroup} = resource;
    if (apiGroup !== undefined) addInvalid(errors, `${path}.resource.apiGroup`, apiGroup, isDNS1123Subdomain(apiGroup));
    validatePathSegment(errors, resource.kind, `${path}.resource.kind`);
    validatePathSegment(errors, resource.name, `${path}.resource.name`);
  } else if (service) validateServiceBackend(errors, service, path);
  else errors.push(invalidValue(path, '', 'resource or service backend is required'));
}

function validatePath(errors: Errors, rule: Fields, at: string): void {
  const {pathType} = rule;
  const path: string = rule['path'] ?? '';
  if (pathType === undefined) {
    errors.push(required(`${at}.pathType`, 'pathType must be specified'));
    return;
  }
  const refuse = (detail: string): FieldError => invalidValue(`${at}.path`, path, detail);
  if (!PATH_TYPES.includes(pathType)) errors.push(notSupported(`${at}.pathType`, pathType, PATH_TYPES));
  else if (pathType === 'ImplementationSpecific') {
    if (path && !path.startsWith('/')) errors.push(refuse('must be an absolute path'));
  } else {
    if (!path.startsWith('/')) errors.push(refuse('must be an absolute path'));
    for (const sequence of FORBIDDEN_SEQUENCES) if (path.includes(sequence)) errors.push(refuse(`must not contain '${sequence}'`));
    for (const ending of FORBIDDEN_ENDINGS) if (path.endsWith(ending)) errors.push(refuse(`cannot end with '${ending}'`));
  }
  validateBackend(errors, rule['backend'] ?? {}, `${at}.backend`);
}

const hostMessages = (host: string): string[] => (host.includes('*') ? isWildcardDNS1123Subdomain(host) : isDNS1123Subdomain(host));

function validateRule(errors: Errors, rule: Fields, path: string): void {
  const {host, http} = rule;
  if (host) {
    if (parseIp(host)) errors.push(invalidValue(`${path}.host`, host, 'must be a DNS name, not an IP address'));
    addInvalid(errors, `${path}.host`, host, hostMessages(host));
  }
  if (!http) return;
  if (!has(http.paths)) errors.push(required(`${path}.http.paths`));
  for (const [i, part] of ((http.paths ?? []) as Fields[]).entries()) validatePath(errors, part, `${path}.http.paths[${i}]`);
}

const secretMessages = (name: string | undefined): string[] => (name ? nameIsDNSSubdomain(name, false) : []);

function validateTLS(errors: Errors, tls: Fields, path: string, anySecret: boolean): void {
  for (const [i, host] of ((tls['hosts'] ?? []) as string[]).entries()) addInvalid(errors, `${path}.hosts[${i}]`, host, hostMessages(host));
  if (!anySecret) addInvalid(errors, `${path}.secretName`, tls['secretName'], secretMessages(tls['secretName']));
}

function validateIngress(errors: Errors, ingress: Fields, anySecret: boolean): void {
  validateCoreObjectMeta(errors, ingress['metadata'], true, nameIsDNSSubdomain);
  const {rules = [], defaultBackend, tls = [], ingressClassName} = ingress['spec'];
  if (!has(rules) && !defaultBackend)
    errors.push(invalidValue('spec', ingress['spec'].rules ?? null, 'either `defaultBackend` or `rules` must be specified'));
  if (defaultBackend) validateBackend(errors, defaultBackend, 'spec.defaultBackend');
  for (const [i, rule] of (rules as Fields[]).entries()) validateRule(errors, rule, `spec.rules[${i}]`);
  for (const [i, entry] of (tls as Fields[]).entries()) validateTLS(errors, entry, `spec.tls[${i}]`, anySecret);
  if (ingressClassName !== undefined)
    addInvalid(errors, 'spec.ingressClassName', ingressClassName, nameIsDNSSubdomain(ingressClassName, false));
}

function validateLoadBalancer(errors: Errors, balancer: Fields | undefined): void {
  for (const [i, point] of ((balancer?.['ingress'] ?? []) as Fields[]).entries()) {
    const at = `status.loadBalancer.ingress[${i}]`;
    if (point['ip']) validateIP(errors, point['ip'], `${at}.ip`);
    const {hostname} = point;
    if (!hostname) continue;
    addInvalid(errors, `${at}.hostname`, hostname, isDNS1123Subdomain(hostname));
    if (parseIp(hostname)) errors.push(invalidValue(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'));
  }
}

export const ingressRules: KindRules = {
  generation: true,
  newStatus: {loadBalancer: {}},
  validate(errors, ingress) {
    validateIngress(errors, ingress, false);
    const annotation: string | undefined = ingress['metadata'].annotations?.[CLASS_ANNOTATION];
    const {ingressClassName} = ingress['spec'];
    if (annotation !== undefined && ingressClassName !== undefined && annotation !== ingressClassName)
      errors.push(invalidValue(`annotations.${CLASS_ANNOTATION}`, annotation, 'must match `ingressClassName` when both are specified'));
  },
  validateUpdate(errors, ingress, old) {
    validateCoreObjectMetaUpdate(errors, ingress['metadata'], old['metadata']);
    const anySecret = ((old['spec'].tls ?? []) as Fields[]).some(tls => secretMessages(tls['secretName']).length > 0);
    validateIngress(errors, ingress, anySecret);
  },
  warnings(ingress, old) {
    const annotated = ingress['metadata'].annotations?.[CLASS_ANNOTATION] !== undefined;
    return annotated && !old ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`] : [];
  },
  subresources: {
    status: {
      validate(errors, ingress, old) {
        validateCoreObjectMetaUpdate(errors, ingress['metadata'], old['metadata']);
        validateLoadBalancer(errors, ingress['status']?.loadBalancer);
      },
    },
  },
};
