/**
 * Manifests of every kind, dropped, swapped, retyped, swollen and written in strange letters, thrown at the API server in every way to write: there is always an
 * answer, a refusal is always a Status, and what was refused is not in the store.
 */
import fc from 'fast-check';
import {beforeAll, describe, expect, it} from 'vitest';
import {type Kind, kinds} from '../../src/engine/api/kinds.ts';
import type {Cluster} from '../../src/engine/cluster/cluster.ts';
import {clusterOf} from '../clusters.ts';
import {VALID} from './valid-manifests.ts';

type Json = Record<string, unknown>;

/** How many manifests a kind; more by hand: MANIFEST_RUNS=500 */
const RUNS = Number(process.env['MANIFEST_RUNS'] ?? 12);

const STORED = kinds.filter(({etcdPrefix}) => etcdPrefix !== undefined);
const apiVersionOf = ({group, version}: Kind): string => (group ? `${group}/${version}` : version);
const collectionOf = ({group, version, namespaced, resource}: Kind): string =>
  `${group ? `/apis/${group}/${version}` : `/api/${version}`}${namespaced ? '/namespaces/default' : ''}/${resource}`;

function manifestOf(kind: Kind): Json | undefined {
  const parts = VALID[apiVersionOf(kind)]?.[kind.kind];
  if (!parts) return undefined;
  return {apiVersion: apiVersionOf(kind), kind: kind.kind, ...parts, metadata: {name: 'x', ...(parts['metadata'] as object | undefined)}};
}
const nameOf = (manifest: Json): string => (manifest['metadata'] as {name: string}).name;

const STRANGE = [
  ...['', ' ', '-', '../x', 'a/b', 'A_b', '*', '50%', '1e400', '-1', '12Ki', '\u0000', '\u202e', '\ud800', 'ﬁ', '🐙', 'é', 'x'.repeat(300)],
  ...[0, -1, 1.5, 65_536, 2 ** 31, 2 ** 53, true, false, null, [], {}, [[]], [null], {'': ''}, {'🐙': '\u202e'}, [{}, {}], 'constructor'],
];
const strange = fc.oneof(
  {weight: 24, arbitrary: fc.constantFrom<unknown>(...STRANGE)},
  {weight: 6, arbitrary: fc.string({unit: 'binary', maxLength: 20})},
  {
    // Each costs as much as a hundred of the others: a few dozen over all kinds.
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      'x'.repeat(1_100_000),
      Array.from({length: 2000}, (_, i) => ({name: `n${i}`})),
    ),
  },
);

const placesOf = (value: unknown, path: string[] = []): string[][] =>
  value && typeof value === 'object'
    ? Object.entries(value).flatMap(([key, part]) => [[...path, key], ...placesOf(part, [...path, key])])
    : [];

type Damage = (holder: Json, key: string, value: unknown) => void;
const DAMAGE: readonly Damage[] = [
  (holder, key) => void (Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key]),
  (holder, key, value) => void (holder[key] = value),
  (holder, key) => void (holder[key] = [holder[key], holder[key]]),
  (holder, key) => void (holder[`${key}🐙`] = holder[key]),
  (holder, key) => {
    const other = Object.keys(holder).find(name => name !== key) ?? key;
    [holder[key], holder[other]] = [holder[other], holder[key]];
  },
];

const damages = fc.array(fc.tuple(fc.nat(), fc.nat(DAMAGE.length - 1), strange), {minLength: 1, maxLength: 3});

function damaged(manifest: Json, list: readonly (readonly [number, number, unknown])[]): Json {
  const copy = structuredClone(manifest);
  for (const [at, how, value] of list) {
    const places = placesOf(copy);
    const path = places[at % Math.max(places.length, 1)];
    if (!path) continue;
    const holder = path.slice(0, -1).reduce((part, key) => part[key] as Json, copy);
    // A copy: further damage may be done inside it, and must not reach the next manifest, nor put a value into itself.
    DAMAGE[how]!(holder, path.at(-1)!, structuredClone(value));
  }
  return copy;
}

let base: Cluster;
beforeAll(() => {
  base = clusterOf({nodes: 0, off: ['kube-controller-manager', 'kube-scheduler']});
  const account = {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default'}};
  base.request({method: 'POST', path: '/api/v1/namespaces/default/serviceaccounts', body: account});
});

interface Way {
  method: string;
  path: string;
  type?: string;
  body: unknown;
}

/** One request; a refusal must be a Status and leave the store as it was. */
function ask(cluster: Cluster, {method, path, type = 'application/json', body}: Way): void {
  const {revision} = cluster.state.root;
  const answer = cluster.request({method, path, headers: {'content-type': type}, query: {fieldManager: 'test'}, body});
  if (answer.code < 400) return;
  expect(answer.body).toMatchObject({kind: 'Status', status: 'Failure', code: answer.code, message: expect.any(String)});
  expect(cluster.state.root.revision, `a write that was refused: ${JSON.stringify(answer.body).slice(0, 300)}`).toBe(revision);
}

/** Each way in which what is damaged can be written over what is there. */
const overwrites = (path: string, whole: Json): Way[] => [
  {method: 'PUT', path, body: whole},
  {method: 'PATCH', path, type: 'application/merge-patch+json', body: whole},
  {method: 'PATCH', path, type: 'application/strategic-merge-patch+json', body: whole},
  {method: 'PATCH', path, type: 'application/apply-patch+yaml', body: whole},
  {
    method: 'PATCH',
    path,
    type: 'application/json-patch+json',
    body: [
      {op: 'replace', path: '/spec', value: whole['spec']},
      {op: 'add', path: '/x', value: 1},
    ],
  },
  {method: 'PUT', path: `${path}/status`, body: whole},
];

describe('a damaged manifest', () => {
  it('is made of a sound one of every kind that can be stored', () => {
    expect(STORED.filter(kind => !manifestOf(kind)).map(({kind}) => kind)).toEqual([]);
    for (const kind of STORED) {
      const {code, body} = base.history.branch().request({method: 'POST', path: collectionOf(kind), body: manifestOf(kind)});
      expect(code, JSON.stringify(body)).toBe(201);
    }
  });

  for (const kind of STORED)
    it(`of a ${kind.kind} is answered, and not stored when it is refused`, () => {
      const sound = manifestOf(kind)!;
      const collection = collectionOf(kind);
      const there = base.history.branch();
      there.request({method: 'POST', path: collection, body: sound});
      fc.assert(
        fc.property(damages, list => {
          const whole = damaged(sound, list);
          ask(base.history.branch(), {method: 'POST', path: collection, body: whole});
          for (const way of overwrites(`${collection}/${nameOf(sound)}`, whole)) ask(there.history.branch(), way);
        }),
        {numRuns: RUNS},
      );
    });
});
