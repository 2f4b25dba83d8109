/** Whether a pod may be evicted: its budget's word, and what is said when that is no. */
import {describe, expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const cluster = clusterOf({nodes: 0, off: ['kube-scheduler']});
// There is a service account by then; after that time stands still: what a budget says stays as it is written.
cluster.advance(1000);
const NAMESPACE = '/api/v1/namespaces/default';
const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const send = (method: string, path: string, body: unknown) => {
  const {code, body: answer} = cluster.request({method, path, body, headers: {'content-type': 'application/json'}});
  return {code, body: answer as any};
};
const status = (path: string, change: object) =>
  cluster.request({
    method: 'PATCH',
    path: `${path}/status`,
    body: {status: change},
    headers: {'content-type': 'application/merge-patch+json'},
  });

function running(name: string, labels: Record<string, string> = {}, phase = 'Running'): void {
  const spec = {containers: [{name: 'c', image: 'nginx'}], nodeName: 'somewhere', terminationGracePeriodSeconds: 600};
  send('POST', `${NAMESPACE}/pods`, {apiVersion: 'v1', kind: 'Pod', metadata: {name, labels}, spec});
  status(`${NAMESPACE}/pods/${name}`, {phase, conditions: [{type: 'Ready', status: phase === 'Running' ? 'True' : 'False'}]});
}
function budget(name: string, selector: object, now: object): void {
  send('POST', BUDGETS, {apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: {name}, spec: {minAvailable: 1, selector}});
  status(`${BUDGETS}/${name}`, {
    observedGeneration: 1,
    disruptionsAllowed: 0,
    desiredHealthy: 1,
    currentHealthy: 1,
    expectedPods: 1,
    ...now,
  });
}
const evict = (name: string, metadata: object = {name}) =>
  send('POST', `${NAMESPACE}/pods/${name}/eviction`, {apiVersion: 'policy/v1', kind: 'Eviction', metadata});
const disruption = (name: string) =>
  send('GET', `${NAMESPACE}/pods/${name}`, undefined).body.status.conditions.find((c: {type: string}) => c.type === 'DisruptionTarget');

describe('an eviction', () => {
  it('is refused by a budget that allows none, and the refusal says why', () => {
    running('a', {app: 'a'});
    budget('strict', {matchLabels: {app: 'a'}}, {});
    const {code, body} = evict('a');
    expect(code).toBe(429);
    expect(body.details.causes).toEqual([
      {reason: 'DisruptionBudget', message: 'The disruption budget strict needs 1 healthy pods and has 1 currently'},
    ]);
  });
  it('waits for a budget that nobody has looked at yet', () => {
    running('b', {app: 'b'});
    budget('young', {matchLabels: {app: 'b'}}, {observedGeneration: 0, disruptionsAllowed: 1});
    const {code, body} = evict('b');
    expect(code).toBe(429);
    expect(body.details).toEqual({
      causes: [{reason: 'DisruptionBudget', message: 'The disruption budget young is still being processed by the server.'}],
      retryAfterSeconds: 10,
    });
  });
  it('is refused where the budget could not be worked out', () => {
    running('c', {app: 'c'});
    const conditions = [
      {
        type: 'DisruptionAllowed',
        status: 'False',
        reason: 'SyncFailed',
        message: 'found no controllers',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ];
    budget('lost', {matchLabels: {app: 'c'}}, {conditions});
    expect(evict('c').body.details.causes[0].message).toBe(
      'The disruption budget lost does not allow evicting pods currently because it failed sync: found no controllers',
    );
  });
  it('is refused with the reason of the budget where that has more pods than it needs', () => {
    running('d', {app: 'd'});
    const condition = {type: 'DisruptionAllowed', status: 'False', reason: 'Held', lastTransitionTime: '2026-01-01T00:00:00Z'};
    const counts = {desiredHealthy: 1, currentHealthy: 3};
    budget('held', {matchLabels: {app: 'd'}}, {...counts, conditions: [{...condition, message: 'by hand'}]});
    expect(evict('d').body.details.causes[0].message).toBe(
      'The disruption budget held does not allow evicting pods currently (Held): by hand',
    );
    status(`${BUDGETS}/held`, {conditions: [{...condition, message: ''}]});
    expect(evict('d').body.details.causes[0].message).toBe('The disruption budget held does not allow evicting pods currently');
  });
  it('is forbidden by a budget that waits for too many others to go', () => {
    running('e', {app: 'e'});
    const disruptedPods = Object.fromEntries(Array.from({length: 2001}, (_, i) => [`gone-${i}`, '2026-01-01T00:00:00Z']));
    budget('behind', {matchLabels: {app: 'e'}}, {disruptionsAllowed: 1, disruptedPods});
    expect(evict('e')).toMatchObject({
      code: 403,
      body: {
        message:
          'poddisruptionbudget.policy "behind" is forbidden: DisruptedPods map too big - too many evictions not confirmed by PDB controller',
      },
    });
  });
  it('takes the last disruption from a budget, which says so itself', () => {
    running('last', {app: 'last'});
    budget('one', {matchLabels: {app: 'last'}}, {disruptionsAllowed: 1, currentHealthy: 2});
    expect(evict('last').code).toBe(201);
    const {status: now} = send('GET', `${BUDGETS}/one`, undefined).body;
    expect(now).toMatchObject({disruptionsAllowed: 0, disruptedPods: {last: expect.any(String)}});
    expect(now.conditions).toMatchObject([{type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods'}]);
  });
  it('asks the budget that selects all for a pod without labels, too', () => {
    running('plain');
    budget('everything', {}, {});
    expect(evict('plain').code).toBe(429);
    send('DELETE', `${BUDGETS}/everything`, undefined);
    expect(evict('plain').code).toBe(201);
  });
  it('is of the pod that is meant, in the version that is meant', () => {
    running('meant', {app: 'm'});
    const {uid, resourceVersion} = send('GET', `${NAMESPACE}/pods/meant`, undefined).body.metadata;
    const asked = (preconditions: object) =>
      send('POST', `${NAMESPACE}/pods/meant/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: {name: 'meant'},
        deleteOptions: {preconditions},
      });
    expect(asked({uid: 'another'})).toMatchObject({
      code: 409,
      body: {message: expect.stringContaining(`the UID in the precondition (another) does not match the UID in record (${uid})`)},
    });
    expect(asked({resourceVersion: '1'}).code).toBe(409);
    expect(disruption('meant')).toBeUndefined();
    expect(asked({uid, resourceVersion}).code).toBe(201);
    expect(disruption('meant')).toMatchObject({status: 'True'});
  });
  it('marks what it takes, also what no budget needs any more', () => {
    running('waiting', {app: 'a'}, 'Pending');
    expect(evict('waiting').code).toBe(201);
    expect(disruption('waiting')).toMatchObject({status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting'});
  });
  it('names its pod', () => {
    running('named', {app: 'n'});
    for (const metadata of [{}, {name: 'other'}]) {
      const {code, body} = evict('named', metadata);
      expect(code).toBe(400);
      expect(body.message).toBe('name in URL does not match name in Eviction object');
    }
  });
});
