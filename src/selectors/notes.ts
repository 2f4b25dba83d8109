/** What the journal tells of the youngest past, sorted by kind: the raw material of all selectors that look back. */

import type {CommitNote} from '../engine/apiserver/registry.ts';
import type {RequestNote} from '../engine/apiserver/request.ts';
import type {TraceNote} from '../engine/client/context.ts';
import type {FailureNote} from '../engine/client/processes.ts';
import type {Journal} from '../engine/machine/journal.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Note, Step} from '../engine/machine/types.ts';
import type {LookupNote, PacketNote} from '../engine/network/events.ts';
import type {Decision} from '../engine/scheduler/decision.ts';
import {type Reading, type Readings, recall, stepAt} from './reading.ts';

/** A watch event delivered to a component. */
export interface DeliveryNote {
  readonly kind: 'delivery';
  readonly component: string;
  readonly instance: string;
  readonly resource: string;
  readonly revision: number;
  readonly count: number;
}

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
  readonly traces: readonly Heard<TraceNote>[];
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
  all: Lists;
  outside: Lists;
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
  const oldest = stepAt(journal, first)?.id ?? Number.POSITIVE_INFINITY;
  const asked = known.outside['request']!.at(-1)?.step.id ?? oldest;
  const {all, outside} = Object.assign(known, {all: since(known.all, oldest, asked), outside: since(known.outside, oldest, asked)});
  known.notes = {...named(all), outside: named(outside)} as unknown as Notes;
  return known.notes;
}

/** Before the first step to be read; what became of the learner's last request is told, even where that is older. */
function begin(journal: Journal, from: number, first: number): Kept {
  const known: Kept = {...{from, read: first, last: stepAt(journal, first - 1), notes: undefined}, all: noLists(), outside: noLists()};
  let asked = first - 1;
  while (asked >= Math.max(journal.first, from) && !asks(stepAt(journal, asked)!)) asked--;
  if (asked >= Math.max(journal.first, from))
    for (let position = asked; position < Math.min(asked + reach, first); position++) hear(known, stepAt(journal, position)!);
  return known;
}

const asks = ({cause, notes}: Step): boolean => cause === 0 && notes.some(note => note.kind === 'request');

function hear({all, outside}: Kept, step: Step): void {
  for (const note of step.notes) {
    const heard = {step, note};
    all[note.kind]?.push(heard);
    if (step.cause === 0) outside[note.kind]?.push(heard);
  }
}

/** The lists without what was before the step `oldest`, nor behind the step `asked` for long, where that is older: the learner may have slept for hours. */
function since(lists: Lists, oldest: number, asked: number): Lists {
  const kept = ({step: {id}}: Heard<Note>): boolean => id >= oldest || (id >= asked && id < asked + reach);
  return Object.fromEntries(
    Object.entries(lists).map(([kind, list]) => {
      if (asked < oldest) return [kind, list.filter(kept)];
      const first = list.findIndex(({step}) => step.id >= oldest);
      return [kind, first < 0 ? [] : list.slice(first)];
    }),
  );
}

const named = (lists: Lists) => ({
  requests: lists['request'],
  traces: lists['trace'],
  decisions: lists['decision'],
  commits: lists['commit'],
  deliveries: lists['delivery'],
  failures: lists['failure'],
  packets: lists['packet'],
  lookups: lists['lookup'],
});
