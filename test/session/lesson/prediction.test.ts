import {expect, test} from 'vitest';
import {createManualClock} from '../../../src/plain/clock.ts';
import {firstBreath, realSession} from '../../tui/real-session.ts';
import {openSession} from '../open-session.ts';
import {lessonSource} from './grading/student.ts';

/** The first lesson where its second step begins, which asks a question. */
function secondStep() {
  const clock = createManualClock();
  const {session} = realSession(clock, firstBreath);
  session.subscribe(() => undefined);
  const run = (line: string): void => {
    session.dispatch({type: 'command', line});
    clock.turn(20_000);
  };
  session.dispatch({type: 'open', lesson: 'first-breath'});
  run('kubectl get nodes');
  session.dispatch({type: 'next'});
  return {session, run};
}

test('what came true is told when it has come true, not at the next command', () => {
  const {session, run} = secondStep();
  session.dispatch({type: 'predict', option: 1});
  run('nonsense');
  run('kubectl get nodes');
  expect(session.getSnapshot().prediction).toMatchObject({chosen: 1, truth: undefined});
  run('kubectl create -f myapp-pod.yaml');
  expect(session.getSnapshot().prediction).toMatchObject({chosen: 1, truth: 0, verdict: 'it was Pending'});
  session.close();
});

test('a question that is open still when the thing is done is asked for what was expected', () => {
  const {session, run} = secondStep();
  const step = () => session.getSnapshot().lesson!.steps[1]!;
  expect(step()).toMatchObject({questionFirst: true, askedLate: false, objectives: []});
  run('kubectl create -f myapp-pod.yaml');
  expect(step()).toMatchObject({questionFirst: true, askedLate: true});
  session.dispatch({type: 'predict', option: 0});
  expect(step()).toMatchObject({questionFirst: false, askedLate: false, objectives: [{met: true}]});
  session.close();
});

test('what comes true is found out between frames: the clock of the cluster stands meanwhile, and the keys are heard', () => {
  let [now, tick] = [0, (): void => undefined];
  // Each look at the clock takes three milliseconds: a slice has room for a step or two.
  const ports = {
    now: () => (now += 3),
    later: (_ms: number, callback: () => void) => {
      tick = callback;
      return () => undefined;
    },
  };
  const {session} = realSession(ports, 'lessons/01-birth-certificate/03-who-does-what.yaml');
  session.subscribe(() => undefined);
  session.dispatch({type: 'open', lesson: 'who-does-what'});
  session.dispatch({type: 'predict', option: 1});
  const {ahead} = session.core.state.run!.predictions[session.core.state.run!.lesson.steps[0]!.id]!;
  const {now: stood} = session.getSnapshot().time;
  tick();
  tick();
  expect(ahead.isOver).toBe(false);
  expect(session.getSnapshot().time.now).toBe(stood);
  for (let slices = 0; !ahead.isOver && slices < 1000; slices++) tick();
  expect(ahead.isOver).toBe(true);
  for (let slices = 0; slices < 20; slices++) tick();
  expect(session.getSnapshot().time.now).toBeGreaterThan(stood);
  session.close();
});

test('an hour that is slept through in a prediction is looked ahead in slices too, and the screen says so', () => {
  let [now, tick] = [0, (): void => undefined];
  const ports = {
    now: () => (now += 3),
    later: (_ms: number, callback: () => void) => {
      tick = callback;
      return () => undefined;
    },
  };
  const {vary, variant} = lessonSource('be-the-scheduler');
  const {lesson} = variant(Object.fromEntries(Object.entries(vary).map(([name, values]) => [name, values[0]!])));
  const session = openSession([lesson!], {ports});
  session.subscribe(() => undefined);
  const time = () => session.getSnapshot().time;
  session.dispatch({type: 'open', lesson: lesson!.id});
  expect(lesson!.steps[0]!.predict!.run).toEqual(['sleep 1h']);
  session.dispatch({type: 'predict', option: 0});
  const {now: stood} = time();
  expect(time().foreseeing).toBe(true);
  tick();
  // The keys are heard meanwhile.
  session.dispatch({type: 'command', line: 'kubectl get nodes'});
  expect(session.getSnapshot().transcript.at(-1)?.output).toContain('node-1');
  let slices = 0;
  for (; time().foreseeing; slices++) tick();
  expect(slices).toBeGreaterThan(100);
  expect(time().now).toBe(stood);
  session.close();
});

test('what a prediction or a look has found out is no secret help: the learner’s kubectl asks for itself', () => {
  const requests = (look: boolean): number => {
    const {session} = secondStep();
    session.dispatch({type: 'reset'});
    if (look) {
      session.detail({kind: 'object', resource: 'nodes', namespace: '', name: 'node-1'}, 'describe', () => undefined);
      session.complete('kubectl get no', 14, () => undefined);
    }
    session.dispatch({type: 'command', line: 'kubectl get nodes'});
    session.close();
    return session.getSnapshot().facts.requests.length;
  };
  expect(requests(true)).toBe(requests(false));
});
