/** Lesson 10.2 on its way to 5,000 nodes: what each slice of the ticker takes and who makes it long, what a frame takes, from a key to its echo, memory. */
import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {availableParallelism, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {BUDGET_MS} from '../../src/session/time/ticker.ts';
import {median, report} from './measure.ts';
import {openProgram, watch} from './program.ts';
import type {Stretch, Told} from './scale/told.ts';

const MIB = 2 ** 20;
/** So many of those who make steps long are named. */
const NAMED = 8;

/** Prints the figures beside their bounds. */
export async function benchScale(): Promise<void> {
  const {stdout, stderr, status} = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', 'test/bench/scale/play.ts'], {
    encoding: 'utf8',
    maxBuffer: 256 * MIB,
  });
  if (status !== 0) throw new Error(stderr);
  const told = JSON.parse(stdout) as Told;
  report('lesson 10.2 at full speed', told.solved ? 'solved' : 'not solved', 'solved');
  report(
    'programs that want a processor, for each there is',
    (loadavg()[0]! / availableParallelism()).toFixed(1),
    '<= 1, or the times are too long',
  );
  reportSlices(told);
  reportMemory(told.memory);
  if (existsSync('dist/podyssey.js')) await benchKeys();
}

const share = (numbers: readonly number[], part: number): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
};
const spread = (numbers: readonly number[]): string =>
  [share(numbers, 0.5), share(numbers, 0.99), Math.max(0, ...numbers)].map(ms => ms.toFixed(1)).join(' / ');

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

function reportSlices({slices: all, frames, steps, collections}: Told): void {
  const inOrder = [...collections].sort((a, b) => a.from - b.from);
  const slices = all.filter(({what}) => what === 'slice');
  const actions = all.filter(({what}) => what !== 'slice');
  const garbage = collecting(slices, inOrder);
  const long = slices.map(({ms}, i) => ({ms, own: ms - garbage[i]!})).filter(({ms}) => ms > BUDGET_MS);
  const own = long.filter(slice => slice.own > BUDGET_MS).length;
  report(`slices of the ticker, ms: median / p99 / longest of ${slices.length}`, spread(slices.map(({ms}) => ms)), `<= ${BUDGET_MS}`);
  report(
    `slices over ${BUDGET_MS} ms: by their own work / by collections`,
    `${own} / ${long.length - own}`,
    '0 / a few, of the old generation',
  );
  report('collections of garbage, ms: median / p99 / longest', spread(collections.map(({ms}) => ms)), '');
  const net = collecting(steps, inOrder);
  const byWho = new Map<string, number[]>();
  steps.forEach(({ms, who}, i) => void byWho.set(who, [...(byWho.get(who) ?? []), ms - net[i]!]));
  for (const [who, times] of [...byWho].sort(([, a], [, b]) => Math.max(...b) - Math.max(...a)).slice(0, NAMED))
    report(
      `  long steps, ${who}`,
      `longest ${Math.max(...times).toFixed(1)} ms`,
      `${times.filter(ms => ms > BUDGET_MS).length} over ${BUDGET_MS} ms`,
    );
  report('frames of 160x45 while it runs, ms: median / p99 / longest', spread(frames.map(({ms}) => ms)), '');
  const slow = actions.filter(({ms}) => ms > 30).sort((a, b) => b.ms - a.ms);
  for (const {what, ms} of slow.slice(0, NAMED)) report(`  slow actions, ${what}`, `${ms.toFixed(0)} ms`, '');
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

const LINE = 'kubectl get pods --namespace default';

/** From a key to the cell that shows it: while 5,000 nodes join, and when they are there. */
async function benchKeys(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'podyssey-bench-'));
  const program = openProgram(home)('sandbox', '--nodes', '250');
  const {shown, echo} = watch(program);
  const enter = async (line: string, answer: string): Promise<void> => {
    program.write(`${line}\r`);
    await shown(answer);
  };
  const clear = async (): Promise<void> => {
    program.write('\u0015');
    await pause(500);
  };
  const tell = (when: string, delays: readonly number[]): void =>
    report(
      `from a key to its echo ${when}: median / p99`,
      `${median(delays).toFixed(0)} / ${share(delays, 0.99).toFixed(0)} ms`,
      'median <= 30',
    );
  await shown('free play');
  await pause(1000);
  tell('with 250 nodes, to compare', await echo(LINE));
  await clear();
  await enter('chaos range 10.128.0.0/9', 'pods get their addresses from');
  await enter('chaos nodes 5000', 'machines join until there are 5000');
  tell('while 5,000 nodes join', await echo(LINE));
  await clear();
  tell('with 5,000 nodes', await echo(LINE));
  program.kill();
  rmSync(home, {recursive: true, force: true});
}
