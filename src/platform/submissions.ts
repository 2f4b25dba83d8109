/** Files that students hand in: read with bounds, since anybody may have written them. */
import {closeSync, constants, fstatSync, openSync, readFileSync} from 'node:fs';
import {createContext, Script} from 'node:vm';
import {LARGEST_SUBMISSION, parseSubmission, type Submission} from '../course/submission.ts';

/** Reads one. Throws an Error whose message says what is wrong with the file. */
export function readSubmission(path: string): Submission {
  return parseSubmission(parseJson(readBounded(path)));
}

function readBounded(path: string): string {
  let file: number;
  try {
    // Never wait for a pipe that somebody laid there.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new Error((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read');
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Error('is not a file');
    if (stat.size > LARGEST_SUBMISSION)
      throw new Error(`is larger than ${LARGEST_SUBMISSION / 1024 / 1024} MiB: no lesson takes that much`);
    return new TextDecoder('utf-8', {fatal: true}).decode(readFileSync(file));
  } catch (error) {
    throw error instanceof TypeError ? new Error('is not UTF-8 text') : error;
  } finally {
    closeSync(file);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('is not whole JSON: it was cut off or damaged');
  }
}

/** Work that has not ended by then is taken to have no end. Far more than the largest lesson takes. */
const PATIENCE_MS = 120_000;

const context = createContext({work: undefined});
const script = new Script('work()');

/** Does the work; ends it by throwing an Error when it takes too long, whatever it does. */
export function within<T>(work: () => T, ms = PATIENCE_MS): T {
  context['work'] = work;
  try {
    return script.runInContext(context, {timeout: ms}) as T;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? new Error('it does not end') : error;
  }
}
