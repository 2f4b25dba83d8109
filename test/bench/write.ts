/** A recorded write against one JSON round trip of a 630-byte pod; going back against going forth. */
import {createMachine} from '../../src/engine/machine/machine.ts';
import {compare, median, report, time} from './measure.ts';
import {smallPod as pod} from './yardsticks.ts';

export function benchWrites(): void {
  const PODS = 30_000;
  const WRITES = 20_000;
  const machine = createMachine({
    seed: 1,
    indexes: [{table: 'pods', name: 'name', type: 'unique', keys: ((p: {metadata: {name: string}}) => p.metadata.name) as never}],
    handlers: {
      fill: tx => {
        for (let i = 0; i < PODS; i++) tx.insert('pods', pod(i));
      },
      touch: tx =>
        void tx.update<{status: {phase: string}; metadata: {resourceVersion: string}}>('pods', Math.floor(tx.random() * PODS), draft => {
          draft.status.phase = draft.status.phase === 'Pending' ? 'Running' : 'Pending';
          draft.metadata.resourceVersion = String(tx.step);
        }),
    },
  });
  machine.dispatch({type: 'fill'});
  const start = machine.journal.position;
  const text = JSON.stringify(pod(1));
  const writes = (): void => {
    for (let i = 0; i < WRITES; i++) machine.dispatch({type: 'touch'});
  };
  const trips = (): void => {
    for (let i = 0; i < WRITES; i++) JSON.parse(JSON.stringify(pod(1)) && text);
  };
  writes();
  const [write, trip] = compare(writes, trips);
  report(
    'recorded write / JSON round trip of a pod',
    `${(write / trip).toFixed(2)} (${((write * 1000) / WRITES).toFixed(1)} us / ${((trip * 1000) / WRITES).toFixed(1)} us)`,
    '<= 2',
  );
  const count = machine.journal.position - start;
  const back: number[] = [];
  for (let i = 0; i < 5; i++) {
    back.push(time(() => machine.seek(start)));
    machine.seek(start + count);
  }
  report(
    'rewinding a write / making it',
    `${(((median(back) / count) * WRITES) / write).toFixed(3)} (${count} writes in ${median(back).toFixed(0)} ms)`,
    '<= 0.05',
  );
}
