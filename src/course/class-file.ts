/** A class as its teacher's file says it, and what it draws for each student. */
import {LineCounter} from 'yaml';
import {parseDocument} from '../engine/api/yaml.ts';
import {type Fault, variantOf} from './schema.ts';
import {type Field, list, may, must, number, object, read, type Shape, text} from './shape.ts';
import {digestOf, nameFault} from './submission.ts';
import type {World} from './types.ts';

export interface Class {
  readonly name: string;
  /** Numbers or ids of lessons, or lesson files beside the class file. */
  readonly lessons: readonly string[];
  /** RFC 3339; undefined: none. */
  readonly deadline: string | undefined;
  /** `student`: each has a variant of their own; `same`: all have the first. */
  readonly variants: 'student' | 'same';
  /** Another number draws other variants for the same students. */
  readonly seed: number;
  /** Hints shown a step. */
  readonly hints: number;
  readonly solutions: 'never' | 'deadline' | 'always';
  /** A folder, relative to the class file, where everybody's progress is written; undefined: nowhere. */
  readonly share: string | undefined;
}

const fields = {
  apiVersion: must(text(undefined, {oneOf: ['podyssey.dev/v1']})),
  kind: must(text(undefined, {oneOf: ['Class']})),
  name: must(text('what the students know it by')),
  lessons: must(list(text(), 'numbers, ids, or lesson files')),
  deadline: may(text('RFC 3339, such as 2026-12-24T18:00:00Z')),
  variants: may(text('each student their own, or all the same', {oneOf: ['student', 'same']}), 'student'),
  seed: may(number('another one draws other variants'), 1),
  hints: may(number('shown a step'), 3),
  solutions: may(text('when the solution may be played', {oneOf: ['never', 'deadline', 'always']}), 'deadline'),
  share: may(text('a folder where progress is written, for class watch')),
} satisfies Record<string, Field>;

const classShape: Shape = object(fields);

/** Parses a class file: the class, or all that is wrong with its text. */
export function parseClass(source: string, file: string): {class?: Class; faults: Fault[]} {
  const faults: Fault[] = [];
  const counter = new LineCounter();
  const document = parseDocument(source, {lineCounter: counter, prettyErrors: false});
  const tell = (offset: number, message: string): void => {
    const {line, col} = counter.linePos(offset);
    faults.push({file, line, column: col, message});
  };
  for (const error of document.errors) tell(error.pos[0], error.message);
  if (faults.length) return {faults};
  const {
    apiVersion: _apiVersion,
    kind: _kind,
    ...found
  } = read(classShape, document.contents, '', (node, message) => tell(node?.range?.[0] ?? 0, message)) as Class & {
    apiVersion: string;
    kind: string;
  };
  if (faults.length) return {faults};
  const wrongName = nameFault(found.name);
  if (wrongName) tell(0, `name ${wrongName}`);
  if (found.lessons.length === 0) tell(0, 'lessons: there is none');
  if (found.deadline !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(found.deadline))
    tell(0, `deadline is ${found.deadline}; it must say its zone, such as 2026-12-24T18:00:00Z`);
  return faults.length ? {faults} : {class: found, faults};
}

/** Case and spaces around a name do not make another student. */
export const sameStudent = (name: string): string => name.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();

/** What a lesson's `{{names}}` stand for, for one student: one of the sets that the lesson's test proves to be solvable. */
export function variantFor({name, seed, variants}: Class, student: string, lesson: string, vary: World['vary']): Record<string, string> {
  const sets = Math.max(1, ...Object.values(vary).map(values => values.length));
  const draw = Number.parseInt(digestOf([name, seed, sameStudent(student), lesson].join('\n')).slice(0, 8), 16);
  return variantOf(vary, variants === 'same' ? 0 : draw % sets);
}
