import {readMemory} from '../engine/client/memory.ts';
import {PROCESSES, type Process} from '../engine/client/processes.ts';
import type {Machine} from '../engine/machine/machine.ts';
import {type Place, QUEUE, type QueueEntry} from '../engine/scheduler/state/records.ts';
import type {SchedulerFacts} from './facts.ts';
import type {Notes} from './notes.ts';
import {spanText} from './time-text.ts';

const program = 'kube-scheduler';

/** The queues as they are named on the panel, each with the places of the scheduler's own records that it stands for. */
const queueNames: readonly {readonly name: string; readonly places: readonly Place[]}[] = [
  {name: 'active', places: ['active']},
  {name: 'backoff', places: ['backoff', 'errorBackoff']},
  {name: 'unschedulable', places: ['unschedulable']},
  {name: 'gated', places: ['gated']},
  {name: 'binding', places: ['binding']},
];

/** The scheduler's queues, and its last decision (that of the selected pod or step, if it has one). */
export function schedulerFacts(machine: Machine, notes: Notes, selected: {step?: number; pod?: string} = {}): SchedulerFacts {
  const {decisions} = notes;
  const decision =
    decisions.findLast(({step}) => step.id === selected.step) ??
    decisions.findLast(({note}) => note.pod === selected.pod) ??
    decisions.at(-1);
  return {
    running: machine
      .table<Process>(PROCESSES)
      .all('program', program)
      .some(process => process.running),
    queues: queues(machine),
    decision: decision && {...decision.note, step: decision.step.id},
  };
}

function queues(machine: Machine): SchedulerFacts['queues'] {
  const entries = readMemory(machine, `${program}/`).list<QueueEntry>(QUEUE);
  return queueNames.map(({name, places}) => ({
    name,
    items: entries
      .filter(([, entry]) => places.includes(entry.place))
      .toSorted(([, one], [, other]) => one.seq - other.seq)
      .map(([pod, entry]) => ({pod, note: noteOf(entry, machine.now)})),
  }));
}

function noteOf({place, plugins, attempts, backoffUntil, node}: QueueEntry, now: number): string {
  if (place === 'binding') return node ?? '';
  const left = backoffUntil - now;
  return [
    plugins.join(', '),
    attempts > 0 ? `tried ${attempts}x` : '',
    place.endsWith('ackoff') && left > 0 ? `again in ${spanText(left)}` : '',
  ]
    .filter(part => part !== '')
    .join(', ');
}
