/**
 * Opens the game: the course map, one lesson or the sandbox; on a screen, as a dialogue, or, where nobody can answer, the map as text. The simulation is loaded late:
 * the map stands on the screen before.
 */
import {constants} from 'node:os';
import {setImmediate as drawn} from 'node:timers/promises';
import {createManualClock} from '../../plain/clock.ts';
import {editorCommand, editText} from '../../platform/editor.ts';
import {tidy} from '../../platform/tidy.ts';
import type {Standing} from '../../session/course-view.ts';
import {mapView} from '../../session/map-view.ts';
import type {Ports} from '../../session/session.ts';
import {chooseTheme, type ThemeName} from '../../tui/theme.ts';
import {farGame} from '../far-game.ts';
import {interactive, onScreen} from '../front-end.ts';
import type {Game} from '../game.ts';
import {SIGNALS} from '../kubeconfig.ts';
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
  const load = async (clock: Pick<Ports, 'now' | 'later'>): Promise<Game> => (await import('../game.ts')).createGame(wish, options, clock);
  const atMap = Object.keys(wish).length === 0;
  if (onScreen(options)) return openScreen(wish, options, atMap ? ownMap() : undefined);
  if (!atMap || interactive() || options.plain) return openDialogue(options, load);
  const {lessons, progress} = ownMap()?.standing ?? standingOf(await load(wallClock));
  print(mapText(lessons, progress));
}

const standingOf = ({session: {core}}: Game): Pick<Standing, 'lessons' | 'progress'> => ({
  lessons: core.options.lessons,
  progress: core.state.progress,
});

type Load = (clock: Pick<Ports, 'now' | 'later'>) => Promise<Game>;

async function openScreen(wish: Wish, options: OpenOptions, map: KnownMap | undefined): Promise<void> {
  const game = farGame(wish, options, map && mapView(map.standing));
  try {
    const loading = import('../../tui/run.tsx');
    const own = map?.own ?? (await game.begin());
    const {runScreen} = await loading;
    const screen = runScreen(game.session, {
      theme: chooseTheme(process.env, options),
      redrawFull: options.redraw === 'full',
      firstRun: own.isNew,
      remark: own.damage,
      openEditor,
      rest: tidy,
    });
    game.onQuit(screen.close);
    for (const signal of SIGNALS) {
      process.once(signal, () => {
        // As a shell tells of a program that a signal ended.
        process.exitCode = 128 + constants.signals[signal];
        screen.close();
      });
    }
    try {
      // The map comes first: two threads that load get in each other's way.
      if (map) await drawn().then(game.begin);
      await screen.ended;
    } finally {
      screen.close();
    }
  } finally {
    await game.close();
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
