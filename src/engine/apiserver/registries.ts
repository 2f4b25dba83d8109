/** What some kinds' registries do around a write: addresses and ports of Services, the limits of what a role may grant. upstream: pkg/registry/core/service/storage/alloc.go */
import * as fieldErrors from '../api/field-errors.ts';
import * as status from '../api/status.ts';
import type {KubeObject, Service} from '../api/types.ts';
import {allocateClusterIP, allocateNodePort, clusterIPRefusal, nodePortRefusal, RANGE_FULL, SERVICE_CIDR} from './allocators.ts';
import {errorsAsOf} from './as-of/lens.ts';
import {checkEscalation} from './authorization/rbac/escalation.ts';
import {collection} from './collections.ts';
import {serverConfig} from './config.ts';
import {authorizers, policyOf} from './gates.ts';
import type {Walk} from './request.ts';
import {initIPFamilyFields} from './service-families.ts';
import {initNodePorts, type NodePorts, updateNodePorts} from './service-node-ports.ts';
import {liftAppArmor} from './validation/core/app-armor.ts';
import {needsHealthCheck} from './validation/core/service.ts';
import {normalizeClusterIPs, patchAllocatedValues} from './validation/core/service-rules.ts';

const SERVICES = '/registry/services/specs/';
/** Since v1.30 AppArmor profiles have fields. */
const APPARMOR_FIELDS = 30;

/** Called between mutating admission and validation of a new object. */
export function beginCreate(walk: Walk, object: KubeObject): void {
  mayGrant(walk, object);
  if (walk.kind.resource === 'services') allocate(walk, object as Service, undefined);
  if (walk.kind.resource === 'certificatesigningrequests') nameRequester(walk, object);
  const hasProfiles = (walk.request.asOf?.minor ?? Infinity) >= APPARMOR_FIELDS;
  if (walk.kind.resource === 'pods' && walk.kind.group === '' && hasProfiles) walk.warnings.push(...liftAppArmor(object as never));
}

/** A certificate request says truly who asks, whatever its body says. upstream: pkg/registry/certificates/certificates/strategy.go PrepareForCreate */
function nameRequester({user: {username, uid, groups, extra}}: Walk, object: KubeObject): void {
  const {username: _username, uid: _uid, groups: _groups, extra: _extra, ...asked} = object['spec'] as Record<string, unknown>;
  object['spec'] = {...asked, username, ...(uid && {uid}), groups: [...groups], ...(extra && {extra})};
}

/** The same for a new version of an object. */
export function beginUpdate(walk: Walk, object: KubeObject, before: KubeObject): void {
  mayGrant(walk, object, before);
  if (walk.kind.resource !== 'services' || walk.info.subresource !== '') return;
  dropLoadBalancerClass(object as Service, before as Service);
  allocate(walk, object as Service, before as Service);
}

/** A class that was not touched goes with the balancer. upstream: pkg/registry/core/service/strategy.go dropTypeDependentFields */
function dropLoadBalancerClass({spec}: Service, before: Service): void {
  if (before.spec?.type !== 'LoadBalancer' || !spec || spec.type === 'LoadBalancer') return;
  if (spec.loadBalancerClass === before.spec.loadBalancerClass) delete spec.loadBalancerClass;
}

/** Nobody grants what they do not hold. Throws ApiError 403. upstream: pkg/registry/rbac/role/policybased/storage.go */
function mayGrant(walk: Walk, object: KubeObject, old?: KubeObject): void {
  if (walk.kind.group !== 'rbac.authorization.k8s.io') return;
  const write = {user: walk.user, resource: walk.kind.resource, namespace: walk.info.namespace, object, old};
  const refusal = checkEscalation(write, authorizers(serverConfig(walk.tx)), policyOf(walk.tx));
  if (refusal) throw refusal;
}

function allocate(walk: Walk, service: Service, before: Service | undefined): void {
  const {spec} = service;
  if (!spec) return;
  const refuse = (field: string, value: unknown, why: string): never => {
    const errors = errorsAsOf(walk, [fieldErrors.invalidValue(field, value, why)], service);
    throw status.invalid({group: '', kind: 'Service'}, service.metadata.name ?? '', errors);
  };
  const others = collection<Service>(walk.tx, SERVICES).filter(s => s.metadata.uid !== before?.metadata.uid);

  // 1. The cluster IP
  if (spec.type !== 'ExternalName') {
    if (before) patchAllocatedValues(spec, before.spec!);
    normalizeClusterIPs(spec, before?.spec);
    const errors = initIPFamilyFields(service, before);
    if (errors.length) throw status.invalid({group: '', kind: 'Service'}, service.metadata.name ?? '', errorsAsOf(walk, errors, service));
    const chosen = spec.clusterIP ?? spec.clusterIPs?.[0];
    if (!chosen) {
      const used = new Set(others.map(s => s.spec?.clusterIP ?? ''));
      const ip = allocateClusterIP(used, SERVICE_CIDR, () => walk.tx.random());
      if (ip === undefined) throw status.internalError(`failed to allocate a serviceIP: ${RANGE_FULL}`);
      Object.assign(spec, {clusterIP: ip, clusterIPs: [ip]});
    } else if (chosen !== 'None' && !before?.spec?.clusterIP) {
      const why = clusterIPRefusal(chosen, new Set(others.map(s => s.spec?.clusterIP ?? '')), SERVICE_CIDR);
      if (why) refuse('spec.clusterIPs', [chosen], `failed to allocate IP ${chosen}: ${why}`);
    }
  }

  // 2. Node ports
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return;
  const taken = (s: Service): (number | undefined)[] => [...(s.spec?.ports ?? []).map(port => port.nodePort), s.spec?.healthCheckNodePort];
  const used = new Set([...others, ...(before ? [before] : [])].flatMap(taken).filter(port => port !== undefined));
  const nodePorts: NodePorts = {
    take(i, nodePort) {
      const why = nodePortRefusal(nodePort, used);
      if (why) refuse(`spec.ports[${i}].nodePort`, nodePort, why);
      used.add(nodePort);
    },
    next() {
      const port = allocateNodePort(used, () => walk.tx.random());
      if (port === undefined) throw status.internalError(`failed to allocate a nodePort: ${RANGE_FULL}`);
      used.add(port);
      return port;
    },
  };
  if (before) updateNodePorts(spec, before.spec!, nodePorts);
  else initNodePorts(spec, nodePorts);

  // 3. The port at which nodes say whether they have an endpoint of their own
  if (!needsHealthCheck(spec) || (before && needsHealthCheck(before.spec!))) return;
  if (spec.healthCheckNodePort) {
    const why = nodePortRefusal(spec.healthCheckNodePort, used);
    if (why) throw status.internalError(`failed to allocate requested HealthCheck NodePort ${spec.healthCheckNodePort}: ${why}`);
  } else {
    const port = allocateNodePort(used, () => walk.tx.random());
    if (port === undefined) throw status.internalError(`failed to allocate a HealthCheck NodePort: ${RANGE_FULL}`);
    spec.healthCheckNodePort = port;
  }
}
