/** Words that the session itself understands, and lines that only look. */
import {TIME_WORDS} from './time/time-words.ts';
import type {SessionAction} from './types.ts';

export interface OwnWord {
  /** How it is called, where it takes more than its name. */
  readonly usage?: string;
  readonly about: string;
  /** Typed behind lines that wait for a command's end, it waits its turn. */
  readonly inTurn?: true;
  /** Undefined where the word is not used as it should be. */
  action(args: readonly string[]): SessionAction | undefined;
}

/** Each word with its action. */
export const SESSION_WORDS: Readonly<Record<string, OwnWord>> = {
  next: {about: 'go on to the next step', inTurn: true, action: () => ({type: 'next'})},
  hint: {about: 'a hint for this step', action: () => ({type: 'hint'})},
  predict: {
    about: 'predict NUMBER [PERCENT]: commit to an answer, and say how sure you are of it',
    inTurn: true,
    action([n, percent = '100']) {
      const sure = Number(percent.replace('%', ''));
      if (!Number.isInteger(sure) || sure < 0 || sure > 100) return undefined;
      return {type: 'predict', option: Number(n) - 1, ...(sure !== 100 && {sure})};
    },
  },
  order: {
    usage: 'order NUMBERS',
    about: 'put the cards in order by their numbers: order 3 1 2',
    inTurn: true,
    action: numbers => (numbers.length > 0 ? {type: 'order', numbers: numbers.map(Number)} : undefined),
  },
  solution: {about: 'have the solution played', inTurn: true, action: () => ({type: 'solution'})},
  ...TIME_WORDS,
  reset: {about: 'begin the lesson again', action: () => ({type: 'reset'})},
  map: {about: 'the course map', action: () => ({type: 'map'})},
  play: {about: 'play NUMBER: open a lesson', action: ([word]) => (word ? {type: 'open', lesson: word} : undefined)},
  'test-out': {
    about: 'test-out NUMBER: skip a chapter by its test',
    action: ([chapter]) => (Number(chapter) > 0 ? {type: 'testOut', chapter: Number(chapter)} : undefined),
  },
  forget: {about: 'forget NUMBER: a lesson as if never played', action: ([word]) => (word ? {type: 'forget', lesson: word} : undefined)},
  sandbox: {about: 'free play', action: () => ({type: 'sandbox'})},
  attach: {about: 'let a real kubectl in: opens a port on 127.0.0.1 and writes a kubeconfig', action: () => ({type: 'attach'})},
  detach: {about: 'close that port', action: () => ({type: 'detach'})},
  quit: {about: 'leave', action: () => ({type: 'quit'})},
};

/** The line as it is meant: who is used to `:` before a word may type it. */
export function withoutColon(line: string): string {
  const [, bare = ''] = /^\s*:(.*)$/.exec(line) ?? [];
  return isOwnWord(bare) ? bare : line;
}

/** A line that the session itself understands. */
export function isOwnWord(line: string): boolean {
  const [word = ''] = line.trim().split(/\s+/);
  return word === 'help' || Object.hasOwn(SESSION_WORDS, word);
}

/** A line that moves in time, or looks at it. */
export const isTimeWord = (line: string): boolean => Object.hasOwn(TIME_WORDS, withoutColon(line).trim().split(/\s+/)[0]!);

/** A line that can only run when the command at hand is over: all but the session's own words, and of those the ones that come `behind` others. */
export function mustWait({busy}: {readonly busy: boolean}, line: string, behind: boolean): boolean {
  const bare = withoutColon(line);
  return busy && (!isOwnWord(bare) || (behind && wordOf(bare)?.inTurn === true));
}

const wordOf = (line: string): OwnWord | undefined => SESSION_WORDS[line.trim().split(/\s+/)[0]!];

/** Commands that go on until they are ended. */
export const follows = (line: string): boolean =>
  /^etcdctl watch\b/.test(line) ||
  (/(^|\s)(-w|--watch|--watch-only|-f|--follow)(=true)?(\s|$)/.test(line) && !/\bcreate|apply|replace|delete\b/.test(line));

/** Commands that read and never write: in the past they show the past. */
export const onlyLooks = (line: string): boolean =>
  /^(cat|ls|etcdctl (get|member|endpoint))\b|^(kubectl|k) (get|describe|logs|events|explain|api-resources|api-versions|version|cluster-info|config view)\b(?!.*(-w\b|--watch|-f\b|--follow))/.test(
    line,
  );
