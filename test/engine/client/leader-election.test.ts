import {describe, expect, it} from 'vitest';
import type {Lease} from '../../../src/engine/api/types.ts';
import {findProcess} from '../../../src/engine/client/processes.ts';
import {createWorld, type World} from '../controllers/world.ts';

const lease = (world: World) => world.get<Lease>('leases', 'kube-system', 'kube-controller-manager')!;
const machineOf = (world: World) => lease(world).spec!.holderIdentity!.split('_')[0];

const program = (world: World, action: 'stop' | 'start', name = 'kube-controller-manager') =>
  world.cluster.control({action, program: name});

/** Of the loops: `works`, `waits` for the Lease, or `stopped`. */
const loops = (world: World): string => {
  const {running, waiting} = findProcess(world.cluster.machine, 'replicaset-controller/')!;
  return running ? (waiting ? 'waits' : 'works') : 'stopped';
};

/** What the loops are at, second by second, as `seconds state` where it changes. */
function watchLoops(world: World, seconds: number): string[] {
  const seen = [loops(world)];
  const changes: string[] = [];
  for (let second = 1; second <= seconds; second++) {
    world.wait(1);
    const now = loops(world);
    if (now !== seen.at(-1)) changes.push(`${second} ${now}`);
    seen.push(now);
  }
  return changes;
}

describe('leader election', () => {
  it('puts the leader in a Lease and renews it every two seconds', () => {
    const world = createWorld({nodes: 0});
    const first = lease(world).spec!;
    expect(first).toMatchObject({leaseDurationSeconds: 15, leaseTransitions: 0});
    expect(first.holderIdentity).toMatch(/^control-plane_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    world.wait(10);
    const later = lease(world).spec!;
    expect(Date.parse(later.renewTime!) - Date.parse(first.renewTime!)).toBe(10_000);
    expect(later.acquireTime).toBe(first.acquireTime);
    expect(world.events('Lease', 'kube-controller-manager')).toEqual([`LeaderElection: ${first.holderIdentity} became leader`]);
  });

  it('waits until a lease of somebody else has run out, then takes over', () => {
    const world = createWorld({nodes: 0});
    program(world, 'stop');
    world.patch('leases', 'kube-system', 'kube-controller-manager', {spec: {holderIdentity: 'another'}});
    program(world, 'start');
    world.wait(14);
    expect(lease(world).spec!.holderIdentity).toBe('another');
    world.wait(8);
    expect(machineOf(world)).toBe('control-plane');
    expect(lease(world).spec).toMatchObject({leaseTransitions: 1});
  });

  it('takes a program that is started again for another one: its lease of before has to run out too', () => {
    const world = createWorld({nodes: 0});
    const before = lease(world).spec!.holderIdentity;
    program(world, 'stop');
    program(world, 'start');
    expect(world.cluster.settle()).toBe(true);
    expect(world.cluster.now).toBeGreaterThan(15_000);
    expect(world.cluster.now).toBeLessThan(21_000);
    expect(machineOf(world)).toBe('control-plane');
    expect(lease(world).spec!.holderIdentity).not.toBe(before);
  });
});

describe('a leader that cannot renew', () => {
  it('works on for ten seconds, exits, is started again, and leads anew when the API server is back and its old lease has run out', () => {
    const world = createWorld({nodes: 0});
    world.wait(5);
    const before = lease(world).spec!.holderIdentity!;
    program(world, 'stop', 'kube-apiserver');
    const [lost, again, ...more] = watchLoops(world, 60);
    // The next renewal is due within two seconds, the deadline ten after it.
    expect(lost).toMatch(/^1[012] stopped$/);
    expect(again).toBe(`${Number.parseInt(lost!, 10) + 1} waits`);
    expect(more).toEqual([]);
    program(world, 'start', 'kube-apiserver');
    const [leading, ...later] = watchLoops(world, 60);
    expect(leading).toMatch(/^(1[5-9]|2[0-4]) works$/);
    expect(later).toEqual([]);
    expect(machineOf(world)).toBe('control-plane');
    expect(lease(world).spec!.holderIdentity).not.toBe(before);
    expect(lease(world).spec!.leaseTransitions).toBe(1);
  });

  it('is forgiven a server that is away for less', () => {
    const world = createWorld({nodes: 0});
    const before = lease(world).spec!.holderIdentity;
    program(world, 'stop', 'kube-apiserver');
    world.wait(9);
    program(world, 'start', 'kube-apiserver');
    expect(watchLoops(world, 20)).toEqual([]);
    expect(lease(world).spec!.holderIdentity).toBe(before);
  });

  it('exits also when its rights are gone, or another name stands in the Lease, and says so where it may', () => {
    const robbed = createWorld({nodes: 0});
    robbed.patch('leases', 'kube-system', 'kube-controller-manager', {spec: {holderIdentity: 'another'}});
    expect(watchLoops(robbed, 40)).toEqual(['12 stopped', '13 waits', expect.stringMatching(/ works$/)]);
    expect(robbed.events('Lease', 'kube-controller-manager').filter(line => line.endsWith('stopped leading'))).toHaveLength(1);

    const refused = createWorld({nodes: 0});
    refused.remove('clusterrolebindings', '', 'system:kube-controller-manager');
    expect(watchLoops(refused, 20)).toEqual([]);
    refused.remove('rolebindings', 'kube-system', 'system::leader-locking-kube-controller-manager');
    expect(watchLoops(refused, 120)).toEqual(['12 stopped', '13 waits']);
  });

  it('is started again later and later', () => {
    const world = createWorld({nodes: 0});
    const waits: number[] = [];
    for (let round = 0; round < 4; round++) {
      program(world, 'stop', 'kube-apiserver');
      const [lost, again] = watchLoops(world, 120);
      waits.push(Number.parseInt(again!, 10) - Number.parseInt(lost!, 10));
      program(world, 'start', 'kube-apiserver');
      world.wait(30);
      expect(loops(world)).toBe('works');
    }
    expect(waits).toEqual([1, 10, 20, 40]);
  });

  it('stays stopped where somebody stops it while it waits to be started again', () => {
    const world = createWorld({nodes: 0});
    program(world, 'stop', 'kube-apiserver');
    while (loops(world) !== 'stopped') world.wait(0.5);
    program(world, 'stop');
    expect(watchLoops(world, 30)).toEqual([]);
    program(world, 'start', 'kube-apiserver');
    program(world, 'start');
    world.wait(30);
    expect(loops(world)).toBe('works');
  });
});
