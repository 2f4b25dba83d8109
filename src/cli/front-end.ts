/** Which front end a person gets, and the first paint of the screen. Loaded before anything heavy, so it imports next to nothing. */
import {writeSync} from 'node:fs';
import {asciiOnly} from '../tui/ascii-only.ts';
import {skeleton, withoutSkeleton} from '../tui/skeleton.ts';

/** True where both ends are a terminal that can be drawn on, and a person who wants that. */
export function onScreen({plain}: {plain?: boolean}): boolean {
  const {TERM, INK_SCREEN_READER} = process.env;
  return !plain && interactive() && TERM !== 'dumb' && INK_SCREEN_READER !== 'true';
}

export function interactive(): boolean {
  return Boolean(process.stdout.isTTY && process.stdin.isTTY);
}

let painted = false;

/**
 * Shows the empty screen while the rest is being loaded, unless it is there already, and keeps keys that are pressed meanwhile from being echoed into it. Returns how to
 * take it back when the real one could not be opened.
 */
export function firstPaint({ascii}: {ascii?: boolean}): () => void {
  if (!painted) {
    const {columns, rows} = process.stdout;
    process.stdin.setRawMode(true);
    writeSync(process.stdout.fd, skeleton(columns, rows, ascii ?? asciiOnly(process.env)));
    painted = true;
  }
  return () => {
    process.stdin.setRawMode(false);
    writeSync(process.stdout.fd, withoutSkeleton);
    painted = false;
  };
}
