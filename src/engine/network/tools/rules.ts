/** What the tools of each proxy mode print on a node. */
import {timeText} from '../../api/clock.ts';
import {findHost} from '../../client/hosts.ts';
import {networkSettings} from '../../client/network-settings.ts';
import {connections} from '../packet/conntrack.ts';
import {gatewayOf} from '../packet/places.ts';
import type {Rule, RuleSet} from '../proxy/iptables/rule.ts';
import {iptablesRules} from '../proxy/iptables/rules.ts';
import {saveText} from '../proxy/iptables/text.ts';
import {ipvsTable, ipvsText} from '../proxy/ipvs.ts';
import {rulesFrozenSince} from '../proxy/kube-proxy.ts';
import {nftablesRules} from '../proxy/nftables.ts';
import {nodeProxy, type Reader} from '../proxy/node-rules.ts';

const jump = (chain: string, to: string, comment: string, states?: string): Rule => ({
  chain,
  matches: [...(states ? [{match: 'ctstate', states} as const] : []), {match: 'comment', text: comment}],
  target: {target: 'jump', chain: to},
});

/** The jumps from the built-in chains, which kube-proxy ensures one by one. upstream: iptablesJumpChains */
const FILTER_JUMPS: readonly Rule[] = [
  jump('INPUT', 'KUBE-PROXY-FIREWALL', 'kubernetes load balancer firewall', 'NEW'),
  jump('INPUT', 'KUBE-NODEPORTS', 'kubernetes health check service ports'),
  jump('INPUT', 'KUBE-EXTERNAL-SERVICES', 'kubernetes externally-visible service portals', 'NEW'),
  {chain: 'INPUT', matches: [], target: {target: 'jump', chain: 'KUBE-FIREWALL'}},
  jump('FORWARD', 'KUBE-PROXY-FIREWALL', 'kubernetes load balancer firewall', 'NEW'),
  jump('FORWARD', 'KUBE-FORWARD', 'kubernetes forwarding rules'),
  jump('FORWARD', 'KUBE-SERVICES', 'kubernetes service portals', 'NEW'),
  jump('FORWARD', 'KUBE-EXTERNAL-SERVICES', 'kubernetes externally-visible service portals', 'NEW'),
  jump('OUTPUT', 'KUBE-PROXY-FIREWALL', 'kubernetes load balancer firewall', 'NEW'),
  jump('OUTPUT', 'KUBE-SERVICES', 'kubernetes service portals', 'NEW'),
  {chain: 'OUTPUT', matches: [], target: {target: 'jump', chain: 'KUBE-FIREWALL'}},
];

const NAT_JUMPS: readonly Rule[] = [
  jump('PREROUTING', 'KUBE-SERVICES', 'kubernetes service portals'),
  jump('OUTPUT', 'KUBE-SERVICES', 'kubernetes service portals'),
  jump('POSTROUTING', 'KUBE-POSTROUTING', 'kubernetes postrouting rules'),
];

const withJumps = ({filter, nat}: RuleSet): RuleSet => ({
  filter: {...filter, rules: [...FILTER_JUMPS, ...filter.rules]},
  nat: {...nat, rules: [...NAT_JUMPS, ...nat.rules]},
});

/** Says since when rules are what nobody keeps up any more. */
function frozen(from: Reader, node: string): string[] {
  const since = rulesFrozenSince(from, node);
  return since === undefined ? [] : [`# kube-proxy is stopped: these rules are of ${timeText(since)}`];
}

/** `iptables-save` */
export function iptablesSave(from: Reader, node: string): string[] {
  const proxy = nodeProxy(from, node);
  if (!proxy || networkSettings(from).proxyMode !== 'iptables') return [];
  return [...frozen(from, node), ...saveText(withJumps(iptablesRules(proxy.ports, proxy.endpoints, proxy.config)))];
}

/** The transaction from which `nft list table ip kube-proxy` follows. */
export function nftRules(from: Reader, node: string): string[] {
  const proxy = nodeProxy(from, node);
  const {proxyMode, clusterCIDR, serviceCIDR} = networkSettings(from);
  if (!proxy || proxyMode !== 'nftables') return [];
  const nodeIP = findHost(from, node)?.address ?? '';
  return nftablesRules(proxy.ports, proxy.endpoints, {node: proxy.config.node, nodeIP, clusterCIDR, serviceCIDR});
}

/** `ipvsadm -Ln` */
export function ipvsadm(from: Reader, node: string): string[] {
  const proxy = nodeProxy(from, node);
  if (!proxy || networkSettings(from).proxyMode !== 'ipvs') return ipvsText([]);
  const nodeIPs = [findHost(from, node)?.address, gatewayOf(from, node)].filter(ip => ip !== undefined);
  return ipvsText(ipvsTable(proxy.ports, proxy.endpoints, {node: proxy.config.node, nodeIPs}));
}

/** `conntrack -L` */
export const conntrackList = (from: Reader, node: string): string[] =>
  connections(from, node).map(([flow, {to, expiresAt}]) => {
    const [protocol, source, destination] = flow.split(' ') as [string, string, string];
    const [src, sport] = source.split(':');
    const [dst, dport] = destination.split(':');
    const [ip, port] = to.split(':');
    const seconds = Math.ceil((expiresAt - from.now) / 1000);
    const state = protocol === 'tcp' ? ' ESTABLISHED' : '';
    return `${protocol.padEnd(8)} ${seconds}${state} src=${src} dst=${dst} sport=${sport} dport=${dport} src=${ip} dst=${src} sport=${port} dport=${sport} [ASSURED]`;
  });
