/**
 * Lesson 10.2 at 5,000 nodes drawn again from what its session told, several times over: how long each turn of the thread that draws takes at the least, so that what the
 * machine gives to others meanwhile is not in it. Takes the file that the player wrote; prints milliseconds as JSON.
 */
import {readFileSync} from 'node:fs';
import {deserialize} from 'node:v8';
import {type Instance, render} from 'ink';
import {tidy} from '../../../src/platform/tidy.ts';
import {farSession} from '../../../src/session/far/far-session.ts';
import type {FromSession} from '../../../src/session/far/messages.ts';
import {App} from '../../../src/tui/App.tsx';
import {createFrames} from '../../../src/tui/frames.ts';
import {createScreen} from '../../../src/tui/screen.ts';
import {chooseTheme} from '../../../src/tui/theme.ts';
import {nobodysKeyboard, nobodysScreen} from '../../nobodys-terminal.ts';
import type {Redrawn, Turns} from './told.ts';

const size = {columns: 160, rows: 45};
const ROUNDS = 5;
/** So many tellings are between two keys. */
const BETWEEN_KEYS = 10;
const LINE = 'kubectl get pods --namespace default';

const told = deserialize(readFileSync(process.argv[2]!)) as Extract<FromSession, {kind: 'view'}>[];

/** Everything drawn once; milliseconds of each turn, in order. */
async function draw(): Promise<{turns: Turns; bytes: number}> {
  const due: (() => void)[] = [];
  const {session, receive} = farSession(() => undefined);
  // Nobody answers here: whatever is asked for has been told.
  const hear = (message: (typeof told)[number]): void => receive({...message, seen: Number.MAX_SAFE_INTEGER});
  hear(told[0]!);
  const screen = createScreen(session, {redraw() {}, suspend() {}, edit: async text => text, exit() {}}, size);
  const frames = createFrames(screen, chooseTheme({TERM: 'xterm-256color', LANG: 'C.UTF-8'}), work => void due.push(work));
  let bytes = 0;
  const instance: Instance = render(<App screen={screen} frames={frames} />, {
    stdout: nobodysScreen(size, (chunk, done) => {
      bytes += Buffer.byteLength(chunk);
      done();
    }),
    stdin: nobodysKeyboard(),
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    patchConsole: false,
    exitOnCtrlC: false,
    // No frame comes of itself: each is asked for.
    maxFps: 1e-6,
  });
  await instance.waitUntilRenderFlush();
  const turns: Turns = {heard: [], drawn: [], shown: [], keys: []};
  const timed = async (into: number[], work: () => void): Promise<void> => {
    const begun = performance.now();
    work();
    await instance.waitUntilRenderFlush();
    into.push(performance.now() - begun);
  };
  for (const [n, message] of told.slice(1).entries()) {
    await timed(turns.heard, () => hear(message));
    for (const into of [turns.drawn, turns.shown]) {
      const work = due.shift();
      if (work) await timed(into, work);
      else into.push(0);
    }
    if (n % BETWEEN_KEYS === 0) {
      const at = (n / BETWEEN_KEYS) % LINE.length;
      await timed(turns.keys, () => (at === 0 ? screen.key('ctrl+u', '') : screen.key(undefined, LINE[at]!)));
    }
    tidy();
  }
  instance.unmount();
  return {turns, bytes};
}

let least: Turns | undefined;
let bytes = 0;
for (let round = 0; round < ROUNDS; round++) {
  const {turns, bytes: written} = await draw();
  bytes = written;
  const before = least;
  const lesser = (name: keyof Turns): number[] => turns[name].map((ms, i) => Math.min(ms, before?.[name][i] ?? ms));
  least = {heard: lesser('heard'), drawn: lesser('drawn'), shown: lesser('shown'), keys: lesser('keys')};
}
process.stdout.write(JSON.stringify({turns: least!, bytes} satisfies Redrawn), () => process.exit(0));
