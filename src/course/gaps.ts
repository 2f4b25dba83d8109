/** What is missing, in words: what comes nearest to what a check looks for, and where it differs. */
import type {KubeObject} from '../engine/api/types.ts';
import type {Control} from '../engine/cluster/control.ts';
import {controlText} from '../selectors/control-words.ts';
import {found, latest, standing} from './findings.ts';
import {difference, matches} from './match.ts';
import {type Chronicle, kindOfMatch, type RecordKind} from './records.ts';
import type {Check, Match, Pattern} from './types.ts';

interface Named {
  kind?: string;
  metadata?: {name?: string; namespace?: string};
  verb?: string;
  resource?: string;
  name?: string;
  reason?: string;
  line?: string;
  component?: string;
  stage?: string;
  code?: number;
  to?: {address?: string; port?: number};
  connection?: {verdict?: string};
  lookup?: {queries?: readonly unknown[]};
  /** Of a decision: `namespace/name`. */
  pod?: string;
  /** Of a commit. */
  key?: string;
  type?: string;
}

/** A record in a few words. */
export function describe(kind: RecordKind, record: unknown): string {
  const r = record as Named;
  if (kind === 'object' || kind === 'event') return `${r.kind} ${r.metadata?.name ?? ''}`;
  if (kind === 'request') return `${[r.verb, r.resource, r.name].filter(Boolean).join(' ')} -> ${r.code}`;
  if (kind === 'command') return `${r.line}`;
  if (kind === 'packet') return `a packet to ${r.to?.address}:${r.to?.port} (${r.connection?.verdict})`;
  if (kind === 'lookup') return `the name ${r.name} (${r.lookup?.queries?.length} questions)`;
  if (kind === 'commit') return `${r.type} ${r.key}`;
  if (kind === 'decision') return `the decision about ${r.pod}`;
  if (kind === 'control') return `you ${controlText(record as Control)}`;
  return [r.component, r.stage, r.reason].filter(Boolean).join(' ');
}

/** Fields that tell which record is meant, whatever has become of it. */
const TELLING = ['kind', 'verb', 'resource', 'name', 'path', 'user', 'client', 'reason', 'pod', 'key', 'action', 'program'] as const;

/** Kinds whose records everybody makes all the time: the last of them has nothing to say of one that is wanted. */
const EVERYBODYS: ReadonlySet<RecordKind> = new Set(['object', 'request', 'stage', 'event', 'trace', 'commit', 'failure']);

/** What a match looks for, by who it is alone; undefined where it could be anybody. */
const identities = new WeakMap<Match, {readonly of: Match | undefined}>();

function identityOf(match: Match): Match | undefined {
  let identity = identities.get(match);
  if (!identity) {
    const [kind, pattern] = kindOfMatch(match);
    const {metadata, ...fields} = (pattern ?? {}) as Named & Record<string, unknown>;
    const place = Object.entries({name: metadata?.name, namespace: metadata?.namespace}).filter(([, word]) => word !== undefined);
    const who = {
      ...Object.fromEntries(TELLING.filter(field => fields[field] !== undefined).map(field => [field, fields[field]])),
      ...(place.length > 0 && {metadata: Object.fromEntries(place)}),
    };
    identity = {of: Object.keys(who).length > 0 || !EVERYBODYS.has(kind) ? ({[kind]: who} as unknown as Match) : undefined};
    identities.set(match, identity);
  }
  return identity.of;
}

/** What is said where nothing comes near. */
const NOT_YET = {
  request: 'no such request yet',
  event: 'no such event yet',
  trace: 'it has not happened yet',
  decision: 'no such decision yet',
  commit: 'nothing of the kind is in etcd yet',
  failure: 'it has not failed yet',
  command: 'you have not typed it yet',
  packet: 'no such packet yet',
  lookup: 'no such question to DNS yet',
  stage: 'no request has come to this stage yet',
  control: 'it has not been done yet',
} satisfies Record<Exclude<RecordKind, 'object'>, string>;

/** What is missing where one of several is enough: of what has not begun nothing is said where another is under way. */
export function nearestOf(gaps: readonly string[]): string {
  const begun = gaps.filter(gap => !(Object.values(NOT_YET) as string[]).includes(gap));
  return begun.length > 0 ? begun.join(', or ') : (gaps[0] ?? '');
}

/** What is nearest to a match behind a position, and where it differs. */
export function gapOf(match: Match, chronicle: Chronicle, since = -1): string {
  const [kind, pattern] = kindOfMatch(match);
  const identity = identityOf(match);
  if (kind === 'object') return gapOfObject(identity, pattern, chronicle);
  const nearest = identity && latest(identity, chronicle, since);
  // Another line says nothing about the one that is wanted.
  const {line} = (pattern ?? {}) as Named;
  const other = kind === 'command' && line !== undefined && difference({line}, nearest) !== undefined;
  return nearest === undefined || other ? NOT_YET[kind] : `${describe(kind, nearest)}: ${difference(pattern, nearest)}`;
}

/** Which of many is meant, a name tells; without one it is what somebody wrote since the lesson began, or the only one there is. */
function gapOfObject(identity: Match | undefined, pattern: Pattern, chronicle: Chronicle): string {
  const {kind = 'object', metadata} = (pattern ?? {}) as Named;
  const there = identity ? standing(identity, chronicle) : new Map();
  const written = identity && there.size > 1 && metadata?.name === undefined ? found(identity, chronicle).at(-1)?.record : undefined;
  const only = there.size === 1 || metadata?.name !== undefined ? latest(identity!, chronicle) : undefined;
  const nearest = (written ?? only) as KubeObject | undefined;
  if (nearest) return `${describe('object', nearest)}: ${difference(pattern, nearest) ?? 'it is gone'}`;
  return there.size > 0 ? `no ${kind} is like that yet` : `there is no ${`${kind} ${metadata?.name ?? ''}`.trim()} yet`;
}

/** What should not hold and does. */
export function stillSo(check: Check, chronicle: Chronicle): string {
  if (!('now' in check)) return 'what must not be is so';
  const [kind] = kindOfMatch(check.now);
  const identity = identityOf(check.now);
  const all = identity !== undefined && matches(check.now, identity);
  return `${describe(kind, latest(check.now, chronicle))} is still ${all ? 'there' : 'so'}`;
}
