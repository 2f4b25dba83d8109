import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Deployment, Pod} from '../../../src/engine/api/types.ts';
import {maxSurge, minAvailable} from '../../../src/engine/controllers/deployment/fenceposts.ts';
import {createWorld, deployment, replicaSetsOf, type World} from './world.ts';

const web = (world: World) => world.get<Deployment>('deployments', 'default', 'web')!;

const isReady = ({status}: Pod): boolean => Boolean(status?.conditions?.some(({type, status: is}) => type === 'Ready' && is === 'True'));

const bound = fc.oneof(
  fc.integer({min: 0, max: 3}),
  fc.integer({min: 0, max: 60}).map(percent => `${percent}%`),
);
const isNothing = (of: number | string): boolean => Number.parseInt(String(of), 10) === 0;
/** Validation refuses both to be nothing, in percent too. */
const rollingUpdates = fc
  .record({maxSurge: bound, maxUnavailable: bound})
  .filter(({maxSurge, maxUnavailable}) => !(isNothing(maxSurge) && isNothing(maxUnavailable)));

/** What a person may do to a deployment. */
const deed = fc.oneof(
  fc.record({do: fc.constant('image' as const), tag: fc.integer({min: 1, max: 4})}),
  fc.record({do: fc.constant('scale' as const), replicas: fc.integer({min: 0, max: 9})}),
  fc.record({do: fc.constant('pause' as const), paused: fc.boolean()}),
  fc.record({do: fc.constant('wait' as const), seconds: fc.integer({min: 0, max: 3})}),
);
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

function carryOut(world: World, step: Deed): void {
  const change = (spec: object) => world.patch('deployments', 'default', 'web', {spec});
  if (step.do === 'image') {
    const [container] = web(world).spec!.template.spec!.containers;
    change({template: {spec: {containers: [{...container, image: `nginx:${step.tag}`}]}}});
  } else if (step.do === 'scale') change({replicas: step.replicas});
  else if (step.do === 'pause') change({paused: step.paused});
  else world.wait(step.seconds);
}

describe('every deployment', () => {
  it('converges to pods of its last template, whatever was done to it on the way', () => {
    fc.assert(
      fc.property(fc.array(deed, {minLength: 1, maxLength: 8}), rollingUpdates, (deeds, rollingUpdate) => {
        const world = createWorld({nodes: 2});
        world.create(deployment('web', 3, {strategy: {type: 'RollingUpdate', rollingUpdate}}));
        for (const step of deeds) carryOut(world, step);
        world.patch('deployments', 'default', 'web', {spec: {paused: false}});
        world.play();
        const wanted = web(world).spec!;
        const active = replicaSetsOf(world).filter(({spec}) => spec!.replicas! > 0);
        expect(active.length).toBeLessThanOrEqual(1);
        const pods = world.list<Pod>('pods', 'default');
        expect(pods).toHaveLength(wanted.replicas!);
        for (const {spec} of pods) expect(spec!.containers[0]!.image).toBe(wanted.template.spec!.containers[0]!.image);
        expect(web(world).status!.updatedReplicas ?? 0).toBe(wanted.replicas);
      }),
      {numRuns: 12, seed: 7},
    );
  });

  it('never has too few available nor too many at all while it rolls out', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 8}), rollingUpdates, (replicas, rollingUpdate) => {
        const world = createWorld({nodes: 2});
        world.create(deployment('web', replicas, {strategy: {type: 'RollingUpdate', rollingUpdate}}));
        world.play();
        carryOut(world, {do: 'image', tag: 2});
        const [least, most] = [minAvailable(web(world)), replicas + maxSurge(web(world))];
        world.play({
          ready: () => {
            const alive = world.list<Pod>('pods', 'default').filter(({metadata}) => !metadata.deletionTimestamp);
            expect(alive.length).toBeLessThanOrEqual(most);
            expect(alive.filter(isReady).length).toBeGreaterThanOrEqual(least);
            return true;
          },
        });
        expect(web(world).status!.updatedReplicas).toBe(replicas);
      }),
      {
        numRuns: 8,
        seed: 7,
        examples: [
          [1, {maxSurge: '1%', maxUnavailable: 0}],
          [1, {maxSurge: '0%', maxUnavailable: '1%'}],
        ],
      },
    );
  });
});

describe('deleting an owner', () => {
  it('leaves nothing behind, unless asked to', () => {
    fc.assert(
      fc.property(fc.constantFrom('Background', 'Foreground', 'Orphan'), fc.integer({min: 0, max: 4}), (propagationPolicy, replicas) => {
        const world = createWorld({nodes: 2});
        world.create(deployment('web', replicas));
        world.play();
        world.remove('deployments', 'default', 'web', {propagationPolicy});
        world.play();
        const left = [replicaSetsOf(world).length, world.list('pods', 'default').length];
        expect(left).toEqual(propagationPolicy === 'Orphan' ? [1, replicas] : [0, 0]);
      }),
      {numRuns: 8, seed: 7},
    );
  });
});
