/** What a list, a watch and a read may be asked for, and what comes of the rest. */
import {describe, expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

const cluster = clusterOf({nodes: 0});
for (const name of ['a', 'b', 'c'])
  cluster.request({method: 'POST', path: MAPS, body: {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}}});

type Body = any;

function get(url: string): {code: number; body: Body} {
  const [path = '', search = ''] = url.split('?');
  return cluster.request({method: 'GET', path, query: Object.fromEntries(new URLSearchParams(search))});
}
const namesOf = ({body}: {body: Body}): string[] => body.items.map((item: Body) => item.metadata.name);
const added = ({body}: {body: Body}): string[] =>
  body.filter((event: Body) => event.type === 'ADDED').map((event: Body) => event.object.metadata.name);

const invalid = (what: string): string => `ListOptions.meta.k8s.io "" is invalid: ${what}`;
const forbidden = (field: string, why: string): string => invalid(`${field}: Forbidden: ${why}`);
const MATCH = 'resourceVersionMatch';

describe('is refused', () => {
  it.each([
    ['?resourceVersionMatch=Exact', 422, forbidden(MATCH, `${MATCH} is forbidden unless resourceVersion is provided`)],
    ['?resourceVersion=0&resourceVersionMatch=Exact', 422, forbidden(MATCH, `${MATCH} "exact" is forbidden for resourceVersion "0"`)],
    [
      '?resourceVersion=5&resourceVersionMatch=Newest',
      422,
      invalid(`${MATCH}: Unsupported value: "Newest": supported values: "Exact", "NotOlderThan", ""`),
    ],
    [
      '?resourceVersion=5&resourceVersionMatch=Exact&continue=abc',
      422,
      forbidden(MATCH, `${MATCH} is forbidden when continue is provided`),
    ],
    ['?sendInitialEvents=true', 422, forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')],
    ['?watch=1&sendInitialEvents=true', 422, forbidden(MATCH, `sendInitialEvents requires setting ${MATCH} to NotOlderThan`)],
    [
      '?watch=1&resourceVersionMatch=NotOlderThan',
      422,
      forbidden(MATCH, `${MATCH} is forbidden for watch unless sendInitialEvents is provided`),
    ],
    ['?timeoutSeconds=soon', 400, 'strconv.ParseInt: parsing "soon": invalid syntax'],
    [
      '?resourceVersion=x',
      400,
      'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    ],
    ['/a?resourceVersion=x', 500, 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax'],
    ['/a?resourceVersion=99999', 504, expect.stringMatching(/^Timeout: Too large resource version: 99999, current: \d+$/)],
  ])('%s', (query, code, message) => {
    const answer = get(MAPS + query);
    expect([answer.code, answer.body.message]).toEqual([code, message]);
  });

  it('a version with a token', () => {
    const token = get(`${MAPS}?limit=1`).body.metadata.continue;
    const answer = get(`${MAPS}?limit=1&resourceVersion=5&continue=${token}`);
    expect([answer.code, answer.body.message]).toEqual([400, 'specifying resource version is not allowed when using continue']);
  });

  it('across namespaces everything but a list and a watch', () => {
    const across = (method: string): number => cluster.request({method, path: '/api/v1/configmaps', body: {}}).code;
    expect([across('DELETE'), across('POST'), get('/api/v1/configmaps').code]).toEqual([405, 405, 200]);
    expect(namesOf(get(MAPS))).toContain('a');
  });
});

describe('is answered', () => {
  it('by name in every namespace', () => {
    expect(namesOf(get('/api/v1/configmaps?fieldSelector=metadata.name=b'))).toEqual(['b']);
  });

  it('with a limit below zero as without one', () => {
    expect(get(`${MAPS}?limit=-1`).body.items).toHaveLength(get(MAPS).body.items.length);
  });

  it('at the very version, for who pages and names one', () => {
    const {resourceVersion} = get(`${MAPS}/b`).body.metadata;
    expect(namesOf(get(`${MAPS}?limit=9&resourceVersion=${resourceVersion}`))).not.toContain('c');
    expect(namesOf(get(`${MAPS}?resourceVersion=${resourceVersion}`))).toContain('c');
  });

  it('by a watch of one object', () => {
    const path = '/api/v1/watch/namespaces/default/configmaps/b';
    expect(added(get(path))).toEqual(['b']);
    expect(added(get(`${path}?fieldSelector=metadata.name=b`))).toEqual(['b']);
    expect(get(`${path}?fieldSelector=metadata.name=c`).body.message).toBe("fieldSelector metadata.name doesn't match requested name");
  });

  it('by a watch that begins now, where nobody wants what there is', () => {
    expect(added(get(`${MAPS}?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan`))).toEqual([]);
    expect(added(get(`${MAPS}?watch=1`))).toContain('a');
  });
});

it('a page whose revision is gone comes with a token for the rest as it is now', () => {
  const own = clusterOf({nodes: 0});
  const write = (name: string): void =>
    void own.request({method: 'POST', path: MAPS, body: {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}}});
  for (const name of ['a', 'b']) write(name);
  const read = (query: Record<string, string>): {code: number; body: Body} => own.request({method: 'GET', path: MAPS, query});
  const first = read({limit: '1'}).body;
  write('c');
  own.advance(15 * 60_000);
  const gone = read({limit: '1', continue: first.metadata.continue});
  expect([gone.code, gone.body.reason]).toEqual([410, 'Expired']);
  expect(gone.body.message).toMatch(/Continuing with the provided token results in an inconsistent list/);
  const rest = read({continue: gone.body.metadata.continue});
  expect(namesOf(rest)).toEqual(expect.arrayContaining(['b', 'c']));
  expect(namesOf(rest)).not.toContain('a');
});
