import {expect, test} from 'vitest';
import {mustWait} from '../../../src/session/own-words.ts';
import {play} from '../playing.ts';

test('a command at work lets the session’s own words pass, and nothing else', () => {
  const game = play();
  expect(mustWait(game.view(), 'kubectl get pods', false)).toBe(false);
  game.type('sleep 1h');
  const waits = (behind: boolean): string[] =>
    ['kubectl get pods', 'constructor', 'skip', 'help', 'mark here', ':next'].filter(line => mustWait(game.view(), line, behind));
  expect(waits(false)).toEqual(['kubectl get pods', 'constructor']);
  // What goes on in the lesson comes after the lines that wait already.
  expect(waits(true)).toEqual(['kubectl get pods', 'constructor', ':next']);
});

test('a watch is one request, however often its events are read', () => {
  const game = play();
  game.type('kubectl get pods -w');
  game.wait(5);
  const asked = (end: string) => game.view().facts.requests.filter(each => each.user === 'kubernetes-admin' && each.path.endsWith(end));
  expect(asked('/pods').map(each => each.verb)).toEqual(['watch', 'list']);
  game.session.dispatch({type: 'interrupt'});
  game.type('pause', 'kubectl get nodes', 'kubectl get nodes');
  expect(asked('/nodes')).toHaveLength(2);
});

test('who cannot go on yet is told what is missing: the answer, or what is to be done', () => {
  const game = play('lessons/01-birth-certificate/01-first-breath.yaml');
  game.type('next');
  expect(game.remark()).toBe('not yet: the lesson shows with ◌ what is missing');
  game.type('kubectl get nodes', 'next', 'kubectl create -f myapp-pod.yaml', 'next');
  expect(game.remark()).toMatch(/^not yet: the question waits for your answer/);
});
