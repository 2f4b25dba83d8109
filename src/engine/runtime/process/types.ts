/** Processes as plain data: what each waits for, and what it is to do next. */
import type {ServeProgram} from '../catalogue/catalogue.ts';

/** How a process takes the polite signal. */
export type TermHandling =
  | {kind: 'ignore'}
  | {kind: 'exit'; exitCode: number; after: number}
  /** A shell's `trap`: commands to run. */
  | {kind: 'trap'; script: string};

/** A program that serves, waits or dies at set times. Times are virtual milliseconds. */
export interface Server {
  ports: readonly number[];
  /** When it begins to accept connections; before, they are refused. */
  readyAt: number;
  /** From then on every answer is 500 (and a TCP connection is still accepted). */
  unhealthyAt?: number;
  /** From then on nothing is answered at all. */
  hangsAt?: number;
  protocol: 'http' | 'tcp';
  /** Milliseconds to an answer. */
  latency?: number;
  body?: string;
  paths?: ServeProgram['paths'];
  /** When it ends by itself. */
  exit?: {at: number; code: number; lastWords?: string};
}

/** A thread of execution: the shell's, or a background job's. */
export interface Task {
  /** What it executes: a script, or one command. */
  readonly source: {readonly script: string} | {readonly argv: readonly string[]};
  /** Positional parameters, `$0` first. */
  readonly params: readonly string[];
  /** Next instruction of the compiled source. */
  readonly pc: number;
  readonly status: number;
  readonly vars: Readonly<Record<string, string>>;
  /** Running `for` loops: words left, by instruction. */
  readonly loops: Readonly<Record<string, readonly string[]>>;
  readonly cwd: string;
  /** Asleep until then; or for ever, or until its jobs have ended. */
  readonly wakeAt?: number;
  readonly blocked?: 'forever' | 'jobs';
  readonly server?: Server;
  /** Ended with this code. */
  readonly exitCode?: number;
}

export interface Process {
  /** PID 1 of the container. */
  readonly main: Task;
  readonly jobs: readonly Task[];
  readonly term: TermHandling;
  /** Bytes: at the start, and what it grows by in a second. */
  readonly memory: {readonly base: number; readonly perSecond: number; readonly since: number};
  /** Cores in use, in thousandths. */
  readonly cpuMilli: number;
  /** Processes it has started beside itself. */
  readonly forks?: number;
  /** A trap that waits for the command in the foreground. */
  readonly pendingTrap?: string;
  /** It was asked to end and will, then. */
  readonly ending?: {readonly at: number; readonly code: number};
}
