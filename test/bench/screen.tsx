/** What drawing costs: our rows against the same panels as Ink's own boxes, in the same run; bytes, idle frames, first paint, echo of keys. */
import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough, Writable} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import pty from '@lydell/node-pty';
import {Box, type Instance, render, Text} from 'ink';
import {panels} from '../../src/selectors/panels/table.ts';
import {plainText} from '../../src/selectors/styled.ts';
import {App} from '../../src/tui/App.tsx';
import {createFrames} from '../../src/tui/frames.ts';
import {createScreen} from '../../src/tui/screen.ts';
import {chooseTheme} from '../../src/tui/theme.ts';
import {fakeSession} from '../tui/fake-session.ts';
import {median, report} from './measure.ts';

const size = {columns: 160, rows: 45};
const framesDrawn = 120;

class Sink extends Writable {
  readonly isTTY = true;
  readonly columns = size.columns;
  readonly rows = size.rows;
  bytes = 0;
  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.bytes += Buffer.byteLength(chunk);
    done();
  }
}

/** A keyboard that nobody presses. */
const keyboard = Object.assign(new PassThrough(), {
  isTTY: true,
  setRawMode: () => keyboard,
  ref: () => keyboard,
  unref: () => keyboard,
}) as unknown as NodeJS.ReadStream;

interface Drawing {
  readonly cpuMs: number;
  readonly bytes: number;
}

/** CPU and bytes a frame while `change` makes each one differ from the one before. */
async function drawing(instance: Instance, sink: Sink, change: (count: number) => void): Promise<Drawing> {
  for (let count = 0; count < 20; count += 1) {
    change(count);
    await pause(20);
  }
  const bytes = sink.bytes;
  const begun = process.cpuUsage();
  for (let count = 20; count < 20 + framesDrawn; count += 1) {
    change(count);
    await pause(20);
  }
  const {user, system} = process.cpuUsage(begun);
  instance.unmount();
  return {cpuMs: (user + system) / 1000 / framesDrawn, bytes: (sink.bytes - bytes) / framesDrawn};
}

/** Prints what drawing the screen costs. The bundle is needed for the parts that start the program. */
export async function benchScreen(): Promise<void> {
  const options = (sink: Sink) =>
    ({
      stdout: sink as unknown as NodeJS.WriteStream,
      stdin: keyboard,
      incrementalRendering: true,
      interactive: true,
      maxFps: 60,
      patchConsole: false,
      exitOnCtrlC: false,
    }) as const;

  const session = fakeSession();
  const screen = createScreen(session, {redraw() {}, suspend() {}, edit: async text => text, exit() {}}, size);
  const frames = createFrames(screen, chooseTheme({TERM: 'xterm-256color', LANG: 'C.UTF-8'}));
  const sink = new Sink();
  const tick = (count: number): void => session.change({time: {...session.getSnapshot().time, now: count * 100}});
  const own = await drawing(render(<App screen={screen} frames={frames} />, options(sink)), sink, tick);

  const nestedSink = new Sink();
  const shown = panels
    .slice(0, 6)
    .map(panel => panel.rows(session.getSnapshot().facts, {width: 50, height: 12}).map(each => plainText(each.row)));
  const Nested = ({count}: {count: number}) => (
    <Box width={size.columns} height={size.rows - 1} flexWrap="wrap" overflow="hidden">
      {shown.map((rows, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the panels keep their places
        <Box key={index} width={53} height={14} borderStyle="round" flexDirection="column" overflow="hidden">
          {[`clock ${count}`, ...rows].slice(0, 12).map((text, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
            <Text key={row} color="green" wrap="truncate">
              {text}
            </Text>
          ))}
        </Box>
      ))}
    </Box>
  );
  const instance = render(<Nested count={0} />, options(nestedSink));
  const nested = await drawing(instance, nestedSink, count => instance.rerender(<Nested count={count} />));
  report(
    'a frame at 160x45 / the same panels as nested boxes',
    `${own.cpuMs.toFixed(1)} / ${nested.cpuMs.toFixed(1)} ms = ${(own.cpuMs / nested.cpuMs).toFixed(2)}`,
    '<= 0.8',
  );
  report('bytes of a frame in which the clock moves', String(Math.round(own.bytes)), '');

  if (existsSync('dist/podyssey.js')) await benchProgram();
}

/** Starts the built program on a pseudo-terminal. */
async function benchProgram(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'podyssey-bench-'));
  const open = () =>
    pty.spawn(process.execPath, ['dist/podyssey.js'], {
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
  rmSync(home, {recursive: true, force: true});
}

/** From a key to the first bytes that answer it, while the cluster runs; and what is written while nothing changes. */
async function benchEcho(program: ReturnType<typeof pty.spawn>): Promise<void> {
  let heard: () => void = () => undefined;
  let bytes = 0;
  program.onData(data => {
    bytes += data.length;
    heard();
  });
  await pause(2000);
  program.write('s');
  await pause(1500);
  const delays: number[] = [];
  for (const key of 'kubectl get pods --namespace default') {
    const begun = performance.now();
    program.write(key);
    await new Promise<void>(resolve => {
      heard = resolve;
    });
    delays.push(performance.now() - begun);
    await pause(90);
  }
  program.write('\u0003 ');
  await pause(1000);
  const before = bytes;
  await pause(2000);
  report('echo of a key, median', `${median(delays).toFixed(0)} ms`, '<= 20 on a quiet machine');
  report('bytes written in two seconds of pause', String(bytes - before), '0');
  program.kill();
}
