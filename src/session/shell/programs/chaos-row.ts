/** One way to disturb a cluster: the words, what they stand for, what is said when it is done. */
import {type Control, ControlError} from '../../../engine/cluster/control.ts';
import type {ProgramEnv} from '../shell.ts';

export interface ChaosRow {
  /** Words before the names. */
  readonly words: readonly string[];
  readonly names: readonly string[];
  readonly about: string;
  /** Throws ControlError for what is not there. */
  control(args: readonly string[], env: ProgramEnv): Control;
  said(args: readonly string[]): string;
  /** What is said where that is how it was already. */
  idle?(args: readonly string[]): string;
}

/** The word, if it is one of those known. Throws ControlError that names them. */
export function oneOf<const T extends string>(what: string, known: readonly T[], word = ''): T {
  const found = known.find(each => each === word);
  if (found === undefined)
    throw new ControlError(`${what} is ${known.slice(0, -1).join(', ')} or ${known.at(-1)}, not ${word || 'nothing'}`);
  return found;
}
