/** Bodies that nest without end are refused in every format, and nothing of them is stored. */
import {expect, test} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const path = '/api/v1/namespaces/default/configmaps';
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}"b"${'}'.repeat(levels)}`;
const map = (data: string): string => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep"},"data":${data}}`;

test.each([
  ['POST', path, 'application/json'],
  ['POST', path, 'application/yaml'],
  ['PUT', `${path}/deep`, 'application/json'],
  ['PATCH', `${path}/deep`, 'application/merge-patch+json'],
  ['PATCH', `${path}/deep`, 'application/strategic-merge-patch+json'],
  ['PATCH', `${path}/deep`, 'application/apply-patch+yaml'],
  ['PATCH', `${path}/deep`, 'application/json-patch+json'],
])('%s %s as %s', (method, to, type) => {
  const cluster = clusterOf({nodes: 0});
  if (method !== 'POST') expect(cluster.request({method: 'POST', path, body: map('{"a":"b"}')})).toMatchObject({code: 201});
  const {revision} = cluster.state.root;
  for (const levels of [600, 5000, 50_000]) {
    const body = type.includes('json-patch') ? `[{"op":"add","path":"/data","value":${nested(levels)}}]` : map(nested(levels));
    const answer = cluster.request({method, path: to, headers: {'content-type': type}, query: {fieldManager: 'me'}, body});
    expect(answer).toMatchObject({code: 400, body: {kind: 'Status', message: expect.stringMatching(/exceeded max depth|levels deep/)}});
  }
  expect(cluster.state.root.revision).toBe(revision);
});
