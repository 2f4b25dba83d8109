import {splitHostPort} from '../../../src/engine/api/ip.ts';
import {parseResolvConf} from '../../../src/engine/api/resolv-conf.ts';
import type {EndpointSlice, Service} from '../../../src/engine/api/types.ts';
import {endpointPorts, podToEndpoint, shouldPodBeInEndpoints} from '../../../src/engine/controllers/endpointslice/endpoint.ts';
import {newEndpointSlice} from '../../../src/engine/controllers/endpointslice/slice.ts';
import {type DnsConfigurer, fitNameservers, getPodDns, mergeDnsOptions, podDnsType} from '../../../src/engine/kubelet/network/dns.ts';
import {allocate, EMPTY_STORE, IpamError, ipamRange, release} from '../../../src/engine/network/cni/ipam.ts';
import type {RecordType} from '../../../src/engine/network/dns/message.ts';
import {answer, type ZoneData} from '../../../src/engine/network/dns/zone.ts';
import {CHAIN_PREFIXES, chainHash, ENDPOINT_PREFIX, probabilities} from '../../../src/engine/network/proxy/chains.ts';
import {endpointsByServicePort} from '../../../src/engine/network/proxy/endpoints.ts';
import {type Netfilter, traverse} from '../../../src/engine/network/proxy/iptables/evaluate.ts';
import type {RuleSet} from '../../../src/engine/network/proxy/iptables/rule.ts';
import {iptablesRules} from '../../../src/engine/network/proxy/iptables/rules.ts';
import {restoreText} from '../../../src/engine/network/proxy/iptables/text.ts';
import {servicePorts} from '../../../src/engine/network/proxy/service-ports.ts';
import {type Adapters, difference} from '../harness.ts';

/** upstream compares rule sets with the chains sorted, the two entry chains first: sortIPTablesRules in proxier_test.go. */
function sorted(rules: RuleSet): RuleSet {
  const entry = (chain: string): string => (chain === 'KUBE-NODEPORTS' || chain === 'KUBE-SERVICES' ? ` ${chain}` : chain);
  const byChain = (a: string, b: string): number => (entry(a) < entry(b) ? -1 : entry(a) > entry(b) ? 1 : 0);
  const table = ({chains, rules: list}: RuleSet['nat']) => ({
    chains: [...chains].sort(byChain),
    rules: list
      .map((rule, i) => ({rule, i}))
      .sort((a, b) => byChain(a.rule.chain, b.rule.chain) || a.i - b.i)
      .map(({rule}) => rule),
  });
  return {filter: table(rules.filter), nat: table(rules.nat)};
}

/** Addresses of the node that upstream's fake proxier runs on. */
const NODE_IPS = ['192.168.0.2', '192.168.1.2', '127.0.0.1'];

/** Every outcome of a packet, as upstream's tracePacket words it. */
function flow(rules: RuleSet, nodeIPs: readonly string[], from: string, to: string): {result: string; masquerade: boolean} {
  const net: Netfilter = {local: ip => nodeIPs.includes(ip), state: 'NEW', lastSeen: () => undefined};
  const {host, port} = splitHostPort(to);
  const packet = {protocol: 'tcp', source: from, destination: host, port};
  const nat = traverse(rules, 'nat', 'KUBE-SERVICES', packet, net);
  const [first] = nat.dnat;
  const rewritten = first ? {...packet, destination: splitHostPort(first).host, port: splitHostPort(first).port} : packet;
  const chains = ['KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES', 'KUBE-NODEPORTS', 'KUBE-PROXY-FIREWALL'];
  const refusal = chains.map(chain => traverse(rules, 'filter', chain, rewritten, net).verdict).find(verdict => verdict);
  const masquerade = traverse(rules, 'nat', 'KUBE-POSTROUTING', rewritten, net, nat).masquerade;
  return {result: refusal ?? nat.dnat.join(', '), masquerade};
}

/** A zone of one service whose ready endpoints are given. */
function zoneOf({
  zone,
  service,
  readyEndpoints = [],
}: {
  zone: string;
  service?: Service;
  readyEndpoints?: {ip: string; hostname?: string}[];
}): ZoneData {
  const is = (namespace: string, name: string): boolean => service?.metadata.namespace === namespace && service.metadata.name === name;
  const slice: EndpointSlice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {},
    addressType: 'IPv4',
    endpoints: readyEndpoints.map(({ip, hostname}) => ({addresses: [ip], ...(hostname ? {hostname} : {}), conditions: {ready: true}})),
    ports: (service?.spec?.ports ?? []).map(({name = '', port, protocol = 'TCP'}) => ({name, port, protocol})),
  };
  return {
    zone,
    hasNamespace: name => service?.metadata.namespace === name,
    service: (namespace, name) => (is(namespace, name) ? service : undefined),
    services: () => (service ? [service] : []),
    slices: (namespace, name) => (is(namespace, name) && readyEndpoints.length ? [slice] : []),
  };
}

const list = <T>(one: T | undefined, many: T[] | undefined): T[] => many ?? (one ? [one] : []);

export const adapters: Adapters = {
  kubeProxyChainHash: {
    answer: ({given: {servicePortName, protocol, endpoint}}) => {
      const hash = chainHash(servicePortName, protocol, endpoint);
      return {hash, chains: endpoint ? [ENDPOINT_PREFIX + hash] : Object.values(CHAIN_PREFIXES).map(prefix => prefix + hash)};
    },
  },
  kubeProxyProbability: {
    answer: ({given: {endpoints}}) => {
      const shares = probabilities(endpoints);
      return {probabilities: shares, lastRuleUnconditional: shares.length === endpoints - 1};
    },
  },
  iptables: {
    answer: ({given}) => {
      const services: Service[] = list(given.service, given.services);
      const slices: EndpointSlice[] = list(given.endpointSlice, given.endpointSlices);
      const rules = iptablesRules(
        services.flatMap(service => servicePorts(service)),
        endpointsByServicePort(slices, given.thisNode),
        {
          node: {name: given.thisNode},
          nodeIP: given.nodeIP ?? NODE_IPS[0],
          clusterCIDR: given.clusterCIDR,
          masqueradeBit: given.masqueradeBit,
          masqueradeAll: given.masqueradeAll,
        },
      );
      const nodeIPs = given.nodeIP ? [given.nodeIP] : NODE_IPS;
      return {
        iptablesRestore: restoreText(sorted(rules)),
        flow: (from: string, to: string) => ({from, to, ...flow(rules, nodeIPs, from, to)}),
      };
    },
    // The flows to try stand with the results that upstream's test expects of them.
    differs: (want, got) =>
      difference(want, {...got, flows: want.flows?.map(({from, to}: {from: string; to: string}) => got.flow(from, to))}),
  },
  dns: {
    answer:
      ({given}) =>
      (question: string) => {
        const [name, , type] = question.split(' ') as [string, string, RecordType];
        const reply = answer(zoneOf(given), {name, type});
        if (reply?.rcode !== 'NOERROR') return reply?.rcode;
        return reply.answers.map(record => (record.type === type ? record.data : `${record.type} ${record.data}`));
      },
    // The question stands with the expected answer. The specification does not prescribe an SRV record's priority and weight.
    differs: (want, ask) => {
      const unweighted = (answers: unknown): unknown =>
        Array.isArray(answers) ? answers.map(data => data.replace(/^\d+ \d+ (?=\d+ )/, '')) : answers;
      return difference(unweighted(want.answers), unweighted(ask(want.question)), 'answers');
    },
  },
  ipam: {
    answer: ({given}) => {
      const reserved = given.reserved.map((ip: string) => ({ip, containerId: 'other', ifName: 'eth0'}));
      try {
        const store = {reserved, lastReserved: given.lastReservedIP};
        const {address} = allocate(given.subnets.map(ipamRange), store, {containerId: 'ID', ifName: 'eth0'}, given.requestedIP);
        return {address: address.split('/')[0]};
      } catch (error) {
        return {error: (error as IpamError).message};
      }
    },
    // Upstream's test looks for the beginning of the error; the ranges follow.
    differs: (want, got) =>
      want.error === undefined
        ? difference(want, got)
        : got.error?.startsWith(want.error)
          ? undefined
          : `expected an error, got ${got.address}`,
  },
  ipamSequence: {
    answer: ({given}) => {
      const ranges = given.subnets.map(ipamRange);
      let store = EMPTY_STORE;
      const addresses = given.requests.map((request: string) => {
        const [containerId, released] = request.split(' ').reverse() as [string, string | undefined];
        const holder = {containerId, ifName: 'eth0'};
        if (released) {
          store = release(store, holder);
          return 'released';
        }
        try {
          const allocation = allocate(ranges, store, holder);
          store = allocation.store;
          return allocation.address;
        } catch (error) {
          if (error instanceof IpamError) return null;
          throw error;
        }
      });
      return {addresses};
    },
  },
  endpoint: {
    answer: ({given: {function: name, pod, node, service, addressType, includeTerminating, controllerName}}) => {
      switch (name) {
        case 'podToEndpoint':
          return {endpoint: podToEndpoint(pod, node, service, addressType)};
        case 'ShouldPodBeInEndpoints':
          return {included: shouldPodBeInEndpoints(pod, includeTerminating)};
        case 'getEndpointPorts':
          return {ports: endpointPorts(service, pod)};
        case 'newEndpointSlice': {
          const {metadata, ...slice} = newEndpointSlice(service, addressType, [], controllerName);
          return {...metadata, ...slice};
        }
        default:
          throw new Error(`unknown function ${name}`);
      }
    },
  },
  resolvConfParse: {
    answer: ({given}) => {
      try {
        const {servers, searches, options} = parseResolvConf(given.data);
        return {nameservers: servers, searches, options, error: false};
      } catch {
        return {error: true};
      }
    },
  },
  dnsNameserverLimit: {
    answer: ({given}) => {
      const {servers, warning} = fitNameservers(given.nameservers);
      return {nameservers: servers, warningEvent: warning !== undefined};
    },
  },
  dnsOptionMerge: {answer: ({given}) => ({optionsUnordered: mergeDnsOptions(given.existing, given.dnsConfigOptions)})},
  podDNSType: {
    answer: ({given}) => {
      try {
        return {type: podDnsType(given.pod), error: false};
      } catch {
        return {error: true};
      }
    },
  },
  podDNS: {
    answer: ({given: {pod, ...configurer}}) => {
      const {servers, searches, options} = getPodDns(
        {clusterDNS: [], clusterDomain: '', hostResolvConf: undefined, ...(configurer as Partial<DnsConfigurer>)},
        pod,
      );
      return {servers, searches, optionsUnordered: options};
    },
  },
};
