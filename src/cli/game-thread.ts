/** The thread in which a game is played that is drawn in another: what takes long in it holds up neither frames nor keys. */
import {parentPort, workerData} from 'node:worker_threads';
import {hostSession} from '../session/far/host.ts';
import type {ToSession} from '../session/far/messages.ts';
import {Failure} from './failure.ts';
import type {FromGame, GameWish} from './far-game.ts';
import {createGame} from './game.ts';
import {wallClock} from './wall-clock.ts';

const screen = parentPort!;
const post = (message: FromGame): void => screen.postMessage(message);
try {
  const {wish, options} = workerData as GameWish;
  const game = createGame(wish, options, wallClock);
  const {isNew, damage} = game.own;
  game.onQuit(() => post({kind: 'quit'}));
  const take = hostSession(game.session, post);
  screen.on('message', async (message: ToSession | 'close') => {
    if (message !== 'close') return take(message);
    await game.close();
    post({kind: 'closed'});
  });
  post({kind: 'opened', isNew, damage});
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  post({kind: 'failed', message: error.message, exitCode: error.exitCode});
}
