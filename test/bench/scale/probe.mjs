/**
 * Loaded into the program before it begins (`node --import`): writes down, when the program ends, how long its main thread was at work at a time, which draws the frames and
 * hears the keys. It is the processor's time, where the system tells it by threads: what others do on the machine meanwhile does not count. Linux adds to a thread's time only
 * when its tick comes or the thread sleeps, up to four milliseconds late, so the thread sleeps a moment before it looks.
 */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {isMainThread} from 'node:worker_threads';

const SCHEDULE = '/proc/thread-self/schedstat';
/** Shorter ones are not told one by one. */
const SHORT_MS = 2;
const TICK_MS = 1;

const nothing = new Int32Array(new SharedArrayBuffer(4));
function workedHere() {
  Atomics.wait(nothing, 0, 0, 0.1);
  return Number(readFileSync(SCHEDULE, 'utf8').split(' ')[0]) / 1e6;
}
const worked = existsSync(SCHEDULE) ? workedHere : () => performance.now() - TICK_MS;

if (isMainThread) {
  const long = [];
  let at = performance.now();
  let before = worked();
  const look = () => {
    // No more than the clock on the wall says: a virtual machine's books may be kept in another's time.
    const ms = Math.min(worked() - before, performance.now() - at);
    if (ms > SHORT_MS) long.push({at: performance.timeOrigin + at, ms});
    [at, before] = [performance.now(), worked()];
    setTimeout(look, TICK_MS).unref();
  };
  look();
  process.once('exit', () => writeFileSync(process.env.PODYSSEY_PROBE, JSON.stringify(long)));
}
