/** Opens the game: the course map, one lesson or the sandbox; on a screen, as a dialogue, or, where nobody can answer, the map as text. */
import {existsSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {findLesson} from '../../course/course.ts';
import {NO_PROGRESS, type Progress, parseProgress} from '../../course/progress.ts';
import {createManualClock} from '../../plain/clock.ts';
import {editorCommand, editText} from '../../platform/editor.ts';
import {readJsonFile, writeJsonFile} from '../../platform/json-file.ts';
import {dataFolder} from '../../platform/paths.ts';
import {createSession, type Ports} from '../../session/session.ts';
import {chooseTheme, type ThemeName} from '../../tui/theme.ts';
import {openCourse} from '../course.ts';
import {Failure} from '../failure.ts';
import {interactive, onScreen} from '../front-end.ts';
import {textOf} from '../manifests.ts';
import {mapText} from '../map-text.ts';

/** The clock on the wall, for a screen. */
const wallClock: Pick<Ports, 'now' | 'later'> = {
  now: () => performance.now(),
  later(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export interface OpenOptions {
  seed: number;
  nodes: number;
  off: string[];
  color: boolean;
  theme?: ThemeName;
  ascii?: boolean;
  plain?: boolean;
  redraw?: string;
}

export interface Wish {
  lesson?: string;
  /** Manifests to begin a sandbox with. */
  sandbox?: readonly string[];
}

export async function open(wish: Wish, options: OpenOptions): Promise<void> {
  const own = wish.lesson && /\.ya?ml$/.test(wish.lesson) ? wish.lesson : undefined;
  if (own && !existsSync(own)) throw new Failure(`${own}: no such file`);
  const {lessons, read} = openCourse(own ? [own] : []);
  const chosen = own ? lessons[0] : wish.lesson ? findLesson(lessons, wish.lesson) : undefined;
  if (chosen) read(chosen);
  if (wish.lesson && !chosen) throw new Failure(`there is no lesson ${wish.lesson}; there are ${lessons.map(l => l.number).join(', ')}`);

  const file = join(dataFolder(process.env, process.platform, homedir()), 'progress.json');
  const stored = readJsonFile(file, parseProgress);
  const damaged = stored.keptAside && `${file} was damaged; it is kept as ${stored.keptAside}, and progress begins anew`;
  const progress: Progress = stored.value ?? NO_PROGRESS;

  const plain = !onScreen(options);
  if (plain && damaged) process.stderr.write(`podyssey: ${damaged}\n`);
  if (!wish.lesson && !wish.sandbox && !interactive() && !options.plain) {
    process.stdout.write(mapText(lessons, progress));
    return;
  }
  let quit = (): void => {};
  const clock = createManualClock();
  const ports: Ports = {
    ...(plain ? clock : wallClock),
    saveProgress: now => writeJsonFile(file, now),
    quit: () => quit(),
  };
  const session = createSession({
    lessons,
    readLesson: read,
    progress,
    ports,
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
  if (wish.sandbox) session.dispatch({type: 'sandbox'});

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
      firstRun: stored.value === undefined,
      remark: damaged,
      openEditor,
    });
    quit = screen.close;
    await screen.ended;
  }
  session.close();
}
