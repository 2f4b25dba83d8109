/** Laws of time: whatever a learner typed, going elsewhere and coming back changes nothing. */
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {play} from '../session/playing.ts';

const line = fc.constantFrom(
  'kubectl run web --image=nginx',
  'kubectl create configmap a --from-literal=b=c',
  'kubectl delete pod web --wait=false',
  'kubectl cordon node-1',
  'kubectl create deployment shop --image=nginx --replicas=2',
  'kubectl label node node-1 colour=blue',
);
const lines = fc.uniqueArray(line, {minLength: 1, maxLength: 3});
const hash = (game: ReturnType<typeof play>): string => game.session.core.state.branch!.cluster.hash();

test('going to a mark and back to the present gives the same state', () =>
  fc.assert(
    fc.property(lines, lines, fc.nat(100), (before, after, back) => {
      const game = play();
      game.type(...before, 'mark here', ...after, 'pause');
      const present = hash(game);
      game.session.dispatch({type: 'goto', words: ['here']});
      for (let n = 0; n < back % 7; n += 1) game.session.dispatch({type: 'step', by: -1, unit: 'event'});
      game.session.dispatch({type: 'present'});
      expect(hash(game)).toBe(present);
      game.session.close();
    }),
    {numRuns: 12},
  ));

test('redo after undo is the state before, undo after redo the state after the undo', () =>
  fc.assert(
    fc.property(lines, typed => {
      const game = play();
      game.type('pause', ...typed);
      const done = hash(game);
      game.session.dispatch({type: 'undo'});
      const undone = hash(game);
      game.session.dispatch({type: 'redo'});
      expect(hash(game)).toBe(done);
      game.session.dispatch({type: 'undo'});
      expect(hash(game)).toBe(undone);
      game.session.close();
    }),
    {numRuns: 12},
  ));

test('a branch shares the past, to the step, and leaves the line it came from as it was', () =>
  fc.assert(
    fc.property(lines, line, (typed, other) => {
      const game = play();
      game.type(...typed, 'pause');
      const main = game.session.core.state.branch!.cluster;
      const [length, state] = [main.history.length, main.hash()];
      const at = Math.floor((main.history.first + length) / 2);
      game.session.dispatch({type: 'seek', step: at});
      game.session.dispatch({type: 'branch', name: 'else'});
      game.type(other);
      const own = game.session.core.state.branch!.cluster;
      expect(own).not.toBe(main);
      const shared = at - main.machine.journal.first;
      expect(own.machine.journal.steps.slice(0, shared).every((step, i) => step === main.machine.journal.steps[i])).toBe(true);
      expect([main.history.length, main.hash()]).toEqual([length, state]);
      game.session.close();
    }),
    {numRuns: 12},
  ));
