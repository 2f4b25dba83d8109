import {expect, test} from 'vitest';
import type {Recording} from '../../../src/course/recording.ts';
import {createRecorder} from '../../../src/session/recording/recorder.ts';
import type {Core} from '../../../src/session/state.ts';

/** A lesson on a cluster whose state takes so many readings to be hashed. */
function lessonOn(entities: number, readings: number) {
  const saved: Recording[] = [];
  const waiting: (() => void)[] = [];
  let clock = 0;
  let hashings = 0;
  const cluster = {
    now: 5000,
    history: {position: 7},
    hashing() {
      hashings++;
      let left = readings;
      return {entities, goOn: () => (--left > 0 ? undefined : 'the hash')};
    },
  };
  const core = {
    state: {world: {}, place: 'lesson', run: {lesson: {}, step: 0, solved: false}, branch: {cluster}},
    options: {
      ports: {
        // Each look at the clock is a millisecond later.
        now: () => ++clock,
        later(_ms: number, callback: () => void) {
          waiting.push(callback);
          return () => void waiting.splice(waiting.indexOf(callback), 1);
        },
        saveRecording: (_lesson: unknown, recording: Recording) => void saved.push(recording),
      },
    },
  };
  const recorder = createRecorder(core as unknown as Core);
  const solve = (): void => {
    recorder.note({type: 'next'});
    Object.assign(core.state.run, {step: 1, solved: true});
    recorder.look();
  };
  return {recorder, solve, saved, waiting, turns: () => hashings, end: () => saved.at(-1)!.end};
}

const END = {step: 7, at: 5000, hash: 'the hash'};

test('the end of a lesson on a small cluster is sealed at once', () => {
  const {solve, end, waiting} = lessonOn(600, 12);
  solve();
  expect(end()).toEqual(END);
  expect(waiting).toEqual([]);
});

test('on a large one it is sealed little by little; what was done is kept meanwhile', () => {
  const {solve, end, saved, waiting} = lessonOn(200_000, 20);
  solve();
  expect(end()).toBeUndefined();
  expect(saved.at(-1)!.done).toBe(1);
  let slices = 1;
  for (; waiting.length > 0; slices++) waiting.shift()!();
  expect(slices).toBeGreaterThan(2);
  expect(end()).toEqual(END);
});

test('who leaves before that is waited for', () => {
  const {recorder, solve, end, waiting, turns} = lessonOn(200_000, 1000);
  solve();
  recorder.seal();
  expect(end()).toEqual(END);
  expect(waiting).toEqual([]);
  expect(turns()).toBe(1);
});
