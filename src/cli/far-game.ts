/** A game in a thread of its own, as the thread that draws it sees it. */
import {join} from 'node:path';
import {setTimeout as patience} from 'node:timers/promises';
import {Worker} from 'node:worker_threads';
import {packageFolder} from '../platform/package-folder.ts';
import {farSession} from '../session/far/far-session.ts';
import type {FromSession} from '../session/far/messages.ts';
import type {Session, View} from '../session/types.ts';
import type {OpenOptions, Wish} from './commands/open.ts';
import {Failure} from './failure.ts';
import type {ProgressFile} from './progress-file.ts';

/**
 * A third of it is collected at a time. Most of what a step makes stays, as history, so V8's own 48 would be collected seldom and hold up a key that asks something; `npm run bench --
 * scale` tells how long it takes.
 */
const YOUNG_MIB = 12;

/** Sealing what was recorded on a cluster of thousands of nodes takes seconds; a thread that computes for ever is not waited for. */
const PATIENCE_MS = 15_000;

export interface GameWish {
  readonly wish: Wish;
  readonly options: OpenOptions;
}

export type FromGame =
  | FromSession
  | ({readonly kind: 'opened'} & Pick<ProgressFile, 'isNew' | 'damage'>)
  | {readonly kind: 'failed'; readonly message: string; readonly exitCode: Failure['exitCode']}
  /** The learner leaves. */
  | {readonly kind: 'quit'}
  | {readonly kind: 'closed'};

export interface FarGame {
  readonly session: Session;
  /** Starts the thread; resolves when the game is open. Rejects with what it could not be opened for. */
  begin(): Promise<Pick<ProgressFile, 'isNew' | 'damage'>>;
  /** Sets what happens when the learner leaves. */
  onQuit(stop: () => void): void;
  /** Ends the thread; what was recorded is sealed before. */
  close(): Promise<void>;
}

/** `map` is shown until the game has begun. What breaks in the game once it is open is thrown in this thread, for nobody to catch. */
export function farGame(wish: Wish, options: OpenOptions, map?: View): FarGame {
  let thread: Worker | undefined;
  let quit = (): void => {};
  const {session, receive} = farSession(message => thread?.postMessage(message), map);
  const begin = (): ReturnType<FarGame['begin']> =>
    new Promise((resolve, reject) => {
      let open = false;
      thread = new Worker(join(packageFolder(), 'dist', 'game-thread.js'), {
        workerData: {wish, options} satisfies GameWish,
        resourceLimits: {maxYoungGenerationSizeMb: YOUNG_MIB},
      });
      thread.on('message', (message: FromGame) => {
        if (message.kind === 'opened') {
          open = true;
          resolve(message);
        } else if (message.kind === 'failed') reject(new Failure(message.message, message.exitCode));
        else if (message.kind === 'quit') quit();
        else if (message.kind !== 'closed') receive(message);
      });
      thread.on('error', error => {
        if (open) throw error;
        reject(error);
      });
    });
  return {
    session,
    begin,
    onQuit(stop) {
      quit = stop;
    },
    async close() {
      const closing = thread;
      thread = undefined;
      if (!closing) return;
      const closed = new Promise<void>(resolve => {
        closing.on('message', ({kind}: FromGame) => kind === 'closed' && resolve());
        closing.once('exit', () => resolve());
      });
      closing.postMessage('close');
      await Promise.race([closed, patience(PATIENCE_MS, undefined, {ref: false})]);
      await closing.terminate();
    },
  };
}
