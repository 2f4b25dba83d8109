/** A session as the command opens it: with the learner's course, progress and recordings, at the place that was wished for. */

import {existsSync} from 'node:fs';
import {findLesson, testsOf} from '../course/course.ts';
import {DEFAULT_WORLD} from '../course/lesson-shape.ts';
import {FileError} from '../platform/read-text.ts';
import {openWorkspace, type Workspace} from '../platform/workspace.ts';
import {createSession, type OwnSession, type Ports} from '../session/session.ts';
import {createAttachment} from './attachment.ts';
import type {OpenOptions, Wish} from './commands/open.ts';
import {enrolInClass, enrolOnOwn} from './enrolment.ts';
import {Failure} from './failure.ts';
import {textOf} from './manifests.ts';
import {openProgress, type ProgressFile} from './progress-file.ts';

export interface Game {
  readonly session: OwnSession;
  readonly own: ProgressFile;
  /** Sets what happens when the learner leaves. */
  onQuit(stop: () => void): void;
  close(): Promise<void>;
}

/** Throws Failure where it is no folder. */
function workspaceAt(folder: string): Workspace {
  try {
    return openWorkspace(folder);
  } catch (error) {
    if (error instanceof FileError) throw new Failure(error.message, 2);
    throw error;
  }
}

/** Throws Failure where what is wished for does not exist. */
export function createGame(wish: Wish, options: OpenOptions, clock: Pick<Ports, 'now' | 'later'>): Game {
  const file = wish.lesson && /\.ya?ml$/.test(wish.lesson) ? wish.lesson : undefined;
  if (file && !existsSync(file)) throw new Failure(`${file}: no such file`);
  const enrolment = wish.class
    ? enrolInClass(wish.class.file, wish.class.student, wish.class.share)
    : enrolOnOwn(file ? [file] : [], options.seed);
  const {lessons, read} = enrolment.course;
  const chosen = file ? lessons[0] : wish.lesson ? findLesson(lessons, wish.lesson) : undefined;
  if (chosen) read(chosen);
  if (wish.lesson && !chosen) throw new Failure(`there is no lesson ${wish.lesson}; there are ${lessons.map(l => l.number).join(', ')}`);
  if (wish.testOut !== undefined && testsOf(wish.testOut, lessons).length === 0)
    throw new Failure(`there is no chapter ${wish.testOut} to test`);

  const own = openProgress(enrolment.progressFile);
  let quit = (): void => {};
  const attachment = createAttachment(() => quit());
  const ports: Ports = {
    ...clock,
    changeProgress: own.change,
    saveRecording: enrolment.saveRecording,
    unfinished: enrolment.unfinished,
    folder: options.workspace === undefined ? undefined : workspaceAt(options.workspace),
    attach: attachment.attach,
    quit: () => quit(),
  };
  const session = createSession({
    lessons,
    readLesson: read,
    progress: own.progress,
    begun: enrolment.begun?.() ?? [],
    ports,
    rules: enrolment.rules,
    sandbox: {
      ...DEFAULT_WORLD,
      seed: options.seed,
      nodes: options.nodes,
      off: options.off,
      files: Object.fromEntries((wish.sandbox ?? []).map(name => [name, textOf(name)])),
      apply: (wish.sandbox ?? []).map(name => textOf(name)),
    },
  });
  if (chosen) session.dispatch({type: 'open', lesson: chosen.id});
  if (wish.testOut !== undefined) session.dispatch({type: 'testOut', chapter: wish.testOut});
  if (wish.sandbox) session.dispatch({type: 'sandbox'});

  const {tell} = enrolment;
  if (tell) session.subscribe(() => tell(session.core.state));
  return {
    session,
    own,
    onQuit(stop) {
      quit = stop;
    },
    async close() {
      session.close();
      await attachment.close();
    },
  };
}
