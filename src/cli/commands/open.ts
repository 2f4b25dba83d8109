/** Opens the game: the course map, one lesson or the sandbox; on a screen, as a dialogue, or, where nobody can answer, the map as text. */
import {existsSync} from 'node:fs';
import {findLesson, testOf} from '../../course/course.ts';
import {createManualClock} from '../../plain/clock.ts';
import {editorCommand, editText} from '../../platform/editor.ts';
import {FileError} from '../../platform/read-text.ts';
import {openWorkspace, type Workspace} from '../../platform/workspace.ts';
import {createSession, type Ports} from '../../session/session.ts';
import {chooseTheme, type ThemeName} from '../../tui/theme.ts';
import {createAttachment} from '../attachment.ts';
import {enrolInClass, enrolOnOwn} from '../enrolment.ts';
import {Failure} from '../failure.ts';
import {interactive, onScreen} from '../front-end.ts';
import {textOf} from '../manifests.ts';
import {mapText} from '../map-text.ts';
import {openProgress} from '../progress-file.ts';
import {wallClock} from '../wall-clock.ts';

export interface OpenOptions {
  seed: number;
  nodes: number;
  off: string[];
  color: boolean;
  theme?: ThemeName;
  ascii?: boolean;
  plain?: boolean;
  redraw?: string;
  workspace?: string;
}

export interface Wish {
  lesson?: string;
  /** The chapter to skip by its test. */
  testOut?: number;
  /** The lessons of a class, as this student has them. */
  class?: {file: string; student: string | undefined; share: string | undefined} | undefined;
  /** Manifests to begin a sandbox with. */
  sandbox?: readonly string[];
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

export async function open(wish: Wish, options: OpenOptions): Promise<void> {
  const file = wish.lesson && /\.ya?ml$/.test(wish.lesson) ? wish.lesson : undefined;
  if (file && !existsSync(file)) throw new Failure(`${file}: no such file`);
  const enrolment = wish.class
    ? enrolInClass(wish.class.file, wish.class.student, wish.class.share)
    : enrolOnOwn(file ? [file] : [], options.seed);
  const {lessons, read} = enrolment.course;
  const chosen = file ? lessons[0] : wish.lesson ? findLesson(lessons, wish.lesson) : undefined;
  if (chosen) read(chosen);
  if (wish.lesson && !chosen) throw new Failure(`there is no lesson ${wish.lesson}; there are ${lessons.map(l => l.number).join(', ')}`);

  if (wish.testOut !== undefined && !testOf(wish.testOut, lessons)) throw new Failure(`there is no chapter ${wish.testOut} to test`);
  const own = openProgress(enrolment.progressFile);

  const plain = !onScreen(options);
  if (plain && own.damage) process.stderr.write(`podyssey: ${own.damage}\n`);
  if (Object.keys(wish).length === 0 && !interactive() && !options.plain) {
    process.stdout.write(mapText(lessons, own.progress));
    return;
  }
  let quit = (): void => {};
  const clock = createManualClock();
  const attachment = createAttachment(() => quit());
  const ports: Ports = {
    ...(plain ? clock : wallClock),
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
      seed: options.seed,
      nodes: options.nodes,
      off: options.off,
      users: {},
      context: {user: 'kubernetes-admin', namespace: 'default'},
      files: Object.fromEntries((wish.sandbox ?? []).map(name => [name, textOf(name)])),
      apply: (wish.sandbox ?? []).map(name => textOf(name)),
      age: 0,
    },
  });
  if (chosen) session.dispatch({type: 'open', lesson: chosen.id});
  if (wish.testOut !== undefined) session.dispatch({type: 'testOut', chapter: wish.testOut});
  if (wish.sandbox) session.dispatch({type: 'sandbox'});

  const {tell} = enrolment;
  if (tell) session.subscribe(() => tell(session.core.state));

  const openEditor = (text: string, name: string): string => editText(text, name, editorCommand(process.env, process.platform));
  const theme = chooseTheme(process.env, options);
  if (plain) {
    const {runPlain} = await import('../../plain/run.ts');
    await runPlain(session, clock, {
      input: process.stdin,
      output: process.stdout,
      prompt: interactive(),
      ascii: theme.ascii,
      openEditor: interactive() ? openEditor : undefined,
      onQuit: stop => (quit = stop),
    });
  } else {
    const {runScreen} = await import('../../tui/run.tsx');
    const screen = runScreen(session, {
      theme,
      redrawFull: options.redraw === 'full',
      firstRun: own.isNew,
      remark: own.damage,
      openEditor,
    });
    quit = screen.close;
    await screen.ended;
  }
  session.close();
  await attachment.close();
}
