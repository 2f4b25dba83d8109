import {describe, expect, test} from 'vitest';
import type {Pod} from '../../../src/engine/api/types.ts';
import {type Lab, lab, scriptPod} from './lab.ts';

const STATIC = `
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: nginx, image: 'nginx:1.27'}]}
`;

const put = (it: Lab, text?: string): void =>
  it.cluster.control({action: 'manifest', node: 'node-1', path: '/etc/kubernetes/manifests/web.yaml', ...(text !== undefined && {text})});

describe('a manifest on the disk', () => {
  test('becomes a pod of this node, shown by a mirror that the Node owns', () => {
    const it = lab();
    put(it, STATIC);
    it.wait(8);
    const mirror = it.pod('web-node-1')!;
    expect(mirror.status!.phase).toBe('Running');
    expect(mirror.metadata.ownerReferences).toMatchObject([{kind: 'Node', name: 'node-1', controller: true}]);
    expect(mirror.metadata.annotations).toMatchObject({
      'kubernetes.io/config.source': 'file',
      'kubernetes.io/config.mirror': mirror.metadata.annotations!['kubernetes.io/config.hash'],
    });
  });

  test('runs on though its mirror is deleted; the mirror comes back', () => {
    const it = lab();
    put(it, STATIC);
    it.wait(8);
    const {uid} = it.pod('web-node-1')!.metadata;
    const {containerID} = it.status('web-node-1');
    it.remove('web-node-1');
    it.wait(3);
    expect(it.pod('web-node-1')!.metadata.uid).not.toBe(uid);
    expect(it.status('web-node-1').containerID).toBe(containerID);
  });

  test('needs no API server', () => {
    const it = lab();
    it.cluster.control({action: 'stop', program: 'kube-apiserver'});
    put(it, STATIC);
    it.wait(8);
    it.cluster.control({action: 'start', program: 'kube-apiserver'});
    it.wait(90);
    const started = it.status('web-node-1').state!.running!.startedAt!;
    expect(Date.parse(started)).toBeLessThan(Date.parse(it.pod('web-node-1')!.metadata.creationTimestamp!));
  });

  test('ends the pod when it is taken away', () => {
    const it = lab();
    put(it, STATIC);
    it.wait(8);
    put(it);
    it.wait(5);
    expect(it.pod('web-node-1')).toBeUndefined();
    expect(it.story('web-node-1')).toContain('CRI: container nginx exited 0 (Completed)');
  });
});

describe('a manifest behind a URL', () => {
  /** A pod that serves what a ConfigMap holds; answers its address. */
  function server(it: Lab, text: string): string {
    it.apply(`{apiVersion: v1, kind: ConfigMap, metadata: {name: manifests}, data: {"web.yaml": ${JSON.stringify(text)}}}`);
    it.apply(`
apiVersion: v1
kind: Pod
metadata: {name: server}
spec:
  containers:
  - {name: nginx, image: 'nginx:1.27', volumeMounts: [{name: pages, mountPath: /usr/share/nginx/html}]}
  volumes: [{name: pages, configMap: {name: manifests}}]
`);
    it.wait(8);
    return `http://${it.pod('server')!.status!.podIP}/web.yaml`;
  }

  test('is fetched every twenty seconds and runs as a static pod', () => {
    const it = lab();
    const url = server(it, STATIC);
    it.cluster.control({action: 'kubelet-config', node: 'node-1', change: {staticPodURL: url}});
    it.wait(10);
    const pod: Pod = it.pod('web-node-1')!;
    expect(pod.status!.phase).toBe('Running');
    expect(pod.metadata.annotations!['kubernetes.io/config.source']).toBe('http');
  });

  test('that cannot be fetched leaves what runs alone', () => {
    const it = lab();
    const url = server(it, STATIC);
    it.cluster.control({action: 'kubelet-config', node: 'node-1', change: {staticPodURL: url}});
    it.wait(10);
    it.remove('server', 1);
    it.wait(60);
    expect(it.pod('web-node-1')!.status!.phase).toBe('Running');
  });

  test('that is no longer configured ends the pod', () => {
    const it = lab();
    const url = server(it, STATIC);
    it.cluster.control({action: 'kubelet-config', node: 'node-1', change: {staticPodURL: url}});
    it.wait(10);
    it.cluster.control({action: 'kubelet-config', node: 'node-1', change: {staticPodURL: ''}});
    it.wait(10);
    expect(it.pod('web-node-1')).toBeUndefined();
  });
});

test('the three sources are one: pods of all of them run side by side', () => {
  const it = lab();
  put(it, STATIC);
  it.apply(scriptPod('mine', 'sleep 3600'));
  it.wait(10);
  expect([it.state('mine'), it.state('web-node-1')]).toEqual(['running', 'running']);
});
