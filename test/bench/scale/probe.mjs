/**
 * Loaded into the program before it begins (`node --import`): writes down, when the program ends, how long its main thread was at work at a time. It draws the frames and
 * hears the keys. Time in which others had the processor does not count.
 */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {isMainThread} from 'node:worker_threads';

const SCHEDULE = '/proc/thread-self/schedstat';
/** Shorter ones are not told one by one. */
const SHORT_MS = 2;
const TICK_MS = 1;

const withheld = () => (existsSync(SCHEDULE) ? Number(readFileSync(SCHEDULE, 'utf8').split(' ')[1]) / 1e6 : 0);

if (isMainThread) {
  const long = [];
  let from = performance.now();
  let waited = withheld();
  const look = () => {
    const now = performance.now();
    const out = withheld();
    const ms = now - from - TICK_MS - (out - waited);
    if (ms > SHORT_MS) long.push({at: performance.timeOrigin + from, ms});
    [from, waited] = [performance.now(), withheld()];
    setTimeout(look, TICK_MS).unref();
  };
  look();
  process.once('exit', () => writeFileSync(process.env.PODYSSEY_PROBE, JSON.stringify(long)));
}
