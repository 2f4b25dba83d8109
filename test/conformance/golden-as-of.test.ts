/** The requests that a real v1.20.2 answered: what our server answers as of that release. Here nothing is forgiven for being of today. */
import {expect, it} from 'vitest';
import {createCluster} from '../../src/engine/cluster/cluster.ts';
import {answersOf, profileOf, serverOf} from '../../src/engine/cluster/profiles/profiles.ts';
import {difference} from './golden/judge.ts';
import {fault, recorded, replay} from './golden/replay.ts';
import {STILL_TODAY} from './golden/still-today.ts';

/** At least this part of the answers, those among them that differ today. */
const ALIKE = 0.95;

it.skipIf(!recorded)('answers recorded requests as of 1.20 as the real 1.20 did', {timeout: 120_000}, () => {
  const profile = profileOf('1.20')!;
  const cluster = createCluster({nodes: 0, off: ['kube-scheduler'], server: {...serverOf(profile), ...answersOf(profile)}});
  let judged = 0;
  const failed: string[] = [];
  const unexplained: string[] = [];
  replay(cluster, (entry, got) => {
    if (!entry.response || entry.judge === false) return;
    judged++;
    const found = difference(entry.response, got);
    if (!found) return;
    failed.push(entry.id);
    if (!STILL_TODAY[entry.id]) unexplained.push(fault(entry, found));
  });
  console.log(`golden requests as of 1.20: ${judged - failed.length}/${judged} (the rest: golden/still-today.ts)`);
  expect(unexplained.join('\n')).toBe('');
  expect(Object.keys(STILL_TODAY).sort()).toEqual(failed);
  expect((judged - failed.length) / judged).toBeGreaterThanOrEqual(ALIKE);
});
