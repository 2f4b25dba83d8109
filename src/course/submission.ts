/**
 * What a student hands in: who, of which class, and a recording of each lesson. Nothing in it is believed: the grader plays it again. The seal only shows that a file
 * was changed by hand.
 */
import {hex, sha256} from '../engine/api/sha256.ts';
import {parseRecording, type Recording} from './recording.ts';

export const FORMAT = 'podyssey/submission/v1';

/** A file may be this large, in bytes; a long lesson takes some ten thousand. */
export const LARGEST_SUBMISSION = 2 * 1024 * 1024;

/** Which class it is, and by what its students' variants are drawn. */
export interface ClassKey {
  readonly name: string;
  readonly seed: number;
  readonly variants: 'student' | 'same';
}

export interface HandedInLesson {
  readonly id: string;
  /** SHA-256 of the lesson file that was played. */
  readonly hash: string;
  /** What its `{{names}}` stood for. */
  readonly variant: Readonly<Record<string, string>>;
  readonly recording: Recording;
}

export interface Submission {
  readonly format: typeof FORMAT;
  /** Version of podyssey. */
  readonly engine: string;
  readonly class: ClassKey;
  readonly student: string;
  /** When the student's machine says it was written; RFC 3339. */
  readonly written: string;
  readonly lessons: readonly HandedInLesson[];
  readonly seal: string;
}

/** SHA-256 of a text, in hexadecimal digits; line ends count as `\n`. */
export const digestOf = (text: string): string => hex(sha256(text.replaceAll('\r\n', '\n')));

const sealOf = ({seal: _seal, ...rest}: Omit<Submission, 'seal'> & {seal?: string}): string => digestOf(JSON.stringify(rest));

/** The submission with its seal. */
export const sealed = (submission: Omit<Submission, 'seal'>): Submission => ({...submission, seal: sealOf(submission)});

/** Nobody has changed it by hand; whoever wants to deceive can make a new seal, so this proves nothing more. */
export const isUntouched = (submission: Submission): boolean => submission.seal === sealOf(submission);

/** Names are shown and become part of file names: nothing in them may act. */
const DANGEROUS = /[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}/\\]/u;

/** Why a text is no name of a student or a class; undefined: it is one. */
export function nameFault(name: unknown): string | undefined {
  if (typeof name !== 'string' || name.trim() === '') return 'is not a name';
  if (name.length > 80) return 'is longer than 80 characters';
  if (DANGEROUS.test(name)) return 'holds control characters or slashes';
  return undefined;
}

/** Reads a submission from plain JSON. Throws an Error that says what is wrong. */
export function parseSubmission(value: unknown): Submission {
  const whole = (value ?? {}) as Partial<Submission>;
  const {format, engine, student, written, lessons, seal} = whole;
  if (format !== FORMAT) throw new Error(typeof format === 'string' ? `is of another format than ${FORMAT}` : 'is not a submission');
  for (const [field, name] of [
    ['student', student],
    ['class', whole.class?.name],
  ] as const) {
    const fault = nameFault(name);
    if (fault) throw new Error(`${field} ${fault}`);
  }
  if (!Number.isFinite(whole.class!.seed) || !['student', 'same'].includes(whole.class!.variants)) throw new Error('class is not whole');
  for (const [field, text] of Object.entries({engine, written, seal}))
    if (typeof text !== 'string' || text.length > 100) throw new Error(`${field} is missing`);
  if (!Array.isArray(lessons)) throw new Error('lessons must be a list');
  for (const [i, lesson] of lessons.entries()) {
    const {id, hash, variant, recording} = (lesson ?? {}) as Partial<HandedInLesson>;
    if (typeof id !== 'string' || !/^[a-z0-9-]{1,63}$/.test(id)) throw new Error(`lessons[${i}].id is no id of a lesson`);
    if (typeof hash !== 'string') throw new Error(`lessons[${i}].hash is missing`);
    if (!variant || typeof variant !== 'object' || Object.values(variant).some(v => typeof v !== 'string'))
      throw new Error(`lessons[${i}].variant must be a map of texts`);
    parseRecording(recording, `lessons[${i}].recording`);
  }
  return whole as Submission;
}
