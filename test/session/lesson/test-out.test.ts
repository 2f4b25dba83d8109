import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {NO_PROGRESS, type Progress} from '../../../src/course/progress.ts';
import {parseLesson} from '../../../src/course/schema.ts';
import type {Lesson} from '../../../src/course/types.ts';
import {createManualClock} from '../../../src/plain/clock.ts';
import type {OwnSession} from '../../../src/session/session.ts';
import type {SessionAction} from '../../../src/session/types.ts';
import {openSession} from '../open-session.ts';

const lesson = (name: string): Lesson => {
  const file = `lessons/01-birth-certificate/${name}.yaml`;
  return parseLesson(readFileSync(file, 'utf8'), file).lesson!;
};

interface Game {
  readonly session: OwnSession;
  act(...actions: SessionAction[]): void;
  run(line: string): void;
  progress(): Progress;
  said(): string;
}

/** A course of one chapter with 1.1 as its boss. */
function course(): Game {
  let progress: Progress = NO_PROGRESS;
  const clock = createManualClock();
  const lessons = [lesson('02-desired-not-done'), {...lesson('01-first-breath'), number: '1.B'}];
  const session = openSession(lessons, {
    ports: {
      ...clock,
      changeProgress(change) {
        progress = change(progress);
        return progress;
      },
    },
  });
  session.subscribe(() => undefined);
  return {
    session,
    act: (...actions) => actions.forEach(session.dispatch),
    run(line) {
      session.dispatch({type: 'command', line});
      clock.turn(20_000);
    },
    progress: () => progress,
    said: () => session.getSnapshot().toast?.text ?? '',
  };
}

/** Plays the boss to its end, with this prediction. */
function play({act, run}: Game, option: number): void {
  run('kubectl get nodes');
  act({type: 'next'}, {type: 'predict', option});
  run('kubectl create -f myapp-pod.yaml');
  act({type: 'next'}, {type: 'next'});
  act({type: 'step', by: -1, unit: 'event'}, {type: 'present'}, {type: 'next'});
}

/** Plays the other lesson to its end, with this prediction. */
function playOther({act, run}: Game, option: number): void {
  run('kubectl apply -f web.yaml');
  act({type: 'next'}, {type: 'predict', option});
  run('kubectl apply -f web.yaml');
  act({type: 'next'});
  run('kubectl create -f web.yaml');
  act({type: 'next'});
}

test('a chapter is skipped by solving one of its lessons and its boss without help', () => {
  const game = course();
  const lesson = () => game.session.getSnapshot().lesson;
  expect(game.session.getSnapshot().course.chapters[0]!.tests).toEqual(['1.2 Desired, not done', '1.B First breath']);
  game.act({type: 'testOut', chapter: 1});
  expect(lesson()).toMatchObject({number: '1.2', isTest: true, hintsLeft: 0});
  expect(game.said()).toBe('test of chapter 1, 1 of 2: no hints, all predictions right');
  game.act({type: 'hint'});
  expect(game.said()).toBe('this is a test: there are no hints');
  game.act({type: 'solution'});
  expect(game.said()).toContain('the solution is yours to find');
  playOther(game, 0);
  expect(game.said()).toBe('passed; Enter begins the rest of the test: 1.B First breath');
  expect(Object.values(game.progress().lessons).some(each => each.tested)).toBe(false);

  game.act({type: 'next'});
  expect(lesson()).toMatchObject({number: '1.B', isTest: true, hintsLeft: 0});
  play(game, 0);
  expect(game.said()).toContain('passed: chapter 1 is skipped');
  expect(Object.values(game.progress().lessons).map(each => each.tested)).toEqual([true, true]);
  expect(game.session.getSnapshot().course.resume).toBeUndefined();
});

test('what has been passed already need not be shown again', () => {
  const game = course();
  game.act({type: 'open', lesson: '1.2'});
  playOther(game, 0);
  game.act({type: 'testOut', chapter: 1});
  expect(game.session.getSnapshot().lesson).toMatchObject({number: '1.B', isTest: true});
});

test('it is passed in one play, not in parts of several', () => {
  const game = course();
  const stars = () => game.progress().lessons['desired-not-done']?.stars;
  // 1. With a hint, all predictions right.
  game.act({type: 'open', lesson: '1.2'}, {type: 'hint'});
  playOther(game, 0);
  expect(stars()).not.toContain('unaided');
  // 2. Without one, a prediction wrong.
  game.act({type: 'open', lesson: '1.2'});
  playOther(game, 2);
  expect(stars()).toEqual(expect.arrayContaining(['unaided', 'foreseen']));
  game.act({type: 'testOut', chapter: 1});
  expect(game.session.getSnapshot().lesson).toMatchObject({number: '1.2', isTest: true});
});

test('who has finished a lesson goes on with the next one behind it, then with what is left before it', () => {
  const game = course();
  const shown = () => game.session.getSnapshot();
  game.act({type: 'open', lesson: '1.2'});
  playOther(game, 0);
  expect(shown().lesson?.next).toBe('1.B First breath');
  game.act({type: 'forget', lesson: '1.2'}, {type: 'open', lesson: '1.B'});
  play(game, 0);
  expect(shown().lesson?.next).toBe('1.2 Desired, not done');
  game.act({type: 'next'});
  expect(shown().lesson?.number).toBe('1.2');
  playOther(game, 0);
  expect(shown().lesson).toMatchObject({solved: true, next: undefined});
  game.act({type: 'next'});
  expect(shown().place).toBe('map');
});

test('a wrong prediction does not skip it; reset begins that part of the test again', () => {
  const game = course();
  game.act({type: 'testOut', chapter: 1});
  playOther(game, 2);
  expect(game.said()).toContain('chapter 1 is not skipped');
  expect(Object.values(game.progress().lessons).some(each => each.tested)).toBe(false);
  game.act({type: 'reset'});
  expect(game.session.getSnapshot().lesson).toMatchObject({number: '1.2', isTest: true, current: 0});
});

test('a lesson is forgotten', () => {
  const game = course();
  game.act({type: 'open', lesson: '1.b'});
  play(game, 0);
  expect(game.progress().lessons['first-breath']?.stars).toEqual(['solved', 'unaided', 'foreseen', 'brief']);
  game.act({type: 'forget', lesson: '1.b'});
  expect(game.progress().lessons).toEqual({});
});
