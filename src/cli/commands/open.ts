/**
 * Opens the game: the course map, one lesson or the sandbox; on a screen, as a dialogue, or, where nobody can answer, the map as text. The simulation is loaded late:
 * the map stands on the screen before.
 */
import {setImmediate as drawn} from 'node:timers/promises';
import {createManualClock} from '../../plain/clock.ts';
import {editorCommand, editText} from '../../platform/editor.ts';
import {keepYoungSpaceSmall} from '../../platform/young-space.ts';
import type {Standing} from '../../session/course-view.ts';
import {lateSession} from '../../session/late-session.ts';
import {mapView} from '../../session/map-view.ts';
import type {Ports} from '../../session/session.ts';
import {chooseTheme, type ThemeName} from '../../tui/theme.ts';
import {interactive, onScreen} from '../front-end.ts';
import type {Game} from '../game.ts';
import {mapText} from '../map-text.ts';
import {print, warn} from '../output.ts';
import {ownStanding} from '../own-standing.ts';
import {openProgress, type ProgressFile} from '../progress-file.ts';
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

/** The map of the learner's own course, known without the simulation. */
interface KnownMap {
  readonly own: ProgressFile;
  readonly standing: Standing;
}

function ownMap(): KnownMap | undefined {
  const own = openProgress();
  const standing = ownStanding(own.progress);
  return standing && {own, standing};
}

export async function open(wish: Wish, options: OpenOptions): Promise<void> {
  const load = async (clock: Pick<Ports, 'now' | 'later'>, own?: ProgressFile): Promise<Game> =>
    (await import('../game.ts')).createGame(wish, options, clock, own);
  const atMap = Object.keys(wish).length === 0;
  if (onScreen(options)) return openScreen(options, load, atMap ? ownMap() : undefined);
  if (!atMap || interactive() || options.plain) return openDialogue(options, load);
  const {lessons, progress} = ownMap()?.standing ?? standingOf(await load(wallClock));
  print(mapText(lessons, progress));
}

const standingOf = ({session: {core}}: Game): Pick<Standing, 'lessons' | 'progress'> => ({
  lessons: core.options.lessons,
  progress: core.state.progress,
});

type Load = (clock: Pick<Ports, 'now' | 'later'>, own?: ProgressFile) => Promise<Game>;

async function openScreen(options: OpenOptions, load: Load, map: KnownMap | undefined): Promise<void> {
  keepYoungSpaceSmall();
  const {runScreen} = await import('../../tui/run.tsx');
  const coming = map ? drawn().then(() => load(wallClock, map.own)) : load(wallClock);
  const own = map?.own ?? (await coming).own;
  const session = coming.then(game => game.session);
  const screen = runScreen(map ? lateSession(mapView(map.standing), session) : await session, {
    theme: chooseTheme(process.env, options),
    redrawFull: options.redraw === 'full',
    firstRun: own.isNew,
    remark: own.damage,
    openEditor,
    ready: session,
  });
  try {
    const game = await coming;
    game.onQuit(screen.close);
    await screen.ended;
    await game.close();
  } finally {
    screen.close();
  }
}

async function openDialogue(options: OpenOptions, load: Load): Promise<void> {
  const clock = createManualClock();
  const game = await load(clock);
  if (game.own.damage) warn(game.own.damage);
  const {runPlain} = await import('../../plain/run.ts');
  await runPlain(game.session, clock, {
    input: process.stdin,
    output: process.stdout,
    prompt: interactive(),
    ascii: chooseTheme(process.env, options).ascii,
    openEditor: interactive() ? openEditor : undefined,
    onQuit: game.onQuit,
  });
  await game.close();
}

const openEditor = (text: string, name: string): string => editText(text, name, editorCommand(process.env, process.platform));
