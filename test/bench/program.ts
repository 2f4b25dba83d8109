/** The built program on a pseudo-terminal, as somebody sees it. */
import {setTimeout as pause} from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {size} from './frames/drive.ts';

const PROBE = './test/bench/scale/probe.mjs';

export type Program = ReturnType<typeof pty.spawn>;

/** What starts it with these words, its own files in `home`. Where its main thread's work is to be told, `probe` names the file (see scale/probe.mjs). */
export const openProgram =
  (home: string, probe?: string) =>
  (...words: readonly string[]): Program =>
    pty.spawn(process.execPath, [...(probe === undefined ? [] : ['--import', PROBE]), 'dist/podyssey.js', ...words], {
      cols: size.columns,
      rows: size.rows,
      env: {...process.env, PODYSSEY_HOME: home, TERM: 'xterm-256color', PODYSSEY_PROBE: probe},
    });

/** Its screen and its keys. */
export function watch(program: Program) {
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
