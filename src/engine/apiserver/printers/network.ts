/** upstream: pkg/printers/internalversion/printers.go printService and its neighbours */
import {joinHostPort} from '../../api/ip.ts';
import {formatLabelSelector} from '../../api/labels.ts';
import type {core, discovery, meta, networking} from '../../api/types.ts';
import {age, type Cell, firstFew, formatLabels, loadBalancerText, type PrintOptions} from './format.ts';

function externalIp(service: core.Service, wide: boolean): string {
  const external = service.spec?.externalIPs ?? [];
  switch (service.spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.join(',') || '<none>';
    case 'LoadBalancer': {
      const balancer = loadBalancerText(service.status?.loadBalancer?.ingress, wide);
      return [balancer, ...external].filter(Boolean).join(',') || '<pending>';
    }
    case 'ExternalName':
      return service.spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

const portText = (port: core.ServicePort): string =>
  port.nodePort ? `${port.port}:${port.nodePort}/${port.protocol}` : `${port.port}/${port.protocol}`;

export function printService(service: core.Service, {now, wide}: PrintOptions): Cell[] {
  return [
    service.metadata?.name ?? '',
    service.spec?.type ?? '',
    (service.spec?.clusterIPs?.[0] ?? service.spec?.clusterIP) || '<none>',
    externalIp(service, wide),
    (service.spec?.ports ?? []).map(portText).join(',') || '<none>',
    age(service.metadata?.creationTimestamp, now),
    ...(wide ? [formatLabels(service.spec?.selector)] : []),
  ];
}

/** The first three `ip:port` of an Endpoints object. upstream: formatEndpoints */
function endpointsText(subsets: readonly core.EndpointSubset[] | undefined): string {
  if (!subsets?.length) return '<none>';
  const all = subsets.flatMap(subset => {
    const addresses = (subset.addresses ?? []).map(a => a.ip);
    return subset.ports?.length ? subset.ports.flatMap(port => addresses.map(ip => joinHostPort(ip, port.port))) : addresses;
  });
  return firstFew(all, 3);
}

export function printEndpoints(endpoints: core.Endpoints, {now}: PrintOptions): Cell[] {
  return [endpoints.metadata?.name ?? '', endpointsText(endpoints.subsets), age(endpoints.metadata?.creationTimestamp, now)];
}

/** A port without a number is known by its name, and without that is any port. upstream: formatDiscoveryPorts */
const slicePort = ({port, name}: discovery.EndpointPort): string => String(port ?? name ?? '*');

export function printEndpointSlice(slice: discovery.EndpointSlice, {now}: PrintOptions): Cell[] {
  const addresses = (slice.endpoints ?? []).flatMap(endpoint => endpoint.addresses ?? []);
  return [
    slice.metadata?.name ?? '',
    slice.addressType ?? '',
    firstFew((slice.ports ?? []).map(slicePort), 3) || '<unset>',
    firstFew(addresses, 3) || '<unset>',
    age(slice.metadata?.creationTimestamp, now),
  ];
}

function hostsText(rules: readonly networking.IngressRule[]): string {
  const hosts: string[] = [];
  let more = false;
  for (const rule of rules) {
    if (hosts.length === 3) more = true;
    if (!more && rule.host) hosts.push(rule.host);
  }
  if (hosts.length === 0) return '*';
  return more ? `${hosts.join(',')} + ${rules.length - 3} more...` : hosts.join(',');
}

export function printIngress(ingress: networking.Ingress, {now, wide}: PrintOptions): Cell[] {
  return [
    ingress.metadata?.name ?? '',
    ingress.spec?.ingressClassName ?? '<none>',
    hostsText(ingress.spec?.rules ?? []),
    loadBalancerText(ingress.status?.loadBalancer?.ingress, wide),
    ingress.spec?.tls?.length ? '80, 443' : '80',
    age(ingress.metadata?.creationTimestamp, now),
  ];
}

export function printIngressClass(ingressClass: networking.IngressClass, {now}: PrintOptions): Cell[] {
  const parameters = ingressClass.spec?.parameters;
  const group = parameters?.apiGroup ? `.${parameters.apiGroup}` : '';
  return [
    ingressClass.metadata?.name ?? '',
    ingressClass.spec?.controller ?? '',
    parameters ? `${parameters.kind}${group}/${parameters.name}` : '<none>',
    age(ingressClass.metadata?.creationTimestamp, now),
  ];
}

export function printNetworkPolicy(networkPolicy: networking.NetworkPolicy, {now}: PrintOptions): Cell[] {
  return [
    networkPolicy.metadata?.name ?? '',
    formatLabelSelector(networkPolicy.spec?.podSelector),
    age(networkPolicy.metadata?.creationTimestamp, now),
  ];
}

interface IpAddress {
  metadata?: meta.ObjectMeta;
  spec?: {parentRef?: {group?: string; resource?: string; namespace?: string; name?: string}};
}

/** The age is a cell without a column of its own, as upstream has it: nobody sees it. */
export function printIpAddress(address: IpAddress, {now}: PrintOptions): Cell[] {
  const ref = address.spec?.parentRef;
  const resource = (ref?.group ? `${ref.resource}.${ref.group}` : (ref?.resource ?? '')).toLowerCase();
  const parent = ref ? `${resource}${ref.namespace ? `/${ref.namespace}` : ''}/${ref.name ?? ''}` : '<none>';
  return [address.metadata?.name ?? '', parent, age(address.metadata?.creationTimestamp, now)];
}

interface ServiceCidr {
  metadata?: meta.ObjectMeta;
  spec?: {cidrs?: string[]};
}

export function printServiceCidr(cidr: ServiceCidr, {now}: PrintOptions): Cell[] {
  return [cidr.metadata?.name ?? '', (cidr.spec?.cidrs ?? []).join(','), age(cidr.metadata?.creationTimestamp, now)];
}
