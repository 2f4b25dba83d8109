import {describe, expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';
import {asking, on, type Stage, stage} from './stage.ts';

const withExtenders = (...extenders: object[]): {schedulerConfiguration: object} => ({schedulerConfiguration: {extenders}});

/** Nothing listens there on the control plane's own machine. */
const nobody = {urlPrefix: 'http://127.0.0.1:8888/scheduler/', filterVerb: 'filter'};
const REFUSED = 'Post "http://127.0.0.1:8888/scheduler/filter": dial tcp 127.0.0.1:8888: connect: connection refused';

const conditionOf = (s: Stage, pod: string) => s.podNamed(pod).status?.conditions?.find(c => c.type === 'PodScheduled');

describe('an extender that nobody answers for', () => {
  it('ends the attempt with an error, and the next ones come after a back-off', () => {
    const s = stage(withExtenders(nobody));
    s.node('n1');
    s.pod('web');
    s.run();
    expect(s.nodeOf('web')).toBeUndefined();
    expect(s.events('web')).toEqual([`FailedScheduling: ${REFUSED}`]);
    expect(conditionOf(s, 'web')).toMatchObject({status: 'False', reason: 'SchedulerError', message: REFUSED});
    s.run(8000);
    expect(s.decisions('web').length).toBeGreaterThan(2);
  });

  it('is not asked where no node fits anyway', () => {
    const s = stage(withExtenders(nobody));
    s.node('n1');
    s.pod('big', asking('5'));
    s.run();
    expect(s.events('big')[0]).toMatch(/^FailedScheduling: 0\/1 nodes are available: 1 Insufficient cpu\./);
  });

  it('is skipped where that is allowed', () => {
    const s = stage(withExtenders({...nobody, ignorable: true}));
    s.node('n1');
    s.pod('web');
    s.run();
    expect(s.nodeOf('web')).toBe('n1');
  });

  it('is only asked about pods that want what it manages', () => {
    const s = stage(withExtenders({...nobody, managedResources: [{name: 'example.com/gpu'}]}));
    s.node('n1');
    s.pod('plain');
    s.pod('gpu', {containers: [{name: 'main', image: 'nginx', resources: {limits: {'example.com/gpu': '1'}}}]});
    s.run();
    expect(s.nodeOf('plain')).toBe('n1');
    expect(s.events('gpu')[0]).toMatch(/Insufficient example\.com\/gpu/);
  });

  it('keeps NodeResourcesFit from counting what is left to it', () => {
    const managedResources = [{name: 'example.com/gpu', ignoredByScheduler: true}];
    const gpu = {containers: [{name: 'main', image: 'nginx', resources: {limits: {'example.com/gpu': '1'}}}]};
    const s = stage(withExtenders({...nobody, managedResources, ignorable: true}));
    s.node('n1');
    s.pod('gpu', gpu);
    s.run();
    expect(s.nodeOf('gpu')).toBe('n1');
    const strict = stage(withExtenders({...nobody, managedResources}));
    strict.node('n1');
    strict.pod('gpu', gpu);
    strict.run();
    expect(strict.events('gpu')).toEqual([`FailedScheduling: ${REFUSED}`]);
  });

  it('may be silent about scores: they are made without it', () => {
    const s = stage(withExtenders({urlPrefix: 'http://127.0.0.1:8888', prioritizeVerb: 'prioritize', weight: 5}));
    s.node('small', {cpu: '2', memory: '4Gi'});
    s.node('large', {cpu: '8', memory: '16Gi'});
    s.pod('web');
    s.run();
    expect(s.nodeOf('web')).toBe('large');
  });

  it('cannot bind', () => {
    const s = stage(withExtenders({urlPrefix: 'http://127.0.0.1:8888', bindVerb: 'bind'}));
    s.node('n1');
    s.pod('web');
    s.run();
    expect(s.events('web')).toEqual([
      'FailedScheduling: Post "http://127.0.0.1:8888/bind": dial tcp 127.0.0.1:8888: connect: connection refused',
    ]);
    const ignored = stage(withExtenders({urlPrefix: 'http://127.0.0.1:8888', bindVerb: 'bind', ignorable: true}));
    ignored.node('n1');
    ignored.pod('web');
    ignored.run();
    expect(ignored.nodeOf('web')).toBe('n1');
  });

  it('leaves victims of a preemption alone', () => {
    const s = stage(withExtenders({urlPrefix: 'http://127.0.0.1:8888', preemptVerb: 'preempt'}));
    s.create({apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: {name: 'high'}, value: 1000});
    s.node('n1');
    s.pod('small', asking('3'));
    s.run();
    s.pod('big', asking('3', {priorityClassName: 'high', priority: 1000}));
    s.run();
    expect(s.nodeOf('small')).toBe('n1');
    expect(s.events('big')[0]).toContain(
      'preemption: Post "http://127.0.0.1:8888/preempt": dial tcp 127.0.0.1:8888: connect: connection refused',
    );
  });

  it.each([
    [
      'http://extender.kube-system.svc:80',
      'Post "http://extender.kube-system.svc:80/filter": dial tcp: lookup extender.kube-system.svc: no such host',
    ],
    ['extender:80', 'Post "extender:80/filter": unsupported protocol scheme "extender"'],
    ['10.0.0.1:80', 'parse "10.0.0.1:80/filter": first path segment in URL cannot contain colon'],
    ['', 'Post "/filter": unsupported protocol scheme ""'],
    ['http://', 'Post "http:/filter": http: no Host in request URL'],
  ])('at %s', (urlPrefix, message) => {
    const s = stage(withExtenders({urlPrefix, filterVerb: 'filter'}));
    s.node('n1');
    s.pod('web');
    s.run();
    expect(s.events('web')).toEqual([`FailedScheduling: ${message}`]);
  });
});

it('a silent extender holds up every pod behind the one it is asked about', () => {
  const s = stage(
    withExtenders({
      urlPrefix: 'http://203.0.113.9',
      filterVerb: 'filter',
      httpTimeout: '2s',
      managedResources: [{name: 'example.com/gpu', ignoredByScheduler: true}],
    }),
  );
  s.node('n1');
  s.pod('gpu', {containers: [{name: 'main', image: 'nginx', resources: {limits: {'example.com/gpu': '1'}}}]});
  s.run(50);
  s.pod('plain');
  s.run(1500);
  expect(s.nodeOf('plain')).toBeUndefined();
  expect(s.events('gpu')).toEqual([]);
  s.run(600);
  expect(s.nodeOf('plain')).toBe('n1');
  expect(s.events('gpu')).toEqual([
    'FailedScheduling: Post "http://203.0.113.9/filter": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ]);
});

describe('a silent extender that is to bind', () => {
  const silent = (more: object = {}) =>
    withExtenders({
      urlPrefix: 'http://203.0.113.9',
      bindVerb: 'bind',
      httpTimeout: '2s',
      managedResources: [{name: 'example.com/gpu', ignoredByScheduler: true}],
      ...more,
    });
  const gpu = {containers: [{name: 'main', image: 'nginx', resources: {limits: {'example.com/gpu': '1'}, requests: {cpu: '3'}}}]};

  it('is waited for by its pod alone, whose place is kept meanwhile; then the pod is tried again', () => {
    const s = stage(silent());
    s.node('n1', {cpu: '4'});
    s.pod('gpu', gpu);
    s.run(50);
    s.pod('plain');
    s.pod('big', asking('3'));
    s.run(1500);
    expect(s.nodeOf('plain')).toBe('n1');
    expect(s.events('gpu')).toEqual([]);
    expect(s.events('big')[0]).toContain('Insufficient cpu');
    s.run(600);
    expect(s.events('gpu')).toEqual([
      'FailedScheduling: Post "http://203.0.113.9/bind": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ]);
    expect(s.nodeOf('gpu')).toBeUndefined();
    const tries = s.decisions('gpu').length;
    s.run(8000);
    expect(s.decisions('gpu').length).toBeGreaterThan(tries);
  });

  it('that may be ignored holds up the scheduler, which then binds itself', () => {
    const s = stage(silent({ignorable: true}));
    s.node('n1');
    s.pod('gpu', gpu);
    s.run(1500);
    expect(s.nodeOf('gpu')).toBeUndefined();
    s.run(600);
    expect(s.nodeOf('gpu')).toBe('n1');
  });

  it('is forgotten with its pod', () => {
    const s = stage(silent());
    s.node('n1');
    s.pod('gpu', gpu);
    s.run(1000);
    s.cluster.request({method: 'DELETE', path: '/api/v1/namespaces/default/pods/gpu', query: {gracePeriodSeconds: '0'}});
    s.pod('gpu', gpu);
    s.run(1500);
    expect(s.events('gpu')).toEqual([]);
    s.run(1000);
    expect(s.events('gpu')).toHaveLength(1);
  });
});

describe('an extender that is a pod', () => {
  /** A cluster with http-echo behind a Service, at the address that the scheduler is told of. */
  function answering(text: string, extender: object): Stage {
    const cluster = clusterOf({nodes: 2, ...withExtenders({urlPrefix: 'http://10.96.7.7', nodeCacheCapable: true, ...extender})});
    const s = on(cluster);
    const labels = {app: 'extender'};
    s.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name: 'extender', namespace: 'default', labels},
      spec: {nodeName: 'node-1', containers: [{name: 'main', image: 'hashicorp/http-echo:1.0', args: [`-text=${text}`]}]},
    });
    s.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {name: 'extender', namespace: 'default'},
      spec: {clusterIP: '10.96.7.7', selector: labels, ports: [{port: 80, targetPort: 5678}]},
    });
    cluster.advance(20_000);
    s.pod('web');
    s.run(500);
    return s;
  }

  it('strikes out nodes', () => {
    const s = answering('{"nodenames": ["node-2"], "failedNodes": {"node-1": "no licence"}}', {filterVerb: 'filter'});
    expect(s.nodeOf('web')).toBe('node-2');
    const none = answering('{"nodenames": [], "failedNodes": {"node-1": "no licence", "node-2": "no licence"}}', {filterVerb: 'filter'});
    expect(none.events('web')[0]).toMatch(/^FailedScheduling: 0\/2 nodes are available: 2 no licence\./);
  });

  it('scores', () => {
    const s = answering('[{"host": "node-1", "score": 10}]', {prioritizeVerb: 'prioritize', weight: 100});
    expect(s.nodeOf('web')).toBe('node-1');
    expect(s.decisions('web').at(-1)!.scores['http://10.96.7.7']).toEqual({
      'node-1': {raw: 10, normalized: 100, weight: 100},
      'node-2': {raw: 0, normalized: 0, weight: 100},
    });
  });

  it('says that it has bound the pod, and is believed', () => {
    const s = answering('{}', {bindVerb: 'bind'});
    expect(s.nodeOf('web')).toBeUndefined();
    expect(s.events('web')[0]).toMatch(/^Scheduled: Successfully assigned default\/web to node-/);
  });

  it.each([
    ['hello', "invalid character 'h' looking for beginning of value"],
    ['[]', 'json: cannot unmarshal array into Go value of type v1.ExtenderFilterResult'],
    ['{"nodenames": "node-1"}', 'json: cannot unmarshal string into Go struct field ExtenderFilterResult.NodeNames of type []string'],
    ['{"error": "out of order"}', 'out of order'],
    ['{"nodenames": ["mars"]}', 'extender "http://10.96.7.7" claims a filtered node "mars" which is not found in the input node list'],
  ])('and answers %s', (text, message) => {
    expect(answering(text, {filterVerb: 'filter'}).events('web')[0]).toBe(`FailedScheduling: ${message}`);
  });
});
