/** Work spread over the cores of the machine. */
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {Worker} from 'node:worker_threads';
import {packageFolder} from './package-folder.ts';

export interface Spread<Piece, Outcome> {
  /** A file of dist/ that answers each message, a piece, with its outcome. */
  readonly module: string;
  /** The same in this thread: for a single piece or core, and for who runs the sources. */
  inPlace(piece: Piece): Outcome;
  /** Is told the outcomes in the order of the pieces, each as soon as it and those before it are there. */
  tell(outcome: Outcome, index: number): void;
}

/** Does the pieces, each thread one after the other. Pieces and outcomes are plain data. */
export async function spread<Piece, Outcome>(pieces: readonly Piece[], {module, inPlace, tell}: Spread<Piece, Outcome>): Promise<void> {
  const built = join(packageFolder(), 'dist', module);
  const count = existsSync(built) ? Math.min(pieces.length, availableParallelism()) : 1;
  if (count < 2) return pieces.forEach((piece, i) => void tell(inPlace(piece), i));

  const workers = Array.from({length: count}, () => new Worker(built));
  const outcomes = new Map<number, Outcome>();
  let next = 0;
  let told = 0;
  const work = async (worker: Worker): Promise<void> => {
    while (next < pieces.length) {
      const index = next++;
      worker.postMessage(pieces[index]);
      outcomes.set(index, ((await once(worker, 'message')) as [Outcome])[0]);
      for (; outcomes.has(told); told++) tell(outcomes.get(told)!, told);
    }
  };
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()));
  }
}
