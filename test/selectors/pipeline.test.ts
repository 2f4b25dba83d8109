/** What the strip says of requests that are not the plain birth of one pod. */
import {describe, expect, test} from 'vitest';
import type {Cluster} from '../../src/engine/index.ts';
import type {PipelineStage} from '../../src/selectors/facts/request.ts';
import {readFacts} from '../../src/selectors/read-facts.ts';
import {clusterOf} from '../clusters.ts';

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
  const cluster = clusterOf({nodes: 1});
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

describe('a request that the API server hands on', () => {
  const log = (cluster: Cluster): void => void cluster.request({method: 'GET', path: `${pods}/web/log`, client: 'kubectl'});
  const born = (cluster: Cluster): void => {
    send(cluster, 'POST', pods, web);
    cluster.advance(20_000);
  };

  test('ends at the kubelet that was called', () => {
    const cluster = clusterOf({nodes: 1});
    born(cluster);
    const from = cluster.history.position;
    log(cluster);
    const {stages, story} = readFacts(cluster, {from, selected: undefined}).pipeline;
    expect(stages.find(({id}) => id === 'kubelet')).toMatchObject({verdict: 'ok', detail: expect.stringMatching(/^called https:/)});
    expect(story).toMatch(/^kubelet: called https:/);
  });

  test('is refused there where nobody listens', () => {
    const cluster = clusterOf({nodes: 1});
    born(cluster);
    const from = cluster.history.position;
    cluster.control({action: 'stop', program: 'kubelet'});
    log(cluster);
    const {stages} = readFacts(cluster, {from, selected: undefined}).pipeline;
    expect(stages.filter(({verdict}) => verdict === 'denied').map(({id}) => id)).toEqual(['kubelet']);
  });
});

describe('a command that came to no request', () => {
  const seenAfter = (line: string, output: string, play: (cluster: Cluster) => void = () => undefined) => {
    const cluster = clusterOf({nodes: 1});
    const from = cluster.history.position;
    send(cluster, 'POST', pods, web);
    const {position} = cluster.history;
    play(cluster);
    return readFacts(cluster, {from, selected: undefined, command: {line, output, failed: true, position}});
  };
  const verdicts = ({pipeline}: ReturnType<typeof seenAfter>) =>
    pipeline.stages.filter(stage => stage.verdict !== 'idle').map(({id, verdict}) => [id, verdict]);

  test('stops at kubectl, and the request before it is not looked at any more', () => {
    const facts = seenAfter('kubectl create -f web.yaml', 'error: error parsing web.yaml:\nyaml: line 9\n');
    expect(verdicts(facts)).toEqual([['kubectl', 'denied']]);
    expect(facts.pipeline.story).toBe('kubectl: error: error parsing web.yaml:; yaml: line 9');
    expect(facts.request).toBeUndefined();
    expect(facts.requests).not.toEqual([]);
  });

  test('stops at the door of a server that is not there', () => {
    const refused = 'The connection to the server 10.0.0.9:6443 was refused - did you specify the right host or port?\n';
    expect(verdicts(seenAfter('kubectl get pods', refused))).toEqual([
      ['kubectl', 'ok'],
      ['TLS', 'denied'],
    ]);
  });

  test('stops at kubectl where discovery knows no such kind', () => {
    const discover = (cluster: Cluster) => void cluster.request({method: 'GET', path: '/apis', client: 'kubectl'});
    expect(verdicts(seenAfter('kubectl create -f old.yaml', 'error: no matches for kind "Old"\n', discover))).toEqual([
      ['kubectl', 'denied'],
    ]);
  });

  test('is not what a server has refused, nor a line of another program', () => {
    const refuse = (cluster: Cluster) => void send(cluster, 'POST', pods, web);
    expect(seenAfter('kubectl create -f web.yaml', 'Error from server (AlreadyExists)\n', refuse).request).toMatchObject({code: 409});
    expect(seenAfter('grep x web.yaml', '').request).toMatchObject({code: 201});
  });
});
