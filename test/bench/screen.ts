/** The built program on a pseudo-terminal: first paint, whole screen, echo of keys while the cluster is busy, silence while nothing changes. */
import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {size} from './frames/drive.ts';
import {benchFrames} from './frames.ts';
import {median, report} from './measure.ts';

/** Prints what the screen costs. What needs the bundle is left out where it has not been built. */
export async function benchScreen(): Promise<void> {
  if (!existsSync('dist/podyssey.js')) return report('the screen', 'not built', '');
  await benchFrames();
  await benchProgram();
}

type Program = ReturnType<typeof pty.spawn>;

/** Starts the built program on a pseudo-terminal. */
async function benchProgram(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'podyssey-bench-'));
  const open = (...words: readonly string[]): Program =>
    pty.spawn(process.execPath, ['dist/podyssey.js', ...words], {
      cols: size.columns,
      rows: size.rows,
      env: {...process.env, PODYSSEY_HOME: home, TERM: 'xterm-256color'},
    });
  const empty: number[] = [];
  const paint: number[] = [];
  const full: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    let begun = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    empty.push(performance.now() - begun);
    begun = performance.now();
    const program = open();
    let seen = '';
    await new Promise<void>(resolve => {
      program.onData(data => {
        if (seen === '') paint.push(performance.now() - begun);
        seen += data;
        if (seen.includes('Enter')) resolve();
      });
    });
    full.push(performance.now() - begun);
    program.kill();
  }
  const node = median(empty);
  report('first paint / an empty node process', (median(paint) / node).toFixed(2), '<= 1.15');
  report('full screen / an empty node process', (median(full) / node).toFixed(2), '<= 4.5');
  await benchEcho(open());
  await benchLarge(open('sandbox', '--nodes', '300'));
  rmSync(home, {recursive: true, force: true});
}

/** The program as somebody sees it. */
function watch(program: Program) {
  const terminal = new xterm.Terminal({cols: size.columns, rows: size.rows, allowProposedApi: true});
  let drawn: () => void = () => undefined;
  let bytes = 0;
  program.onData(data => {
    bytes += data.length;
    terminal.write(data, () => drawn());
  });
  const shows = (text: string): boolean => {
    const {active} = terminal.buffer;
    return Array.from({length: size.rows}, (_, y) => active.getLine(y)?.translateToString() ?? '').some(row => row.includes(text));
  };
  const shown = (text: string): Promise<void> =>
    new Promise(resolve => {
      drawn = () => shows(text) && resolve();
      drawn();
    });
  return {
    shown,
    bytes: () => bytes,
    /** Types a line, without Enter: milliseconds from each key to the cell that shows it. */
    async echo(line: string): Promise<number[]> {
      const delays: number[] = [];
      for (let length = 1; length <= line.length; length += 1) {
        const begun = performance.now();
        program.write(line[length - 1]!);
        await shown(`$ ${line.slice(0, length)}`);
        delays.push(performance.now() - begun);
        await pause(60);
      }
      return delays;
    },
  };
}

const LINE = 'kubectl get pods --namespace default';

/** From a key to the cell that shows it, while pods are being made; and what is written while time stands. */
async function benchEcho(program: Program): Promise<void> {
  const {shown, echo, bytes} = watch(program);
  await shown('First breath');
  program.write('s');
  await shown('skips the tour');
  program.write('\u001b');
  await shown('kubectl get nodes');
  program.write('kubectl create deployment busy --image=nginx --replicas=30\r');
  await shown('deployment.apps/busy created');
  const delays = await echo(LINE);
  report('from a key to its echo while pods are made, median', `${median(delays).toFixed(0)} ms`, '<= 20 on a quiet machine');
  program.write('\u0003 ');
  await shown('paused');
  await pause(500);
  const before = bytes();
  await pause(2000);
  report('bytes written in two seconds of pause (frames: none)', String(bytes() - before), '0');
  program.kill();
}

/** The same while the dial is turned to 5,000 nodes. */
async function benchLarge(program: Program): Promise<void> {
  const {shown, echo} = watch(program);
  await shown('free play');
  await pause(1000);
  program.write('chaos nodes 5000\r');
  await shown('machines join until there are 5000');
  const delays = await echo(LINE);
  report(
    'from a key to its echo while 5,000 nodes join',
    `${median(delays).toFixed(0)} ms, at most ${Math.max(...delays).toFixed(0)}`,
    'median <= 30 on a quiet machine',
  );
  program.kill();
}
