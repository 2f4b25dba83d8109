/**
 * What the screen needs of a session: a snapshot to draw, actions to send, answers to ask for. The screen keeps nothing that stands here.
 */

import type {LearnerAction} from '../course/recording.ts';
import type {ApiRequest} from '../engine/apiserver/request.ts';
import type {BesideFacts} from '../selectors/beside.ts';
import type {DetailView, LookKind} from '../selectors/detail.ts';
import type {Facts} from '../selectors/facts/facts.ts';
import type {Ref, Token} from '../selectors/styled.ts';

/** A snapshot: a new object whenever anything in it changed, the same object otherwise. */
export interface View {
  readonly place: 'map' | 'lesson' | 'sandbox';
  readonly course: CourseView;
  readonly lesson: LessonView | undefined;
  readonly time: TimeView;
  readonly facts: Facts;
  /** The learner's shell: newest last. */
  readonly transcript: readonly TranscriptEntry[];
  /** The last command of the transcript has not ended yet. */
  readonly busy: boolean;
  /** What the prompt waits for, while it does. */
  readonly waiting: WaitingView | undefined;
  /** What the learner asked to look at last: a panel, a text, another timeline beside this one. */
  readonly shown: {readonly id: number; readonly what: ShownView} | undefined;
  /** Both timelines, while another one is shown beside this one. */
  readonly beside: BesideFacts | undefined;
  readonly prediction: PredictionView | undefined;
  readonly ordering: OrderingView | undefined;
  /** A text that a command wants edited; it waits for the action `edited`. */
  readonly editing: EditView | undefined;
  /** A passing remark: the last thing that happened and deserves a word. */
  readonly toast: {readonly id: number; readonly tone: Tone; readonly text: string} | undefined;
  /** Where a command goes: the kubeconfig's current context and namespace. */
  readonly context: string;
  readonly namespace: string;
}

export type ShownView = {readonly panel: string} | {readonly detail: DetailView} | {readonly beside: string};

export interface WaitingView {
  readonly line: string;
  /** Virtual time until which it sleeps, where that is far off; undefined: it looks again and again. */
  readonly until: number | undefined;
  /** It is being skipped: time runs as fast as it can. */
  readonly skipping: boolean;
}

export type Tone = Extract<Token, 'ok' | 'warn' | 'error' | 'accent'>;

export interface CourseView {
  readonly chapters: readonly ChapterView[];
  /** The lesson to go on with. */
  readonly resume: string | undefined;
}

export interface ChapterView {
  readonly number: number;
  readonly title: string;
  readonly lessons: readonly LessonCard[];
  /** Number and title of each lesson that the chapter is skipped with. */
  readonly tests: readonly string[];
}

export interface LessonCard {
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly about: string;
  readonly minutes: number;
  readonly state: 'locked' | 'open' | 'started' | 'solved' | 'skipped';
  readonly stars: readonly {readonly name: string; readonly earned: boolean}[];
  /** Titles of lessons to be solved before this one. */
  readonly needs: readonly string[];
}

export interface LessonView {
  readonly id: string;
  readonly number: string;
  readonly title: string;
  /** It is played as the test of its chapter. */
  readonly isTest: boolean;
  /** Panels to show, in order. */
  readonly panels: readonly string[];
  readonly steps: readonly StepView[];
  /** Index of the step at hand; `steps.length` when all are done. */
  readonly current: number;
  readonly hints: readonly string[];
  readonly hintsLeft: number;
  /** What a misconception's pattern has to say, in the step in which it fires. */
  readonly mistake: string | undefined;
  /** Markdown; shown when the lesson is solved. */
  readonly debrief: string | undefined;
  readonly solved: boolean;
  /** All objectives of the step at hand are met: the learner may go on. */
  readonly stepDone: boolean;
  /** Number and title of the lesson to go on with, when this one is solved. */
  readonly next: string | undefined;
}

export interface StepView {
  readonly id: string;
  /** Markdown. */
  readonly say: string;
  /** A command worth typing, if the step names one. */
  readonly command: string | undefined;
  /** The panel in which what it does is seen, where the step is about one. */
  readonly panel: string | undefined;
  readonly state: 'done' | 'current' | 'later';
  /** Its question waits for an answer; what is to be reached might give it away, so none of the objectives is there before. */
  readonly questionFirst: boolean;
  /** The question is open still, and what it asks about has been done. */
  readonly askedLate: boolean;
  readonly objectives: readonly {readonly text: string; readonly met: boolean; readonly gap: string}[];
}

export interface PredictionView {
  readonly id: string;
  readonly ask: string;
  readonly options: readonly string[];
  /** Index of what the learner chose. */
  readonly chosen: number | undefined;
  /** Index of what came true, once it is known. */
  readonly truth: number | undefined;
  readonly verdict: string;
}

/** Cards to be put in order, numbered from 1 as they were dealt. */
export interface OrderingView {
  readonly id: string;
  readonly ask: string;
  /** Texts, by number. */
  readonly cards: readonly string[];
  /** Numbers in the order that the learner gave them; undefined: none yet. */
  readonly answer: readonly number[] | undefined;
  /** How many of the answer are in order. */
  readonly right: number;
  /** Numbers in their true order, once it is known. */
  readonly truth: readonly number[] | undefined;
}

export interface TimeView {
  readonly now: number;
  /** Virtual time of the present; larger than `now` while the past is looked at. */
  readonly end: number;
  readonly step: number;
  /** Where the learner's time begins: what was before is the set-up. */
  readonly firstStep: number;
  readonly lastStep: number;
  readonly past: boolean;
  readonly paused: boolean;
  /** Why a breakpoint stopped the clock; undefined when none did. */
  readonly hit: string | undefined;
  readonly breakpoints: number;
  /** True when nothing but periodic work is due. */
  readonly idle: boolean;
  readonly speed: number;
  /** Virtual milliseconds a real one, where so much is computed that time cannot keep up with the speed. */
  readonly pace: number | undefined;
  /** What was predicted is being found out by running ahead: the clock stands meanwhile. */
  readonly foreseeing: boolean;
  /** The learner's commands and other landmarks. */
  readonly marks: readonly {
    readonly step: number;
    readonly atMs: number;
    readonly label: string;
    readonly kind: 'command' | 'error' | 'bookmark';
  }[];
  readonly branch: string;
  /** The learner's request on its way: which one (the note's id), and how many of its stages it has passed; undefined: none is being watched. */
  readonly walk: {readonly request: string; readonly passed: number} | undefined;
}

export interface EditView {
  readonly file: string;
  readonly text: string;
  /** What is wrong with it before anything is changed. */
  readonly faults: readonly ManifestFault[];
}

/** What is wrong with a manifest, and where: line and column count from 1. */
export interface ManifestFault {
  readonly line: number;
  readonly column: number;
  /** Path of the field; '' where it is of the text itself. */
  readonly field: string;
  readonly message: string;
}

export interface TranscriptEntry {
  readonly id: number;
  readonly line: string;
  readonly output: string;
  readonly failed: boolean;
}

export interface Completion {
  /** Where in the line the completed word begins. */
  readonly from: number;
  readonly items: readonly {readonly text: string; readonly about: string}[];
}

export type {Unit} from '../course/recording.ts';
export type {DetailKind, DetailView, LookKind} from '../selectors/detail.ts';

export type SessionAction =
  | LearnerAction
  | {readonly type: 'toggle'}
  /** Lets time flow, from the present. */
  | {readonly type: 'flow'}
  | {readonly type: 'speed'; readonly by: 1 | -1}
  | {readonly type: 'select'; readonly ref: Ref | undefined}
  /** Asks for the chain of causes of something, or of one of its fields. */
  | {readonly type: 'why'; readonly ref: Ref; readonly field?: string}
  /** The same in words: `pod/web spec.nodeName`, `rev 41`. */
  | {readonly type: 'ask'; readonly words: readonly string[]}
  | {readonly type: 'mark'; readonly name: string | undefined}
  | {readonly type: 'marks'}
  /** To the command or bookmark before or after. */
  | {readonly type: 'landmark'; readonly by: 1 | -1}
  | {readonly type: 'goto'; readonly words: readonly string[]}
  | {readonly type: 'compare'; readonly words: readonly string[]}
  | {readonly type: 'branches'}
  | {readonly type: 'beside'; readonly name: string | undefined}
  | {readonly type: 'skip'}
  /** The request that is watched on its way need not be watched any longer. */
  | {readonly type: 'arrive'}
  /** `anew`: from its beginning, whatever was done of it. */
  | {readonly type: 'open'; readonly lesson: string; readonly anew?: true}
  /** Opens the test with which a chapter is skipped. */
  | {readonly type: 'testOut'; readonly chapter: number}
  /** Takes a lesson's result away. */
  | {readonly type: 'forget'; readonly lesson: string}
  | {readonly type: 'sandbox'}
  /** What a client from outside sends. */
  | {readonly type: 'request'; readonly request: ApiRequest}
  | {readonly type: 'attach'}
  | {readonly type: 'detach'}
  | {readonly type: 'map'}
  | {readonly type: 'reset'}
  | {readonly type: 'quit'};

/** A session as the front ends see it. */
export interface Session {
  getSnapshot(): View;
  /** Calls back at most ten times a second while time flows, at once after an action. Returns what ends it. */
  subscribe(listener: () => void): () => void;
  dispatch(action: SessionAction): void;
  /** What was sent or asked has not been answered yet, so the snapshot does not show it: keys wait, for what they do depends on it. */
  awaits(): boolean;
  /** Each of these tells `then` the answer: at once where the session is at hand, later where it lives in another thread. */
  complete(line: string, cursor: number, then: (completion: Completion) => void): void;
  /** What is wrong with a text that is being edited, as the API server would find it. Nobody has to wait for it. */
  check(text: string, then: (faults: readonly ManifestFault[]) => void): void;
  detail(ref: Ref, kind: LookKind, then: (detail: DetailView) => void): void;
}
