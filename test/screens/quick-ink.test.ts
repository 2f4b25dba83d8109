import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {build} from 'esbuild';
import {afterAll, beforeAll, expect, test} from 'vitest';
// @ts-expect-error build scripts have no types
import {quickInk} from '../../.ci/quick-ink.mjs';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join('dist', 'quick-ink-'));
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

/** What a run writes that draws a frame of every sort. */
async function written(name: string, plugins: readonly unknown[]): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: ['test/screens/quick-ink/frames.tsx'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    jsx: 'automatic',
    logLevel: 'error',
    alias: {'react-devtools-core': './test/bench/frames/no-devtools.ts'},
    define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
    banner: {js: "import {createRequire as r} from 'node:module'; const require = r(import.meta.url);"},
    plugins: [...(plugins as [])],
  });
  const {stdout, status} = spawnSync(process.execPath, [outfile], {encoding: 'utf8', env: {PATH: process.env['PATH']}});
  expect(status).toBe(0);
  return stdout;
}

test('what is kept from frame to frame changes no byte of what Ink writes', async () => {
  const asItComes = await written('as-it-comes', []);
  const quick = await written('quick', [quickInk]);
  expect(asItComes).toContain('4711');
  expect(asItComes).toContain('日本語');
  expect(quick).toBe(asItComes);
}, 60_000);
