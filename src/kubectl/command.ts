import type {Context} from './context.ts';
import type {FlagTable} from './flags.ts';
import type {Effects} from './types.ts';

/** One command of kubectl; a row of a table of commands. */
export interface Command {
  name: string;
  aliases?: readonly string[];
  /** What stands behind `kubectl` in its usage line. */
  use: string;
  short: string;
  flags?: FlagTable;
  subcommands?: readonly Command[];
  /** With subcommands: words that name none of them are passed over. */
  heedless?: true;
  /** Of a group of commands, called alone: where its help goes and how it ends, unless to standard error and badly. */
  alone?: {stream: 'stdout'; exitCode: number};
  /** False where everything behind the first argument belongs to it (exec). */
  interspersed?: boolean;
  /** Words after which completion offers `kinds`, `names`, `files`, `pods`, `contexts`, `nodes`. */
  completes?: 'resources' | 'pods' | 'pod-names' | 'nodes' | 'contexts' | 'kinds' | 'namespaced-names';
  /** Throws Failure or ApiError; returns the exit code where it is not 0. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most commands end without a code
  run?(context: Context): Effects<number | void>;
}
