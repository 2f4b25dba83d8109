import {describe, expect, it} from 'vitest';
import {changesAfter, watchIndexes} from '../../../src/engine/apiserver/watch.ts';
import {etcdIndexes, etcdPut, HISTORY_SIZE, startEtcd} from '../../../src/engine/etcd/etcd.ts';
import {createMachine} from '../../../src/engine/machine/machine.ts';
import type {Tx} from '../../../src/engine/machine/types.ts';

/** One pod, much noise, another pod, more noise, a third. */
function story(noise: number) {
  const seen: Record<string, string[]> = {};
  const machine = createMachine({
    seed: 1,
    indexes: [...etcdIndexes, ...watchIndexes],
    handlers: {
      tell(tx: Tx) {
        startEtcd(tx, ['m1']);
        const put = (key: string) => etcdPut(tx, key, 0, () => ({metadata: {name: key}}));
        put('/registry/pods/default/first');
        for (let i = 0; i < noise; i++) put(`/registry/configmaps/default/a${i}`);
        put('/registry/pods/default/second');
        for (let i = 0; i < 100; i++) put(`/registry/configmaps/default/b${i}`);
        put('/registry/pods/default/third');
        const since = (revision: number) => [...changesAfter(tx, '/registry/pods/', revision)].map(({key}) => key.split('/').at(-1)!);
        seen['from the first'] = since(2);
        seen['from the last'] = since(tx.root.revision);
      },
    },
  });
  machine.dispatch({type: 'tell'});
  return seen;
}

describe('history of a resource', () => {
  it('is told in order on both sides of where the ring closes', () => {
    expect(story(HISTORY_SIZE - 50)['from the first']).toEqual(['second', 'third']);
  });

  it('is told whole to one who has heard nothing for longer than the ring is', () => {
    const seen = story(2 * HISTORY_SIZE);
    expect(seen['from the first']).toEqual(['second', 'third']);
    expect(seen['from the last']).toEqual([]);
  });
});
