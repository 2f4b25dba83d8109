import {describe, expect, test} from 'vitest';
import {toAscii} from '../../src/selectors/glyphs.ts';
import {readFacts} from '../../src/selectors/read-facts.ts';
import {sparkline} from '../../src/selectors/sparkline.ts';
import {clusterOf} from '../clusters.ts';

const pod = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name},
  spec: {containers: [{name: 'web', image: 'nginx', ...more}]},
});

const lab = (off: string[] = []) => {
  const cluster = clusterOf({seed: 1, nodes: 2, off});
  cluster.settle();
  cluster.advance(60_000);
  const create = (object: object) => {
    const {code} = cluster.request({method: 'POST', path: '/api/v1/namespaces/default/pods', body: object});
    expect(code).toBe(201);
  };
  const trends = () => readFacts(cluster, {from: 0, selected: undefined}).trends;
  return {cluster, create, trends};
};

describe('trends', () => {
  test('count every revision of the last thirty seconds, and only those', () => {
    const {cluster, create, trends} = lab();
    const before = cluster.machine.root.revision;
    create(pod('web'));
    cluster.advance(5_000);
    const {values, now} = trends().revisions;
    const idle = 30 - 6;
    expect(values.slice(idle).reduce((sum, value) => sum + value, 0)).toBeGreaterThanOrEqual(cluster.machine.root.revision - before);
    expect(Math.max(...values)).toBeGreaterThan(2);
    expect(now).toBe(values.at(-1));
    cluster.advance(40_000);
    expect(Math.max(...trends().revisions.values)).toBeLessThan(Math.max(...values));
  });

  test('a pod nobody schedules stays in no queue; one that fits nowhere stays in the scheduler’s', () => {
    const {cluster, create, trends} = lab();
    create(pod('large', {resources: {requests: {cpu: '1000'}}}));
    cluster.advance(3_000);
    expect(trends().pods.now).toBe(1);
    expect(trends().pods.values.at(0)).toBe(0);
    expect(trends().pods.values.at(-1)).toBe(1);
    cluster.request({method: 'DELETE', path: '/api/v1/namespaces/default/pods/large'});
    cluster.advance(2_000);
    expect(trends().pods.now).toBe(0);
    expect(trends().pods.values.slice(-6)).toContain(1);
  });

  test('CPU goes to the class of the pod that uses it, and is gone with it', () => {
    const {cluster, create, trends} = lab();
    create(pod('burst', {resources: {requests: {cpu: '100m'}}}));
    create(pod('best'));
    cluster.advance(10_000);
    const of = (name: string) => trends().cpu.find(each => each.name === name)!.trend;
    expect(of('Burstable').now).toBeGreaterThan(0);
    expect(of('BestEffort').now).toBeGreaterThanOrEqual(of('Burstable').now);
    expect(of('Guaranteed').values.every(value => value === 0)).toBe(true);
    const used = of('Burstable').now;
    cluster.request({method: 'DELETE', path: '/api/v1/namespaces/default/pods/burst', query: {gracePeriodSeconds: '1'}});
    cluster.advance(6_000);
    expect(of('Burstable').now).toBe(0);
    expect(Math.max(...of('Burstable').values)).toBe(used);
  });

  test('are those of the moment that is looked at', () => {
    const {cluster, create, trends} = lab();
    create(pod('large', {resources: {requests: {cpu: '1000'}}}));
    cluster.advance(3_000);
    const there = cluster.history.position;
    const seen = JSON.stringify(trends());
    cluster.advance(20_000);
    cluster.history.seek(there);
    expect(trends().pods.now).toBe(1);
    cluster.history.seek(0);
    expect(trends().pods.now).toBe(0);
    expect(seen).toContain('"now":1');
  });

  test('are drawn as bars, in ASCII too', () => {
    const line = sparkline({values: [0, 1, 4, 8], now: 8, sliceMs: 1000}, 4).text;
    expect(line).toBe('▁▂▅█');
    expect(toAscii(line)).toBe('__=#');
    expect(sparkline({values: [9, 0, 0], now: 0, sliceMs: 1000}, 2).text).toBe('▁▁');
  });
});
