import {splitHostPort} from '../../../src/engine/api/ip.ts';
import {parseResolvConf} from '../../../src/engine/api/resolv-conf.ts';
import type {EndpointSlice, Service} from '../../../src/engine/api/types.ts';
import {type DnsConfigurer, fitNameservers, getPodDns, mergeDnsOptions, podDnsType} from '../../../src/engine/kubelet/network/dns.ts';
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
        {node: {name: given.thisNode}, nodeIP: given.nodeIP, clusterCIDR: given.clusterCIDR, masqueradeBit: given.masqueradeBit},
      );
      const nodeIPs = given.nodeIP ? [given.nodeIP] : [];
      return {
        iptablesRestore: restoreText(sorted(rules)),
        flow: (from: string, to: string) => ({from, to, ...flow(rules, nodeIPs, from, to)}),
      };
    },
    // The flows to try stand with the results that upstream's test expects of them.
    differs: (want, got) =>
      difference(want, {...got, flows: want.flows?.map(({from, to}: {from: string; to: string}) => got.flow(from, to))}),
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
      const {servers, searches, options} = getPodDns(configurer as DnsConfigurer, pod);
      return {servers, searches, optionsUnordered: options};
    },
  },
};
