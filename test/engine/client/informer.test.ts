import {describe, expect, it} from 'vitest';
import type {RequestNote} from '../../../src/engine/apiserver/request.ts';
import type {Cluster} from '../../../src/engine/index.ts';
import {get, pass, put, runPod, send, stage} from '../network/stage.ts';

/** Longer than the store keeps its history. */
const LONG_MS = 1_200_000;

function served(): Cluster {
  const cluster = stage(1);
  runPod(cluster, 'web', 'node-1', '10.244.0.2', {labels: {app: 'web'}});
  put(cluster, '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name: 'web'},
    spec: {selector: {app: 'web'}, ports: [{port: 80}]},
  });
  pass(cluster);
  return cluster;
}

const remove = (cluster: Cluster): void => send(cluster, 'DELETE', '/api/v1/namespaces/default/pods/web?gracePeriodSeconds=0');

const endpoints = (cluster: Cluster): unknown[] =>
  get(cluster, '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices')
    .items.filter((slice: any) => slice.metadata.labels['kubernetes.io/service-name'] === 'web')
    .flatMap((slice: any) => slice.endpoints ?? []);

const listsOfPods = (cluster: Cluster, from: number): number =>
  cluster.machine.journal.steps
    .filter(step => step.at >= from)
    .flatMap(step => step.notes)
    .filter(note => note.kind === 'request')
    .map(note => note as RequestNote)
    .filter(({verb, path, client}) => verb === 'list' && path === '/api/v1/pods' && client !== 'library').length;

describe("an informer's watch", () => {
  it('of a resource that has long been quiet goes on where it was', () => {
    const cluster = served();
    cluster.advance(LONG_MS);
    const quiet = cluster.now;
    remove(cluster);
    pass(cluster);
    expect(endpoints(cluster)).toEqual([]);
    expect(listsOfPods(cluster, quiet)).toBe(0);
  });

  it('that was cut for longer than there is history lists anew, and hears of what went meanwhile', () => {
    const cluster = served();
    const link = {owner: 'kube-controller-manager/', resource: 'pods'};
    cluster.control({action: 'watch-stall', ...link});
    remove(cluster);
    cluster.advance(LONG_MS);
    expect(endpoints(cluster)).toHaveLength(1);
    cluster.control({action: 'watch-mend', ...link});
    pass(cluster);
    expect(endpoints(cluster)).toEqual([]);
  });
});
