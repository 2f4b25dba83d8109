import {describe, expect, test} from 'vitest';
import type {EndpointSlice} from '../../../src/engine/api/types.ts';
import {lab, scriptPod, secondOf} from './lab.ts';

const SIGTERM_AWARE = "trap 'echo bye; exit 0' TERM; while true; do sleep 1; done";

describe('deletion', () => {
  test('a process that minds SIGTERM ends at once, and with 0', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', SIGTERM_AWARE));
    it.wait(5);
    it.remove(pod);
    it.wait(3);
    expect(it.pod(pod)).toBeUndefined();
    expect(it.story(pod)).toContain('CRI: container main exited 0 (Completed)');
  });

  test('PID 1 without a handler does not hear SIGTERM: it is killed when the grace is over', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'sleep 3600', {grace: 12}));
    it.wait(5);
    it.remove(pod);
    it.wait(11);
    expect(it.state(pod)).toBe('running');
    it.wait(2);
    expect(it.pod(pod)).toBeUndefined();
    expect(it.story(pod)).toContain('CRI: container main exited 137 (Error)');
  });

  test('with a shared PID namespace it is not PID 1, and SIGTERM ends it with 143', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'sleep 3600', {spec: 'shareProcessNamespace: true'}));
    it.wait(5);
    it.remove(pod);
    it.wait(2);
    expect(it.story(pod)).toContain('CRI: container main exited 143 (Error)');
  });

  test('the preStop hook runs first, and its time is taken from the grace', () => {
    const it = lab();
    const pod = it.apply(
      scriptPod('a', 'sleep 3600', {grace: 10, container: 'lifecycle: {preStop: {exec: {command: [sh, -c, "sleep 4"]}}}'}),
    );
    it.wait(5);
    const from = it.cluster.now;
    it.remove(pod);
    while (it.pod(pod)) it.wait(0.1);
    expect(Math.round((it.cluster.now - from) / 1000)).toBe(10);
    expect(it.story(pod)).toContain('CRI: StopContainer main, 6 s');
  });

  test('a hook that takes longer than the grace is given up; two seconds remain', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'sleep 3600', {grace: 5, container: 'lifecycle: {preStop: {exec: {command: [sleep, "60"]}}}'}));
    it.wait(5);
    const from = it.cluster.now;
    it.remove(pod);
    while (it.pod(pod)) it.wait(0.1);
    expect(Math.round((it.cluster.now - from) / 1000)).toBe(7);
  });

  test('by force takes the object at once; the node ends the process soon after', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'sleep 3600'));
    it.wait(5);
    it.remove(pod, 0);
    expect(it.pod(pod)).toBeUndefined();
    it.wait(1);
    expect(it.story(pod)).not.toContain('CRI: container main exited 137 (Error)');
    it.wait(3);
    expect(it.story(pod)).toContain('CRI: container main exited 137 (Error)');
  });

  test('a pod with a finalizer stays, ended, until the finalizer is gone', () => {
    const it = lab();
    const pod = it.apply(
      scriptPod('a', SIGTERM_AWARE).replace('metadata: {name: a}', 'metadata: {name: a, finalizers: [example.com/wait]}'),
    );
    it.wait(5);
    it.remove(pod);
    it.wait(10);
    expect(it.state(pod)).toBe('terminated 0 Completed');
    expect(it.pod(pod)!.status!.phase).toBe('Succeeded');
    it.cluster.request({
      method: 'PATCH',
      path: '/api/v1/namespaces/default/pods/a',
      headers: {'content-type': 'application/merge-patch+json'},
      body: {metadata: {finalizers: null}},
    });
    it.wait(2);
    expect(it.pod(pod)).toBeUndefined();
  });

  test('sidecars end after the containers they serve, the last one first', () => {
    const it = lab();
    const pod = it.apply(`
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  initContainers:
  - {name: first, image: 'busybox:1.36', imagePullPolicy: IfNotPresent, restartPolicy: Always, command: [sh, -c, "${SIGTERM_AWARE}"]}
  - {name: second, image: 'busybox:1.36', imagePullPolicy: IfNotPresent, restartPolicy: Always, command: [sh, -c, "${SIGTERM_AWARE}"]}
  containers:
  - {name: main, image: 'busybox:1.36', imagePullPolicy: IfNotPresent, command: [sh, -c, "${SIGTERM_AWARE}"]}
`);
    it.wait(10);
    it.remove(pod);
    it.wait(10);
    const ends = it.story(pod).flatMap(line => /container (\w+) exited/.exec(line)?.[1] ?? []);
    expect(ends).toEqual(['main', 'second', 'first']);
  });
});

describe('the way out of a Service', () => {
  test('endpoints first, then preStop, SIGTERM and SIGKILL at their times, and the object last', () => {
    const it = lab();
    const pod = it.apply(`
apiVersion: v1
kind: Pod
metadata: {name: a, labels: {app: a}}
spec:
  terminationGracePeriodSeconds: 20
  containers:
  - name: main
    image: podyssey/app:1
    args: [--term=ignore]
    lifecycle: {preStop: {exec: {command: [sleep, "6"]}}}
`);
    it.apply('{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selector: {app: a}, ports: [{port: 80, targetPort: 8080}]}}');
    it.wait(10);
    const from = it.cluster.now;
    it.remove(pod);
    const endpoint = () => {
      const {body} = it.cluster.request({method: 'GET', path: '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'});
      const slices = (body as {items: EndpointSlice[]}).items;
      const [found] = slices.find(s => s.metadata.labels?.['kubernetes.io/service-name'] === 'a')?.endpoints ?? [];
      return found
        ? `ready ${found.conditions!.ready}, serving ${found.conditions!.serving}, terminating ${found.conditions!.terminating}`
        : 'gone';
    };
    // 1. A moment later nobody is sent there any more, while the hook has only begun.
    it.wait(1);
    expect(endpoint()).toBe('ready false, serving true, terminating true');
    expect(it.state(pod)).toBe('running');
    while (it.pod(pod)) it.wait(0.1);
    it.wait(1);
    expect(endpoint()).toBe('gone');

    // 2. What happened on the node, in seconds from the deletion.
    const steps = it.cluster.machine.journal.steps.flatMap(step =>
      (step.notes as readonly {kind: string; subject?: string; stage?: string; detail?: string}[])
        .filter(n => n.kind === 'trace' && n.subject === 'pod/default/a' && step.at >= from)
        .map(n => [Math.round((step.at - from) / 1000), `${n.stage}: ${n.detail}`] as const),
    );
    const at = (line: RegExp) => steps.find(([, text]) => line.test(text))?.[0];
    expect(at(/^PreStop: main: 60\d\d ms/)).toBe(0);
    expect(at(/StopContainer main, 14 s/)).toBe(6);
    expect(at(/container main exited 137/)).toBe(20);
    expect(at(/StopPodSandbox .*CNI DEL/)).toBe(20);
    expect(at(/everything of the pod is gone/)).toBe(20);
  });
});

describe('activeDeadlineSeconds', () => {
  test('ends the pod: Failed, DeadlineExceeded', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', SIGTERM_AWARE, {spec: 'activeDeadlineSeconds: 8'}));
    it.wait(30);
    expect(it.pod(pod)!.status).toMatchObject({
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    });
    expect(it.state(pod)).toMatch(/^terminated/);
  });
});

describe('postStart', () => {
  test('that fails kills the container, which starts again', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', SIGTERM_AWARE, {container: 'lifecycle: {postStart: {exec: {command: ["false"]}}}'}));
    it.wait(8);
    expect(it.events(pod)).toContain('FailedPostStartHook: PostStartHook failed');
    expect(it.status(pod).restartCount).toBeGreaterThan(0);
  });
});

describe('an out-of-memory kill', () => {
  test('shows as OOMKilled, 137', () => {
    const it = lab();
    const pod = it.apply(`
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: podyssey/app:1
    imagePullPolicy: IfNotPresent
    args: [--memory=20Mi, --leak=10Mi]
    resources: {limits: {memory: 100Mi}}
`);
    it.wait(15);
    expect(it.state(pod)).toBe('terminated 137 OOMKilled');
    const {startedAt, finishedAt} = it.status(pod).state!.terminated!;
    expect(secondOf(finishedAt) - secondOf(startedAt)).toBe(8);
  });
});

describe('a sandbox that dies', () => {
  test('is made anew with another address; the containers start again in it', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', SIGTERM_AWARE));
    it.wait(5);
    const before = it.pod(pod)!.status!.podIP;
    it.cluster.control({action: 'kill-sandbox', node: 'node-1', pod: 'default/a'});
    it.wait(10);
    expect(it.events(pod)).toContain('SandboxChanged: Pod sandbox changed, it will be killed and re-created.');
    expect(it.state(pod)).toBe('running');
    expect(it.status(pod).restartCount).toBe(1);
    expect(it.pod(pod)!.status!.podIP).not.toBe(before);
  });

  test('ends a pod that may not restart, though a sidecar of it always may', () => {
    const it = lab();
    const spec = `initContainers:
- {name: proxy, image: 'busybox:1.36', imagePullPolicy: IfNotPresent, restartPolicy: Always, command: [sh, -c, sleep 3600]}`;
    const pod = it.apply(scriptPod('a', 'sleep 3600', {restartPolicy: 'Never', grace: 2, spec}));
    it.wait(5);
    expect(it.state(pod, 'main')).toBe('running');
    it.cluster.control({action: 'kill-sandbox', node: 'node-1', pod: 'default/a'});
    it.wait(60);
    expect(it.pod(pod)!.status!.phase).toBe('Failed');
    expect(it.status(pod, 'proxy').restartCount).toBe(0);
  });
});
