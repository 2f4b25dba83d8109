import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {evaluate} from '../../src/course/checks.ts';
import {rareRecords} from '../../src/course/findings.ts';
import {type Chronicle, RARE_KINDS, recordsOfStep, stepsOf} from '../../src/course/records.ts';
import type {Check} from '../../src/course/types.ts';
import type {Cluster} from '../../src/engine/cluster/cluster.ts';
import {clusterOf} from '../clusters.ts';

const running = {object: {kind: 'Pod', status: {phase: 'Running'}}};
const refused = {request: {resource: 'pods', code: {gte: 400}}};
const scheduled = {event: {reason: 'Scheduled'}};

const checks: readonly Check[] = [
  {now: running},
  {now: {object: {kind: 'Pod', metadata: {name: 'pod-1'}}}},
  {eventually: running},
  {eventually: refused, after: scheduled},
  {eventually: {stage: {stage: 'authorization'}}},
  {never: refused},
  {always: {object: {status: {phase: 'Pending'}}}, of: {object: {kind: 'Pod', metadata: {name: 'pod-0'}}}},
  {before: scheduled, never: refused},
  {count: {object: {kind: 'Pod'}}, atLeast: 2},
  {count: {request: {verb: 'create', resource: 'pods'}}, atMost: 2},
  {any: [{not: {eventually: refused}}, {count: running, atLeast: 2}]},
];

const worldAsBuilt = clusterOf({nodes: 1});
const image = 'nginx';

/** What can happen to a cluster, each with a number that says to which pod, how long, how far. */
const moves: readonly ((cluster: Cluster, n: number) => void)[] = [
  (cluster, n) => {
    const body = {apiVersion: 'v1', kind: 'Pod', metadata: {name: `pod-${n % 3}`}, spec: {containers: [{name: 'c', image}]}};
    cluster.request({method: 'POST', path: '/api/v1/namespaces/default/pods', body});
  },
  (cluster, n) => void cluster.request({method: 'DELETE', path: `/api/v1/namespaces/default/pods/pod-${n % 3}`}),
  (cluster, n) => cluster.advance(n * 100),
  ({history}, n) => history.seek(history.position - n),
  ({history}, n) => history.seek(history.position + n),
  ({history}) => history.seek(history.length),
];

const chronicleOf = (cluster: Cluster): Chronicle => ({
  cluster,
  from: worldAsBuilt.history.position,
  commands: [],
  rewound: 0,
  predicted: false,
  ordered: 0,
});

const verdicts = (cluster: Cluster, asked = checks): [boolean, string][] =>
  asked.map(check => evaluate(check, chronicleOf(cluster))).map(({met, gap}) => [met, gap()]);

/** Read from the journal, with nothing remembered. */
const rareOnes = (chronicle: Chronicle): unknown[] =>
  stepsOf(chronicle).flatMap((step, i) =>
    [...RARE_KINDS].flatMap(kind => recordsOfStep(step, kind).map(record => ({position: chronicle.from + i, kind, record}))),
  );
const inOrder = (records: readonly unknown[]): string[] => records.map(record => JSON.stringify(record)).sort();

describe('checks', () => {
  it('are judged on the way as they are by who looks for the first time, in the past and in a new future too', () => {
    const move = fc.record({what: fc.nat(moves.length - 1), n: fc.nat(60), looks: fc.boolean()});
    fc.assert(
      fc.property(fc.array(move, {minLength: 3, maxLength: 25}), played => {
        let cluster = worldAsBuilt.history.branch();
        for (const {what, n, looks} of played) {
          moves[what]!(cluster, n);
          if (!looks) continue;
          const branch = cluster.history.branch();
          for (const line of [cluster, branch]) {
            // Checks that are equal are not the same: of a copy nothing is remembered.
            expect(verdicts(line)).toEqual(verdicts(line, structuredClone(checks)));
            expect(inOrder(rareRecords(chronicleOf(line)))).toEqual(inOrder(rareOnes(chronicleOf(line))));
          }
          if (n % 2) cluster = branch;
        }
      }),
      {numRuns: process.env['PODYSSEY_FULL'] ? 500 : 60, seed: 8},
    );
  });

  it('see each of those verdicts come and go', () => {
    const cluster = worldAsBuilt.history.branch();
    const seen = verdicts(cluster).map(([met]) => new Set([met]));
    for (const [what, n] of [
      [1, 0],
      [0, 0],
      [2, 100],
      [0, 1],
      [0, 2],
      [2, 100],
      [1, 1],
      [2, 600],
      [1, 1],
    ] as const) {
      moves[what]!(cluster, n);
      for (const [i, [met]] of verdicts(cluster).entries()) seen[i]!.add(met);
    }
    expect(checks.filter((_, i) => seen[i]!.size === 1)).toEqual([]);
  });
});
