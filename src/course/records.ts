/** What checks look at: the journal of a cluster as records of a few kinds, from the lesson's first moment to the one looked at. */
import type {KubeObject} from '../engine/api/types.ts';
import {type RequestNote, toldStages} from '../engine/apiserver/request.ts';
import type {Cluster} from '../engine/cluster/cluster.ts';
import {CONTROL} from '../engine/cluster/control-event.ts';
import type {Step} from '../engine/machine/types.ts';
import type {Match, Pattern} from './types.ts';

export const RECORD_KINDS = [
  'object',
  'request',
  'event',
  'trace',
  'decision',
  'commit',
  'failure',
  'command',
  'packet',
  'lookup',
  'stage',
  'control',
] as const;

export type RecordKind = (typeof RECORD_KINDS)[number];

/** The table of the store's keys. */
export const STORE = 'etcd';
/** What their keys begin with. */
const OBJECTS = '/registry/';

/** What happened in a cluster since a lesson began. */
export interface Chronicle {
  readonly cluster: Cluster;
  /** Position of the journal at which the lesson began. */
  readonly from: number;
  /** The learner's command lines, each with the position before it. */
  readonly commands: readonly {readonly line: string; readonly exitCode: number; readonly position: number}[];
  readonly rewound: number;
  readonly predicted: boolean;
  /** How much of the step's cards is in order, in percent; 0 before an answer. */
  readonly ordered: number;
}

export const kindOfMatch = (match: Match): [RecordKind, Pattern] => Object.entries(match)[0] as [RecordKind, Pattern];

/** An object as the store has it. */
export interface Stored {
  readonly key: string;
  readonly value: KubeObject;
}

/** Keys of another kind are somebody's own. */
export const isObject = ({key}: Stored): boolean => key.startsWith(OBJECTS);

/** The records of a kind that one step of the journal made. */
export function recordsOfStep(step: Step, kind: RecordKind): unknown[] {
  if (RARE_KINDS.has(kind)) {
    const records: unknown[] = [];
    rareOfStep(step, (rare, record) => rare === kind && records.push(record));
    return records;
  }
  if (kind === 'stage') return requestsOf(step).flatMap(stagesOf);
  if (kind === 'request') return requestsOf(step).map(note => ({...note, stages: toldStages(note)}));
  if (kind !== 'object') return step.notes.filter(note => note.kind === kind);
  const stored = step.writes.flatMap(write => (write.table === STORE && write.new ? [write.new as Stored] : []));
  return stored.filter(isObject).map(({value}) => value);
}

/** Of these few steps make one. */
export const RARE_KINDS: ReadonlySet<RecordKind> = new Set(['decision', 'failure', 'packet', 'lookup', 'control', 'event']);

/** Gives out the records of all rare kinds that one step made, each kind's in the order in which they came. */
export function rareOfStep(step: Step, take: (kind: RecordKind, record: unknown) => void): void {
  if (step.event.type === CONTROL) take('control', step.event.data);
  for (const note of step.notes) if (RARE_KINDS.has(note.kind as RecordKind)) take(note.kind as RecordKind, note);
  for (const {table, new: now} of step.writes) {
    const stored = table === STORE ? (now as Stored | undefined) : undefined;
    if (stored && isObject(stored) && stored.value.kind === 'Event') take('event', stored.value);
  }
}

/** The stages of a request in the order of their passing, each with whose it is. */
function stagesOf(note: RequestNote): unknown[] {
  const {id, client, user, verb, resource, namespace, name} = note;
  return toldStages(note).map(stage => ({request: id, client, user, verb, resource, namespace, name, ...stage}));
}

const requestsOf = (step: Step): RequestNote[] => step.notes.filter((note): note is RequestNote => note.kind === 'request');

/** The steps since the lesson began, up to the moment looked at. */
export function stepsOf({cluster, from}: Chronicle): readonly Step[] {
  const {journal} = cluster.machine;
  return journal.steps.slice(Math.max(0, from - journal.first), journal.position - journal.first);
}
