import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  root,
  resolve: {alias: {'podyssey/engine': `${root}src/engine/index.ts`}},
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    pool: 'threads',
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: {TZ: 'UTC', FORCE_COLOR: '0'},
  },
});
