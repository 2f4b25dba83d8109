/** What a command prints: nothing of it can act on the terminal. */
import {inertJson, inertLines} from '../selectors/inert.ts';

export const print = (text: string): void => void process.stdout.write(inertLines(text));

export const say = (line: string): void => print(`${line}\n`);

/** One sentence on standard error. */
export const warn = (sentence: string): void => void process.stderr.write(inertLines(`podyssey: ${sentence}\n`));

export const printJson = (value: unknown, indent = 2): void =>
  void process.stdout.write(inertJson(`${JSON.stringify(value, null, indent)}\n`));
