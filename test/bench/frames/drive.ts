/** Draws frame after frame on a terminal that is nobody's, and measures what each costs this process. */
import {setTimeout as pause} from 'node:timers/promises';
import type {Instance, RenderOptions} from 'ink';
import {nobodysKeyboard, nobodysScreen} from '../../nobodys-terminal.ts';

export const size = {columns: 160, rows: 45};

const warmUp = 30;
const frames = 150;
const everyMs = 20;

/** Opens with `open`, then lets `change` make each frame differ from the one before; prints CPU milliseconds and bytes a frame as JSON. */
export async function drive(open: (options: RenderOptions) => Instance, change: (count: number) => void): Promise<void> {
  let written = 0;
  const instance = open({
    stdout: nobodysScreen(size, (chunk, done) => {
      written += Buffer.byteLength(chunk);
      done();
    }),
    stdin: nobodysKeyboard(),
    incrementalRendering: true,
    interactive: true,
    maxFps: 60,
    patchConsole: false,
    exitOnCtrlC: false,
  });
  for (let count = 0; count < warmUp; count += 1) {
    change(count);
    await pause(everyMs);
  }
  const before = written;
  const begun = process.cpuUsage();
  for (let count = warmUp; count < warmUp + frames; count += 1) {
    change(count);
    await pause(everyMs);
  }
  const {user, system} = process.cpuUsage(begun);
  const drawn = (written - before) / frames;
  // What does not draw costs nothing: that would be no measure.
  if (drawn < 1) throw new Error('nothing was drawn');
  process.stdout.write(`${JSON.stringify({cpuMs: (user + system) / 1000 / frames, bytes: drawn})}\n`);
  instance.unmount();
  process.exit(0);
}
