import {constants, PerformanceObserver} from 'node:perf_hooks';
import {expect, test} from 'vitest';
import {tidy} from '../../src/platform/tidy.ts';

test('collects what is young, and nothing else', async () => {
  const kinds: unknown[] = [];
  const observer = new PerformanceObserver(list =>
    kinds.push(...list.getEntries().map(entry => (entry as {detail?: {kind?: number}}).detail?.kind)),
  );
  observer.observe({entryTypes: ['gc']});
  tidy();
  await new Promise(resolve => setTimeout(resolve, 20));
  observer.disconnect();
  expect(kinds).toContain(constants.NODE_PERFORMANCE_GC_MINOR);
});
