import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {CniAddRequest} from '../../../src/engine/api/cni.ts';
import type {Tx} from '../../../src/engine/machine/types.ts';
import {createCni} from '../../../src/engine/network/cni/cni.ts';
import {CONFLIST_PATH} from '../../../src/engine/network/cni/conflist.ts';
import {installNetwork} from '../../../src/engine/network/cni/flannel.ts';
import {nodeNetworkMemory, podInterfaces} from '../../../src/engine/network/cni/node-network.ts';
import {bench} from './bench.ts';

const request = (id: string): CniAddRequest => ({
  containerId: id,
  netns: `/var/run/netns/cni-${id}`,
  ifName: 'eth0',
  podNamespace: 'default',
  podName: `pod-${id}`,
  podUid: `uid-${id}`,
});

const NODE = 'node-1';
const add = (tx: Tx, id: string): string => createCni(tx, NODE).add(request(id)).ips[0]!.address;

describe('CNI ADD', () => {
  it('gives a sandbox a veth pair into the bridge, an address of the node, and a default route through the bridge', () => {
    const {run} = bench();
    run(tx => installNetwork(tx, NODE, '10.244.1.0/24'));
    const result = run(tx => createCni(tx, NODE).add(request('a')));
    expect(result.interfaces.map(({name, sandbox}) => [name, sandbox])).toEqual([
      ['cni0', undefined],
      [expect.stringMatching(/^veth[0-9a-f]{8}$/), undefined],
      ['eth0', '/var/run/netns/cni-a'],
    ]);
    expect(result.ips).toEqual([{address: '10.244.1.2/24', gateway: '10.244.1.1', interface: 2}]);
    expect(result.routes).toContainEqual({dst: '0.0.0.0/0', gw: '10.244.1.1'});
  });

  it('does not hand out an address that has just been freed', () => {
    const {run} = bench();
    run(tx => installNetwork(tx, NODE, '10.244.1.0/29'));
    expect(run(tx => [add(tx, 'a'), add(tx, 'b')])).toEqual(['10.244.1.2/29', '10.244.1.3/29']);
    run(tx => createCni(tx, NODE).del(request('a')));
    expect(run(tx => ['c', 'd', 'e'].map(id => add(tx, id)))).toEqual(['10.244.1.4/29', '10.244.1.5/29', '10.244.1.6/29']);
    expect(run(tx => add(tx, 'f'))).toBe('10.244.1.2/29');
  });

  it('says what a runtime reports when the subnet is exhausted', () => {
    const {run} = bench();
    run(tx => installNetwork(tx, NODE, '10.244.1.0/30'));
    run(tx => add(tx, 'a'));
    expect(() => run(tx => add(tx, 'b'))).toThrow(
      'plugin type="flannel" failed (add): failed to delegate add: failed to allocate for range 0: ' +
        'no IP addresses available in range set: 10.244.1.1-10.244.1.2',
    );
  });

  it('is not ready without a configuration that can be loaded', () => {
    const {run} = bench();
    const notReady = () => run(tx => createCni(tx, NODE).notReady());
    expect(notReady()).toBe('cni plugin not initialized');
    run(tx => installNetwork(tx, NODE, '10.244.1.0/24'));
    expect(notReady()).toBeUndefined();
    run(tx => nodeNetworkMemory(tx, NODE).put('conflist', CONFLIST_PATH, {text: '{"name": "cbr0", "plugins": ['}));
    expect(notReady()).toBe('cni plugin not initialized');
    expect(() => run(tx => add(tx, 'a'))).toThrow('cni plugin not initialized');
  });

  it('is undone with the step', () => {
    const {machine, run} = bench();
    run(tx => installNetwork(tx, NODE, '10.244.1.0/24'));
    run(tx => add(tx, 'a'));
    machine.seek(1);
    expect(podInterfaces(machine, NODE)).toEqual([]);
    expect(run(tx => add(tx, 'b'))).toBe('10.244.1.2/24');
  });

  it('never has one address held by two sandboxes', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
    const steps = fc.array(fc.record({id: ids, add: fc.boolean()}), {maxLength: 40});
    fc.assert(
      fc.property(steps, script => {
        const {machine, run} = bench();
        run(tx => installNetwork(tx, NODE, '10.244.1.0/29'));
        for (const step of script) {
          try {
            run(tx => (step.add ? add(tx, step.id) : createCni(tx, NODE).del(request(step.id))));
          } catch {
            // Exhausted, or this sandbox has its address already: both refuse without a trace.
          }
          const held = podInterfaces(machine, NODE).map(pod => pod.ip);
          expect(new Set(held).size).toBe(held.length);
          expect(held).not.toContain('10.244.1.1');
        }
      }),
      {numRuns: 50},
    );
  });
});
