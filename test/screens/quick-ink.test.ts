import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
// @ts-expect-error build scripts have no types
import {quickInk} from '../../.ci/quick-ink.mjs';
import {bundleScreen} from '../bundle-screen.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join('dist', 'quick-ink-'));
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

/** What a run writes that draws a frame of every sort. */
async function written(name: string, plugins: readonly object[]): Promise<string> {
  const outfile = await bundleScreen('test/screens/quick-ink/frames.tsx', folder, name, plugins);
  const {stdout, status} = spawnSync(process.execPath, [outfile], {encoding: 'utf8', env: {PATH: process.env['PATH']}});
  expect(status).toBe(0);
  return stdout;
}

test('what is kept from frame to frame changes no byte of what Ink writes', async () => {
  const asItComes = await written('as-it-comes', []);
  const quick = await written('quick', [quickInk]);
  expect(asItComes).toContain('4711');
  expect(asItComes).toContain('日本語');
  expect(asItComes).toContain('4712');
  expect(quick).toBe(asItComes);
});
