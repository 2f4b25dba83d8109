/** Draws frame after frame on a terminal that is nobody's, and measures what each costs this process. */
import {PassThrough, Writable} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import type {Instance, RenderOptions} from 'ink';

export const size = {columns: 160, rows: 45};

const warmUp = 30;
const frames = 150;
const everyMs = 20;

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

/** Opens with `open`, then lets `change` make each frame differ from the one before; prints CPU milliseconds and bytes a frame as JSON. */
export async function drive(open: (options: RenderOptions) => Instance, change: (count: number) => void): Promise<void> {
  const sink = new Sink();
  const instance = open({
    stdout: sink as unknown as NodeJS.WriteStream,
    stdin: keyboard,
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
  const bytes = sink.bytes;
  const begun = process.cpuUsage();
  for (let count = warmUp; count < warmUp + frames; count += 1) {
    change(count);
    await pause(everyMs);
  }
  const {user, system} = process.cpuUsage(begun);
  const drawn = (sink.bytes - bytes) / frames;
  // What does not draw costs nothing: that would be no measure.
  if (drawn < 1) throw new Error('nothing was drawn');
  process.stdout.write(`${JSON.stringify({cpuMs: (user + system) / 1000 / frames, bytes: drawn})}\n`);
  instance.unmount();
  process.exit(0);
}
