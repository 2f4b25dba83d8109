/** Requests that a real API server answered, in order: what ours answers, through the library. */
import {expect, it} from 'vitest';
import {clusterOf} from '../clusters.ts';
import {difference, type Leniency} from './golden/judge.ts';
import {type Entry, fault, recorded, replay} from './golden/replay.ts';
import {comparable} from './golden/today.ts';

/** At least this part of the answers that today's version would give alike. */
const ALIKE = 0.95;

/** How to judge it by what is known to differ today; undefined where nothing is left to compare. */
const leniency = ({id, judge, today, response}: Entry): Leniency | undefined =>
  response && judge !== false ? comparable(id, today?.notes ?? []) : undefined;

it.skipIf(!recorded)('answers recorded requests as the real one did', {timeout: 120_000}, () => {
  let judged = 0;
  const failed: string[] = [];
  const given = replay(clusterOf({nodes: 0, off: ['kube-scheduler']}), (entry, got) => {
    const how = leniency(entry);
    if (!how) return;
    judged++;
    const found = difference(entry.response!, got, how);
    if (found) failed.push(fault(entry, found));
  });
  console.log(`golden requests ${judged - failed.length}/${judged} (answers given: ${given}; the rest differs today, see golden/today.ts)`);
  if (failed.length > 0) console.log(failed.join('\n'));
  expect((judged - failed.length) / judged).toBeGreaterThanOrEqual(ALIKE);
});
