/** What a loop is at, over all machines on which it stands ready. */
import {PROCESSES, type Process} from '../engine/client/processes.ts';
import type {Machine} from '../engine/machine/machine.ts';

/** At work somewhere; waiting until its program's Lease is its own; or stopped everywhere. */
export type LoopState = 'at work' | 'standing by' | 'stopped';

/** On one machine. */
export const stateOf = ({running, waiting}: Process): LoopState => (!running ? 'stopped' : waiting ? 'standing by' : 'at work');

/** The state of one of a program's loops, by its component's name. */
export function loopState(machine: Machine, program: string, component: string): LoopState {
  const processes = machine.table<Process>(PROCESSES).all('program', program);
  const states = new Set(processes.filter(process => process.component === component).map(stateOf));
  return states.has('at work') ? 'at work' : states.has('standing by') ? 'standing by' : 'stopped';
}
