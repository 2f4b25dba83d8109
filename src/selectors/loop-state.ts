/** What a loop is at, over all machines on which it stands ready. */
import {PROCESSES, type Process} from '../engine/client/processes.ts';
import type {Machine} from '../engine/machine/machine.ts';

/** At work somewhere; waiting until its program's Lease is its own; or stopped everywhere. */
export type LoopState = 'at work' | 'standing by' | 'stopped';

/** The state of one of a program's loops, by its component's name. */
export function loopState(machine: Machine, program: string, component: string): LoopState {
  const running = machine
    .table<Process>(PROCESSES)
    .all('program', program)
    .filter(process => process.component === component && process.running);
  if (running.length === 0) return 'stopped';
  return running.every(({waiting}) => waiting) ? 'standing by' : 'at work';
}
