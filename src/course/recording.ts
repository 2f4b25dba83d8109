/**
 * What a learner did in one lesson, as a list of actions, each with its place in virtual time. Sent again to a session of the same lesson they lead to the same
 * states, so a recording needs to hold none.
 */
import type {ApiRequest} from '../engine/apiserver/request.ts';

/** What a move in time goes to: any event, a request or a line of the story, a commit. */
export type Unit = 'event' | 'stage' | 'revision';

/** What a learner can do that the lesson's course depends on. Plain JSON. */
export type LearnerAction =
  | {readonly type: 'command'; readonly line: string}
  /** The text that the command at hand wanted edited, as it was left; undefined: given up. */
  | {readonly type: 'edited'; readonly text: string | undefined}
  /** Files that were changed outside of the program: name -> text. */
  | {readonly type: 'files'; readonly files: Readonly<Record<string, string>>}
  /** What a client from outside sent while the lesson was attached to. */
  | {readonly type: 'request'; readonly request: ApiRequest}
  | {readonly type: 'interrupt'}
  | {readonly type: 'step'; readonly by: 1 | -1; readonly unit: Unit}
  | {readonly type: 'seek'; readonly step: number}
  | {readonly type: 'present'}
  /** Breakpoints decide how far a step goes. */
  | {readonly type: 'break'; readonly words: readonly string[]}
  | {readonly type: 'breaks'; readonly words: readonly string[]}
  | {readonly type: 'branch'; readonly name?: string | undefined}
  | {readonly type: 'switch'; readonly name: string}
  | {readonly type: 'undo'}
  | {readonly type: 'redo'}
  | {readonly type: 'next'}
  | {readonly type: 'solution'}
  | {readonly type: 'hint'}
  /** The numbers of the cards as they were dealt, in the order that the learner gives them. */
  | {readonly type: 'order'; readonly numbers: readonly number[]}
  /** `sure`: how sure the learner is, in percent; without it, altogether. */
  | {readonly type: 'predict'; readonly option: number; readonly sure?: number};

/** A place in time: how many steps of the journal came before, and the virtual milliseconds since the cluster began. */
export interface Place {
  readonly step: number;
  readonly at: number;
}

export interface RecordedEntry extends Place {
  readonly action: LearnerAction;
}

/** What a learner is allowed. */
export interface LessonRules {
  /** Hints shown a step. */
  readonly hints: number;
  /** The solution may be played. */
  readonly solutions: boolean;
}

/** Every lesson has three hints a step. */
export const FREE_RULES: LessonRules = {hints: 3, solutions: true};

export interface Recording {
  /** What was allowed: what is refused has no effect, so it matters for playing it again. */
  readonly rules: LessonRules;
  /** How many steps of the lesson were done. */
  readonly done: number;
  readonly entries: readonly RecordedEntry[];
  /** Where the learner stopped, with the hash of the cluster's state there; undefined while the lesson goes on. */
  readonly end: (Place & {readonly hash: string}) | undefined;
}

const text = (value: unknown): boolean => typeof value === 'string';
const texts = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.values(value).every(text);
const listOfTexts = (value: unknown): boolean => Array.isArray(value) && value.every(text);
const whole = (value: unknown): boolean => Number.isSafeInteger(value);
const oneOf =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    values.includes(value);
const maybe =
  (test: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || test(value);

/** One from outside brings credentials; that somebody vouches for it is not for a recording to say. */
const isRequest = (value: unknown): boolean => {
  const {method, path, user, manifest} = (value ?? {}) as Partial<ApiRequest>;
  return text(method) && text(path) && user === undefined && manifest === undefined;
};

/** The fields of each action beside its type. */
const FIELDS: Record<LearnerAction['type'], Readonly<Record<string, (value: unknown) => boolean>>> = {
  command: {line: text},
  edited: {text: maybe(text)},
  files: {files: texts},
  request: {request: isRequest},
  interrupt: {},
  step: {by: oneOf(1, -1), unit: oneOf('event', 'stage', 'revision')},
  seek: {step: whole},
  present: {},
  break: {words: listOfTexts},
  breaks: {words: listOfTexts},
  branch: {name: maybe(text)},
  switch: {name: text},
  undo: {},
  redo: {},
  next: {},
  solution: {},
  hint: {},
  order: {numbers: value => Array.isArray(value) && value.every(whole)},
  predict: {option: whole, sure: maybe(value => whole(value) && (value as number) >= 0 && (value as number) <= 100)},
};

/** Whether an action is one that recordings hold. */
export const isLearnerAction = (action: {readonly type: string}): action is LearnerAction => Object.hasOwn(FIELDS, action.type);

const time = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isPlace = (value: Partial<Place>): boolean => whole(value.step) && value.step! >= 0 && time(value.at);

/** Reads a recording from plain JSON. Throws an Error that says where it is not whole; `name` is how the place is called. */
export function parseRecording(value: unknown, name: string): Recording {
  const {rules, done, entries, end} = (value ?? {}) as Partial<Recording>;
  if (!whole(rules?.hints) || typeof rules!.solutions !== 'boolean') throw new Error(`${name}.rules are not whole`);
  if (!whole(done) || done! < 0) throw new Error(`${name}.done must be a number of steps`);
  if (!Array.isArray(entries)) throw new Error(`${name}.entries must be a list`);
  for (const [i, entry] of entries.entries()) {
    const {action, ...place} = (entry ?? {}) as Partial<RecordedEntry>;
    if (!isPlace(place)) throw new Error(`${name}.entries[${i}] has no place in time`);
    if (!action || !isLearnerAction(action)) throw new Error(`${name}.entries[${i}].action is none that a learner can take`);
    const {type, ...fields} = action as LearnerAction & Record<string, unknown>;
    const known = FIELDS[type];
    const wrong =
      Object.keys(known).find(field => !known[field]!((fields as Record<string, unknown>)[field])) ??
      Object.keys(fields).find(field => !Object.hasOwn(known, field));
    if (wrong !== undefined) throw new Error(`${name}.entries[${i}].action.${wrong} is not what a ${type} has`);
  }
  if (end !== undefined && (!isPlace(end) || typeof end.hash !== 'string')) throw new Error(`${name}.end is not whole`);
  return {rules: rules!, done: done!, entries, end};
}
