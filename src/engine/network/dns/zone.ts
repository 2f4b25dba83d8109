/** The cluster's zone: what CoreDNS answers from Services, EndpointSlices and Namespaces. upstream: kubernetes/dns docs/specification.md, coredns plugin/kubernetes */
import {endpointsOf} from '../../api/endpoint-slice.ts';
import {canonicalIp, isIpv6} from '../../api/ip.ts';
import type {EndpointSlice, Service} from '../../api/types.ts';
import {type DnsRecord, NODATA, NXDOMAIN, type Question, type RecordType, type Reply, reverseAddress} from './message.ts';

const DNS_SCHEMA_VERSION = '1.1.0';
/** Of the Corefile that kubeadm installs. */
const TTL_SECONDS = 30;

/** What the server knows, as of its informers. */
export interface ZoneData {
  /** --cluster-domain, e.g. cluster.local */
  readonly zone: string;
  hasNamespace(name: string): boolean;
  service(namespace: string, name: string): Service | undefined;
  services(): readonly Service[];
  /** The slices of a service. */
  slices(namespace: string, service: string): readonly EndpointSlice[];
}

/** One thing a name leads to: an address with a port, or another name. */
interface Target {
  readonly host: string;
  readonly port: number;
  /** The name of this thing itself. */
  readonly key: string;
}

interface Request {
  readonly namespace: string;
  readonly service: string;
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
}

const isHeadless = (service: Service): boolean => service.spec?.clusterIP === 'None';

/** A name for an endpoint: its hostname, else its address with dashes. */
const endpointName = (hostname: string | undefined, ip: string): string => hostname || ip.replace(/[.:]/g, '-');

const matchesPort = (request: Request, name: string, protocol: string): boolean =>
  (request.port === '' || request.port === name) && (request.protocol === '' || request.protocol === protocol.toLowerCase());

/** A slice without ports is found under no port's name. */
const NO_PORT = {name: '', port: -1, protocol: 'TCP'};

/** Ready addresses only; a Service with publishNotReadyAddresses has them all marked ready in its slices. */
function endpointTargets(data: ZoneData, {metadata}: Service, request: Request): Target[] {
  const below = `${metadata.name}.${metadata.namespace}.svc.${data.zone}.`;
  return data.slices(metadata.namespace!, metadata.name!).flatMap(slice => {
    const ports = (slice.ports?.length ? slice.ports : [NO_PORT]).filter(({name, protocol}) =>
      matchesPort(request, name ?? '', protocol ?? 'TCP'),
    );
    return endpointsOf(slice)
      .filter(({conditions}) => conditions?.ready !== false)
      .flatMap(({addresses, hostname}) => addresses.map(host => ({host, label: endpointName(hostname, host)})))
      .filter(({label}) => !request.endpoint || request.endpoint === label)
      .flatMap(({host, label}) => ports.map(({port = -1}) => ({host, port, key: `${label}.${below}`})));
  });
}

/** What a request of the svc subdomain finds; undefined = there is no such name. */
function serviceTargets(data: ZoneData, request: Request): Target[] | undefined {
  const service = data.service(request.namespace, request.service);
  if (!service) return undefined;
  const {spec} = service;
  const key = `${request.service}.${request.namespace}.svc.${data.zone}.`;
  if (spec?.type === 'ExternalName') return request.endpoint || request.port ? undefined : [{host: spec.externalName!, port: -1, key}];
  let found: Target[];
  if (isHeadless(service) || request.endpoint) found = endpointTargets(data, service, request);
  else {
    const ips = spec?.clusterIPs?.length ? spec.clusterIPs : [spec?.clusterIP ?? ''];
    found = (spec?.ports ?? [])
      .filter(port => matchesPort(request, port.name ?? '', port.protocol ?? 'TCP'))
      .flatMap(port => ips.map(host => ({host, port: port.port, key})));
  }
  return found.length ? found : undefined;
}

const once = (records: DnsRecord[]): DnsRecord[] => [...new Map(records.map(record => [`${record.type} ${record.data}`, record])).values()];

/** Each of n equal targets has its share of 100, rounded down, at least 1. */
const srvWeight = (targets: number): number => Math.max(Math.floor(100 / targets), 1);

function records({name, type}: Question, targets: readonly Target[]): DnsRecord[] {
  const record = (kind: RecordType, data: string): DnsRecord => ({name, type: kind, ttl: TTL_SECONDS, data});
  const isAddress = ({host}: Target): boolean => canonicalIp(host) !== undefined;
  if (type === 'SRV') {
    const weight = srvWeight(targets.length);
    return once(targets.filter(({port}) => port >= 0).map(({port, key}) => record('SRV', `0 ${weight} ${port} ${key}`)));
  }
  const alias = targets.find(target => !isAddress(target));
  if (alias) return type === 'TXT' ? [] : [record('CNAME', `${alias.host.replace(/\.$/, '')}.`)];
  if (type !== 'A' && type !== 'AAAA') return [];
  return once(targets.filter(({host}) => isIpv6(host) === (type === 'AAAA')).map(({host}) => record(type, canonicalIp(host)!)));
}

/** Pods answer to their address with dashes; `pods insecure` does not ask whether there is such a pod. */
function podTargets(data: ZoneData, namespace: string, label: string): Target[] | undefined {
  const host = canonicalIp(label.replaceAll('-', '.')) ?? canonicalIp(label.replaceAll('-', ':'));
  return host && data.hasNamespace(namespace) ? [{host, port: -1, key: `${label}.${namespace}.pod.${data.zone}.`}] : undefined;
}

/** The name behind an address: a service's by its cluster IP, else an endpoint's. */
function pointer(data: ZoneData, address: string): string | undefined {
  const wanted = canonicalIp(address);
  const same = (ip: string | undefined): boolean => ip !== undefined && canonicalIp(ip) === wanted;
  for (const {metadata, spec} of data.services())
    if (same(spec?.clusterIP) || spec?.clusterIPs?.some(same)) return `${metadata.name}.${metadata.namespace}.svc.${data.zone}.`;
  for (const {metadata} of data.services())
    for (const slice of data.slices(metadata.namespace!, metadata.name!))
      for (const {addresses, hostname} of endpointsOf(slice))
        if (addresses.some(same)) return `${endpointName(hostname, address)}.${metadata.name}.${metadata.namespace}.svc.${data.zone}.`;
  return undefined;
}

/** Whether this server is the authority for a name, or would forward the question. */
const inZone = (data: ZoneData, name: string): boolean => name === `${data.zone}.` || name.endsWith(`.${data.zone}.`);

function answerSubdomain(data: ZoneData, question: Question, labels: string[]): Reply {
  const kind = labels.pop();
  if (kind !== 'svc' && kind !== 'pod') return NXDOMAIN;
  const namespace = labels.pop();
  if (namespace === undefined) return NODATA;
  if (!data.hasNamespace(namespace)) return NXDOMAIN;
  const name = labels.pop();
  if (name === undefined) return NODATA;
  let targets: Target[] | undefined;
  if (kind === 'pod') targets = labels.length ? undefined : podTargets(data, namespace, name);
  else if (labels.length < 2) targets = serviceTargets(data, {namespace, service: name, endpoint: labels[0] ?? '', port: '', protocol: ''});
  else if (labels.length === 2) {
    const [port, protocol] = labels.map(label => label.replace(/^_/, '')) as [string, string];
    targets = serviceTargets(data, {namespace, service: name, endpoint: '', port, protocol});
  }
  return targets ? {rcode: 'NOERROR', answers: records(question, targets)} : NXDOMAIN;
}

/** Answers a question about the cluster's zone or about an address; undefined = not ours, to be forwarded. */
export function answer(data: ZoneData, question: Question): Reply | undefined {
  const name = question.name.toLowerCase();
  const address = reverseAddress(name);
  if (address !== undefined) {
    const target = pointer(data, address);
    if (target === undefined) return undefined;
    return question.type === 'PTR' ? {rcode: 'NOERROR', answers: [{...question, ttl: TTL_SECONDS, data: target}]} : NODATA;
  }
  if (!inZone(data, name)) return undefined;
  const labels = name
    .slice(0, -data.zone.length - 1)
    .split('.')
    .filter(Boolean);
  if (labels.length === 0) return NODATA;
  if (labels.length === 1 && labels[0] === 'dns-version')
    return question.type === 'TXT'
      ? {rcode: 'NOERROR', answers: [{...question, ttl: TTL_SECONDS, data: `"${DNS_SCHEMA_VERSION}"`}]}
      : NODATA;
  return answerSubdomain(data, question, labels);
}
