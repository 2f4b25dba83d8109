/**
 * Reading a lesson file: YAML with places, then every field against its shape. All faults are found, each with line and column.
 */
import {LineCounter, type Node} from 'yaml';
import {kinds} from '../engine/api/kinds.ts';
import {parseDocument} from '../engine/api/yaml.ts';
import {CHECKLIST} from './checklist.ts';
import {countWords, headShape, lessonShape, MAX_WORDS} from './lesson-shape.ts';
import {read} from './shape.ts';
import type {Lesson, LessonHead, LessonStep, World} from './types.ts';

export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** One sentence: what is wrong, and what would be right. */
  readonly message: string;
}

/** `file:line:column: message`, which editors and terminals make a link of. */
export const faultText = (f: Fault): string => `${f.file}:${f.line}:${f.column}: ${f.message}`;

/** More do not fit on a screen of 36 rows. */
const MAX_CARDS = 24;

/** A lesson, and where in its file a field stands. */
export interface Parsed {
  readonly lesson?: Lesson;
  readonly faults: Fault[];
  /** The fault of a field named by its path, `['steps', 0, 'say']`. */
  at(path: readonly (string | number)[], message: string): Fault;
}

/** Parses one lesson file: the lesson, or all that is wrong with its text. `variant` says what `{{names}}` stand for. */
export function parseLesson(text: string, file: string, variant: Readonly<Record<string, string>> = {}): Parsed {
  const faults: Fault[] = [];
  const counter = new LineCounter();
  const varied = text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => variant[name] ?? whole);
  const document = parseDocument(varied, {lineCounter: counter, prettyErrors: false});
  const place = (offset: number, message: string): Fault => {
    const {line, col} = counter.linePos(offset);
    return {file, line, column: col, message};
  };
  const at: Parsed['at'] = (path, message) => place((document.getIn(path, true) as Node | undefined)?.range?.[0] ?? 0, message);
  for (const error of document.errors) faults.push(place(error.pos[0], error.message));
  if (faults.length) return {faults, at};
  const tell = (node: Node | null | undefined, message: string): void => void faults.push(place(node?.range?.[0] ?? 0, message));
  const {
    apiVersion: _apiVersion,
    kind: _kind,
    ...lesson
  } = read(lessonShape, document.contents, '', tell) as Lesson & {apiVersion: string; kind: string};
  if (faults.length) return {faults, at};

  // What a shape cannot say.
  const words = lesson.steps.reduce((n: number, s: LessonStep) => n + countWords(s.say), 0);
  if (words > MAX_WORDS.body) faults.push(at(['steps'], `the steps have ${words} words together; ${MAX_WORDS.body} are the limit`));
  if (lesson.steps.length < 1 || lesson.steps.length > 7)
    faults.push(at(['steps'], `a lesson has 1 to 7 steps, this one ${lesson.steps.length}`));
  lesson.covers.forEach((id, i) => {
    if (!(id in CHECKLIST)) faults.push(at(['covers', i], `${id} is no row of the checklist`));
  });
  lesson.steps.forEach(({order}, i) => {
    const texts = order?.cards.map(card => card.text) ?? [];
    if (order && (texts.length < 3 || texts.length > MAX_CARDS))
      faults.push(at(['steps', i, 'order', 'cards'], `3 to ${MAX_CARDS} cards can be ordered, these are ${texts.length}`));
    texts.forEach((text, k) => {
      if (texts.indexOf(text) < k) faults.push(at(['steps', i, 'order', 'cards', k, 'text'], `there is a card ${text} already`));
    });
  });
  const known = new Set(kinds.map(k => k.kind));
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    const named = (node as {object?: {kind?: unknown}}).object?.kind;
    if (typeof named === 'string' && !known.has(named)) faults.push(at(['steps'], `there is no kind ${named} to check for`));
    for (const below of Object.values(node)) visit(below);
  };
  visit(lesson.steps);
  return faults.length ? {faults, at} : {lesson: {...lesson, file}, faults, at};
}

/**
 * The head of a lesson file, without reading the rest: opening the course map must not cost the reading of the whole course.
 * undefined where it does not stand before the world, or is not whole by itself.
 */
export function parseHead(text: string, file: string): LessonHead | undefined {
  const end = text.search(/^world:/m);
  if (end < 0) return undefined;
  const {contents, errors} = parseDocument(text.slice(0, end));
  let whole = errors.length === 0;
  const {
    apiVersion: _apiVersion,
    kind: _kind,
    ...head
  } = read(headShape, contents, '', () => {
    whole = false;
  }) as LessonHead & {apiVersion: string; kind: string};
  return whole ? {...head, file} : undefined;
}

/** One choice of the values that vary: the first of each, or the ones that a number picks. */
export function variantOf(vary: World['vary'], pick = 0): Record<string, string> {
  return Object.fromEntries(Object.entries(vary).map(([name, values]) => [name, values[pick % values.length]!]));
}
