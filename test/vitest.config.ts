import {availableParallelism} from 'node:os';
import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitest/config';
// @ts-expect-error build scripts have no types
import {inline, quickInkTested} from '../.ci/quick-ink.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  root,
  plugins: [quickInkTested],
  oxc: {jsx: {runtime: 'automatic', development: false}},
  resolve: {alias: {'podyssey/engine': `${root}src/engine/index.ts`}},
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    pool: 'threads',
    isolate: false,
    // By itself Vitest leaves a core free, which on two is half of them.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // The longest take a few seconds of a machine that is idle, and what is waited for comes at once; a busy one gets ten times as long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: {poll: {timeout: 30_000, interval: 20}},
    server: {deps: {inline}},
    env: {NODE_ENV: 'production', TZ: 'UTC', FORCE_COLOR: '0'},
  },
});
