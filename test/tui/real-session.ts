import {readFileSync} from 'node:fs';
import {NO_PROGRESS, type Progress} from '../../src/course/progress.ts';
import {parseLesson} from '../../src/course/schema.ts';
import type {OwnSession, Ports} from '../../src/session/session.ts';
import {openSession} from '../session/open-session.ts';

export const firstBreath = 'lessons/01-birth-certificate/01-first-breath.yaml';

export interface RealSession {
  readonly session: OwnSession;
  /** The progress that was saved last. */
  progress(): Progress | undefined;
}

/** A session as the program makes it, with one lesson in its course; `clock` is its clock on the wall. */
export function realSession(
  clock: Pick<Ports, 'now' | 'later'>,
  lessonFile = firstBreath,
  quit: () => void = () => undefined,
  files: Readonly<Record<string, string>> = {},
  folder?: Ports['folder'],
): RealSession {
  const {lesson, faults} = parseLesson(readFileSync(lessonFile, 'utf8'), lessonFile);
  if (!lesson) throw new Error(JSON.stringify(faults[0]));
  let saved: Progress | undefined;
  const session = openSession([lesson], {
    ports: {
      ...clock,
      folder,
      changeProgress(change) {
        saved = change(saved ?? NO_PROGRESS);
        return saved;
      },
      quit,
    },
    nodes: 2,
    files,
  });
  return {session, progress: () => saved};
}
