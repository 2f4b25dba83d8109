import fc from 'fast-check';
import {expect, it} from 'vitest';
import type {Recording} from '../../src/course/recording.ts';
import {createManualClock} from '../../src/plain/clock.ts';
import {replay} from '../../src/session/lesson/grading/replay.ts';
import type {SessionAction} from '../../src/session/types.ts';
import {lessonWorld} from '../../src/session/world.ts';
import {lessonSource} from '../session/lesson/grading/student.ts';
import {openSession} from '../session/open-session.ts';

const lesson = lessonSource('first-breath').variant({}).lesson!;
const world = lessonWorld(lesson);
const worldOf = () => ({...world, cluster: world.cluster.history.branch()});

const line = (text: string): SessionAction => ({type: 'command', line: text});
const action = fc.oneof(
  fc.constantFrom<SessionAction>(
    line('kubectl create -f myapp-pod.yaml'),
    line('kubectl get pods'),
    line('kubectl get pods -w'),
    line('kubectl run web --image=nginx'),
    line('kubectl delete pod web'),
    line('kubectl wait --for=condition=Ready pod/web --timeout=20s'),
    line('kubectl edit pod web'),
    line('sleep 7'),
    line('chaos stop kube-scheduler'),
    line('hint'),
    {type: 'edited', text: undefined},
    {type: 'interrupt'},
    {type: 'toggle'},
    {type: 'next'},
    {type: 'undo'},
    {type: 'redo'},
    {type: 'present'},
    {type: 'predict', option: 1},
    {type: 'speed', by: 1},
    {type: 'speed', by: -1},
    {type: 'landmark', by: -1},
    {type: 'branch'},
    {type: 'select', ref: undefined},
  ),
  fc.record({
    type: fc.constant('step' as const),
    by: fc.constantFrom(1 as const, -1 as const),
    unit: fc.constantFrom('event' as const, 'stage' as const, 'revision' as const),
  }),
);
/** What is done, and how long the learner looks at it, in real milliseconds. */
const doings = fc.array(fc.tuple(action, fc.constantFrom(0, 5, 16, 70, 333, 1700, 6000)), {minLength: 3, maxLength: 25});

it('whatever a learner does, and however unevenly time passes, played again leads to the same state', () => {
  fc.assert(
    fc.property(doings, all => {
      const clock = createManualClock();
      let kept: Recording | undefined;
      const session = openSession([lesson], {
        ports: {...clock, saveRecording: (_lesson, recording) => void (kept = recording)},
        worldOf,
      });
      session.subscribe(() => undefined);
      session.dispatch({type: 'open', lesson: lesson.id});
      for (const [each, ms] of all) {
        session.dispatch(each);
        clock.turn(ms);
      }
      session.close();
      if (!kept || kept.entries.length === 0) return;
      expect(kept.end).toBeDefined();
      // What is handed in has been written down and read again.
      const {divergence} = replay(JSON.parse(JSON.stringify(kept)), lesson, {world: worldOf()});
      expect(divergence).toBeUndefined();
    }),
    {numRuns: 40, seed: 8},
  );
});
