/** The built program on a pseudo-terminal: first paint, whole screen, echo of keys while the cluster is busy, silence while nothing changes. */
import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {benchFrames} from './frames.ts';
import {median, report} from './measure.ts';
import {openProgram, type Program, watch} from './program.ts';

/** Prints what the screen costs. What needs the bundle is left out where it has not been built. */
export async function benchScreen(): Promise<void> {
  if (!existsSync('dist/podyssey.js')) return report('the screen', 'not built', '');
  await benchFrames();
  await benchProgram();
}

/** Starts the built program on a pseudo-terminal. */
async function benchProgram(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'podyssey-bench-'));
  const open = openProgram(home);
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
  rmSync(home, {recursive: true, force: true});
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
