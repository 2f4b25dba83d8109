/** Recordings of lessons on the learner's disk: a file a lesson, with the last attempt and the best one before. */
import {join} from 'node:path';
import {parseRecording, type Recording} from '../course/recording.ts';
import {readJsonFile, writeJsonFile} from './json-file.ts';

/** A recording, and what it is of. */
export interface Attempt {
  /** SHA-256 of the lesson file. */
  readonly hash: string;
  readonly variant: Readonly<Record<string, string>>;
  readonly recording: Recording;
}

export interface Recordings {
  /** Keeps the attempt at hand: an empty one begins another. */
  save(lesson: string, attempt: Attempt): void;
  /** The attempt that came furthest; of several, the last. */
  best(lesson: string): Attempt | undefined;
  last(lesson: string): Attempt | undefined;
}

/** The folder for a student of a class; without them, the learner's own. */
export const recordingsFolder = (dataFolder: string, who?: {class: string; student: string}): string =>
  join(dataFolder, 'recordings', who ? `${fileName(who.class)}--${fileName(who.student)}` : 'own');

/** A name as a part of a file name: what is no letter, digit, dot or hyphen is written by its code, so that no two names meet. */
export const fileName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}.-]/gu, character => (character === ' ' ? '_' : `%${character.codePointAt(0)!.toString(16)}`))
    .replace(/^\./, '%2e');

/** The learner's attempts, kept in a folder: a file a lesson. */
export function openRecordings(folder: string): Recordings {
  const earlier = new Map<string, readonly Attempt[]>();
  const fileOf = (lesson: string): string => join(folder, `${fileName(lesson)}.json`);
  const stored = (lesson: string): readonly Attempt[] => readJsonFile(fileOf(lesson), parseAttempts).value ?? [];
  return {
    save(lesson, attempt) {
      const {entries} = attempt.recording;
      if (entries.length === 0 || !earlier.has(lesson)) earlier.set(lesson, furthest(stored(lesson)));
      // At every command: the learner does not wait for the disk.
      if (entries.length > 0) writeJsonFile(fileOf(lesson), {version: 1, attempts: [...earlier.get(lesson)!, attempt]}, {fsync: false});
    },
    best: lesson => furthest(stored(lesson))[0],
    last: lesson => stored(lesson).at(-1),
  };
}

const furthest = (attempts: readonly Attempt[]): readonly Attempt[] => {
  const [first] = attempts;
  if (!first) return [];
  return [attempts.reduce((best, each) => (each.recording.done >= best.recording.done ? each : best), first)];
};

function parseAttempts(value: unknown): readonly Attempt[] {
  const {version, attempts} = (value ?? {}) as {version?: unknown; attempts?: unknown};
  if (version !== 1 || !Array.isArray(attempts)) throw new Error('not a file of recordings');
  for (const [i, {hash, variant, recording}] of (attempts as Attempt[]).entries()) {
    if (typeof hash !== 'string' || !variant || typeof variant !== 'object') throw new Error(`attempts[${i}] is not whole`);
    parseRecording(recording, `attempts[${i}].recording`);
  }
  return attempts as Attempt[];
}
