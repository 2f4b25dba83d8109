import {describe, expect, it} from 'vitest';
import type {Lease} from '../../../src/engine/api/types.ts';
import {createWorld, type World} from '../controllers/world.ts';

const lease = (world: World) => world.get<Lease>('leases', 'kube-system', 'kube-controller-manager')!;

describe('leader election', () => {
  it('puts the leader in a Lease and renews it every two seconds', () => {
    const world = createWorld({nodes: 0});
    const first = lease(world).spec!;
    expect(first).toMatchObject({holderIdentity: 'control-plane', leaseDurationSeconds: 15, leaseTransitions: 0});
    world.wait(10);
    const later = lease(world).spec!;
    expect(Date.parse(later.renewTime!) - Date.parse(first.renewTime!)).toBe(10_000);
    expect(later.acquireTime).toBe(first.acquireTime);
    expect(world.events('Lease', 'kube-controller-manager')).toEqual(['LeaderElection: control-plane became leader']);
  });

  it('waits until a lease of somebody else has run out, then takes over', () => {
    const world = createWorld({nodes: 0});
    world.cluster.control({action: 'stop', program: 'kube-controller-manager'});
    world.patch('leases', 'kube-system', 'kube-controller-manager', {spec: {holderIdentity: 'another'}});
    world.cluster.control({action: 'start', program: 'kube-controller-manager'});
    world.wait(14);
    expect(lease(world).spec!.holderIdentity).toBe('another');
    world.wait(8);
    expect(lease(world).spec).toMatchObject({holderIdentity: 'control-plane', leaseTransitions: 1});
  });
});
