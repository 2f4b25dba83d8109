/**
 * Lesson 10.2 on its way to 5,000 nodes: what each turn of the thread that draws takes, from a key to its echo; what each slice of the game takes and who makes it long; memory.
 */
import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {availableParallelism, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
// @ts-expect-error build scripts have no types
import {quickInk} from '../../.ci/quick-ink.mjs';
import {BUDGET_MS} from '../../src/session/time/ticker.ts';
import {bundleScreen} from '../bundle-screen.ts';
import {median, report} from './measure.ts';
import {openProgram, watch} from './program.ts';
import type {Pieces, Redrawn, Stretch, Told} from './scale/told.ts';

/** As the thread of a game has it (cli/far-game.ts). */
const YOUNG_SPACE = '--max-semi-space-size=4';
const MIB = 2 ** 20;
/** So many of those who make steps long are named. */
const NAMED = 8;

/** Prints the figures beside their bounds. */
export async function benchScale(): Promise<void> {
  const folder = mkdtempSync(join('dist', 'bench-'));
  try {
    const tellings = join(folder, 'tellings');
    const told = JSON.parse(output(['--expose-gc', YOUNG_SPACE, 'dist/bench/play.mjs', tellings])) as Told;
    report('lesson 10.2 at full speed', told.solved ? 'solved' : 'not solved', 'solved');
    report(
      'programs that want a processor, for each there is',
      (loadavg()[0]! / availableParallelism()).toFixed(1),
      '<= 1, or the times are too long',
    );
    reportSlices(told);
    reportMemory(told.memory);
    reportPieces(JSON.parse(output(['--expose-gc', YOUNG_SPACE, 'dist/bench/pieces.mjs'])) as Pieces);
    const redraw = await bundleScreen('test/bench/scale/redraw.tsx', folder, 'redraw', [quickInk]);
    reportTurns(JSON.parse(output([redraw, tellings])) as Redrawn);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
  if (existsSync('dist/podyssey.js')) await benchFrames();
}

/** What a script prints, run in a process of its own. Throws what went wrong in it. */
function output(args: readonly string[]): string {
  const {stdout, stderr, status} = spawnSync(process.execPath, args, {encoding: 'utf8', maxBuffer: 256 * MIB});
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const share = (numbers: readonly number[], part: number): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
};
const spread = (numbers: readonly number[]): string =>
  [share(numbers, 0.5), share(numbers, 0.99), share(numbers, 1)].map(ms => ms.toFixed(1)).join(' / ');

/** Milliseconds of collecting garbage in each stretch; both in the order of time. */
function collecting(stretches: readonly Stretch[], collections: readonly Stretch[]): number[] {
  let next = 0;
  return stretches.map(({from, ms}) => {
    while (next < collections.length && collections[next]!.from + collections[next]!.ms < from) next++;
    let sum = 0;
    for (let at = next; at < collections.length && collections[at]!.from < from + ms; at++) sum += collections[at]!.ms;
    return sum;
  });
}

function reportSlices({slices: all, steps, collections}: Told): void {
  const inOrder = [...collections].sort((a, b) => a.from - b.from);
  const slices = all.filter(({what}) => what === 'slice');
  const actions = all.filter(({what}) => what !== 'slice');
  const garbage = collecting(slices, inOrder);
  const long = slices.map(({ms}, i) => ({ms, own: ms - garbage[i]!})).filter(({ms}) => ms > BUDGET_MS);
  const own = long.filter(slice => slice.own > BUDGET_MS).length;
  report(
    `slices of the game's thread, ms: median / p99 / longest of ${slices.length}`,
    spread(slices.map(({ms}) => ms)),
    `<= ${BUDGET_MS}`,
  );
  report(
    `slices over ${BUDGET_MS} ms: by their own work / by collections`,
    `${own} / ${long.length - own}`,
    'only keys that ask the cluster wait for them',
  );
  report('collections of garbage, ms: median / p99 / longest', spread(collections.map(({ms}) => ms)), '');
  const net = collecting(steps, inOrder);
  reportByWho(
    'long steps',
    steps.map(({ms, who}, i) => ({who, ms: ms - net[i]!})),
    BUDGET_MS,
  );
  const slow = actions.filter(({ms}) => ms > 30).sort((a, b) => b.ms - a.ms);
  for (const {what, ms} of slow.slice(0, NAMED)) report(`  slow actions, ${what}`, `${ms.toFixed(0)} ms`, '');
}

/** What is left for the last piece of a slice. */
const PIECE_MS = BUDGET_MS / 2;

function reportPieces({times, long}: Pieces): void {
  report(
    `what the game's thread does between two looks at the clock, the least of three, ms: median / p99 / longest of ${times.length}`,
    spread(times),
    `<= ${PIECE_MS}; ${times.filter(ms => ms > PIECE_MS).length} are over, ${times.filter(ms => ms > BUDGET_MS).length} of them ${BUDGET_MS}`,
  );
  reportByWho('of them', long, PIECE_MS);
}

/** Who takes longest, and how often for longer than so many milliseconds. */
function reportByWho(what: string, all: readonly {readonly ms: number; readonly who: string}[], most: number): void {
  const byWho = new Map<string, number[]>();
  for (const {who, ms} of all) byWho.set(who, [...(byWho.get(who) ?? []), ms]);
  for (const [who, times] of [...byWho].sort(([, a], [, b]) => Math.max(...b) - Math.max(...a)).slice(0, NAMED))
    report(`  ${what}, ${who}`, `longest ${Math.max(...times).toFixed(1)} ms`, `${times.filter(ms => ms > most).length} over ${most} ms`);
}

function reportMemory({before, heap, peak, nodes, steps, writes}: Told['memory']): void {
  const mib = (bytes: number): string => (bytes / MIB).toFixed(0);
  report(
    `memory, ${nodes} nodes, ${steps} steps of history (${writes} writes)`,
    `heap ${mib(heap)} MiB, peak ${mib(peak)} MiB RSS`,
    'full history <= 1.1 GiB of heap',
  );
  report(
    '  of it, a node that joins, with its part of the history',
    `${((heap - before.heap) / (nodes - before.nodes) / 1024).toFixed(1)} KiB`,
    `${mib(before.heap)} MiB with ${before.nodes} nodes`,
  );
}

/** How long the thread that draws the frames and hears the keys may be at work at a time. */
const FRAME_MS = 8;

function reportTurns({turns, bytes}: Redrawn): void {
  const frames = turns.shown.length;
  for (const [what, times] of [
    ['it is told something', turns.heard],
    ['it draws a frame', turns.drawn],
    ['React and Ink show it', turns.shown],
    ['a key is typed', turns.keys],
  ] as const)
    report(
      `turns of the thread that draws in which ${what}, the least of five, ms: median / p99 / longest of ${times.length}`,
      spread(times),
      `<= ${FRAME_MS}; ${times.filter(ms => ms > FRAME_MS).length} are over`,
    );
  report('  bytes of a frame', (bytes / frames).toFixed(0), '');
}

const LINE = 'kubectl get pods --namespace default';
/** How long is looked at a cluster that makes many pods. */
const CROWD_MS = 15_000;
/** How long a thread watches the clock, to see what the machine itself takes from one at a time. */
const WATCH_MS = 5000;
/** A look at the clock takes less. */
const GAP_MS = 0.5;

/** The longest times, in milliseconds, for which a thread that does nothing but look at the clock did not come to it: longest first. */
function gaps(): number[] {
  const found: number[] = [];
  const end = performance.now() + WATCH_MS;
  for (let last = performance.now(); last < end; ) {
    const now = performance.now();
    if (now - last > GAP_MS) found.push(now - last);
    last = now;
  }
  return found.sort((a, b) => b - a);
}

/** The screen of 160x45 and its keys: while 5,000 nodes join, when they are there, and while a thousand pods are made on them. */
async function benchFrames(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'podyssey-bench-'));
  const probe = join(home, 'probe.json');
  const program = openProgram(home, probe)('sandbox', '--nodes', '250');
  const ended = new Promise<void>(resolve => program.onExit(() => resolve()));
  const phases: {readonly when: string; readonly from: number; to: number}[] = [];
  const {shown, echo} = watch(program);
  const enter = async (line: string, answer: string): Promise<void> => {
    program.write(`${line}\r`);
    await shown(answer);
  };
  const clear = async (): Promise<void> => {
    program.write('\u0015');
    await pause(500);
  };
  const wall = (): number => performance.timeOrigin + performance.now();
  const measure = async (when: string, wait = 0): Promise<void> => {
    const phase = {when, from: wall(), to: 0};
    phases.push(phase);
    await pause(wait);
    const delays = await echo(LINE);
    phase.to = wall();
    report(
      `from a key to its echo ${when}: median / p99`,
      `${median(delays).toFixed(0)} / ${share(delays, 0.99).toFixed(0)} ms`,
      'median <= 30',
    );
    await clear();
  };
  await shown('free play');
  await pause(1000);
  await measure('with 250 nodes, to compare');
  await enter('chaos range 10.128.0.0/9', 'pods get their addresses from');
  await enter('chaos nodes 5000', 'machines join until there are 5000');
  await measure('while 5,000 nodes join');
  await measure('with 5,000 nodes');
  await enter('kubectl create deployment crowd --image=nginx --replicas=1000', 'deployment.apps/crowd created');
  await measure('while 1,000 pods are made', CROWD_MS);
  program.kill();
  await ended;
  const taken = gaps();
  report(
    `what the machine takes from a thread that only watches the clock, ms: longest in ${WATCH_MS / 1000} s`,
    (taken[0] ?? 0).toFixed(1),
    `${taken.filter(ms => ms > FRAME_MS).length} over ${FRAME_MS}; some of it is in the times below`,
  );
  const work = JSON.parse(readFileSync(probe, 'utf8')) as {at: number; ms: number}[];
  for (const {when, from, to} of phases) {
    const times = work.filter(({at}) => at >= from && at < to).map(({ms}) => ms);
    report(
      `the thread that draws, at work at a time ${when}, ms: median / p99 / longest of ${times.length}`,
      spread(times),
      `<= ${FRAME_MS}; ${times.filter(ms => ms > FRAME_MS).length} are over`,
    );
  }
  rmSync(home, {recursive: true, force: true});
}
