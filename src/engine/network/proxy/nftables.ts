/** The rules that kube-proxy writes in its nftables mode: one look-up in a map finds a service, however many there are. upstream: pkg/proxy/nftables/proxier.go */
import {splitHostPort} from '../../api/ip.ts';
import {base32, sha256} from '../../api/sha256.ts';
import {type Endpoint, endpointsKey} from './endpoints.ts';
import {externallyAccessible, type ServicePort} from './service-ports.ts';
import {type Categorized, categorizeEndpoints, type ProxyNode} from './topology.ts';

export interface NftablesConfig {
  readonly node: ProxyNode;
  readonly nodeIP: string;
  /** What is not from here is masqueraded. */
  readonly clusterCIDR: string;
  readonly serviceCIDR: string;
}

const TABLE = 'ip kube-proxy';
const MARK = '0x4000';
const MAX_NAME = 100;

/** A chain's name tells what it is for; eight letters of a hash in front keep it unique when it has to be cut. */
function hashed(name: string): string {
  const full = `${base32(sha256(name)).slice(0, 8)}-${name}`;
  return full.length > MAX_NAME ? `${full.slice(0, MAX_NAME - 3)}...` : full;
}

const portName = ({namespace, service, protocol, portName: port}: ServicePort): string =>
  `${namespace}/${service}/${protocol.toLowerCase()}/${port}`;

/** `ULMVA6XW-ns1/svc1/tcp/p80` */
export const serviceBase = (port: ServicePort): string => hashed(portName(port));

/** `5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80` */
export function endpointBase(port: ServicePort, address: string): string {
  const {host, port: number} = splitHostPort(address);
  return hashed(`${portName(port)}__${host.replaceAll(':', '.')}/${number}`);
}

const ADDRESS_KEY = 'ipv4_addr . inet_proto . inet_service';
const PORT_KEY = 'inet_proto . inet_service';

const SETS: readonly [name: string, type: string, comment: string][] = [
  ['cluster-ips', 'ipv4_addr', 'Active ClusterIPs'],
  ['nodeport-ips', 'ipv4_addr', 'IPs that accept NodePort traffic'],
];

const MAPS: readonly [name: string, type: string, comment: string][] = [
  ['firewall-ips', ADDRESS_KEY, 'destinations that are subject to LoadBalancerSourceRanges'],
  ['no-endpoint-nodeports', PORT_KEY, 'vmap to drop or reject packets to service nodeports with no endpoints'],
  ['no-endpoint-services', ADDRESS_KEY, 'vmap to drop or reject packets to services with no endpoints'],
  ['service-ips', ADDRESS_KEY, 'ClusterIP, ExternalIP and LoadBalancer IP traffic'],
  ['service-nodeports', PORT_KEY, 'NodePort traffic'],
];

const CHAINS: readonly [name: string, options?: string][] = [
  ['cluster-ips-check'],
  ['filter-prerouting-pre-dnat', 'type filter hook prerouting priority -110 ;'],
  ['filter-output-pre-dnat', 'type filter hook output priority -110 ;'],
  ['filter-forward', 'type filter hook forward priority 0 ;'],
  ['filter-input', 'type filter hook input priority 0 ;'],
  ['filter-output', 'type filter hook output priority 0 ;'],
  ['firewall-check'],
  ['mark-for-masquerade'],
  ['masquerading'],
  ['nat-output', 'type nat hook output priority -100 ;'],
  ['nat-postrouting', 'type nat hook postrouting priority 100 ;'],
  ['nat-prerouting', 'type nat hook prerouting priority -100 ;'],
  ['nodeport-endpoints-check'],
  ['reject-chain', 'comment "helper for @no-endpoint-services / @no-endpoint-nodeports" ;'],
  ['services'],
  ['service-endpoints-check'],
];

const rule = (chain: string, text: string): string => `add rule ${TABLE} ${chain} ${text}`;
const chain = (name: string, options?: string): string => `add chain ${TABLE} ${name}${options ? ` { ${options} }` : ''}`;
const element = (set: string, text: string): string => `add element ${TABLE} ${set} { ${text} }`;

/** What stands whatever services there are. */
const base = ({nodeIP, serviceCIDR}: NftablesConfig): string[] => [
  `add table ${TABLE} { comment "rules for kube-proxy" ; }`,
  ...SETS.map(([name, type, comment]) => `add set ${TABLE} ${name} { type ${type} ; comment "${comment}" ; }`),
  ...MAPS.map(([name, type, comment]) => `add map ${TABLE} ${name} { type ${type} : verdict ; comment "${comment}" ; }`),
  ...CHAINS.map(([name, options]) => chain(name, options)),
  rule('cluster-ips-check', 'ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"'),
  rule('cluster-ips-check', `ip daddr { ${serviceCIDR} } drop comment "Drop traffic to unallocated ClusterIPs"`),
  rule('filter-prerouting-pre-dnat', 'ct state new jump firewall-check'),
  rule('filter-forward', 'ct state new jump service-endpoints-check'),
  rule('filter-forward', 'ct state new jump cluster-ips-check'),
  rule('filter-input', 'ct state new jump nodeport-endpoints-check'),
  rule('filter-input', 'ct state new jump service-endpoints-check'),
  rule('filter-output', 'ct state new jump service-endpoints-check'),
  rule('filter-output-pre-dnat', 'ct state new jump firewall-check'),
  rule('filter-output', 'ct state new jump cluster-ips-check'),
  rule('firewall-check', 'ip daddr . meta l4proto . th dport vmap @firewall-ips'),
  rule('mark-for-masquerade', `mark set mark or ${MARK}`),
  rule('masquerading', `mark and ${MARK} == 0 return`),
  rule('masquerading', `mark set mark xor ${MARK}`),
  rule('masquerading', 'masquerade fully-random'),
  rule('nat-output', 'jump services'),
  rule('nat-postrouting', 'jump masquerading'),
  rule('nat-prerouting', 'jump services'),
  rule('nodeport-endpoints-check', 'ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports'),
  rule('reject-chain', 'reject'),
  rule('services', 'ip daddr . meta l4proto . th dport vmap @service-ips'),
  rule('services', 'ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports'),
  element('nodeport-ips', nodeIP),
  rule('service-endpoints-check', 'ip daddr . meta l4proto . th dport vmap @no-endpoint-services'),
];

/** The chain that chooses among endpoints: all of them in one rule, each as likely as the next. */
function balance(name: string, port: ServicePort, endpoints: readonly Endpoint[], masquerade: string[]): string[] {
  const named = endpoints.map(({address}) => endpointBase(port, address));
  const affinity =
    port.stickySeconds === undefined ? [] : named.map(each => rule(name, `ip saddr @affinity-${each} goto endpoint-${each}`));
  const choices = named.map((each, i) => `${i} : goto endpoint-${each}`).join(' , ');
  return [chain(name), ...masquerade, ...affinity, rule(name, `numgen random mod ${endpoints.length} vmap { ${choices} }`)];
}

function external(
  name: string,
  port: ServicePort,
  cluster: string,
  policy: string,
  open: boolean,
  {clusterCIDR}: NftablesConfig,
): string[] {
  const head = port.externalLocal
    ? [
        rule(name, `ip saddr ${clusterCIDR} goto ${cluster} comment "short-circuit pod traffic"`),
        rule(name, 'fib saddr type local jump mark-for-masquerade comment "masquerade local traffic"'),
        rule(name, `fib saddr type local goto ${cluster} comment "short-circuit local traffic"`),
      ]
    : [rule(name, 'jump mark-for-masquerade')];
  return [chain(name), ...head, ...(open ? [rule(name, `goto ${policy}`)] : [])];
}

function endpointRules(port: ServicePort, {ip, address}: Endpoint): string[] {
  const name = endpointBase(port, address);
  const sticky = port.stickySeconds !== undefined;
  return [
    ...(sticky ? [`add set ${TABLE} affinity-${name} { type ipv4_addr ; flags dynamic,timeout ; timeout ${port.stickySeconds}s ; }`] : []),
    chain(`endpoint-${name}`),
    rule(`endpoint-${name}`, `ip saddr ${ip} jump mark-for-masquerade`),
    ...(sticky ? [rule(`endpoint-${name}`, `update @affinity-${name} { ip saddr }`)] : []),
    rule(`endpoint-${name}`, `meta l4proto ${port.protocol.toLowerCase()} dnat to ${address}`),
  ];
}

/** Which of a service port's addresses lead where, or nowhere. */
function elements(port: ServicePort, {local, hasAny}: Categorized, chains: Record<'internal' | 'external' | 'firewall', string>): string[] {
  const protocol = port.protocol.toLowerCase();
  const key = (ip: string): string => `${ip} . ${protocol} . ${port.port}`;
  const internal = hasAny && !(port.internalLocal && local.length === 0);
  const open = hasAny && !(port.externalLocal && local.length === 0);
  const refusal = `comment "${port.name}" : ${hasAny ? 'drop' : 'goto reject-chain'}`;
  const externals = [...port.externalIPs, ...port.loadBalancerIPs];
  const node = `${protocol} . ${port.nodePort}`;
  return [
    element('cluster-ips', port.clusterIP),
    internal
      ? element('service-ips', `${key(port.clusterIP)} : goto ${chains.internal}`)
      : element('no-endpoint-services', `${key(port.clusterIP)} ${refusal}`),
    ...(hasAny ? externals.map(ip => element('service-ips', `${key(ip)} : goto ${chains.external}`)) : []),
    ...(hasAny && port.sourceRanges.length
      ? port.loadBalancerIPs.map(ip => element('firewall-ips', `${key(ip)} comment "${port.name}" : goto ${chains.firewall}`))
      : []),
    ...(hasAny && port.nodePort ? [element('service-nodeports', `${node} : goto ${chains.external}`)] : []),
    ...(!open && port.nodePort ? [element('no-endpoint-nodeports', `${node} ${refusal}`)] : []),
    ...(open ? [] : externals.map(ip => element('no-endpoint-services', `${key(ip)} ${refusal}`))),
  ];
}

function service(port: ServicePort, endpoints: readonly Endpoint[], config: NftablesConfig): string[] {
  const categorized = categorizeEndpoints(endpoints, port, config.node);
  const {cluster, local, reachable, hasAny} = categorized;
  const name = serviceBase(port);
  const chains = {cluster: `service-${name}`, local: `local-${name}`, external: `external-${name}`, firewall: `firewall-${name}`};
  const internal = port.internalLocal ? chains.local : chains.cluster;
  const outsiders = [rule(internal, `ip daddr ${port.clusterIP} ip saddr != ${config.clusterCIDR} jump mark-for-masquerade`)];
  const open = hasAny && !(port.externalLocal && local.length === 0);
  return [
    `# ${port.name}`,
    ...(cluster.length ? balance(chains.cluster, port, cluster, port.internalLocal ? [] : outsiders) : []),
    ...(local.length ? balance(chains.local, port, local, port.internalLocal ? outsiders : []) : []),
    ...(hasAny && externallyAccessible(port)
      ? external(chains.external, port, chains.cluster, port.externalLocal ? chains.local : chains.cluster, open, config)
      : []),
    ...(hasAny && port.loadBalancerIPs.length && port.sourceRanges.length
      ? [chain(chains.firewall), rule(chains.firewall, `ip saddr != { ${port.sourceRanges.join(', ')} } drop`)]
      : []),
    ...reachable.flatMap(endpoint => endpointRules(port, endpoint)),
    ...elements(port, categorized, {...chains, internal}),
  ];
}

/** All that kube-proxy tells nft, in the order of the services. */
export const nftablesRules = (
  ports: readonly ServicePort[],
  endpoints: ReadonlyMap<string, readonly Endpoint[]>,
  config: NftablesConfig,
): string[] => [
  ...base(config),
  ...ports.flatMap(port => service(port, endpoints.get(endpointsKey(port.name, port.protocol)) ?? [], config)),
];
