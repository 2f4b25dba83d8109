/** A terminal that is nobody's, for frames that are drawn to be counted or compared. */
import {PassThrough, Writable} from 'node:stream';

/** A screen of a size; `take` is handed what is written to it, and calls back when it may go on. */
export function nobodysScreen(
  size: {readonly columns: number; readonly rows: number},
  take: (chunk: Buffer | string, done: () => void) => void,
): NodeJS.WriteStream {
  const stream = new Writable({write: (chunk: Buffer | string, _encoding, done) => take(chunk, done)});
  return Object.assign(stream, {isTTY: true, ...size}) as unknown as NodeJS.WriteStream;
}

/** A keyboard that nobody presses. */
export function nobodysKeyboard(): NodeJS.ReadStream {
  const stream = Object.assign(new PassThrough(), {isTTY: true, setRawMode: () => stream, ref: () => stream, unref: () => stream});
  return stream as unknown as NodeJS.ReadStream;
}
