/** A packet's way through iptables rules. */
import {inCidr} from '../../../api/ip.ts';
import type {Match, Rule, RuleSet, RuleTable, Table} from './rule.ts';

export interface Packet {
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

export interface Netfilter {
  /** Addresses of this node: `addrtype LOCAL`. */
  readonly local: (address: string) => boolean;
  /** Conntrack's word for the packet. */
  readonly state: 'NEW' | 'ESTABLISHED';
  /** Seconds since a client was last put on a `recent` list, or undefined. */
  readonly lastSeen: (list: string, client: string) => number | undefined;
  /** Uniform in [0, 1): decides a statistic match. undefined = follow both ways and gather every outcome. */
  readonly random?: (() => number) | undefined;
}

/** A rule that matched, on the way. */
export interface Hit {
  readonly table: Table;
  readonly rule: Rule;
}

export interface Passage {
  readonly hits: Hit[];
  /** Where DNAT sends the packet; several only when every outcome is gathered. */
  readonly dnat: string[];
  verdict: 'ACCEPT' | 'DROP' | 'REJECT' | undefined;
  marked: boolean;
  masquerade: boolean;
  /** `recent` lists that the client was put on. */
  readonly seen: string[];
}

export const newPassage = (): Passage => ({hits: [], dnat: [], verdict: undefined, marked: false, masquerade: false, seen: []});

const grouped = new WeakMap<RuleTable, Map<string, Rule[]>>();

/** The rules of a chain; the grouping of a table is made once. */
function rulesOf(table: RuleTable, name: string): readonly Rule[] {
  let groups = grouped.get(table);
  if (!groups) {
    groups = new Map(table.chains.map(chain => [chain, []]));
    for (const rule of table.rules) groups.get(rule.chain)?.push(rule);
    grouped.set(table, groups);
  }
  return groups.get(name) ?? [];
}

function matches(match: Match, packet: Packet, passage: Passage, net: Netfilter): boolean {
  switch (match.match) {
    case 'comment':
    case 'recentSet':
      return true;
    case 'protocol':
      return packet.protocol.toLowerCase() === match.protocol;
    case 'source':
    case 'destination': {
      const address = packet[match.match];
      return (match.cidr.includes('/') ? inCidr(address, match.cidr) : address === match.cidr) !== (match.not ?? false);
    }
    case 'dport':
      return packet.port === match.port;
    case 'mark':
      return passage.marked !== (match.not ?? false);
    case 'ctstate':
      return (
        (match.states.split(',').includes(net.state) || (match.states.includes('DNAT') && passage.dnat.length > 0)) !== (match.not ?? false)
      );
    case 'addrtype':
      return net.local(match.side === 'src' ? packet.source : packet.destination);
    case 'statistic':
      return net.random === undefined || net.random() < Number(match.probability);
    case 'recentCheck':
      return (net.lastSeen(match.list, packet.source) ?? Number.POSITIVE_INFINITY) < match.seconds;
  }
}

/** Walks one chain; true when the packet's fate in this table is sealed. */
function chain(rules: RuleSet, table: Table, name: string, packet: Packet, passage: Passage, net: Netfilter): boolean {
  for (const rule of rulesOf(rules[table], name)) {
    if (!rule.matches.every(match => matches(match, packet, passage, net))) continue;
    const {target} = rule;
    if (!target) continue;
    passage.hits.push({table, rule});
    const listed = rule.matches.find(match => match.match === 'recentSet');
    if (listed?.match === 'recentSet') passage.seen.push(listed.list);
    // When every outcome is gathered, a chance match both is taken and is not.
    const chance = net.random === undefined && rule.matches.some(match => match.match === 'statistic');
    switch (target.target) {
      case 'jump':
        if (chain(rules, table, target.chain, packet, passage, net) && !chance) return true;
        break;
      case 'RETURN':
        return false;
      case 'ACCEPT':
      case 'DROP':
      case 'REJECT':
        passage.verdict = target.target;
        return true;
      case 'DNAT':
        passage.dnat.push(target.to);
        return true;
      case 'orMark':
        passage.marked = true;
        break;
      case 'xorMark':
        passage.marked = !passage.marked;
        break;
      case 'MASQUERADE':
        passage.masquerade = true;
        return true;
    }
  }
  return false;
}

/** Runs a packet through a chain, adding to what it met before. */
export function traverse(
  rules: RuleSet,
  table: Table,
  name: string,
  packet: Packet,
  net: Netfilter,
  passage: Passage = newPassage(),
): Passage {
  chain(rules, table, name, packet, passage, net);
  return passage;
}
