/** What v1.36 answers otherwise than the v1.20 that was recorded, and how much of such an answer can still be compared. */
import type {Leniency} from './judge.ts';

const NOTHING_LEFT = 'another answer';
type Comparable = Leniency | typeof NOTHING_LEFT;

/** The recording's own notes, by their words. */
const BY_NOTE: readonly (readonly [words: string, Comparable])[] = [
  ['every namespace carries the label', {}],
  ['pods also carry metadata.generation', {}],
  ['JSON decode errors', {words: true}],
  ['wording', {words: true}],
  ['today Service spec also carries', {}],
];

const GO_SYNTAX: readonly [string, Comparable] = [
  'field errors show values as JSON since 1.33, no longer in the syntax of Go',
  {values: true},
];
const NO_NULL: readonly [string, Comparable] = ['creationTimestamp: null has been left out of templates since 1.34', {}];
const PATHS: readonly [string, Comparable] = [
  'a path that nothing serves gets a plain 404 since 1.23, not the index of paths',
  NOTHING_LEFT,
];

/** Answers that differ for a reason that the recording does not name: the reason, and how to compare what is left. */
const BY_ID: Readonly<Record<string, readonly [reason: string, comparable: Comparable]>> = {
  r006: PATHS,
  r021: PATHS,
  r022: ['the paths served differ by release', NOTHING_LEFT],
  r104: GO_SYNTAX,
  r121: GO_SYNTAX,
  r155: ['selfsubjectreviews are among the rules since 1.27', NOTHING_LEFT],
  r175: ['the label kubernetes.io/metadata.name (1.21) has the same name as its value, and is refused with it', NOTHING_LEFT],
  r176: ['a subdomain where a label is wanted is told so in fewer words since 1.33', {words: true}],
  r284: ['the letter that a port name needs is worded otherwise since 1.34', {words: true}],
  r288: ['the field at fault is hostPort, no longer containerPort, since 1.26', NOTHING_LEFT],
  r294: ['names of environment variables are relaxed since 1.34 (KEP 4369)', NOTHING_LEFT],
  r312: ['the value shown is that of the toleration, no longer the toleration, since 1.30', {values: true}],
  r342: ['an empty kind, name or uid "must not be empty", without its name, since 1.24', {words: true}],
  r449: [
    'ephemeral containers and unknown fields under Strict are refused today, and odd environment variables are not: other pods are left',
    NOTHING_LEFT,
  ],
  r465: GO_SYNTAX,
  r466: GO_SYNTAX,
  r467: GO_SYNTAX,
  r472: GO_SYNTAX,
  r498: NO_NULL,
  r509: GO_SYNTAX,
  r510: GO_SYNTAX,
  r511: GO_SYNTAX,
  r512: GO_SYNTAX,
  r515: NO_NULL,
  r518: GO_SYNTAX,
  r520: GO_SYNTAX,
  r521: GO_SYNTAX,
  r537: GO_SYNTAX,
  r538: GO_SYNTAX,
  r547: NO_NULL,
  r566: ['the allocator of 1.27 and later words its refusal otherwise', {words: true}],
  r572: GO_SYNTAX,
  r586: GO_SYNTAX,
  r590: ['an update without cluster IP keeps the one there is since 1.22', NOTHING_LEFT],
  r613: ['the field was a misprint, mended since', NOTHING_LEFT],
  r621: ['a TokenRequest gets the name of its account since 1.22', NOTHING_LEFT],
  r636: NO_NULL,
  r641: ['ingresses are in networking.k8s.io alone since 1.22', {words: true}],
  r643: ['the target of an autoscaler has to name its API group today', NOTHING_LEFT],
  r655: ['the field is spelt as in the manifest since 1.24', NOTHING_LEFT],
  r671: ['the second error, about fields in general, went with the gate it named', NOTHING_LEFT],
  r679: ['a field of a custom object with a wrong type is blamed for its type since 1.25', NOTHING_LEFT],
};

/** How to compare an answer that differs for these notes, or with this id; undefined where nothing of it is left. */
export function comparable(id: string, notes: readonly string[]): Leniency | undefined {
  const known = notes.map(note => BY_NOTE.find(([words]) => note.includes(words))?.[1] ?? NOTHING_LEFT);
  if (BY_ID[id]) known.push(BY_ID[id][1]);
  return known.includes(NOTHING_LEFT) ? undefined : Object.assign({}, ...known);
}
