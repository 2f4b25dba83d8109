/** One way to disturb a cluster: the words, what they stand for, what is said when it is done. */
import type {Control} from '../../../engine/cluster/control.ts';
import type {ProgramEnv} from '../shell.ts';

export interface ChaosRow {
  /** Words before the names. */
  readonly words: readonly string[];
  readonly names: readonly string[];
  readonly about: string;
  /** Throws ControlError for what is not there. */
  control(args: readonly string[], env: ProgramEnv): Control;
  said(args: readonly string[]): string;
}
