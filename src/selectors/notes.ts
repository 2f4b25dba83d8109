/** What the journal tells of the youngest past, sorted by kind: the raw material of all selectors that look back. */

import type {CommitNote} from '../engine/apiserver/commit-note.ts';
import type {RequestNote} from '../engine/apiserver/request.ts';
import type {TraceNote} from '../engine/client/context.ts';
import type {DeliveryNote, FailureNote} from '../engine/client/processes.ts';
import type {Journal} from '../engine/machine/journal.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Note, Step} from '../engine/machine/types.ts';
import type {LookupNote, PacketNote} from '../engine/network/events.ts';
import type {Decision} from '../engine/scheduler/decision.ts';
import {type Reading, type Readings, recall, stepAt} from './reading.ts';

/** A scheduling cycle's outcome. */
export interface DecisionNote extends Decision {
  readonly kind: 'decision';
}

/** A note with the step that made it. */
export interface Heard<T> {
  readonly step: Step;
  readonly note: T;
}

/** Oldest first. */
export interface Notes {
  readonly requests: readonly Heard<RequestNote>[];
  /** By the node of who tells, '' for the control plane; who told last comes last. */
  readonly traces: ReadonlyMap<string, readonly Heard<TraceNote>[]>;
  readonly decisions: readonly Heard<DecisionNote>[];
  readonly commits: readonly Heard<CommitNote>[];
  readonly deliveries: readonly Heard<DeliveryNote>[];
  readonly failures: readonly Heard<FailureNote>[];
  readonly packets: readonly Heard<PacketNote>[];
  readonly lookups: readonly Heard<LookupNote>[];
  /** Those from outside: a keystroke, a test, a real kubectl. */
  readonly outside: Pick<Notes, 'requests' | 'commits'>;
}

/** How many steps are looked back: enough for a lesson's command and all it causes, little enough for ten looks a second. */
const reach = 5000;

type Lists = Record<string, Heard<Note>[]>;

/** What was read since the position that was asked for, by kind, and what of it came from outside; `notes`: as it was told last. */
interface Kept extends Reading {
  from: number;
  /** What became of the learner's last request, where that is older than what is looked back to. */
  early: Lists;
  late: Lists;
  /** The traces of both, by their node. */
  traces: Map<string, Heard<Note>[]>;
  outside: Lists;
  /** The step of that request. */
  asked: number;
  notes: Notes | undefined;
}

const kept: Readings<Kept> = new WeakMap();
const QUESTION = {};

const noLists = (): Lists => ({request: [], trace: [], decision: [], commit: [], delivery: [], failure: [], packet: [], lookup: []});

/** The notes of the machine's past since the position `from`, as seen from where it stands. The same object as long as it stands there. */
export function notesOf({journal}: Machine, from: number): Notes {
  const first = Math.max(journal.first, from, journal.position - reach);
  const known = recall(kept, journal, QUESTION, () => begin(journal, from, first));
  if (known.from !== from || known.read < first || known.read > journal.position) Object.assign(known, begin(journal, from, first));
  if (known.notes && known.read === journal.position) return known.notes;
  for (; known.read < journal.position; known.read++) {
    const step = stepAt(journal, known.read)!;
    hear(known, step);
    known.last = step;
  }
  forget(known, stepAt(journal, first)?.id ?? Number.POSITIVE_INFINITY);
  known.notes = told(known);
  return known.notes;
}

/** Before the first step to be read; what became of the learner's last request is told, even where that is older. */
function begin(journal: Journal, from: number, first: number): Kept {
  const lists = {early: noLists(), late: noLists(), outside: noLists()};
  const known: Kept = {...lists, traces: new Map(), from, read: first, last: stepAt(journal, first - 1), asked: 0, notes: undefined};
  let asked = first - 1;
  while (asked >= Math.max(journal.first, from) && !asks(stepAt(journal, asked)!)) asked--;
  if (asked >= Math.max(journal.first, from))
    for (let position = asked; position < Math.min(asked + reach, first); position++) hear(known, stepAt(journal, position)!);
  return known;
}

const asks = ({cause, notes}: Step): boolean => cause === 0 && notes.some(note => note.kind === 'request');

function hear({late, outside, traces}: Kept, step: Step): void {
  for (const note of step.notes) {
    const heard = {step, note};
    late[note.kind]?.push(heard);
    if (step.cause === 0) outside[note.kind]?.push(heard);
    if (note.kind !== 'trace') continue;
    const {instance} = note as TraceNote;
    const own = traces.get(instance) ?? [];
    own.push(heard);
    traces.delete(instance);
    traces.set(instance, own);
  }
}

/** Drops what was before the step `oldest`, but not what followed the learner's last request, where that is older: the learner may have slept for hours. */
function forget(known: Kept, oldest: number): void {
  const {early, late, outside} = known;
  const asked = outside['request']!.at(-1)?.step.id ?? oldest;
  const followed = ({step: {id}}: Heard<Note>): boolean => id >= asked && id < asked + reach;
  for (const kind of Object.keys(late)) {
    const past = takeBefore(late[kind]!, oldest);
    const gone = past.filter(heard => !followed(heard));
    if (asked !== known.asked) {
      gone.push(...early[kind]!.filter(heard => !followed(heard)));
      early[kind] = early[kind]!.filter(followed);
    }
    early[kind]!.push(...past.filter(followed));
    if (kind === 'trace') forgetTraces(known, new Set(gone));
    outside[kind]!.unshift(...takeBefore(outside[kind]!, oldest).filter(followed));
  }
  known.asked = asked;
}

/** What is gone is mostly what stands first. */
function forgetTraces({traces}: Kept, gone: Set<Heard<Note>>): void {
  for (const instance of new Set([...gone].map(({note}) => (note as TraceNote).instance))) {
    const own = traces.get(instance)!;
    let count = 0;
    while (count < own.length && gone.delete(own[count]!)) count++;
    own.splice(0, count);
    for (let at = own.length - 1; at >= 0 && gone.size > 0; at--) if (gone.delete(own[at]!)) own.splice(at, 1);
    if (own.length === 0) traces.delete(instance);
  }
}

/** Takes from a list what was before a step. */
function takeBefore(list: Heard<Note>[], step: number): Heard<Note>[] {
  let count = 0;
  while (count < list.length && list[count]!.step.id < step) count++;
  return count > 0 ? list.splice(0, count) : [];
}

function told({early, late, outside, traces}: Kept): Notes {
  const all = (kind: string) => early[kind]!.concat(late[kind]!);
  return {
    requests: all('request'),
    traces,
    decisions: all('decision'),
    commits: all('commit'),
    deliveries: all('delivery'),
    failures: all('failure'),
    packets: all('packet'),
    lookups: all('lookup'),
    outside: {requests: outside['request']!.slice(), commits: outside['commit']!.slice()},
  } as unknown as Notes;
}
