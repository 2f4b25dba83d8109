/** What a pod's resolv.conf says: the kubelet decides it and passes it along with the sandbox; the runtime writes the file. upstream: pkg/kubelet/network/dns/dns.go */
import {isIpv6} from '../../api/ip.ts';
import {type DnsConfig, parseResolvConf} from '../../api/resolv-conf.ts';
import type {core, Pod} from '../../api/types.ts';

const MAX_NAMESERVERS = 3;
const MAX_SEARCH_PATHS = 32;
const MAX_SEARCH_LIST_CHARS = 2048;
const MAX_SEARCH_PATH_CHARS = 253;
const CLUSTER_OPTIONS = ['ndots:5'];

const DNS_CONFIG_FORMING = 'DNSConfigForming';
const MISSING_CLUSTER_DNS = 'MissingClusterDNS';

export type PodDnsType = 'cluster' | 'host' | 'none';

export interface DnsConfigurer {
  /** --cluster-dns: the address of the DNS service. */
  readonly clusterDNS: readonly string[];
  /** --cluster-domain */
  readonly clusterDomain: string;
  /** Text of the node's own resolv.conf; undefined when --resolv-conf is "". */
  readonly hostResolvConf: string | undefined;
  readonly nodeIPs?: readonly string[];
}

/** A warning event: about the pod, or about the node. */
export interface DnsWarning {
  readonly about: 'pod' | 'node';
  readonly reason: string;
  readonly message: string;
}

const omitDuplicates = (list: readonly string[]): string[] => [...new Set(list)];

/** Which settings a pod's dnsPolicy starts from. Throws Error on an unknown policy. */
export function podDnsType({spec}: Pick<Pod, 'spec'>): PodDnsType {
  switch (spec?.dnsPolicy) {
    case 'None':
      return 'none';
    case 'ClusterFirstWithHostNet':
      return 'cluster';
    case 'ClusterFirst':
      return spec.hostNetwork ? 'host' : 'cluster';
    case 'Default':
      return 'host';
    default:
      throw new Error(`invalid DNSPolicy=${spec?.dnsPolicy ?? ''}`);
  }
}

/** Options by name: those of the pod's dnsConfig replace existing ones; in order of first mention. */
export function mergeDnsOptions(existing: readonly string[], added: readonly core.PodDNSConfigOption[]): string[] {
  const values = new Map<string, string>();
  for (const option of existing) {
    const colon = option.indexOf(':');
    if (colon < 0) values.set(option, '');
    else values.set(option.slice(0, colon), option.slice(colon + 1));
  }
  for (const {name, value} of added) values.set(name ?? '', value ?? '');
  return [...values].map(([name, value]) => (value ? `${name}:${value}` : name));
}

/** At most three nameservers, as the resolver itself; a warning when some had to go. */
export function fitNameservers(servers: readonly string[]): {servers: readonly string[]; warning?: DnsWarning} {
  if (servers.length <= MAX_NAMESERVERS) return {servers};
  const kept = servers.slice(0, MAX_NAMESERVERS);
  const message = `Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${kept.join(' ')}`;
  return {servers: kept, warning: {about: 'pod', reason: DNS_CONFIG_FORMING, message}};
}

/** At most 32 search paths of at most 253 characters, 2048 characters in all; a warning when some had to go. */
function fitSearches(searches: readonly string[]): {searches: readonly string[]; warning?: DnsWarning} {
  const kept = searches.slice(0, MAX_SEARCH_PATHS).filter(search => search.length <= MAX_SEARCH_PATH_CHARS);
  while (kept.join(' ').length > MAX_SEARCH_LIST_CHARS) kept.pop();
  if (kept.length === searches.length) return {searches};
  const message = `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${kept.join(' ')}`;
  return {searches: kept, warning: {about: 'pod', reason: DNS_CONFIG_FORMING, message}};
}

const clusterSearches = (domain: string, namespace: string, host: readonly string[]): readonly string[] =>
  domain === '' ? host : omitDuplicates([`${namespace}.svc.${domain}`, `svc.${domain}`, domain, ...host]);

/** With --resolv-conf="" there is no file to inherit: the resolver's own default, this machine. */
const hostDns = (host: DnsConfig, {hostResolvConf, nodeIPs = []}: DnsConfigurer): DnsConfig => {
  if (hostResolvConf !== undefined) return host;
  const servers = nodeIPs.map(ip => (isIpv6(ip) ? '::1' : '127.0.0.1'));
  return {...host, servers: servers.length ? servers : ['127.0.0.1'], searches: ['.']};
};

const typeOrCluster = (pod: Pod): PodDnsType => {
  try {
    return podDnsType(pod);
  } catch {
    return 'cluster';
  }
};

/** DNS settings of a pod, within the resolver's limits, and the warning events they cause. Throws Error when the node's resolv.conf cannot be read. */
export function getPodDns(configurer: DnsConfigurer, pod: Pod): DnsConfig & {warnings: DnsWarning[]} {
  const warnings: DnsWarning[] = [];
  const {clusterDNS, clusterDomain, hostResolvConf} = configurer;
  const host = parseResolvConf(hostResolvConf ?? '');
  const namespace = pod.metadata.namespace ?? '';

  // 1. What the policy starts from.
  let config: DnsConfig;
  const type = typeOrCluster(pod);
  if (type === 'none') config = {servers: [], searches: [], options: []};
  else if (type === 'cluster' && clusterDNS.length)
    config = {servers: clusterDNS, searches: clusterSearches(clusterDomain, namespace, host.searches), options: CLUSTER_OPTIONS};
  else {
    if (type === 'cluster') {
      const message =
        'kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy. Falling back to "Default" policy.';
      const name = `${pod.metadata.name}_${namespace}(${pod.metadata.uid ?? ''})`;
      warnings.push({about: 'node', reason: MISSING_CLUSTER_DNS, message});
      warnings.push({about: 'pod', reason: MISSING_CLUSTER_DNS, message: `pod: "${name}". ${message}`});
    }
    config = hostDns(host, configurer);
  }

  // 2. What the pod adds.
  const added = pod.spec?.dnsConfig;
  if (added)
    config = {
      servers: omitDuplicates([...config.servers, ...(added.nameservers ?? [])]),
      searches: omitDuplicates([...config.searches, ...(added.searches ?? [])]),
      options: mergeDnsOptions(config.options, added.options ?? []),
    };

  // 3. What the resolver can take.
  const {servers, warning: tooManyServers} = fitNameservers(config.servers);
  const {searches, warning: tooManySearches} = fitSearches(config.searches);
  for (const warning of [tooManyServers, tooManySearches]) if (warning) warnings.push(warning);
  return {servers, searches, options: config.options, warnings};
}
