/** What a frame costs: the screen as it is shipped against the same panels drawn by Ink as it comes, in turns, each in a process of its own. */
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {join} from 'node:path';
// @ts-expect-error build scripts have no types
import {quickInk} from '../../.ci/quick-ink.mjs';
import {bundleScreen} from '../bundle-screen.ts';
import {median, report} from './measure.ts';

interface Cost {
  readonly cpuMs: number;
  readonly bytes: number;
}

const rounds = 3;

/** Prints the figures and their bounds. */
export async function benchFrames(): Promise<void> {
  const folder = mkdtempSync(join('dist', 'bench-'));
  try {
    for (const [name, plugins] of [
      ['own', [quickInk]],
      ['nested', []],
    ] as const) {
      await bundleScreen(`test/bench/frames/${name}.tsx`, folder, name, plugins);
    }
    const cost = (name: string): Cost =>
      JSON.parse(spawnSync(process.execPath, [join(folder, `${name}.mjs`)], {encoding: 'utf8'}).stdout) as Cost;
    const own: Cost[] = [];
    const nested: Cost[] = [];
    for (let round = 0; round < rounds; round += 1) {
      own.push(cost('own'));
      nested.push(cost('nested'));
    }
    const [ours, theirs] = [own, nested].map(costs => median(costs.map(each => each.cpuMs))) as [number, number];
    report(
      'CPU of a frame at 160x45 / the same tree by Ink, nested overflow',
      `${ours.toFixed(1)} / ${theirs.toFixed(1)} ms = ${(ours / theirs).toFixed(2)}`,
      '<= 0.8',
    );
    report('bytes of a frame in which the clock moves', `${Math.round(median(own.map(each => each.bytes)))}`, '<= 1200 of 160x45 cells');
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
