/** What a process sees of the world: the clock, its files, its network, its standard output. */
import type {PodNetwork} from '../../api/cri.ts';
import type {Server} from './types.ts';

/** The files of one container: its image's, what it wrote, what is mounted. */
export interface FileView {
  read(path: string): string | undefined;
  /** False: there is no such directory, or it is read-only. */
  write(path: string, text: string, append?: boolean): 'ok' | 'read-only' | 'missing';
  remove(path: string): boolean;
  /** Names in a directory, or undefined when it is none. */
  list(path: string): string[] | undefined;
  makeDirectory(path: string): boolean;
}

export interface System {
  readonly now: number;
  readonly date: string;
  readonly hostname: string;
  readonly addresses: readonly string[];
  readonly files: FileView;
  readonly network: PodNetwork;
  readonly uid: number;
  /** Command lines of the processes in the same PID namespace; the first is PID 1. */
  readonly processes: readonly string[];
}

/** What a program has done, or how it blocks. Output comes first. */
export interface Outcome {
  stdout?: string;
  stderr?: string;
  status?: number;
  /** Milliseconds before it goes on. */
  sleep?: number;
  block?: 'forever' | 'jobs';
  server?: Server;
  /** The shell itself is to end. */
  exit?: number;
  /** A shell variable, a new directory, a trap. */
  set?: Readonly<Record<string, string>>;
  cwd?: string;
  trap?: {script: string; signals: readonly string[]};
  /** From now on the process uses this much more, and grows so. */
  memory?: {base: number; perSecond: number};
  cpuMilli?: number;
  /** Processes it has started beside itself. */
  forks?: number;
  /** Bytes it has written into the container's layer, beyond the files that can be read. */
  written?: number;
}

export interface Invocation {
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  stdin: string;
  cwd: string;
  system: System;
  /** Programs that can be executed. */
  has(program: string): boolean;
}

export type Binary = (call: Invocation) => Outcome;

/** An absolute path without `.` and `..`. */
export function resolvePath(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
