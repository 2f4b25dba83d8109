/** The rules that kube-proxy writes on a node in its iptables mode, a pure function of services and endpoints. upstream: pkg/proxy/iptables/proxier.go */
import {inCidr} from '../../../api/ip.ts';
import {endpointChain, probability, serviceChains} from '../chains.ts';
import {type Endpoint, endpointsKey} from '../endpoints.ts';
import {externallyAccessible, type IpFamily, type ServicePort} from '../service-ports.ts';
import {categorizeEndpoints, type ProxyNode} from '../topology.ts';
import type {Match, Rule, RuleSet, Target} from './rule.ts';

export interface IptablesConfig {
  readonly family?: IpFamily;
  readonly node: ProxyNode;
  readonly nodeIP?: string | undefined;
  /** --cluster-cidr: what is not from here is masqueraded; undefined = no detection of local traffic. */
  readonly clusterCIDR: string | undefined;
  readonly masqueradeAll?: boolean;
  readonly masqueradeBit?: number;
  /** --iptables-localhost-nodeports */
  readonly localhostNodePorts?: boolean;
  /** Whether this iptables knows --random-fully (since 1.6.2). */
  readonly randomFully?: boolean;
}

/** Above so many endpoints, comments are left out. */
const LARGE_CLUSTER_ENDPOINTS = 1000;

const NODE_PORTS_LAST = 'kubernetes service nodeports; NOTE: this must be the last rule in this chain';

const jump = (chain: string): Target => ({target: 'jump', chain});
const comment = (text: string): Match => ({match: 'comment', text});
const source = (cidr: string, not = false): Match => ({match: 'source', cidr, not});
const LOCAL_SOURCE: Match = {match: 'addrtype', side: 'src'};
const LOCAL_DESTINATION: Match = {match: 'addrtype', side: 'dst'};
const MARK_MASQ = jump('KUBE-MARK-MASQ');

/** `-m tcp -p tcp [-d ADDRESS] --dport PORT` */
const destination = (protocol: string, address: string | undefined, port: number): Match[] => [
  {match: 'protocol', protocol},
  ...(address ? [{match: 'destination', cidr: address} as const] : []),
  {match: 'dport', port},
];

interface Draft {
  chains: string[];
  rules: Rule[];
}

interface Tables {
  readonly filter: Draft;
  readonly nat: Draft;
  /** A comment on a rule inside a service's own chains. */
  readonly note: (text: string) => Match[];
}

const add = (table: Draft, chain: string, matches: readonly Match[], target?: Target): void => {
  table.rules.push(target ? {chain, matches, target} : {chain, matches});
};

/** Chains and rules that stand whatever services there are. */
function base({nat, filter}: Tables, mark: string, {localhostNodePorts = true, randomFully = false, family = 4}: IptablesConfig): void {
  filter.chains.push('KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES', 'KUBE-FORWARD', 'KUBE-NODEPORTS', 'KUBE-PROXY-FIREWALL');
  nat.chains.push('KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ');
  add(nat, 'KUBE-POSTROUTING', [{match: 'mark', mark, not: true}], {target: 'RETURN'});
  add(nat, 'KUBE-POSTROUTING', [], {target: 'xorMark', mark});
  add(nat, 'KUBE-POSTROUTING', [comment('kubernetes service traffic requiring SNAT')], {target: 'MASQUERADE', randomFully});
  add(nat, 'KUBE-MARK-MASQ', [], {target: 'orMark', mark});
  if (!localhostNodePorts || family === 6) return;
  filter.chains.push('KUBE-FIREWALL');
  const outsiders: Match[] = [
    comment('block incoming localnet connections'),
    {match: 'destination', cidr: '127.0.0.0/8'},
    source('127.0.0.0/8', true),
    {match: 'ctstate', states: 'RELATED,ESTABLISHED,DNAT', not: true},
  ];
  add(filter, 'KUBE-FIREWALL', outsiders, {target: 'DROP'});
}

/** The last rules: they must stand behind those of the services. */
function tail({nat, filter}: Tables, mark: string, {localhostNodePorts = true, family = 4}: IptablesConfig): void {
  const loopback = family === 6 ? '::1/128' : '127.0.0.0/8';
  const closed: Match[] = family === 4 && localhostNodePorts ? [] : [{match: 'destination', cidr: loopback, not: true}];
  const local: Match[] = [LOCAL_DESTINATION, ...closed];
  add(nat, 'KUBE-SERVICES', [comment(NODE_PORTS_LAST), ...local], jump('KUBE-NODEPORTS'));
  add(filter, 'KUBE-FORWARD', [{match: 'ctstate', states: 'INVALID'}], {target: 'DROP'});
  add(filter, 'KUBE-FORWARD', [comment('kubernetes forwarding rules'), {match: 'mark', mark}], {target: 'ACCEPT'});
  add(filter, 'KUBE-FORWARD', [comment('kubernetes forwarding conntrack rule'), {match: 'ctstate', states: 'RELATED,ESTABLISHED'}], {
    target: 'ACCEPT',
  });
}

/** Session affinity first, then one rule an endpoint, each catching its share of what is left. */
function balance(tables: Tables, port: ServicePort, chain: string, endpoints: readonly Endpoint[]): void {
  const {nat} = tables;
  nat.chains.push(chain);
  const protocol = port.protocol.toLowerCase();
  const named = endpoints.map(({address}) => ({
    note: tables.note(`${port.name} -> ${address}`),
    list: endpointChain(port.name, protocol, address),
  }));
  if (port.stickySeconds !== undefined)
    for (const {note, list} of named) add(nat, chain, [...note, {match: 'recentCheck', list, seconds: port.stickySeconds}], jump(list));
  named.forEach(({note, list}, i) => {
    const share: Match[] = i < named.length - 1 ? [{match: 'statistic', probability: probability(named.length - i)}] : [];
    add(nat, chain, [...note, ...share], jump(list));
  });
}

function endpoint(tables: Tables, port: ServicePort, {ip, address}: Endpoint): void {
  const {nat} = tables;
  const protocol = port.protocol.toLowerCase();
  const chain = endpointChain(port.name, protocol, address);
  nat.chains.push(chain);
  const note = tables.note(port.name);
  // A pod that reaches itself through its Service must see the answer come back the same way.
  add(nat, chain, [...note, source(ip)], MARK_MASQ);
  const affinity: Match[] = port.stickySeconds === undefined ? [] : [{match: 'recentSet', list: chain}];
  add(nat, chain, [...note, ...affinity, {match: 'protocol', protocol}], {target: 'DNAT', to: address});
}

/** What traffic to external addresses goes through before it is balanced. */
function external({nat}: Tables, port: ServicePort, chains: ReturnType<typeof serviceChains>, open: boolean, config: IptablesConfig): void {
  nat.chains.push(chains.external);
  const say = (text: string): Match => comment(`${text} for ${port.name} external destinations`);
  if (port.externalLocal) {
    if (config.clusterCIDR) add(nat, chains.external, [say('pod traffic'), source(config.clusterCIDR)], jump(chains.cluster));
    add(nat, chains.external, [say('masquerade LOCAL traffic'), LOCAL_SOURCE], MARK_MASQ);
    add(nat, chains.external, [say('route LOCAL traffic'), LOCAL_SOURCE], jump(chains.cluster));
  } else add(nat, chains.external, [say('masquerade traffic')], MARK_MASQ);
  if (open) add(nat, chains.external, [], jump(port.externalLocal ? chains.local : chains.cluster));
}

/** loadBalancerSourceRanges: who is not let through here gets no DNAT and is dropped by KUBE-PROXY-FIREWALL. */
function firewall({nat}: Tables, port: ServicePort, chains: ReturnType<typeof serviceChains>, nodeIP: string | undefined): void {
  nat.chains.push(chains.firewall);
  const note = comment(`${port.name} loadbalancer IP`);
  for (const range of port.sourceRanges) add(nat, chains.firewall, [note, source(range)], jump(chains.external));
  if (nodeIP && port.sourceRanges.some(range => inCidr(nodeIP, range)))
    for (const ip of port.loadBalancerIPs) add(nat, chains.firewall, [note, source(ip)], jump(chains.external));
  add(nat, chains.firewall, [comment(`other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL`)]);
}

function servicePort(tables: Tables, port: ServicePort, endpoints: readonly Endpoint[], config: IptablesConfig): void {
  const {nat, filter} = tables;
  const protocol = port.protocol.toLowerCase();
  const chains = serviceChains(port.name, protocol);
  const {cluster, local, reachable, hasAny} = categorizeEndpoints(endpoints, port, config.node);
  const hasInternal = hasAny && !(port.internalLocal && local.length === 0);
  const hasExternal = hasAny && !(port.externalLocal && local.length === 0);
  const internalChain = port.internalLocal ? chains.local : chains.cluster;
  const usesFirewall = hasAny && port.loadBalancerIPs.length > 0 && port.sourceRanges.length > 0;
  // No endpoint anywhere is an error the client should see; none on this node is no reason to send the client away from the others.
  const refusal = comment(`${port.name} has no ${hasAny ? 'local endpoints' : 'endpoints'}`);
  const refuse: Target = {target: hasAny ? 'DROP' : 'REJECT'};

  // 1. The cluster IP.
  const clusterIP = destination(protocol, port.clusterIP, port.port);
  if (hasInternal) add(nat, 'KUBE-SERVICES', [comment(`${port.name} cluster IP`), ...clusterIP], jump(internalChain));
  else add(filter, 'KUBE-SERVICES', [refusal, ...clusterIP], refuse);

  // 2. External addresses.
  for (const ip of port.externalIPs) {
    const to = destination(protocol, ip, port.port);
    if (hasAny) add(nat, 'KUBE-SERVICES', [comment(`${port.name} external IP`), ...to], jump(chains.external));
    if (!hasExternal) add(filter, 'KUBE-EXTERNAL-SERVICES', [refusal, ...to], refuse);
  }

  // 3. Load balancer addresses.
  for (const ip of port.loadBalancerIPs) {
    const to = destination(protocol, ip, port.port);
    const through = usesFirewall ? chains.firewall : chains.external;
    if (hasAny) add(nat, 'KUBE-SERVICES', [comment(`${port.name} loadbalancer IP`), ...to], jump(through));
    if (usesFirewall)
      add(filter, 'KUBE-PROXY-FIREWALL', [comment(`${port.name} traffic not accepted by ${chains.firewall}`), ...to], {target: 'DROP'});
  }
  if (!hasExternal)
    for (const ip of port.loadBalancerIPs)
      add(filter, 'KUBE-EXTERNAL-SERVICES', [refusal, ...destination(protocol, ip, port.port)], refuse);

  // 4. The node port.
  if (port.nodePort) {
    const to = destination(protocol, undefined, port.nodePort);
    if (hasAny) add(nat, 'KUBE-NODEPORTS', [comment(port.name), ...to], jump(chains.external));
    if (!hasExternal) add(filter, 'KUBE-EXTERNAL-SERVICES', [refusal, LOCAL_DESTINATION, ...to], refuse);
  }
  if (port.healthCheckNodePort) {
    const to = destination('tcp', undefined, port.healthCheckNodePort);
    add(filter, 'KUBE-NODEPORTS', [comment(`${port.name} health check node port`), ...to], {target: 'ACCEPT'});
  }

  // 5. What comes to the cluster IP from outside the pod network is masqueraded: the answer must come back through this node.
  if (hasInternal) {
    const to = [comment(`${port.name} cluster IP`), ...clusterIP];
    if (config.masqueradeAll) add(nat, internalChain, to, MARK_MASQ);
    else if (config.clusterCIDR) add(nat, internalChain, [...to, source(config.clusterCIDR, true)], MARK_MASQ);
  }

  // 6. The service's own chains.
  if (hasAny && externallyAccessible(port)) external(tables, port, chains, hasExternal, config);
  if (usesFirewall) firewall(tables, port, chains, config.nodeIP);
  if (cluster.length) balance(tables, port, chains.cluster, cluster);
  if (local.length) balance(tables, port, chains.local, local);
  for (const each of reachable) endpoint(tables, port, each);
}

/**
 * All rules of a node: `ports` in the order they are to be written, `endpoints` by endpointsKey. Chains stand in the order they were made.
 */
export function iptablesRules(
  ports: readonly ServicePort[],
  endpoints: ReadonlyMap<string, readonly Endpoint[]>,
  config: IptablesConfig,
): RuleSet {
  const of = (port: ServicePort): readonly Endpoint[] => endpoints.get(endpointsKey(port.name, port.protocol)) ?? [];
  const count = ports.reduce((sum, port) => sum + of(port).length, 0);
  const mark = `0x${(2 ** (config.masqueradeBit ?? 14)).toString(16)}`;
  const tables: Tables = {
    filter: {chains: [], rules: []},
    nat: {chains: [], rules: []},
    note: text => (count > LARGE_CLUSTER_ENDPOINTS ? [] : [comment(text)]),
  };
  base(tables, mark, config);
  for (const port of ports) servicePort(tables, port, of(port), config);
  tail(tables, mark, config);
  return {filter: tables.filter, nat: tables.nat};
}
