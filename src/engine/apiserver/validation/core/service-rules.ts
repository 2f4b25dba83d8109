/** What happens to services before they are stored. upstream: pkg/registry/core/service/strategy.go, storage/alloc.go */
import {isIpv6} from '../../../api/ip.ts';
import {type Fields, has, semanticEqual} from '../fields.ts';
import type {KindRules} from '../rules.ts';
import {
  isExternallyAccessible,
  isHeadless,
  needsHealthCheck,
  serviceWarnings,
  validateService,
  validateServiceStatusUpdate,
  validateServiceUpdate,
} from './service.ts';

const needsClusterIP = ({type}: Fields): boolean => type !== 'ExternalName';
const needsNodePort = ({type, allocateLoadBalancerNodePorts: allocate}: Fields): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocate !== false);
const isLoadBalancer = ({type}: Fields): boolean => type === 'LoadBalancer';

/** `clusterIP` and the first of `clusterIPs` are one thing: who writes one, writes both. */
export function normalizeClusterIPs(spec: Fields, old: Fields | undefined): void {
  if (!old) {
    if (spec['clusterIP'] && !has(spec['clusterIPs'])) spec['clusterIPs'] = [spec['clusterIP']];
    return;
  }
  if ((spec['clusterIP'] ?? '') === (old['clusterIP'] ?? '') || !semanticEqual(spec['clusterIPs'], old['clusterIPs'])) return;
  if (spec['clusterIP']) spec['clusterIPs'] = [spec['clusterIP']];
  else delete spec['clusterIPs'];
}

/** What the server filled in stays, when the new version leaves it out. */
export function patchAllocatedValues(spec: Fields, old: Fields): void {
  if (needsClusterIP(old) && needsClusterIP(spec)) {
    if (!spec['clusterIP']) copy(spec, old, 'clusterIP');
    if (!has(spec['clusterIPs']) && spec['clusterIP'] === old['clusterIP']) copy(spec, old, 'clusterIPs');
  }
  if (needsNodePort(old) && needsNodePort(spec)) {
    const oldPorts: readonly Fields[] = old['ports'] ?? [];
    const mine = new Set((spec['ports'] ?? []).map((p: Fields) => p['nodePort']));
    const used = new Set(oldPorts.map(p => p['nodePort']).filter(p => p && mine.has(p)));
    const byName = new Map(oldPorts.map(p => [p['name'] ?? '', p['nodePort']]));
    for (const port of spec['ports'] ?? []) {
      const before = byName.get(port.name ?? '');
      if (port.nodePort || !before || used.has(before)) continue;
      port.nodePort = before;
      used.add(before);
    }
  }
  if (needsHealthCheck(old) && needsHealthCheck(spec) && !spec['healthCheckNodePort']) copy(spec, old, 'healthCheckNodePort');
}

function copy(to: Fields, from: Fields, field: string): void {
  if (from[field] === undefined) delete to[field];
  else to[field] = from[field];
}

/** When a type no longer needs a field and nobody touched it, it goes. */
const TYPE_DEPENDENT: readonly {needs(spec: Fields): boolean; fields: readonly string[]}[] = [
  {needs: needsClusterIP, fields: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']},
  {needs: needsHealthCheck, fields: ['healthCheckNodePort']},
  {needs: isLoadBalancer, fields: ['allocateLoadBalancerNodePorts']},
  {needs: isExternallyAccessible, fields: ['externalTrafficPolicy']},
];

const nodePorts = (spec: Fields): number[] => (spec['ports'] ?? []).map((p: Fields) => p['nodePort']).filter(Boolean);

/** Ports may come, go and change, so long as none of them asks for a node port that was not there. */
const addsNodePorts = (spec: Fields, old: Fields): boolean => nodePorts(spec).some(port => !nodePorts(old).includes(port));

function dropTypeDependentFields(spec: Fields, old: Fields): void {
  for (const {needs, fields} of TYPE_DEPENDENT)
    if (needs(old) && !needs(spec)) for (const field of fields) if (semanticEqual(spec[field], old[field])) delete spec[field];
  if (needsNodePort(old) && !needsNodePort(spec) && !addsNodePorts(spec, old)) for (const port of spec['ports'] ?? []) delete port.nodePort;
}

const isDual = (policy: unknown): boolean => policy === 'RequireDualStack' || policy === 'PreferDualStack';

/** Back to one stack: the second address and family go by themselves. */
function trimDualStack(spec: Fields, old: Fields): void {
  if (!isDual(old['ipFamilyPolicy']) || spec['ipFamilyPolicy'] !== 'SingleStack') return;
  for (const field of ['clusterIPs', 'ipFamilies'])
    if (spec[field]?.length > 1 && semanticEqual(spec[field], old[field])) spec[field] = spec[field].slice(0, 1);
}

/** Families and policy of a service that was stored before there were such fields. upstream: defaultOnReadIPFamilies */
function withFamilies(service: Fields): Fields {
  let {spec} = service;
  if (spec.clusterIP && !has(spec.clusterIPs)) spec = {...spec, clusterIPs: [spec.clusterIP]};
  if (spec.type === 'ExternalName' || has(spec.ipFamilies)) return {...service, spec};
  const ips: string[] = (spec.clusterIPs ?? []).filter((ip: string) => ip !== 'None');
  const families = ips.length > 0 ? ips.map(ip => (isIpv6(ip) ? 'IPv6' : 'IPv4')) : ['IPv4'];
  const unselected = isHeadless(service) && !spec.selector;
  const policy = spec.ipFamilyPolicy ?? (families.length > 1 || unselected ? 'RequireDualStack' : 'SingleStack');
  return {...service, spec: {...spec, ipFamilies: families, ipFamilyPolicy: policy}};
}

export const serviceRules: KindRules = {
  newStatus: {loadBalancer: {}},
  prepareForCreate(service) {
    normalizeClusterIPs(service['spec'], undefined);
  },
  validate: validateService,
  prepareForUpdate(service, old) {
    const [spec, before]: [Fields, Fields] = [service['spec'], withFamilies(old)['spec']];
    patchAllocatedValues(spec, before);
    normalizeClusterIPs(spec, before);
    dropTypeDependentFields(spec, before);
    if (!isLoadBalancer(spec) && service['status']?.loadBalancer) service['status'] = {...service['status'], loadBalancer: {}};
    trimDualStack(spec, before);
    if (!needsClusterIP(spec) || !needsClusterIP(before)) return;
    if (!has(spec['ipFamilies'])) copy(spec, before, 'ipFamilies');
    if (spec['ipFamilyPolicy'] === undefined) copy(spec, before, 'ipFamilyPolicy');
  },
  validateUpdate: (errors, service, old) => validateServiceUpdate(errors, service, withFamilies(old)),
  warnings: serviceWarnings,
  subresources: {status: {validate: validateServiceStatusUpdate}},
};
