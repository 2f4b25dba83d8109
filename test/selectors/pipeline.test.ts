/** What the strip says of requests that are not the plain birth of one pod. */
import {describe, expect, test} from 'vitest';
import {type Cluster, createCluster} from '../../src/engine/index.ts';
import type {PipelineStage} from '../../src/selectors/facts/request.ts';
import {readFacts} from '../../src/selectors/read-facts.ts';

const send = (cluster: Cluster, method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): number =>
  cluster.request({method, path, ...(body && {body}), client: 'kubectl'}).code;

const pods = '/api/v1/namespaces/default/pods';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const spec = {containers: [{name: 'app', image: 'nginx:1.27'}]};
const web = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'web'}, spec};
const shop = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: 'shop'},
  spec: {selector: {matchLabels: {app: 'shop'}}, template: {metadata: {labels: {app: 'shop'}}, spec}},
};

function played(play: (cluster: Cluster) => void): {subject: string; stage: (id: string) => PipelineStage} {
  const cluster = createCluster({nodes: 1});
  const from = cluster.history.position;
  play(cluster);
  const {stages, subject} = readFacts(cluster, {from, selected: undefined}).pipeline;
  return {subject, stage: id => stages.find(stage => stage.id === id)!};
}

describe('the pipeline', () => {
  test('tells of the pod that is there, not of another that had its name', () => {
    const {stage} = played(cluster => {
      send(cluster, 'POST', pods, web);
      cluster.advance(10_000);
      send(cluster, 'DELETE', `${pods}/web`);
      cluster.advance(40_000);
      send(cluster, 'POST', pods, web);
      cluster.advance(10_000);
    });
    expect(stage('kubelet').atMs).toBeGreaterThan(stage('etcd').atMs!);
    expect(stage('sandbox').atMs).toBeGreaterThan(stage('etcd').atMs!);
  });

  test('keeps what the kubelet took a pod for, when there is nothing left to do', () => {
    const {stage} = played(cluster => {
      send(cluster, 'POST', pods, web);
      cluster.advance(60_000);
    });
    expect(stage('kubelet').detail).toMatch(/^node-1 took it: .*start app$/);
  });

  test('names the kubelet that rejects a pod, and waits for nothing more', () => {
    const {stage} = played(cluster => {
      const profile = {type: 'Localhost', localhostProfile: 'nowhere'};
      send(cluster, 'POST', pods, {...web, spec: {...spec, securityContext: {appArmorProfile: profile}}});
      cluster.advance(5_000);
    });
    expect(stage('kubelet')).toMatchObject({verdict: 'denied', detail: expect.stringContaining('AppArmor')});
    expect(stage('sandbox').verdict).toBe('idle');
  });

  test('follows a change of the scale as the write that it is', () => {
    const {stage, subject} = played(cluster => {
      send(cluster, 'POST', deployments, shop);
      cluster.advance(5_000);
      send(cluster, 'PUT', `${deployments}/shop/scale`, {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: {name: 'shop', namespace: 'default'},
        spec: {replicas: 2},
      });
      cluster.advance(5_000);
    });
    expect(subject).toMatch(/^pod\/default\/shop-/);
    expect(stage('watch').detail).toMatch(/^told .*kube-controller-manager/);
    expect(stage('status').verdict).toBe('ok');
  });

  test('waits for no pod where a Deployment is deleted', () => {
    const {stage, subject} = played(cluster => {
      send(cluster, 'POST', deployments, shop);
      cluster.advance(5_000);
      send(cluster, 'DELETE', `${deployments}/shop`);
      cluster.advance(60_000);
    });
    expect(subject).toBe('deployments/default/shop');
    expect(stage('controllers')).toMatchObject({verdict: 'skipped', detail: 'no pod is born of this'});
  });

  test('still stands after hours in which the learner asked for nothing', () => {
    const {stage, subject} = played(cluster => {
      send(cluster, 'POST', pods, web);
      cluster.advance(3 * 3_600_000);
    });
    expect(subject).toBe('pod/default/web');
    expect(stage('status')).toMatchObject({verdict: 'ok', detail: 'Running'});
  });
});
