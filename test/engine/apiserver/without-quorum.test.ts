/** What the API server answers while etcd has no majority: only what any version will do for comes from the watch cache. upstream: ConsistentListFromCache */
import {describe, expect, it} from 'vitest';
import {createCluster} from '../../../src/engine/index.ts';

const MEMBERS = ['etcd-1', 'etcd-2', 'etcd-3'];
const cluster = createCluster({nodes: 1, etcdMembers: MEMBERS.length});
cluster.advance(20_000);
const ask = (path: string, method: 'GET' | 'POST' = 'GET') => {
  const [plain = '', query = ''] = path.split('?');
  return cluster.request({method, path: plain, query: Object.fromEntries(new URLSearchParams(query)), body: undefined});
};
const list = ask('/api/v1/nodes').body as {metadata: {resourceVersion: string}};
const {resourceVersion} = list.metadata;
const page = ask('/api/v1/namespaces?limit=1').body as {metadata: {continue: string}};
for (const member of ['etcd-1', 'etcd-2']) cluster.control({action: 'etcd-down', member});

const REFUSED = {code: 500, body: {message: 'etcdserver: request timed out'}};

describe('without a majority of etcd', () => {
  it.each([
    ['the newest list', '/api/v1/nodes'],
    ['its first page', '/api/v1/nodes?limit=500'],
    ['a next page', `/api/v1/namespaces?limit=1&continue=${encodeURIComponent(page.metadata.continue)}`],
    ['a list as it was then', `/api/v1/nodes?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`],
    ['a page of it', `/api/v1/nodes?resourceVersion=${resourceVersion}&limit=1`],
    ['the newest object', '/api/v1/nodes/node-1'],
    ['events, which are not cached', '/api/v1/events?resourceVersion=0'],
    ['a watch that begins with the newest list', '/api/v1/nodes?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan'],
  ])('is refused: %s', (_what, path) => expect(ask(path)).toMatchObject(REFUSED));

  it.each([
    ['any list', '/api/v1/nodes?resourceVersion=0'],
    ['a page of any list', '/api/v1/nodes?resourceVersion=0&limit=500'],
    ['one not older than', `/api/v1/nodes?resourceVersion=${resourceVersion}&resourceVersionMatch=NotOlderThan&limit=1`],
    ['any version of an object', '/api/v1/nodes/node-1?resourceVersion=0'],
    ['a watch', `/api/v1/nodes?watch=true&resourceVersion=${resourceVersion}`],
  ])('is answered: %s', (_what, path) => expect(ask(path).code).toBe(200));

  it('a controller that begins meanwhile reads what is cached', () => {
    cluster.control({action: 'stop', program: 'kube-scheduler'});
    cluster.control({action: 'start', program: 'kube-scheduler'});
    const from = cluster.machine.journal.steps.length;
    cluster.advance(2000);
    const notes = cluster.machine.journal.steps
      .slice(from)
      .flatMap(step => step.notes as readonly {kind: string; at?: string; component?: string}[]);
    expect(notes.filter(({kind, component, at}) => kind === 'failure' && component === 'kube-scheduler' && at?.startsWith('list'))).toEqual(
      [],
    );
  });
});
