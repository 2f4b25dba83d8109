import {describe, expect, it} from 'vitest';
import type {Deployment, Pod, Stored} from '../../../src/engine/api/types.ts';
import {createWorld, deployment, replicaSetsOf, type World} from './world.ts';

const conditions = (object: Stored<Deployment>) =>
  Object.fromEntries((object.status?.conditions ?? []).map(({type, status, reason}) => [type, `${status} ${reason}`]));
const web = (world: World) => world.get<Deployment>('deployments', 'default', 'web')!;
/** A second later, so that the replica sets differ in age. */
function setImage(world: World, image: string): void {
  world.wait(1);
  const {containers} = web(world).spec!.template.spec!;
  world.patch('deployments', 'default', 'web', {spec: {template: {spec: {containers: [{...containers[0], image}]}}}});
}

describe('deployment', () => {
  it('makes a replica set of its template, and that makes the pods', () => {
    const world = createWorld();
    world.create(deployment('web', 3));
    world.play();
    const [rs] = replicaSetsOf(world);
    expect(rs!.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{6,10}$/);
    expect(rs!.metadata.annotations).toEqual({
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
      'deployment.kubernetes.io/revision': '1',
    });
    expect(rs!.spec!.selector.matchLabels!['pod-template-hash']).toBe(rs!.metadata.labels!['pod-template-hash']);
    const status = web(world).status!;
    expect(status).toMatchObject({replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3});
    expect(status.observedGeneration).toBe(web(world).metadata.generation);
    expect(conditions(web(world))).toEqual({Available: 'True MinimumReplicasAvailable', Progressing: 'True NewReplicaSetAvailable'});
    expect(world.events('Deployment')).toEqual([`ScalingReplicaSet: Scaled up replica set ${rs!.metadata.name} from 0 to 3`]);
    expect(world.events('ReplicaSet').every(line => /^SuccessfulCreate: Created pod: web-/.test(line))).toBe(true);
  });

  it('rolls out without ever going below what must be available or above what may exist', () => {
    const world = createWorld();
    world.create(deployment('web', 8));
    world.play();
    setImage(world, 'nginx:2');
    const seen = new Set<number>();
    world.play({
      ready: pod => {
        const pods = world.list<Pod>('pods').filter(({metadata}) => !metadata.deletionTimestamp);
        expect(pods.length).toBeLessThanOrEqual(10);
        const available = pods.filter(({status}) => status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True')).length;
        seen.add(available);
        expect(available).toBeGreaterThanOrEqual(6);
        return pod.metadata.name !== '';
      },
    });
    expect(seen.size).toBeGreaterThan(1);
    const [before, after] = replicaSetsOf(world);
    expect([before!.spec!.replicas, after!.spec!.replicas]).toEqual([0, 8]);
    expect(web(world).metadata.annotations!['deployment.kubernetes.io/revision']).toBe('2');
  });

  it('remembers revisions when a template comes back', () => {
    const world = createWorld();
    world.create(deployment('web', 1));
    world.play();
    setImage(world, 'nginx:2');
    world.play();
    setImage(world, 'nginx:1');
    world.play();
    const sets = replicaSetsOf(world).map(({metadata}) => metadata.annotations!);
    expect(sets.map(a => a['deployment.kubernetes.io/revision'])).toEqual(['3', '2']);
    expect(sets[0]!['deployment.kubernetes.io/revision-history']).toBe('1');
  });

  it('keeps no more old replica sets than its history limit', () => {
    const world = createWorld();
    world.create(deployment('web', 1, {revisionHistoryLimit: 1}));
    for (const tag of ['nginx:2', 'nginx:3', 'nginx:4']) {
      world.play();
      setImage(world, tag);
    }
    world.play();
    expect(replicaSetsOf(world)).toHaveLength(2);
  });

  it('recreates: no new pod before the last old one is gone', () => {
    const world = createWorld();
    world.create(deployment('web', 3, {strategy: {type: 'Recreate'}}));
    world.play();
    setImage(world, 'nginx:2');
    world.wait(5);
    const images = world.list<Pod>('pods').map(({spec}) => spec!.containers[0]!.image);
    expect(images).toEqual(['nginx:1', 'nginx:1', 'nginx:1']);
    world.play();
    expect(world.list<Pod>('pods').map(({spec}) => spec!.containers[0]!.image)).toEqual(['nginx:2', 'nginx:2', 'nginx:2']);
  });

  it('scales in proportion in the midst of a rollout', () => {
    const world = createWorld();
    world.create(deployment('web', 10, {strategy: {type: 'RollingUpdate', rollingUpdate: {maxSurge: 3, maxUnavailable: 2}}}));
    world.play();
    setImage(world, 'broken:1');
    world.play({ready: pod => pod.spec!.containers[0]!.image !== 'broken:1'});
    expect(replicaSetsOf(world).map(({spec}) => spec!.replicas)).toEqual([8, 5]);
    world.patch('deployments', 'default', 'web', {spec: {replicas: 15}});
    world.play({ready: pod => pod.spec!.containers[0]!.image !== 'broken:1'});
    expect(replicaSetsOf(world).map(({spec}) => spec!.replicas)).toEqual([11, 7]);
  });

  it('says when a rollout makes no progress any more', () => {
    const world = createWorld();
    world.create(deployment('web', 2, {progressDeadlineSeconds: 10}));
    world.play({ready: () => false});
    expect(conditions(web(world))['Progressing']).toBe('True ReplicaSetUpdated');
    world.wait(13);
    expect(conditions(web(world))['Progressing']).toBe('False ProgressDeadlineExceeded');
    expect(web(world).status!.conditions!.find(c => c.type === 'Progressing')!.message).toMatch(
      /^ReplicaSet "web-\w+" has timed out progressing\.$/,
    );
  });

  it('that was complete and loses its pods is looked at no more than ten times a second once its deadline is over', () => {
    const world = createWorld();
    world.create(deployment('web', 2, {progressDeadlineSeconds: 10}));
    world.play();
    world.wait(20);
    world.play({ready: () => false});
    const turns = (seconds: number): number => {
      const from = world.cluster.now;
      world.wait(seconds);
      return world.cluster.machine.journal.steps
        .filter(step => step.at > from)
        .flatMap(step => step.notes as unknown as {component?: string; stage?: string}[])
        .filter(({component, stage}) => component === 'deployment-controller' && stage === 'observe').length;
    };
    // The first hundred retries are quick.
    expect(turns(10)).toBeGreaterThan(100);
    expect(turns(10)).toBe(100);
    expect(conditions(web(world))).toEqual({Available: 'False MinimumReplicasUnavailable', Progressing: 'True NewReplicaSetAvailable'});
  });

  it('does not roll out while it is paused', () => {
    const world = createWorld();
    world.create(deployment('web', 2));
    world.play();
    world.patch('deployments', 'default', 'web', {spec: {paused: true}});
    setImage(world, 'nginx:2');
    world.patch('deployments', 'default', 'web', {spec: {replicas: 4}});
    world.play();
    expect(replicaSetsOf(world).map(({spec}) => spec!.replicas)).toEqual([4]);
    expect(conditions(web(world))['Progressing']).toBe('Unknown DeploymentPaused');
    world.patch('deployments', 'default', 'web', {spec: {paused: false}});
    world.play();
    expect(replicaSetsOf(world).map(({spec}) => spec!.replicas)).toEqual([0, 4]);
  });

  it('meets a real conflict when it writes from a stale cache, and mends it', () => {
    const world = createWorld();
    world.create(deployment('web', 3));
    world.play();
    const refused = world.cluster.machine.journal.steps.flatMap(
      step => step.notes as {kind: string; component?: string; message?: string}[],
    );
    expect(
      refused.some(
        note => note.kind === 'failure' && note.component === 'deployment-controller' && /has been modified/.test(note.message!),
      ),
    ).toBe(true);
    expect(web(world).status!.availableReplicas).toBe(3);
  });
});
