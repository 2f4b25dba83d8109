/** Netfilter rules as data: read by the packet walk, printed as iptables-restore and iptables-save do. */

export type Table = 'filter' | 'nat';

/** The mark is bit 14 of the packet's mark: kube-proxy's default --iptables-masquerade-bit. */
export type Match =
  | {readonly match: 'comment'; readonly text: string}
  | {readonly match: 'protocol'; readonly protocol: string}
  | {readonly match: 'source' | 'destination'; readonly cidr: string; readonly not?: boolean}
  | {readonly match: 'dport'; readonly port: number}
  | {readonly match: 'mark'; readonly mark: string; readonly not?: boolean}
  | {readonly match: 'ctstate'; readonly states: string; readonly not?: boolean}
  | {readonly match: 'addrtype'; readonly side: 'src' | 'dst'}
  | {readonly match: 'statistic'; readonly probability: string}
  | {readonly match: 'recentCheck'; readonly list: string; readonly seconds: number}
  | {readonly match: 'recentSet'; readonly list: string};

export type Target =
  | {readonly target: 'jump'; readonly chain: string}
  | {readonly target: 'ACCEPT' | 'DROP' | 'REJECT' | 'RETURN'}
  | {readonly target: 'DNAT'; readonly to: string}
  | {readonly target: 'orMark' | 'xorMark'; readonly mark: string}
  | {readonly target: 'MASQUERADE'; readonly randomFully: boolean};

export interface Rule {
  readonly chain: string;
  readonly matches: readonly Match[];
  /** None: the rule only carries a comment. */
  readonly target?: Target;
}

export interface RuleTable {
  /** In the order they are declared. */
  readonly chains: readonly string[];
  readonly rules: readonly Rule[];
}

export type RuleSet = Readonly<Record<Table, RuleTable>>;
