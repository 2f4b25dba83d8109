/** Services. upstream: pkg/apis/core/validation/validation.go ValidateService... */
import {duplicate, type FieldError, forbiddenField, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {isIpv6, parseIp} from '../../../api/ip.ts';
import {isDNS1123Label, isDNS1123Subdomain, isQualifiedName, isValidPortNum, nameIsDNSLabel} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields, has} from '../fields.ts';
import {isDualStackIPs, validateCIDR, validateIP, validateNonSpecialIP, warningsForCIDR, warningsForIP} from '../ip.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate, validateLabels} from '../meta.ts';
import {PROTOCOLS} from './containers.ts';
import {validatePortNumOrName} from './probes.ts';

export const isHeadless = (service: Fields): boolean =>
  service['spec'].clusterIPs?.length === 1 && service['spec'].clusterIPs[0] === 'None';

const AFFINITIES = ['ClientIP', 'None'];
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
const TRAFFIC_DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
const FAMILIES = ['IPv4', 'IPv6'];
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const MAX_AFFINITY_SECONDS = 86_400;
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'";

export const isExternallyAccessible = ({type, externalIPs}: Fields): boolean =>
  type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && has(externalIPs));

export const needsHealthCheck = ({type, externalTrafficPolicy}: Fields): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

function validatePort(errors: Errors, port: Fields, requireName: boolean, names: Set<string>, path: string): void {
  const {name = '', protocol, appProtocol} = port;
  if (requireName && !name) errors.push(required(`${path}.name`));
  else if (name) {
    addInvalid(errors, `${path}.name`, name, isDNS1123Label(name));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
  }
  addInvalid(errors, `${path}.port`, port['port'], isValidPortNum(port['port']));
  if (!protocol) errors.push(required(`${path}.protocol`));
  else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
  validatePortNumOrName(errors, port['targetPort'], `${path}.targetPort`);
  if (appProtocol !== undefined) addInvalid(errors, `${path}.appProtocol`, appProtocol, isQualifiedName(appProtocol));
}

function validateExternalName(errors: Errors, spec: Fields): void {
  const NOT_HERE = 'may not be set for ExternalName services';
  if (has(spec['clusterIPs'])) errors.push(forbiddenField('spec.clusterIPs', NOT_HERE));
  if (has(spec['ipFamilies'])) errors.push(forbiddenField('spec.ipFamilies', NOT_HERE));
  if (spec['ipFamilyPolicy'] !== undefined) errors.push(forbiddenField('spec.ipFamilyPolicy', NOT_HERE));
  const name: string = (spec['externalName'] ?? '').replace(/\.$/, '');
  if (name) addInvalid(errors, 'spec.externalName', name, isDNS1123Subdomain(name));
  else errors.push(required('spec.externalName'));
}

function validateAffinityConfig(errors: Errors, spec: Fields): void {
  const {sessionAffinity: affinity = '', sessionAffinityConfig: config} = spec;
  if (!affinity) errors.push(required('spec.sessionAffinity'));
  else if (!AFFINITIES.includes(affinity)) errors.push(notSupported('spec.sessionAffinity', affinity, AFFINITIES));
  if (affinity === 'None' && config)
    errors.push(forbiddenField('spec.sessionAffinityConfig', 'must not be set when session affinity is None'));
  if (affinity !== 'ClientIP') return;
  const WHEN = 'when session affinity type is ClientIP';
  const seconds = config?.clientIP?.timeoutSeconds;
  if (!config) errors.push(required('spec.sessionAffinityConfig', WHEN));
  else if (!config.clientIP) errors.push(required('spec.sessionAffinityConfig.clientIP', WHEN));
  else if (seconds === undefined) errors.push(required('spec.sessionAffinityConfig.clientIP.timeoutSeconds', WHEN));
  else if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS)
    errors.push(
      invalidValue(
        'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
        seconds,
        `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`,
      ),
    );
}

/** Addresses, families and the policy must say the same. upstream: ValidateServiceClusterIPsRelatedFields */
export function validateClusterIPs(errors: Errors, service: Fields): void {
  const {type, clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy} = service['spec'];
  if (type === 'ExternalName') return;
  const path = 'spec.clusterIPs';
  if (clusterIP) {
    if (clusterIPs.length === 0) errors.push(required(path));
    else if (clusterIPs[0] !== clusterIP) errors.push(invalidValue(path, clusterIPs, 'first value must match `clusterIP`'));
  } else if (clusterIPs.length > 0) errors.push(invalidValue(path, clusterIPs, 'must be empty when `clusterIP` is not specified'));

  ipFamilies.forEach((family: string, i: number) => {
    if (!FAMILIES.includes(family)) errors.push(notSupported(`spec.ipFamilies[${i}]`, family, FAMILIES));
    if (ipFamilies.indexOf(family) < i) errors.push(duplicate(`spec.ipFamilies[${i}]`, family));
  });
  if (ipFamilyPolicy !== undefined && !FAMILY_POLICIES.includes(ipFamilyPolicy))
    errors.push(notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, FAMILY_POLICIES));

  let allValid = true;
  clusterIPs.forEach((ip: string, i: number) => {
    if (i === 0 && ip === 'None') {
      if (clusterIPs.length === 1) return;
      allValid = false;
      errors.push(invalidValue(path, clusterIPs, "'None' must be the first and only value"));
    } else if (!validateIP(errors, ip, `${path}[${i}]`)) allValid = false;
  });
  if (clusterIPs.length > 2) errors.push(invalidValue(path, clusterIPs, 'may only hold up to 2 values'));
  if (!allValid) return;
  if (clusterIPs.length > 1 && !isDualStackIPs(clusterIPs))
    errors.push(invalidValue(path, clusterIPs, 'may specify no more than one IP for each IP family'));
  if (isHeadless(service)) return;
  clusterIPs.slice(0, ipFamilies.length).forEach((ip: string, i: number) => {
    const family = ipFamilies[i];
    if (FAMILIES.includes(family) && isIpv6(ip) !== (family === 'IPv6'))
      errors.push(invalidValue(`${path}[${i}]`, ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``));
  });
}

function validatePortClashes(errors: Errors, ports: readonly Fields[], type: string): void {
  if (type === 'ClusterIP')
    ports.forEach((port, i) => {
      if (port['nodePort']) errors.push(forbiddenField(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
    });
  const seen = new Set<string>();
  const again = (key: string): boolean => seen.has(key) || !seen.add(key);
  ports.forEach((port, i) => {
    if (port['nodePort'] && again(`node/${port['protocol']}/${port['nodePort']}`))
      errors.push(duplicate(`spec.ports[${i}].nodePort`, port['nodePort']));
  });
  ports.forEach((port, i) => {
    const {protocol = '', port: number = 0} = port;
    if (again(`${protocol}/${number}`))
      errors.push(
        duplicate(`spec.ports[${i}]`, {Name: '', Protocol: protocol, AppProtocol: null, Port: number, TargetPort: 0, NodePort: 0}),
      );
  });
}

function validateSourceRanges(errors: Errors, service: Fields): void {
  const {type, loadBalancerSourceRanges: ranges} = service['spec'];
  const annotation: string | undefined = service['metadata'].annotations?.[SOURCE_RANGES];
  if (has(ranges)) {
    const path = 'spec.LoadBalancerSourceRanges';
    if (type !== 'LoadBalancer') errors.push(forbiddenField(path, ONLY_LOAD_BALANCER));
    ranges.forEach((range: string, i: number) => {
      validateCIDR(errors, range.trim(), `${path}[${i}]`);
    });
  } else if (annotation !== undefined) {
    const path = `metadata.annotations[${SOURCE_RANGES}]`;
    if (type !== 'LoadBalancer') errors.push(forbiddenField(path, ONLY_LOAD_BALANCER));
    if (annotation.trim()) for (const range of annotation.trim().split(',')) validateCIDR(errors, range.trim(), path);
  }
}

function validateLoadBalancerClass(errors: Errors, spec: Fields, old?: Fields): void {
  const {type, loadBalancerClass: name} = spec;
  const path = 'spec.loadBalancerClass';
  if (old?.['type'] === 'LoadBalancer' && type === 'LoadBalancer' && old['loadBalancerClass'] !== name)
    errors.push(invalidValue(path, name ?? null, 'may not change once set'));
  if (name === undefined) return;
  if (type === 'LoadBalancer') addInvalid(errors, path, name, isQualifiedName(name));
  else errors.push(forbiddenField(path, ONLY_LOAD_BALANCER));
}

function validateTraffic(errors: Errors, spec: Fields): void {
  const {externalTrafficPolicy: external = '', internalTrafficPolicy: internal, healthCheckNodePort: port = 0, trafficDistribution} = spec;
  if (!isExternallyAccessible(spec)) {
    if (external) errors.push(invalidValue('spec.externalTrafficPolicy', external, 'may only be set for externally-accessible services'));
  } else if (!external) errors.push(required('spec.externalTrafficPolicy'));
  else if (!TRAFFIC_POLICIES.includes(external)) errors.push(notSupported('spec.externalTrafficPolicy', external, TRAFFIC_POLICIES));
  if (needsHealthCheck(spec)) {
    if (port === 0) errors.push(required('spec.healthCheckNodePort'));
    else addInvalid(errors, 'spec.healthCheckNodePort', port, isValidPortNum(port));
  } else if (port !== 0)
    errors.push(
      invalidValue(
        'spec.healthCheckNodePort',
        port,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    );
  if (internal === undefined) {
    if (['NodePort', 'LoadBalancer', 'ClusterIP'].includes(spec['type'])) errors.push(required('spec.internalTrafficPolicy'));
  } else if (!TRAFFIC_POLICIES.includes(internal)) errors.push(notSupported('spec.internalTrafficPolicy', internal, TRAFFIC_POLICIES));
  if (trafficDistribution !== undefined && !TRAFFIC_DISTRIBUTIONS.includes(trafficDistribution))
    errors.push(notSupported('spec.trafficDistribution', trafficDistribution, TRAFFIC_DISTRIBUTIONS));
}

export function validateService(errors: Errors, service: Fields): void {
  const {metadata, spec} = service;
  const {type = '', ports = [], externalIPs = [], allocateLoadBalancerNodePorts: allocate} = spec;
  const headless = isHeadless(service);

  // 1. Names and ports
  validateCoreObjectMeta(errors, metadata, true, nameIsDNSLabel);
  const [hints, mode] = [metadata.annotations?.[TOPOLOGY_HINTS], metadata.annotations?.[TOPOLOGY_MODE]];
  if (hints !== undefined && mode !== undefined && hints !== mode)
    errors.push(
      invalidValue(`metadata.annotations[${TOPOLOGY_MODE}]`, mode, `must match annotations[${TOPOLOGY_HINTS}] when both are specified`),
    );
  if (ports.length === 0 && !headless && type !== 'ExternalName') errors.push(required('spec.ports'));
  if (headless && (type === 'LoadBalancer' || type === 'NodePort'))
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  if (type === 'ExternalName') validateExternalName(errors, spec);
  const names = new Set<string>();
  ports.forEach((port: Fields, i: number) => {
    validatePort(errors, port, ports.length > 1, names, `spec.ports[${i}]`);
  });

  // 2. Selection and addresses
  validateLabels(errors, spec.selector, 'spec.selector');
  validateAffinityConfig(errors, spec);
  validateClusterIPs(errors, service);
  externalIPs.forEach((ip: string, i: number) => {
    const own: Errors = [];
    if (validateIP(own, ip, `spec.externalIPs[${i}]`)) validateNonSpecialIP(own, ip, `spec.externalIPs[${i}]`);
    errors.push(...own);
  });
  if (!type) errors.push(required('spec.type'));
  else if (!TYPES.includes(type)) errors.push(notSupported('spec.type', type, TYPES));
  validatePortClashes(errors, ports, type);

  // 3. Traffic from outside
  validateSourceRanges(errors, service);
  if (allocate !== undefined && type !== 'LoadBalancer')
    errors.push(forbiddenField('spec.allocateLoadBalancerNodePorts', ONLY_LOAD_BALANCER));
  if (allocate === undefined && type === 'LoadBalancer') errors.push(required('allocateLoadBalancerNodePorts'));
  validateLoadBalancerClass(errors, spec);
  validateTraffic(errors, spec);
}

const ONCE = 'may not change once set';

/** What may be added and what released of addresses and families. upstream: validateUpgradeDowngradeClusterIPs, ...IPFamilies */
function validateUpgradeDowngrade(errors: Errors, service: Fields, old: Fields): void {
  const [spec, before]: [Fields, Fields] = [service['spec'], old['spec']];
  if (spec['type'] === 'ExternalName' || before['type'] === 'ExternalName') return;
  const [headless, wasHeadless] = [isHeadless(service), isHeadless(old)];
  const mustBeSingle = (what: string): FieldError =>
    invalidValue(
      'spec.ipFamilyPolicy',
      spec['ipFamilyPolicy'] ?? null,
      `must be set to 'SingleStack' when releasing the secondary ${what}`,
    );
  if (!(headless && wasHeadless)) {
    const [ips, oldIps]: [string[], string[]] = [spec['clusterIPs'] ?? [], before['clusterIPs'] ?? []];
    const shown = spec['clusterIPs'] ?? null;
    if (oldIps.length === ips.length)
      oldIps.forEach((ip, i) => {
        if (ip !== ips[i]) errors.push(invalidValue(`spec.clusterIPs[${i}]`, shown, ONCE));
      });
    else {
      if (ips.length === 0) errors.push(invalidValue('spec.clusterIPs[0]', null, 'primary clusterIP can not be unset'));
      else if (oldIps.length > 0 && ips[0] !== oldIps[0]) errors.push(invalidValue('spec.clusterIPs[0]', shown, ONCE));
      if (oldIps.length > ips.length && ips.length === 1 && spec['ipFamilyPolicy'] !== 'SingleStack')
        errors.push(mustBeSingle('clusterIP'));
    }
  }
  if (headless || wasHeadless) return;
  const [families, oldFamilies]: [string[], string[]] = [spec['ipFamilies'] ?? [], before['ipFamilies'] ?? []];
  if (oldFamilies.length === families.length)
    oldFamilies.forEach((family, i) => {
      if (family !== families[i]) errors.push(invalidValue('spec.ipFamilies[0]', spec['ipFamilies'], ONCE));
    });
  else {
    if (oldFamilies.length > families.length && !has(spec['clusterIPs']))
      errors.push(invalidValue('spec.ipFamilies[0]', spec['ipFamilies'] ?? null, 'primary ipFamily can not be unset'));
    if (families.length > 0 && oldFamilies.length > 0 && families[0] !== oldFamilies[0])
      errors.push(invalidValue('spec.ipFamilies[0]', spec['clusterIPs'] ?? null, ONCE));
    if (oldFamilies.length > families.length && families.length === 1 && spec['ipFamilyPolicy'] !== 'SingleStack')
      errors.push(mustBeSingle('ipFamily'));
  }
}

export function validateServiceUpdate(errors: Errors, service: Fields, old: Fields): void {
  const [spec, before]: [Fields, Fields] = [service['spec'], old['spec']];
  validateCoreObjectMetaUpdate(errors, service['metadata'], old['metadata']);
  validateUpgradeDowngrade(errors, service, old);
  validateLoadBalancerClass(errors, spec, before);
  if (needsHealthCheck(before) && needsHealthCheck(spec) && before['healthCheckNodePort'] !== spec['healthCheckNodePort'])
    errors.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'));
  validateService(errors, service);
}

const IP_MODES = ['Proxy', 'VIP'];

export function validateServiceStatusUpdate(errors: Errors, service: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, service['metadata'], old['metadata']);
  const ingress: readonly Fields[] = service['status']?.loadBalancer?.ingress ?? [];
  const path = 'status.loadBalancer.ingress';
  if (service['spec'].type !== 'LoadBalancer' && ingress.length > 0) {
    errors.push(forbiddenField(path, "may only be used when `spec.type` is 'LoadBalancer'"));
    return;
  }
  ingress.forEach((entry, i) => {
    const at = `${path}[${i}]`;
    const {ip = '', ipMode, hostname = ''} = entry;
    if (ip) validateIP(errors, ip, `${at}.ip`);
    if (ipMode === undefined) {
      if (ip) errors.push(required(`${at}.ipMode`, 'must be specified when `ip` is set'));
    } else if (!ip) errors.push(forbiddenField(`${at}.ipMode`, 'may not be specified when `ip` is not set'));
    else if (!IP_MODES.includes(ipMode)) errors.push(notSupported(`${at}.ipMode`, ipMode, IP_MODES));
    if (!hostname) return;
    addInvalid(errors, `${at}.hostname`, hostname, isDNS1123Subdomain(hostname));
    if (parseIp(hostname)) errors.push(invalidValue(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'));
  });
}

/** upstream: pkg/api/service/warnings.go */
export function serviceWarnings(service: Fields): string[] {
  const {metadata, spec} = service;
  const warnings: string[] = [];
  if (metadata.annotations?.[TOPOLOGY_HINTS] !== undefined)
    warnings.push(`annotation ${TOPOLOGY_HINTS} is deprecated, please use ${TOPOLOGY_MODE} instead`);
  if (spec.clusterIP && spec.clusterIP !== 'None')
    spec.clusterIPs?.forEach((ip: string, i: number) => {
      warnings.push(...warningsForIP(ip, `spec.clusterIPs[${i}]`));
    });
  if (isHeadless(service)) {
    if (spec.loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (has(spec.externalIPs)) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  spec.externalIPs?.forEach((ip: string, i: number) => {
    warnings.push(...warningsForIP(ip, `spec.externalIPs[${i}]`));
  });
  if (has(spec.externalIPs) && !isHeadless(service) && spec.type !== 'ExternalName')
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  if (spec.loadBalancerIP) warnings.push(...warningsForIP(spec.loadBalancerIP, 'spec.loadBalancerIP'));
  spec.loadBalancerSourceRanges?.forEach((range: string, i: number) => {
    warnings.push(...warningsForCIDR(range, `spec.loadBalancerSourceRanges[${i}]`));
  });
  if (spec.type === 'ExternalName' && has(spec.externalIPs)) warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (spec.type !== 'ExternalName' && spec.externalName) warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (spec.trafficDistribution === 'PreferClose')
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  return warnings;
}
