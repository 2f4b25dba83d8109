import {readFileSync} from 'node:fs';
import {NO_PROGRESS, type Progress} from '../../src/course/progress.ts';
import {parseLesson} from '../../src/course/schema.ts';
import {createSession, type Ports} from '../../src/session/session.ts';

export const firstBreath = 'lessons/01-birth-certificate/01-first-breath.yaml';

export interface RealSession {
  readonly session: ReturnType<typeof createSession>;
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
  const session = createSession({
    lessons: [lesson],
    readLesson: () => lesson,
    progress: NO_PROGRESS,
    ports: {
      ...clock,
      folder,
      changeProgress(change) {
        saved = change(saved ?? NO_PROGRESS);
        return saved;
      },
      quit,
    },
    sandbox: {
      seed: 1,
      nodes: 2,
      off: [],
      users: {},
      context: {user: 'kubernetes-admin', namespace: 'default'},
      files,
      apply: [],
      age: 0,
    },
  });
  return {session, progress: () => saved};
}

export const wallClock: Pick<Ports, 'now' | 'later'> = {
  now: () => performance.now(),
  later(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
