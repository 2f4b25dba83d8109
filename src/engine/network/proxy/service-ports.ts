/** What kube-proxy keeps of Services: one entry a port. upstream: pkg/proxy/serviceport.go, pkg/proxy/servicechangetracker.go */
import {canonicalIp, isIpv6} from '../../api/ip.ts';
import type {core, Service} from '../../api/types.ts';

export type IpFamily = 4 | 6;

export interface ServicePort {
  readonly namespace: string;
  readonly service: string;
  readonly portName: string;
  /** `namespace/service[:port]` */
  readonly name: string;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly clusterIP: string;
  readonly port: number;
  /** 0 = none */
  readonly nodePort: number;
  readonly externalIPs: readonly string[];
  readonly loadBalancerIPs: readonly string[];
  readonly sourceRanges: readonly string[];
  /** Seconds a client stays with its endpoint; undefined without session affinity. */
  readonly stickySeconds: number | undefined;
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
  /** 0 = none */
  readonly healthCheckNodePort: number;
}

const SERVICE_PROXY_NAME = 'service.kubernetes.io/service-proxy-name';
const DEFAULT_STICKY_SECONDS = 10800;

/** The name of a port of a service in rules and comments. */
export const servicePortName = (namespace: string, service: string, port: string): string =>
  port ? `${namespace}/${service}:${port}` : `${namespace}/${service}`;

const ofFamily = (ips: readonly string[], family: IpFamily): string[] =>
  ips.filter(ip => isIpv6(ip) === (family === 6)).map(ip => canonicalIp(ip) ?? ip);

const loadBalancerIPs = (service: Service, family: IpFamily): string[] =>
  ofFamily(
    (service.status?.loadBalancer?.ingress ?? [])
      .filter(entry => entry.ip && ((entry as {ipMode?: string}).ipMode ?? 'VIP') === 'VIP')
      .map(entry => entry.ip!),
    family,
  );

/** Whether a Service takes traffic from outside the cluster. upstream: pkg/proxy/apis/... ExternallyAccessible */
const takesExternalTraffic = ({type, externalIPs}: core.ServiceSpec): boolean =>
  type === 'LoadBalancer' || type === 'NodePort' || (externalIPs ?? []).length > 0;

/** The ports of a service that this kube-proxy handles: none for headless and ExternalName services, and those of another proxy. */
export function servicePorts(service: Service, family: IpFamily = 4): ServicePort[] {
  const {metadata, spec} = service;
  if (!spec || spec.type === 'ExternalName' || metadata.labels?.[SERVICE_PROXY_NAME] !== undefined) return [];
  const clusterIPs = spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? ''];
  const [clusterIP] = ofFamily(
    clusterIPs.filter(ip => ip !== '' && ip !== 'None'),
    family,
  );
  if (!clusterIP) return [];
  const [namespace, name] = [metadata.namespace ?? '', metadata.name ?? ''];
  const externalLocal = takesExternalTraffic(spec) && spec.externalTrafficPolicy === 'Local';
  const sourceRanges = (spec.loadBalancerSourceRanges ?? [])
    .map(range => range.trim())
    .filter(range => range.includes(':') === (family === 6));
  return (spec.ports ?? []).map(port => ({
    namespace,
    service: name,
    portName: port.name ?? '',
    name: servicePortName(namespace, name, port.name ?? ''),
    protocol: (port.protocol ?? 'TCP') as ServicePort['protocol'],
    clusterIP,
    port: port.port,
    nodePort: port.nodePort ?? 0,
    externalIPs: ofFamily(spec.externalIPs ?? [], family),
    loadBalancerIPs: loadBalancerIPs(service, family),
    sourceRanges,
    stickySeconds:
      spec.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_STICKY_SECONDS) : undefined,
    internalLocal: spec.internalTrafficPolicy === 'Local',
    externalLocal,
    healthCheckNodePort: spec.type === 'LoadBalancer' && externalLocal ? (spec.healthCheckNodePort ?? 0) : 0,
  }));
}

export const externallyAccessible = (port: ServicePort): boolean =>
  port.nodePort !== 0 || port.loadBalancerIPs.length > 0 || port.externalIPs.length > 0;

/** Even where the external policy is Local, cluster-wide endpoints serve traffic that starts inside the cluster. */
export const usesClusterEndpoints = (port: ServicePort): boolean => !port.internalLocal || externallyAccessible(port);

export const usesLocalEndpoints = (port: ServicePort): boolean => port.internalLocal || (port.externalLocal && externallyAccessible(port));
