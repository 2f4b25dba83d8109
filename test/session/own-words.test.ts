import {expect, test} from 'vitest';
import {createManualClock} from '../../src/plain/clock.ts';
import {isOwnWord, withoutColon} from '../../src/session/own-words.ts';
import {firstBreath, realSession} from '../tui/real-session.ts';

test.each([
  [':solution', 'solution'],
  ['  :hint', 'hint'],
  [':step stage', 'step stage'],
  [':', ':'],
  [':q!', ':q!'],
  ['kubectl get pods', 'kubectl get pods'],
])('%j is meant as %j', (typed, meant) => expect(withoutColon(typed)).toBe(meant));

test('kubectl is no word of the session', () => {
  expect(['hint', 'help', 'kubectl get pods', ''].map(isOwnWord)).toEqual([true, true, false, false]);
});

test('a word with a colon does what the word does, and is no command', () => {
  const clock = createManualClock();
  const {session} = realSession(clock, firstBreath);
  session.dispatch({type: 'open', lesson: 'first-breath'});
  session.dispatch({type: 'command', line: ':hint'});
  expect(session.getSnapshot().lesson!.hints).toHaveLength(1);
  expect(session.getSnapshot().transcript).toEqual([]);
  session.close();
});

test('after the solution has been played no question is left', () => {
  const clock = createManualClock();
  const {session} = realSession(clock, firstBreath);
  session.subscribe(() => undefined);
  session.dispatch({type: 'open', lesson: 'first-breath'});
  session.dispatch({type: 'command', line: 'kubectl get nodes'});
  clock.turn(20_000);
  session.dispatch({type: 'next'});
  expect(session.getSnapshot().prediction?.chosen).toBeUndefined();
  expect(session.getSnapshot().prediction).toBeDefined();
  session.dispatch({type: 'command', line: 'solution'});
  session.dispatch({type: 'command', line: 'solution'});
  clock.turn(60_000);
  expect(session.getSnapshot().prediction).toBeUndefined();
  expect(session.getSnapshot().lesson!.stepDone).toBe(true);
  session.close();
});
