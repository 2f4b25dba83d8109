/** The scheduling decisions in the document of `run -o json`. */
import {expect, test} from 'vitest';
import {documentOf} from '../../src/selectors/document.ts';
import {clusterOf} from '../clusters.ts';

interface Decided {
  readonly pod: string;
  readonly atMs: number;
  readonly node: string | null;
  readonly message: string;
  readonly evaluated: number;
  readonly filters: Record<string, {plugin: string; reasons: string[]} | null>;
  readonly skipped: string[];
  readonly scores: Record<string, Record<string, {raw: number; normalized: number; weight: number}>>;
  readonly totals: Record<string, number>;
}

test('each decision has every filter verdict, every score in three steps, and totals that add up', () => {
  const cluster = clusterOf({nodes: 3});
  const from = cluster.history.position;
  const send = (method: string, path: string, body: object, headers = {}) =>
    expect(cluster.request({method, path, body, headers}).code).toBeLessThan(300);
  const merge = {'content-type': 'application/merge-patch+json'};
  send('PATCH', '/api/v1/nodes/node-1', {spec: {taints: [{key: 'dedicated', effect: 'NoSchedule'}]}}, merge);
  const resources = {requests: {cpu: '500m', memory: '256Mi'}};
  const pod = (name: string, spec = {}) =>
    send('POST', '/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name},
      spec: {containers: [{name: 'c', image: 'nginx', resources}], ...spec},
    });
  pod('web');
  pod('nowhere', {nodeSelector: {disk: 'ssd'}});
  cluster.settle();

  const {scheduling} = documentOf(cluster, 1, from) as unknown as {scheduling: Decided[]};
  const [web, nowhere] = scheduling as [Decided, Decided];
  expect(web).toMatchObject({pod: 'default/web', message: `Successfully assigned default/web to ${web.node}`, evaluated: 3});
  expect(web.filters).toEqual({
    'node-1': {plugin: 'TaintToleration', reasons: ['node(s) had untolerated taint(s)']},
    'node-2': null,
    'node-3': null,
  });
  expect(Object.keys(web.totals).sort()).toEqual(['node-2', 'node-3']);
  for (const [node, total] of Object.entries(web.totals)) {
    const sum = Object.values(web.scores).reduce((points, byNode) => points + byNode[node]!.normalized * byNode[node]!.weight, 0);
    expect([node, sum]).toEqual([node, total]);
  }
  expect(web.totals[web.node!]).toBe(Math.max(...Object.values(web.totals)));
  expect(web.skipped).toContain('NodePorts');

  expect(nowhere).toMatchObject({pod: 'default/nowhere', node: null, scores: {}, totals: {}});
  expect(nowhere.message).toMatch(
    /^0\/3 nodes are available: 1 node\(s\) had untolerated taint\(s\), 2 node\(s\) didn't match Pod's node affinity\/selector\. /,
  );
});
