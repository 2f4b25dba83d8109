import {PROCESSES, type Process} from '../engine/client/processes.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {SchedulerFacts} from './facts.ts';
import type {DecisionNote, Heard, Notes} from './notes.ts';
import {objectsOf} from './objects.ts';

/** The scheduler's queues as far as the pods show them, and its last decision (that of the selected pod or step, if it has one). */
export function schedulerFacts(machine: Machine, notes: Notes, selected: {step?: number; pod?: string} = {}): SchedulerFacts {
  const processes = machine.table<Process>(PROCESSES).all('program', 'kube-scheduler');
  const {decisions} = notes;
  const decision =
    decisions.findLast(({step}) => step.id === selected.step) ??
    decisions.findLast(({note}) => note.pod === selected.pod) ??
    decisions.at(-1);
  return {
    running: processes.some(process => process.running),
    queues: queues(machine, decisions),
    decision: decision && {...decision.note, step: decision.step.id},
  };
}

function queues(machine: Machine, decisions: readonly Heard<DecisionNote>[]): SchedulerFacts['queues'] {
  const waiting = objectsOf(machine, 'pods').filter(pod => !pod.spec?.nodeName && pod.metadata.deletionTimestamp === undefined);
  const names = {active: [], gated: [], unschedulable: []} as Record<'active' | 'gated' | 'unschedulable', {pod: string; note: string}[]>;
  for (const pod of waiting) {
    const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const scheduled = pod.status?.conditions?.find(condition => condition.type === 'PodScheduled');
    const gates = pod.spec?.schedulingGates ?? [];
    const plugins = Object.values(decisions.findLast(({note}) => note.pod === name)?.note.filters ?? {}).map(
      filter => filter?.plugin ?? '',
    );
    if (gates.length > 0) names.gated.push({pod: name, note: gates.map(gate => gate.name).join(', ')});
    else if (scheduled?.reason === 'Unschedulable')
      names.unschedulable.push({pod: name, note: [...new Set(plugins)].filter(plugin => plugin !== '').join(', ')});
    else names.active.push({pod: name, note: ''});
  }
  return Object.entries(names).map(([name, items]) => ({name, items}));
}
