/** What a session consists of. Replaced as a whole, never changed. */
import type {Progress} from '../course/progress.ts';
import type {LessonRules, Recording} from '../course/recording.ts';
import type {Lesson, LessonHead} from '../course/types.ts';
import type {Cluster} from '../engine/cluster/cluster.ts';
import type {Ref} from '../selectors/styled.ts';
import type {Question} from '../selectors/why.ts';
import type {Commands, LessonRun} from './lesson/lesson-run.ts';
import type {Door} from './outside/door.ts';
import type {Folder} from './shell/folder.ts';
import {newShell, type ShellState} from './shell/shell.ts';
import type {Breakpoint} from './time/breakpoints.ts';
import type {EditView, SessionAction, TimeView, Tone, TranscriptEntry, View} from './types.ts';
import type {WorldOptions, WorldState} from './world.ts';

/** What a session needs of the real world. */
export interface Ports {
  /** Milliseconds that only go forward. */
  now(): number;
  /** Calls back once, later; returns what prevents it. */
  later(ms: number, callback: () => void): () => void;
  /** Changes what is kept of the learner's progress, as it stands by now; returns what is kept. */
  changeProgress(change: (kept: Progress) => Progress): Progress;
  /** Keeps what the learner did in a lesson; each time the whole of it, from its opening on. */
  saveRecording?(lesson: Lesson, recording: Recording): void;
  /** What the learner did of a lesson and did not bring to its end: it is gone on with. */
  readonly unfinished?: ((lesson: Lesson) => Recording | undefined) | undefined;
  /** A real folder that holds the learner's files. */
  readonly folder?: Folder | undefined;
  /** Opens a server for clients from outside; undefined where there can be none. Rejects with a sentence for people. */
  attach?(door: Door): Promise<AttachedServer>;
  quit(): void;
}

/** Where clients from outside come in. */
export interface AttachedServer {
  readonly url: string;
  /** Path of the kubeconfig on the real disk. */
  readonly kubeconfig: string;
  close(): void;
}

export interface SessionOptions {
  readonly lessons: readonly LessonHead[];
  /** The whole of a lesson that is opened. Throws an Error with one sentence where its file is broken. */
  readonly readLesson: (head: LessonHead) => Lesson;
  readonly progress: Progress;
  /** Ids of lessons that were left before their end in earlier sittings. Default: none. */
  readonly begun?: readonly string[];
  readonly ports: Ports;
  /** A free world's set-up. */
  readonly sandbox: WorldOptions;
  /** Where the world of a lesson, or a free one, comes from; default: it is built. */
  readonly worldOf?: (options: WorldOptions) => WorldState;
  /** Default: everything is allowed. */
  readonly rules?: LessonRules;
}

/** A line that was entered, with what is needed to take it back. */
export interface Entry extends TranscriptEntry {
  readonly position: number;
  readonly exitCode: number;
  readonly filesBefore: Readonly<Record<string, string>>;
  readonly filesAfter: Readonly<Record<string, string>>;
  /** A client from outside asked, and changed nothing: there is nothing to take back. */
  readonly looked?: boolean | undefined;
  /** It only told something about the session: no command, nothing to take back. */
  readonly aside?: true;
}

export interface Branch {
  readonly name: string;
  readonly cluster: Cluster;
  readonly entries: readonly Entry[];
  /** Commands taken back, the last one last; each with the timeline and the files as they were. */
  readonly undone: readonly {
    readonly entries: readonly Entry[];
    readonly cluster: Cluster;
    readonly files: Readonly<Record<string, string>>;
  }[];
  /** The branch it began in. */
  readonly from?: string;
  /** The shell as it was left; undefined while the learner is here. */
  readonly shell?: ShellState;
}

/** A moment with a name. It keeps its cluster, so it can be compared even when a branch has been left or a command taken back. */
export interface Bookmark {
  readonly name: string;
  readonly cluster: Cluster;
  readonly position: number;
  /** The branch it was made in. */
  readonly branch: string;
}

/** Everything that is a session's own. Replaced, never changed. */
export interface State {
  readonly place: View['place'];
  readonly world: WorldState | undefined;
  readonly branch: Branch | undefined;
  readonly others: readonly Branch[];
  readonly shell: ShellState;
  readonly run: LessonRun | undefined;
  readonly progress: Progress;
  /** Ids of lessons that were opened, in this sitting or in an earlier one. */
  readonly begun: readonly string[];
  /** What the command at hand wants edited. */
  readonly editing: EditView | undefined;
  readonly paused: boolean;
  /** Whether time stood when the learner left the present. */
  readonly pausedBefore: boolean;
  readonly speed: number;
  /** How fast time flows, where it cannot keep up with the speed. */
  readonly pace: number | undefined;
  readonly walk: TimeView['walk'];
  readonly selected: Ref | undefined;
  readonly question: Question | undefined;
  readonly breakpoints: readonly Breakpoint[];
  /** What stopped the clock, in words; undefined once it flows again. */
  readonly hit: string | undefined;
  readonly bookmarks: readonly Bookmark[];
  /** The branch shown beside this one. */
  readonly beside: string | undefined;
  /** What was asked to be looked at last. */
  readonly shown: View['shown'];
  /** Virtual time runs as fast as it can until the command at hand is over. */
  readonly skipping: boolean;
  readonly toast: View['toast'];
  /** A command given in the past, waiting to be given again. */
  readonly forkAsked: string | undefined;
  readonly entries: number;
  readonly attached: AttachedServer | undefined;
}

/** What the learner sets up in a world, and what ends with it. */
export const untouched = {
  selected: undefined,
  question: undefined,
  breakpoints: [],
  hit: undefined,
  pausedBefore: false,
  bookmarks: [],
  beside: undefined,
  shown: undefined,
  skipping: false,
} satisfies Partial<State>;

export const initialState = (progress: Progress, begun: readonly string[] = []): State => ({
  place: 'map',
  world: undefined,
  branch: undefined,
  others: [],
  shell: newShell(),
  run: undefined,
  progress,
  begun,
  editing: undefined,
  paused: false,
  speed: 1,
  pace: undefined,
  walk: undefined,
  ...untouched,
  toast: undefined,
  forkAsked: undefined,
  entries: 0,
  attached: undefined,
});

export const commandsOf = (branch: Branch | undefined): Commands =>
  (branch?.entries ?? []).filter(e => !e.aside).map(e => ({line: e.line, exitCode: e.exitCode, position: e.position}));

/** What the parts of a session share: the state, and the few ways to change it. */
export interface Core {
  readonly options: SessionOptions;
  readonly state: State;
  set(change: Partial<State>): void;
  /** A passing remark to the learner. */
  remark(tone: Tone, text: string): void;
  /** Prints what a word of the session has to tell, as if a command had. */
  print(line: string, output: string): void;
  /** Opens a view. */
  show(what: NonNullable<View['shown']>['what']): void;
  /** Tells the front ends, at once. */
  tell(): void;
  act(action: SessionAction): void;
}

/** Keeps a change of the progress. */
export const keepProgress = (core: Core, change: (kept: Progress) => Progress): void =>
  core.set({progress: core.options.ports.changeProgress(change)});

export const clusterOf = (core: Core): Cluster | undefined => core.state.branch?.cluster;

/** A moment before the last one known is looked at. */
export function inPast(core: Core): boolean {
  const history = clusterOf(core)?.history;
  return history !== undefined && history.position < history.length;
}
