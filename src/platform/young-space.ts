/** How V8 collects what has just been made. */
import {PerformanceObserver} from 'node:perf_hooks';
import {getHeapSpaceStatistics, setFlagsFromString} from 'node:v8';

/** Both halves of it together; V8 would take four times as much. `npm run bench -- scale` tells how long a collection of it takes. */
const ENOUGH = 8 * 2 ** 20;
/** By then what a screen needs has been loaded. */
const LOADED_MS = 2000;

const grow = (factor: number): void => setFlagsFromString(`--semi-space-growth-factor=${factor}`);
const size = (): number => getHeapSpaceStatistics().find(space => space.space_name === 'new_space')!.space_size;

/**
 * Keeps V8's young generation small, and has the main thread alone collect it: it is collected more often and sooner done. That is paid for with processor time on a
 * cluster of thousands of nodes. To be called before much has been loaded, for the young generation grows and does not shrink.
 */
export function keepYoungSpaceSmall(): void {
  setFlagsFromString('--no-parallel-scavenge');
  grow(1);
  setTimeout(() => {
    if (size() >= ENOUGH) return;
    grow(2);
    const observer = new PerformanceObserver(() => {
      if (size() < ENOUGH) return;
      grow(1);
      observer.disconnect();
    });
    observer.observe({entryTypes: ['gc']});
  }, LOADED_MS).unref();
}
