/** upstream: kubectl/pkg/describe describeService, describeIngressV1, describeEndpointSliceV1 and their neighbours */

import {LABEL_SERVICE_NAME} from '../../engine/api/endpoint-slice.ts';
import {joinHostPort} from '../../engine/api/ip.ts';
import type {core, discovery, meta, networking} from '../../engine/api/types.ts';
import {formatLabels, loadBalancerText} from '../../engine/apiserver/printers/format.ts';
import {eventsAbout, orNone, type Reader} from '../reader.ts';
import {rfc1123} from '../text/go-time.ts';
import type {Effects} from '../types.ts';
import type {Describer} from './describer.ts';
import {type Page, writeAnnotations, writeEvents, writeLabels} from './page.ts';

const slicesOf = (reader: Reader, namespace: string, service: string): Effects<discovery.EndpointSlice[]> =>
  reader.list<discovery.EndpointSlice>('discovery.k8s.io/v1', 'endpointslices', {
    namespace,
    labelSelector: `${LABEL_SERVICE_NAME}=${service}`,
  });

const SHOWN = 3;

/** The first three ready endpoints behind a port. upstream: formatEndpointSlices */
function endpointsText(slices: readonly discovery.EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const list: string[] = [];
  let more = false;
  let count = 0;
  const visit = (slice: discovery.EndpointSlice, text: (address: string) => string): void => {
    for (const endpoint of slice.endpoints ?? []) {
      if (list.length === SHOWN) more = true;
      if (endpoint.conditions?.ready === false) continue;
      if (!more) list.push(text(endpoint.addresses[0]!));
      count++;
    }
  };
  for (const slice of slices) {
    if (!slice.ports?.length) visit(slice, address => address);
    for (const port of slice.ports ?? [])
      if ((port.name ?? '') === portName) visit(slice, address => joinHostPort(address, port.port ?? 0));
  }
  return more ? `${list.join(',')} + ${count - SHOWN} more...` : list.join(',');
}

type Ingress = core.LoadBalancerIngress & {ipMode?: string};

const ingressText = (ingress: readonly Ingress[]): string =>
  ingress.map(({ip, ipMode, hostname = ''}) => (ip ? (ipMode ? `${ip} (${ipMode})` : ip) : hostname)).join(', ');

type ServiceSpec = core.ServiceSpec & {trafficDistribution?: string};

function writePorts(page: Page, ports: readonly core.ServicePort[], slices: readonly discovery.EndpointSlice[]): void {
  for (const port of ports) {
    const name = port.name || '<unset>';
    page.write(0, `Port:\t${name}\t${port.port}/${port.protocol ?? ''}\n`);
    page.write(0, `TargetPort:\t${port.targetPort ?? 0}/${port.protocol ?? ''}\n`);
    if (port.appProtocol) page.write(0, `AppProtocol:\t${port.appProtocol}\n`);
    if (port.nodePort) page.write(0, `NodePort:\t${name}\t${port.nodePort}/${port.protocol ?? ''}\n`);
    page.write(0, `Endpoints:\t${endpointsText(slices, port.name ?? '')}\n`);
  }
}

export const describeService: Describer<core.Service> = function* (service, page, {reader, showEvents}) {
  const {metadata} = service;
  const spec = service.spec as ServiceSpec | undefined;
  const slices = yield* orNone(slicesOf(reader, metadata?.namespace ?? '', metadata?.name ?? ''));
  const events = showEvents ? yield* eventsAbout(reader, {...metadata, kind: 'Service'}) : undefined;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, `Selector:\t${formatLabels(spec?.selector)}\n`);
  page.write(0, `Type:\t${spec?.type ?? ''}\n`);
  if (spec?.ipFamilyPolicy) page.write(0, `IP Family Policy:\t${spec.ipFamilyPolicy}\n`);
  page.write(0, `IP Families:\t${spec?.ipFamilies?.join(',') || '<none>'}\n`);
  page.write(0, `IP:\t${spec?.clusterIP ?? ''}\n`);
  page.write(0, `IPs:\t${spec?.clusterIPs?.join(',') || '<none>'}\n`);
  if (spec?.externalIPs?.length) page.write(0, `External IPs:\t${spec.externalIPs.join(',')}\n`);
  if (spec?.loadBalancerIP) page.write(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}\n`);
  if (spec?.externalName) page.write(0, `External Name:\t${spec.externalName}\n`);
  const ingress = service.status?.loadBalancer?.ingress;
  if (ingress?.length) page.write(0, `LoadBalancer Ingress:\t${ingressText(ingress)}\n`);
  writePorts(page, spec?.ports ?? [], slices);
  page.write(0, `Session Affinity:\t${spec?.sessionAffinity ?? ''}\n`);
  if (spec?.externalTrafficPolicy) page.write(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}\n`);
  if (spec?.internalTrafficPolicy) page.write(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}\n`);
  if (spec?.healthCheckNodePort) page.write(0, `HealthCheck NodePort:\t${spec.healthCheckNodePort}\n`);
  if (spec?.loadBalancerSourceRanges?.length) page.write(0, `LoadBalancer Source Ranges:\t${spec.loadBalancerSourceRanges.join(',')}\n`);
  if (spec?.trafficDistribution) page.write(0, `Traffic Distribution:\t${spec.trafficDistribution}\n`);
  writeEvents(page, events);
};

export const describeEndpoints: Describer<core.Endpoints> = function* (endpoints, page, {reader, showEvents}) {
  const {metadata} = endpoints;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, 'Subsets:\n');
  for (const subset of endpoints.subsets ?? []) {
    page.write(1, `Addresses:\t${(subset.addresses ?? []).map(a => a.ip).join(',') || '<none>'}\n`);
    page.write(1, `NotReadyAddresses:\t${(subset.notReadyAddresses ?? []).map(a => a.ip).join(',') || '<none>'}\n`);
    if (subset.ports?.length) {
      page.write(1, 'Ports:\n');
      page.write(2, 'Name\tPort\tProtocol\n');
      page.write(2, '----\t----\t--------\n');
      for (const port of subset.ports) page.write(2, `${port.name || '<unset>'}\t${port.port}\t${port.protocol ?? ''}\n`);
    }
    page.write(0, '\n');
  }
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...metadata, kind: 'Endpoints'}));
};

export const describeEndpointSlice: Describer<discovery.EndpointSlice> = function* (slice, page, {reader, showEvents}) {
  const {metadata} = slice;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, `AddressType:\t${slice.addressType ?? ''}\n`);
  if (slice.ports?.length) {
    page.write(0, 'Ports:\n');
    page.write(1, 'Name\tPort\tProtocol\n');
    page.write(1, '----\t----\t--------\n');
    for (const port of slice.ports) page.write(1, `${port.name || '<unset>'}\t${port.port ?? '<unset>'}\t${port.protocol ?? ''}\n`);
  } else page.write(0, 'Ports: <unset>\n');
  page.write(0, slice.endpoints?.length ? 'Endpoints:\n' : 'Endpoints: <none>\n');
  for (const endpoint of slice.endpoints ?? []) {
    page.write(1, `- Addresses:\t${endpoint.addresses.join(', ') || '<none>'}\n`);
    page.write(2, 'Conditions:\n');
    page.write(3, `Ready:\t${endpoint.conditions?.ready ?? '<unset>'}\n`);
    page.write(2, `Hostname:\t${endpoint.hostname ?? '<unset>'}\n`);
    if (endpoint.targetRef) page.write(2, `TargetRef:\t${endpoint.targetRef.kind}/${endpoint.targetRef.name}\n`);
    page.write(2, `NodeName:\t${endpoint.nodeName ?? '<unset>'}\n`);
    page.write(2, `Zone:\t${endpoint.zone ?? '<unset>'}\n`);
  }
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...metadata, kind: 'EndpointSlice'}));
};

function* backendText(backend: networking.IngressBackend, namespace: string, reader: Reader): Effects<string> {
  const {service, resource} = backend;
  if (service) {
    const text = `${service.name}:${service.port?.number || (service.port?.name ?? '')}`;
    try {
      const slices = yield* slicesOf(reader, namespace, service.name);
      const found = yield* reader.get<core.Service>('v1', 'services', namespace, service.name);
      const port = found.spec?.ports?.findLast(p =>
        service.port?.number ? p.port === service.port.number : Boolean(p.name) && p.name === service.port?.name,
      );
      return `${text} (${endpointsText(slices, port?.name ?? '')})`;
    } catch (error) {
      return `${text} (<error: ${(error as Error).message}>)`;
    }
  }
  return resource ? `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}` : '';
}

export const describeIngress: Describer<networking.Ingress> = function* (ingress, page, {reader, showEvents}) {
  const {metadata, spec} = ingress;
  const namespace = metadata?.namespace ?? '';
  const events = showEvents ? yield* eventsAbout(reader, {...metadata, kind: 'Ingress'}) : undefined;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  page.write(0, `Namespace:\t${namespace}\n`);
  page.write(0, `Address:\t${loadBalancerText(ingress.status?.loadBalancer?.ingress, true)}\n`);
  page.write(0, `Ingress Class:\t${spec?.ingressClassName ?? '<none>'}\n`);
  const fallback = spec?.defaultBackend ? yield* backendText(spec.defaultBackend, namespace, reader) : '<default>';
  page.write(0, `Default backend:\t${fallback}\n`);
  if (spec?.tls?.length) page.write(0, 'TLS:\n');
  for (const {secretName, hosts = []} of spec?.tls ?? [])
    page.write(1, secretName ? `${secretName} terminates ${hosts.join(',')}\n` : `SNI routes ${hosts.join(',')}\n`);
  page.write(0, 'Rules:\n  Host\tPath\tBackends\n');
  page.write(1, '----\t----\t--------\n');
  const rules = (spec?.rules ?? []).filter(rule => rule.http);
  for (const rule of rules) {
    page.write(1, `${rule.host || '*'}\t\n`);
    for (const path of rule.http!.paths) page.write(2, `\t${path.path ?? ''} \t${yield* backendText(path.backend, namespace, reader)}\n`);
  }
  if (rules.length === 0) page.write(1, `*\t*\t${fallback}\n`);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  writeEvents(page, events);
};

export const describeIngressClass: Describer<networking.IngressClass> = function* (ingressClass, page, {reader, showEvents}) {
  const {metadata, spec} = ingressClass;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, `Controller:\t${spec?.controller ?? ''}\n`);
  if (spec?.parameters) {
    page.write(0, 'Parameters:\n');
    if (spec.parameters.apiGroup) page.write(1, `APIGroup:\t${spec.parameters.apiGroup}\n`);
    page.write(1, `Kind:\t${spec.parameters.kind}\n`);
    page.write(1, `Name:\t${spec.parameters.name}\n`);
  }
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...metadata, kind: 'IngressClass'}));
};

interface ServiceCidr {
  metadata?: meta.ObjectMeta;
  spec?: {cidrs?: string[]};
  status?: {conditions?: meta.Condition[]};
}

export const describeServiceCidr: Describer<ServiceCidr> = function* (cidr, page, {reader, showEvents}) {
  page.write(0, `Name:\t${cidr.metadata?.name ?? ''}\n`);
  writeLabels(page, 'Labels', cidr.metadata?.labels);
  writeAnnotations(page, 'Annotations', cidr.metadata?.annotations);
  page.write(0, `CIDRs:\t${(cidr.spec?.cidrs ?? []).join(', ')}\n`);
  if (cidr.status?.conditions?.length) {
    page.write(0, 'Status:\n');
    page.write(0, 'Conditions:\n');
    page.write(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage\n');
    page.write(1, '----\t------\t------------------\t------\t-------\n');
    for (const c of cidr.status.conditions)
      page.write(1, `${c.type}\t${c.status}\t${rfc1123(c.lastTransitionTime)}\t${c.reason}\t${c.message}\n`);
  }
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...cidr.metadata, kind: 'ServiceCIDR'}));
};

interface IpAddress {
  metadata?: meta.ObjectMeta;
  spec?: {parentRef?: {group?: string; resource?: string; namespace?: string; name?: string}};
}

export const describeIpAddress: Describer<IpAddress> = function* (address, page, {reader, showEvents}) {
  page.write(0, `Name:\t${address.metadata?.name ?? ''}\n`);
  writeLabels(page, 'Labels', address.metadata?.labels);
  writeAnnotations(page, 'Annotations', address.metadata?.annotations);
  const parent = address.spec?.parentRef;
  if (parent) {
    page.write(0, 'Parent Reference:\n');
    page.write(1, `Group:\t${parent.group ?? ''}\n`);
    page.write(1, `Resource:\t${parent.resource ?? ''}\n`);
    page.write(1, `Namespace:\t${parent.namespace ?? ''}\n`);
    page.write(1, `Name:\t${parent.name ?? ''}\n`);
  }
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...address.metadata, kind: 'IPAddress'}));
};
