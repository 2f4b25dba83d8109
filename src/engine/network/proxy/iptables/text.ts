/** iptables rules as text: as kube-proxy hands them to iptables-restore, and as iptables-save prints what the kernel holds. */
import type {Match, Rule, RuleSet, Table, Target} from './rule.ts';

const quoted = (text: string): string => (text.includes(' ') ? `"${text}"` : text);
const unless = (not: boolean | undefined): string[] => (not ? ['!'] : []);

function restoreMatch(match: Match): string[] {
  switch (match.match) {
    case 'comment':
      return ['-m', 'comment', '--comment', quoted(match.text)];
    case 'protocol':
      return ['-m', match.protocol, '-p', match.protocol];
    case 'source':
      return [...unless(match.not), '-s', match.cidr];
    case 'destination':
      return [...unless(match.not), '-d', match.cidr];
    case 'dport':
      return ['--dport', String(match.port)];
    case 'mark':
      return ['-m', 'mark', ...unless(match.not), '--mark', `${match.mark}/${match.mark}`];
    case 'ctstate':
      return ['-m', 'conntrack', ...unless(match.not), '--ctstate', match.states];
    case 'addrtype':
      return ['-m', 'addrtype', `--${match.side}-type`, 'LOCAL'];
    case 'statistic':
      return ['-m', 'statistic', '--mode', 'random', '--probability', match.probability];
    case 'recentCheck':
      return ['-m', 'recent', '--name', match.list, '--rcheck', '--seconds', String(match.seconds), '--reap'];
    case 'recentSet':
      return ['-m', 'recent', '--name', match.list, '--set'];
  }
}

function restoreTarget(target: Target): string[] {
  switch (target.target) {
    case 'jump':
      return ['-j', target.chain];
    case 'DNAT':
      return ['-j', 'DNAT', '--to-destination', target.to];
    case 'orMark':
      return ['-j', 'MARK', '--or-mark', target.mark];
    case 'xorMark':
      return ['-j', 'MARK', '--xor-mark', target.mark];
    case 'MASQUERADE':
      return ['-j', 'MASQUERADE', ...(target.randomFully ? ['--random-fully'] : [])];
    default:
      return ['-j', target.target];
  }
}

/** A rule as kube-proxy writes it. */
const restoreLine = ({chain, matches, target}: Rule): string =>
  ['-A', chain, ...matches.flatMap(restoreMatch), ...(target ? restoreTarget(target) : [])].join(' ');

const withPrefix = (cidr: string): string => (cidr.includes('/') ? cidr : `${cidr}/${cidr.includes(':') ? 128 : 32}`);

/** The kernel keeps a probability as a fraction of 2^31. */
const kernelProbability = (text: string): string => (Math.round(Number(text) * 2 ** 31) / 2 ** 31).toFixed(11);

/** Addresses and protocol come first whatever their place in the rule: they are the rule's header, not matches. */
const saveHeader = (matches: readonly Match[]): string[] =>
  (['source', 'destination', 'protocol'] as const).flatMap(kind => {
    const match = matches.find(m => m.match === kind);
    if (match?.match === 'protocol') return ['-p', match.protocol];
    if (match?.match === 'source') return [...unless(match.not), '-s', withPrefix(match.cidr)];
    if (match?.match === 'destination') return [...unless(match.not), '-d', withPrefix(match.cidr)];
    return [];
  });

function saveMatch(match: Match, all: readonly Match[]): string[] {
  switch (match.match) {
    case 'source':
    case 'destination':
    case 'dport':
      return [];
    case 'protocol': {
      const port = all.find(m => m.match === 'dport');
      return ['-m', match.protocol, ...(port ? restoreMatch(port) : [])];
    }
    case 'statistic':
      return ['-m', 'statistic', '--mode', 'random', '--probability', kernelProbability(match.probability)];
    case 'recentCheck':
      return ['-m', 'recent', '--rcheck', '--seconds', String(match.seconds), '--reap', ...recentTail(match.list)];
    case 'recentSet':
      return ['-m', 'recent', '--set', ...recentTail(match.list)];
    default:
      return restoreMatch(match);
  }
}

const recentTail = (list: string): string[] => ['--name', list, '--mask', '255.255.255.255', '--rsource'];

function saveTarget(target: Target): string[] {
  switch (target.target) {
    case 'orMark':
      return ['-j', 'MARK', '--set-xmark', `${target.mark}/${target.mark}`];
    case 'xorMark':
      return ['-j', 'MARK', '--set-xmark', `${target.mark}/0x0`];
    case 'REJECT':
      return ['-j', 'REJECT', '--reject-with', 'icmp-port-unreachable'];
    default:
      return restoreTarget(target);
  }
}

/** A rule as iptables-save prints it. */
export const saveLine = ({chain, matches, target}: Rule): string => {
  const words = matches.flatMap(match => saveMatch(match, matches));
  return ['-A', chain, ...saveHeader(matches), ...words, ...(target ? saveTarget(target) : [])].join(' ');
};

const TABLES: readonly Table[] = ['filter', 'nat'];

/** The whole input of one iptables-restore call. */
export const restoreText = (rules: RuleSet): string[] =>
  TABLES.flatMap(table => [
    `*${table}`,
    ...rules[table].chains.map(chain => `:${chain} - [0:0]`),
    ...rules[table].rules.map(restoreLine),
    'COMMIT',
  ]);

const BUILTIN: Readonly<Record<Table, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
};

/** What iptables-save prints: the built-in chains first, rules grouped by chain. */
export const saveText = (rules: RuleSet): string[] =>
  TABLES.flatMap(table => {
    const own = [...rules[table].chains].sort();
    const chains = [...BUILTIN[table], ...own];
    return [
      `*${table}`,
      ...BUILTIN[table].map(chain => `:${chain} ACCEPT [0:0]`),
      ...own.map(chain => `:${chain} - [0:0]`),
      ...chains.flatMap(chain => rules[table].rules.filter(rule => rule.chain === chain).map(saveLine)),
      'COMMIT',
    ];
  });
