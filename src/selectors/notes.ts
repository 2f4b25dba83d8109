/** What the journal tells of the youngest past, sorted by kind: the raw material of all selectors that look back. */

import type {CommitNote} from '../engine/apiserver/registry.ts';
import type {RequestNote} from '../engine/apiserver/request.ts';
import type {TraceNote} from '../engine/client/context.ts';
import type {FailureNote} from '../engine/client/processes.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Note, Step} from '../engine/machine/types.ts';
import type {LookupNote, PacketNote} from '../engine/network/events.ts';
import type {Decision} from '../engine/scheduler/decision.ts';

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
}

/** How many steps are looked back: enough for a lesson's command and all it causes, little enough for ten looks a second. */
const reach = 5000;

const kept = new WeakMap<Machine, {readonly last: Step | undefined; readonly from: number; readonly notes: Notes}>();

/** The notes of the machine's past since the position `from`, as seen from where it stands. The same object as long as it stands there. */
export function notesOf(machine: Machine, from: number): Notes {
  const {journal} = machine;
  const end = journal.position - journal.first;
  const last = journal.steps[end - 1];
  const known = kept.get(machine);
  if (known && known.last === last && known.from === from) return known.notes;
  const found: Record<string, Heard<Note>[]> = {
    ...{request: [], trace: [], decision: [], commit: [], delivery: [], failure: []},
    ...{packet: [], lookup: []},
  };
  for (const step of journal.steps.slice(Math.max(0, from - journal.first, end - reach), end))
    for (const note of step.notes) found[note.kind]?.push({step, note});
  const notes = {
    requests: found['request'],
    traces: found['trace'],
    decisions: found['decision'],
    commits: found['commit'],
    deliveries: found['delivery'],
    failures: found['failure'],
    packets: found['packet'],
    lookups: found['lookup'],
  } as unknown as Notes;
  kept.set(machine, {last, from, notes});
  return notes;
}

/** True for what came from outside: a keystroke, a test, a real kubectl. */
export function fromOutside({step}: Heard<unknown>): boolean {
  return step.cause === 0;
}
