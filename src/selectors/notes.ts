/** What the journal tells of the youngest past, sorted by kind: the raw material of all selectors that look back. */

import type {CommitNote} from '../engine/apiserver/registry.ts';
import type {RequestNote} from '../engine/apiserver/request.ts';
import type {TraceNote} from '../engine/client/context.ts';
import type {FailureNote} from '../engine/client/processes.ts';
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
  const begin = (): Kept => ({
    ...{from, read: first, last: stepAt(journal, first - 1), notes: undefined},
    all: noLists(),
    outside: noLists(),
  });
  const known = recall(kept, journal, QUESTION, begin);
  if (known.from !== from || known.read < first || known.read > journal.position) Object.assign(known, begin());
  if (known.notes && known.read === journal.position) return known.notes;
  for (; known.read < journal.position; known.read++) {
    const step = stepAt(journal, known.read)!;
    for (const note of step.notes) {
      const heard = {step, note};
      known.all[note.kind]?.push(heard);
      if (step.cause === 0) known.outside[note.kind]?.push(heard);
    }
    known.last = step;
  }
  const oldest = stepAt(journal, first)?.id ?? Number.POSITIVE_INFINITY;
  const {all, outside} = Object.assign(known, {all: since(known.all, oldest), outside: since(known.outside, oldest)});
  known.notes = {...named(all), outside: named(outside)} as unknown as Notes;
  return known.notes;
}

/** The lists without what was before the step with this id. */
const since = (lists: Lists, oldest: number): Lists =>
  Object.fromEntries(
    Object.entries(lists).map(([kind, list]) => {
      const first = list.findIndex(({step}) => step.id >= oldest);
      return [kind, first < 0 ? [] : list.slice(first)];
    }),
  );

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
