import {describe, expect, it} from 'vitest';
import type {Node, Pod} from '../../../src/engine/api/types.ts';
import {addNode, bind, createWorld, heartbeat, podTemplate, renewLease, report, type World} from './world.ts';

const taints = (world: World, name: string) =>
  (world.get<Node>('nodes', '', name)!.spec?.taints ?? []).map(({key, effect}) => `${key}:${effect}`);
const ready = (world: World, name: string) => world.get<Node>('nodes', '', name)!.status?.conditions?.find(({type}) => type === 'Ready');

const tolerations = ['not-ready', 'unreachable'].map(key => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

/** Seconds pass, in which only these nodes live. */
function live(world: World, seconds: number, names: readonly string[]): void {
  for (let second = 0; second < seconds; second += 10) {
    world.wait(Math.min(10, seconds - second));
    for (const name of names) renewLease(world, name);
  }
}

function podOn(world: World, name: string, nodeName: string, spec: object = {tolerations}): void {
  const pod = world.create<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, namespace: 'default'},
    spec: podTemplate('x', 'nginx:1', spec).spec,
  } as Pod);
  bind(world, pod, nodeName);
  report(world, world.get<Pod>('pods', 'default', name)!, 'Running', true);
}

describe('node lifecycle', () => {
  it('takes a silent node for lost after 50 s, taints it, and evicts its pods 300 s later', () => {
    const world = createWorld({nodes: 3});
    podOn(world, 'lost', 'node-1');
    podOn(world, 'kept', 'node-2');
    live(world, 45, ['node-2', 'node-3']);
    expect(ready(world, 'node-1')!.status).toBe('True');
    live(world, 10, ['node-2', 'node-3']);
    expect(ready(world, 'node-1')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    expect(taints(world, 'node-1')).toContain('node.kubernetes.io/unreachable:NoSchedule');
    expect(world.events('Node', 'node-1')).toContain('NodeNotReady: Node node-1 status is now: NodeNotReady');
    expect(world.events('Pod', 'lost')).toContain('NodeNotReady: Node is not ready');
    expect(world.get<Pod>('pods', 'default', 'lost')!.status!.conditions!.find(({type}) => type === 'Ready')!.status).toBe('False');
    live(world, 10, ['node-2', 'node-3']);
    expect(taints(world, 'node-1')).toContain('node.kubernetes.io/unreachable:NoExecute');
    live(world, 280, ['node-2', 'node-3']);
    expect(world.get('pods', 'default', 'lost')!.metadata.deletionTimestamp).toBeUndefined();
    live(world, 30, ['node-2', 'node-3']);
    expect(world.get('pods', 'default', 'lost')!.metadata.deletionTimestamp).toBeDefined();
    expect(world.events('Pod', 'lost')).toContain('TaintManagerEviction: Marking for deletion Pod default/lost');
    expect(world.get<Pod>('pods', 'default', 'lost')!.status!.conditions!.find(({type}) => type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'DeletionByTaintManager',
    });
    expect(world.get('pods', 'default', 'kept')!.metadata.deletionTimestamp).toBeUndefined();
  });

  it('absolves a node that comes back, and cancels what was to come', () => {
    const world = createWorld({nodes: 3});
    podOn(world, 'waiting', 'node-1');
    live(world, 70, ['node-2', 'node-3']);
    expect(taints(world, 'node-1')).toHaveLength(2);
    heartbeat(world, 'node-1');
    live(world, 10, ['node-1', 'node-2', 'node-3']);
    expect(taints(world, 'node-1')).toEqual([]);
    expect(world.events('Pod', 'waiting')).toContain('TaintManagerEviction: Cancelling deletion of Pod default/waiting');
    live(world, 400, ['node-1', 'node-2', 'node-3']);
    expect(world.get('pods', 'default', 'waiting')!.metadata.deletionTimestamp).toBeUndefined();
  });

  it('taints what is unschedulable or under pressure', () => {
    const world = createWorld({nodes: 1});
    world.patch('nodes', '', 'node-1', {spec: {unschedulable: true}});
    world.wait(1);
    expect(taints(world, 'node-1')).toEqual(['node.kubernetes.io/unschedulable:NoSchedule']);
    const conditions = world
      .get<Node>('nodes', '', 'node-1')!
      .status!.conditions!.map(c => (c.type === 'DiskPressure' ? {...c, status: 'True'} : c));
    world.patch('nodes', '', 'node-1', {status: {conditions}}, 'status');
    world.wait(1);
    expect(taints(world, 'node-1').sort()).toEqual([
      'node.kubernetes.io/disk-pressure:NoSchedule',
      'node.kubernetes.io/unschedulable:NoSchedule',
    ]);
  });

  it('evicts nobody when no node at all is heard of: it suspects its own eyes', () => {
    const world = createWorld({nodes: 2});
    podOn(world, 'pod', 'node-1');
    world.wait(500);
    expect(ready(world, 'node-1')!.status).toBe('Unknown');
    expect(taints(world, 'node-1')).toEqual(['node.kubernetes.io/unreachable:NoSchedule']);
    expect(world.get('pods', 'default', 'pod')!.metadata.deletionTimestamp).toBeUndefined();
  });

  it('empties one node in ten seconds, not all at once', () => {
    const world = createWorld({nodes: 5});
    live(world, 70, ['node-3', 'node-4', 'node-5']);
    const tainted = () => ['node-1', 'node-2'].filter(name => taints(world, name).includes('node.kubernetes.io/unreachable:NoExecute'));
    const counts = [tainted().length];
    live(world, 10, ['node-3', 'node-4', 'node-5']);
    counts.push(tainted().length);
    expect(counts.at(-1)).toBe(2);
    const times = ['node-1', 'node-2'].map(
      name => world.get<Node>('nodes', '', name)!.spec!.taints!.find(({effect}) => effect === 'NoExecute')!.timeAdded!,
    );
    expect(Math.abs(Date.parse(times[0]!) - Date.parse(times[1]!))).toBe(10_000);
  });

  it('evicts at once what does not tolerate a taint', () => {
    const world = createWorld({nodes: 2});
    podOn(world, 'shy', 'node-1', {tolerations: []});
    world.patch('nodes', '', 'node-1', {spec: {taints: [{key: 'drain', effect: 'NoExecute'}]}});
    world.wait(1);
    expect(world.get('pods', 'default', 'shy')!.metadata.deletionTimestamp).toBeDefined();
  });

  it('collects the pods of a node that was removed, after its quarantine', () => {
    const world = createWorld({nodes: 2});
    podOn(world, 'orphan', 'node-1');
    world.remove('nodes', '', 'node-1');
    world.wait(30);
    expect(world.get('pods', 'default', 'orphan')).toBeDefined();
    world.wait(35);
    expect(world.get('pods', 'default', 'orphan')).toBeUndefined();
  });

  it('gives each node a range of addresses', () => {
    const world = createWorld({nodes: 2});
    addNode(world, 'late');
    world.wait(1);
    const ranges = world.list<Node>('nodes').map(({spec}) => spec!.podCIDR);
    expect(new Set(ranges).size).toBe(3);
  });
});
