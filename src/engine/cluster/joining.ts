/** Computers that are switched on: one, or many, a few at a time, until there are as many as are wanted. */
import {findHost, HOSTS, type Host} from '../client/hosts.ts';
import type {Processes} from '../client/processes.ts';
import {DUE} from '../machine/due-events.ts';
import type {Handler} from '../machine/machine.ts';
import type {DueEvent, Tx} from '../machine/types.ts';
import {NODES_A_MS, plainHost} from './presets.ts';

const JOIN = 'join';

/** How many computers there shall be. */
interface Wanted {
  readonly until: number;
}

/** What adds computers to a cluster with these processes; those in `off` stay stopped. */
export function createJoining(processes: Processes, off: ReadonlySet<string>) {
  const add = (tx: Tx, host: Host): void => {
    tx.insert(HOSTS, host);
    for (const component of processes.components)
      if (component.perNode) processes.add(tx, component, host.name, host.up && !off.has(component.process));
  };
  /** Those of one millisecond. */
  const join: Handler = (tx, event) => {
    const {until} = event.data as Wanted;
    const hosts = tx.table<Host>(HOSTS);
    const now = Math.min(until, hosts.count + NODES_A_MS);
    for (let n = hosts.count + 1; hosts.count < now; n++) {
      const host = plainHost(n);
      if (!findHost(tx, host.name)) add(tx, host);
    }
    if (now < until) tx.schedule(tx.now + 1, {type: JOIN, to: '', key: '', data: {until}});
  };
  return {
    add,
    /** How many computers there will be when all have joined that were asked to. */
    expected(tx: Tx): number {
      const joining = tx.table<DueEvent>(DUE).at('key', JOIN, '', '');
      return joining ? (joining.data as Wanted).until : tx.table<Host>(HOSTS).count;
    },
    /** Lets plain ones join, from this millisecond on, until there are so many. */
    joinUntil(tx: Tx, until: number): void {
      tx.cancel(JOIN, '', '');
      tx.schedule(tx.now, {type: JOIN, to: '', key: '', data: {until}});
    },
    handlers: {[JOIN]: join} satisfies Record<string, Handler>,
  };
}

export type Joining = ReturnType<typeof createJoining>;
