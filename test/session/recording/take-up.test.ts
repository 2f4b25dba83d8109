import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import type {Recording} from '../../../src/course/recording.ts';
import {parseLesson} from '../../../src/course/schema.ts';
import {createManualClock} from '../../../src/plain/clock.ts';
import type {OwnSession} from '../../../src/session/session.ts';
import {openSession} from '../open-session.ts';

const file = 'lessons/01-birth-certificate/01-first-breath.yaml';
const lesson = parseLesson(readFileSync(file, 'utf8'), file).lesson!;

interface Sitting {
  readonly session: OwnSession;
  run(line: string): void;
  recording(): Recording;
}

/** The learner sits down to 1.1, with what is left of the last sitting. */
function sitDown(unfinished?: Recording, begun: readonly string[] = []): Sitting {
  const clock = createManualClock();
  let kept: Recording | undefined;
  const session = openSession([lesson], {
    begun,
    ports: {...clock, saveRecording: (_lesson, recording) => void (kept = recording), unfinished: () => unfinished},
  });
  session.subscribe(() => undefined);
  if (begun.length === 0) session.dispatch({type: 'open', lesson: '1.1'});
  return {
    session,
    run(line) {
      session.dispatch({type: 'command', line});
      clock.turn(3_000);
    },
    recording: () => kept!,
  };
}

test('a lesson goes on where it was left, cluster and all; reset begins it anew', () => {
  const first = sitDown();
  first.run('kubectl get nodes');
  first.session.dispatch({type: 'next'});
  first.session.dispatch({type: 'predict', option: 0});
  first.run('kubectl create -f myapp-pod.yaml');
  first.session.dispatch({type: 'next'});
  first.session.close();

  const second = sitDown(first.recording());
  const {lesson: shown, transcript, toast} = second.session.getSnapshot();
  expect(shown?.current).toBe(2);
  expect(transcript.map(entry => entry.line)).toEqual(['kubectl get nodes', 'kubectl create -f myapp-pod.yaml']);
  expect(toast?.text).toBe('taken up where you left it, at step 3; reset begins anew');
  const hashOf = ({session}: Sitting) => session.core.state.branch!.cluster.hash();
  expect(hashOf(second)).toBe(hashOf(first));
  expect(second.recording().entries).toEqual(first.recording().entries);

  second.session.dispatch({type: 'reset'});
  expect(second.session.getSnapshot().lesson?.current).toBe(0);
  expect(second.session.getSnapshot().transcript).toEqual([]);
});

test('what cannot be followed is left out', () => {
  const first = sitDown();
  first.run('kubectl get nodes');
  first.session.dispatch({type: 'next'});
  first.session.close();
  const {entries, ...rest} = first.recording();
  const second = sitDown({...rest, entries: [entries[0]!, {...entries[1]!, step: 99_999}]});
  expect(second.session.getSnapshot().lesson?.current).toBe(0);
  expect(second.session.getSnapshot().transcript).toHaveLength(1);
});

test('the map marks what was begun, in this sitting or an earlier one, until it is forgotten', () => {
  const state = ({session}: Sitting) => session.getSnapshot().course.chapters[0]!.lessons[0]!.state;
  const sitting = sitDown();
  sitting.session.dispatch({type: 'sandbox'});
  expect(state(sitting)).toBe('started');
  sitting.session.dispatch({type: 'forget', lesson: '1.1'});
  expect(state(sitting)).toBe('open');
  expect(state(sitDown(undefined, [lesson.id]))).toBe('started');
});
