/** From the command to something on a terminal, against an empty node process of the same run. */
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {spawn} from '@lydell/node-pty';
import {median, report} from './measure.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const program = path.join(root, 'dist/podyssey.js');

/** Milliseconds until the output of a process on a terminal first satisfies `seen`, or until it ends. */
function until(args: readonly string[], seen: (output: string) => boolean): Promise<number> {
  const start = performance.now();
  const pty = spawn(process.execPath, [...args], {
    cols: 160,
    rows: 45,
    env: {...process.env, PODYSSEY_HOME: path.join(root, 'dist/bench-home'), TERM: 'xterm-256color'} as Record<string, string>,
  });
  let output = '';
  return new Promise(resolve => {
    const done = (): void => {
      resolve(performance.now() - start);
      pty.kill();
    };
    pty.onData(data => {
      output += data;
      if (seen(output)) done();
    });
    pty.onExit(done);
  });
}

/** Medians of interleaved starts. */
export async function benchStart(): Promise<void> {
  const times: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < 7; i++) {
    times[0].push(await until(['-e', 'console.log(1)'], output => output.includes('1')));
    times[1].push(await until([program], output => output.length > 200));
    times[2].push(await until([program], output => output.includes('First breath')));
  }
  const [empty, first, full] = times.map(median) as [number, number, number];
  report('first paint / empty node process', `${(first / empty).toFixed(2)} (${first.toFixed(0)} ms / ${empty.toFixed(0)} ms)`, '<= 1.15');
  report('course map on the screen / empty node process', `${(full / empty).toFixed(2)} (${full.toFixed(0)} ms)`, '<= 4.5');
}
