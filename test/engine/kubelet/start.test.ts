import {describe, expect, test} from 'vitest';
import {lab, scriptPod} from './lab.ts';

const secret = (name: string, data: Record<string, string>, type = 'Opaque'): string =>
  JSON.stringify({apiVersion: 'v1', kind: 'Secret', type, metadata: {name}, stringData: data});

const log = (it: ReturnType<typeof lab>, pod: string, container = 'main'): string =>
  String(it.cluster.request({method: 'GET', path: `/api/v1/namespaces/default/pods/${pod}/log`, query: {container}}).body);

describe('the birth of a pod', () => {
  test('its events, in order, and its conditions', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'sleep 3600'));
    it.wait(5);
    expect(it.events(pod)).toEqual([
      'Scheduled: Successfully assigned default/a to node-1',
      'Pulling: Pulling image "busybox:1.36"',
      'Pulled: Successfully pulled image "busybox:1.36" in 400ms (400ms including waiting). Image size: 2097152 bytes.',
      'Created: Container created',
      'Started: Container started',
    ]);
    const {conditions, qosClass, podIP, hostIP} = it.pod(pod)!.status!;
    expect(Object.fromEntries(conditions!.map(c => [c.type, c.status]))).toEqual({
      PodReadyToStartContainers: 'True',
      Initialized: 'True',
      Ready: 'True',
      ContainersReady: 'True',
      PodScheduled: 'True',
    });
    expect({qosClass, podIP, hostIP}).toEqual({qosClass: 'BestEffort', podIP: '10.244.0.2', hostIP: '192.168.0.11'});
  });

  test('on a node that declares what it can do', () => {
    const {cluster} = lab();
    const {body} = cluster.request({method: 'GET', path: '/api/v1/nodes/node-1'});
    expect((body as {status: {declaredFeatures: string[]}}).status.declaredFeatures).toEqual([
      'ExtendWebSocketsToKubelet',
      'InPlacePodLevelResourcesVerticalScaling',
      'InPlacePodVerticalScalingInitContainers',
      'RestartAllContainersOnContainerExits',
    ]);
  });

  test('the second time the image is there', () => {
    const it = lab();
    it.apply(scriptPod('a', 'sleep 3600'));
    it.wait(5);
    it.apply(scriptPod('b', 'sleep 3600'));
    it.wait(5);
    expect(it.events('b')).toContain('Pulled: Container image "busybox:1.36" already present on machine and can be accessed by the pod');
  });

  test('a relist that finds the change in the very moment the start is over is not lost', () => {
    const started = (offset: number) => {
      const it = lab();
      it.apply(scriptPod('first', 'sleep 3600'));
      it.cluster.advance(5000 + offset);
      const pod = it.apply(scriptPod('second', 'sleep 3600'));
      it.wait(5);
      return {it, state: it.state(pod)};
    };
    const turns = (stage: string) =>
      started(0).it.cluster.machine.journal.steps.filter(s =>
        s.notes.some(n => 'stage' in n && n.stage === stage && 'subject' in n && n.subject === 'pod/default/second'),
      );
    const relist = turns('PLEG')[0]!.at;
    const over = turns('SyncPod')[1]!.at;
    const meeting = (relist + 1 - over + 1000) % 1000;
    for (let offset = meeting - 2; offset <= meeting + 2; offset++) expect([offset, started(offset).state]).toEqual([offset, 'running']);
  });

  test('pulls of a node come one after the other', () => {
    const it = lab();
    it.apply(scriptPod('a', 'sleep 3600', {image: 'nginx:1.27'}));
    it.apply(scriptPod('b', 'sleep 3600'));
    it.wait(10);
    expect(it.events('b').find(e => e.startsWith('Pulled'))).toMatch(/in 400ms \(2\.\d+s including waiting\)/);
  });

  test('init containers in order, each to its end; then a sidecar that has started; then the others', () => {
    const it = lab();
    const pod = it.apply(`
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  volumes: [{name: shared, emptyDir: {}}]
  initContainers:
  - {name: one, image: 'busybox:1.36', imagePullPolicy: IfNotPresent, command: [sh, -c, 'echo one > /s/order'], volumeMounts: [{name: shared, mountPath: /s}]}
  - {name: two, image: 'busybox:1.36', imagePullPolicy: IfNotPresent, command: [sh, -c, 'echo two >> /s/order'], volumeMounts: [{name: shared, mountPath: /s}]}
  - {name: side, image: 'podyssey/app:1', imagePullPolicy: IfNotPresent, restartPolicy: Always, args: [--start-delay=5s], startupProbe: {tcpSocket: {port: 8080}, periodSeconds: 1, failureThreshold: 30}}
  containers:
  - {name: main, image: 'busybox:1.36', imagePullPolicy: IfNotPresent, command: [sh, -c, 'cat /s/order; sleep 3600'], volumeMounts: [{name: shared, mountPath: /s}]}
`);
    it.wait(6);
    expect(it.pod(pod)!.status!.phase).toBe('Pending');
    expect(it.state(pod, 'main')).toBe('waiting PodInitializing');
    it.wait(15);
    expect(['one', 'two', 'side', 'main'].map(c => it.state(pod, c))).toEqual([
      'terminated 0 Completed',
      'terminated 0 Completed',
      'running',
      'running',
    ]);
    expect(log(it, pod)).toBe('one\ntwo\n');
  });

  test('an init container that fails under Never fails the pod', () => {
    const it = lab();
    const pod = it.apply(`
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  restartPolicy: Never
  initContainers: [{name: one, image: 'busybox:1.36', imagePullPolicy: IfNotPresent, command: ["false"]}]
  containers: [{name: main, image: 'busybox:1.36', imagePullPolicy: IfNotPresent, command: ["true"]}]
`);
    it.wait(8);
    expect(it.pod(pod)!.status!.phase).toBe('Failed');
    expect([it.state(pod, 'one'), it.state(pod, 'main')]).toEqual(['terminated 1 Error', 'waiting PodInitializing']);
  });
});

describe('images', () => {
  test('a tag that is not there: ErrImagePull, then ImagePullBackOff with the reason', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'true', {image: 'nginx:1.999'}));
    const seen = it.watch(pod, 60).map(([, state]) => state);
    // A turn of its worker writes what the turn before has found; between two pulls it looks every ten seconds.
    const words = seen.filter((state, i) => state !== seen[i - 1] && state?.startsWith('waiting ')).map(state => state!.slice(8));
    const [tried, waits] = ['ErrImagePull', 'ImagePullBackOff'];
    expect(words.slice(0, 5)).toEqual(['ContainerCreating', tried, waits, tried, waits]);
    expect(it.events(pod)).toContain('BackOff: Back-off pulling image "nginx:1.999"');
    expect(it.events(pod)).toContain(
      'Failed: Failed to pull image "nginx:1.999": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.999": failed to resolve reference "docker.io/library/nginx:1.999": docker.io/library/nginx:1.999: not found',
    );
  });

  test('between two pulls the pod is looked at every ten to fifteen seconds, each time with a word', () => {
    const it = lab();
    it.apply(scriptPod('a', 'true', {image: 'nginx:1.999'}));
    it.wait(75);
    const {items} = it.cluster.request({method: 'GET', path: '/api/v1/namespaces/default/events'}).body as {
      items: {reason: string; count: number}[];
    };
    const times = (reason: string): number => items.find(event => event.reason === reason)!.count;
    expect(times('Pulling')).toBe(3);
    expect(times('BackOff')).toBeGreaterThanOrEqual(4);
    expect(times('BackOff')).toBeLessThanOrEqual(6);
  });

  test('pull policy Never, and a name that is none', () => {
    const it = lab();
    it.apply(scriptPod('a', 'true', {image: 'nginx:1.27'}).replace('IfNotPresent', 'Never'));
    it.apply(scriptPod('b', 'true', {image: 'Nginx:1.27'}));
    it.wait(3);
    expect(it.status('a').state!.waiting).toEqual({
      reason: 'ErrImageNeverPull',
      message: 'Container image "nginx:1.27" is not present with pull policy of Never',
    });
    expect(it.status('b').state!.waiting!.reason).toBe('InvalidImageName');
  });

  test('a private registry wants a secret', () => {
    const it = lab();
    const auth = {auths: {'registry.example.com': {username: 'learner', password: 's3cret'}}};
    it.apply(secret('key', {'.dockerconfigjson': JSON.stringify(auth)}, 'kubernetes.io/dockerconfigjson'));
    const image = 'registry.example.com/team/app:1';
    const pod = (name: string, more = '') =>
      `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {${more} containers: [{name: main, image: '${image}'}]}}`;
    it.apply(pod('without'));
    it.apply(pod('with', 'imagePullSecrets: [{name: key}],'));
    it.wait(10);
    expect(it.state('without')).toMatch(/ErrImagePull|ImagePullBackOff/);
    expect(it.events('without').join()).toContain('pull access denied, repository does not exist or may require authorization');
    expect(it.state('with')).toBe('running');
    // The image is on the node now, but who has no key still may not use it.
    it.apply(
      `{apiVersion: v1, kind: Pod, metadata: {name: thief}, spec: {nodeName: node-1, containers: [{name: main, image: '${image}', imagePullPolicy: IfNotPresent}]}}`,
    );
    it.wait(10);
    expect(it.state('thief')).toMatch(/ErrImagePull|ImagePullBackOff/);
  });

  test('a registry that is down, and comes back', () => {
    const it = lab();
    it.cluster.control({action: 'registry', domain: 'docker.io', state: 'down'});
    const pod = it.apply(scriptPod('a', 'sleep 3600'));
    it.wait(40);
    expect(it.state(pod)).toMatch(/ErrImagePull|ImagePullBackOff/);
    it.cluster.control({action: 'registry', domain: 'docker.io', state: 'ok'});
    it.wait(60);
    expect(it.state(pod)).toBe('running');
  });

  test('a program that is not in the image: RunContainerError, StartError 128', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'true').replace(/command: .*/, 'command: [nonsense]'));
    it.wait(4);
    expect(it.status(pod).lastState?.terminated ?? it.status(pod).state?.terminated).toMatchObject({exitCode: 128, reason: 'StartError'});
    expect(it.events(pod).join()).toContain('exec: "nonsense": executable file not found in $PATH');
  });
});

describe('configuration', () => {
  test('environment from ConfigMaps, Secrets and the pod itself', () => {
    const it = lab();
    it.apply('{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {COLOR: blue, SIZE: "7"}}');
    it.apply(secret('key', {password: 'hunter2'}));
    const pod = it.apply(
      scriptPod('a', 'env', {
        restartPolicy: 'Never',
        container: `
envFrom: [{configMapRef: {name: settings}, prefix: APP_}]
env:
- {name: PASSWORD, valueFrom: {secretKeyRef: {name: key, key: password}}}
- {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
- {name: GREETING, value: "hello $(APP_COLOR) $$(NODE) $(UNKNOWN)"}
- {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
`,
      }),
    );
    it.wait(6);
    const lines = log(it, pod).split('\n');
    for (const line of [
      'APP_COLOR=blue',
      'APP_SIZE=7',
      'PASSWORD=hunter2',
      'NODE=node-1',
      'GREETING=hello blue $(NODE) $(UNKNOWN)',
      'CPU=4',
    ])
      expect(lines).toContain(line);
  });

  test('a missing Secret in the environment: CreateContainerConfigError, until it is there', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'sleep 3600', {container: 'env: [{name: P, valueFrom: {secretKeyRef: {name: key, key: p}}}]'}));
    it.wait(5);
    expect(it.status(pod).state!.waiting).toEqual({reason: 'CreateContainerConfigError', message: 'secret "key" not found'});
    expect(it.events(pod)).toContain('Failed: Error: secret "key" not found');
    it.apply(secret('key', {p: 'x'}));
    it.wait(15);
    expect(it.state(pod)).toBe('running');
  });

  test('a missing ConfigMap as a volume: ContainerCreating and FailedMount', () => {
    const it = lab();
    const pod = it.apply(
      scriptPod('a', 'cat /etc/app/motd; sleep 3600', {
        spec: 'volumes: [{name: c, configMap: {name: app}}]',
        container: 'volumeMounts: [{name: c, mountPath: /etc/app}]',
      }),
    );
    it.wait(5);
    expect(it.state(pod)).toBe('waiting ContainerCreating');
    expect(it.events(pod)).toContain('FailedMount: MountVolume.SetUp failed for volume "c" : configmap "app" not found');
    it.apply('{apiVersion: v1, kind: ConfigMap, metadata: {name: app}, data: {motd: "welcome\\n"}}');
    it.wait(20);
    expect(it.state(pod)).toBe('running');
    expect(log(it, pod)).toBe('welcome\n');
  });

  test('a ConfigMap that changes reaches the files of a running pod, not its environment', () => {
    const it = lab();
    it.apply('{apiVersion: v1, kind: ConfigMap, metadata: {name: app}, data: {motd: "old"}}');
    const pod = it.apply(
      scriptPod('a', 'while true; do echo "$MOTD $(cat /etc/app/motd)"; sleep 20; done', {
        spec: 'volumes: [{name: c, configMap: {name: app}}]',
        container:
          'volumeMounts: [{name: c, mountPath: /etc/app}]\nenv: [{name: MOTD, valueFrom: {configMapKeyRef: {name: app, key: motd}}}]',
      }),
    );
    it.wait(5);
    it.cluster.request({
      method: 'PATCH',
      path: '/api/v1/namespaces/default/configmaps/app',
      headers: {'content-type': 'application/merge-patch+json'},
      body: {data: {motd: 'new'}},
    });
    it.wait(130);
    const lines = log(it, pod).trim().split('\n');
    expect(lines[0]).toBe('old old');
    expect(lines.at(-1)).toBe('old new');
  });

  test('runAsNonRoot refuses an image that runs as root', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'true', {container: 'securityContext: {runAsNonRoot: true}'}));
    it.wait(5);
    const {uid} = it.pod(pod)!.metadata;
    expect(it.status(pod).state!.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: `container has runAsNonRoot and image will run as root (pod: "a_default(${uid})", container: main)`,
    });
  });
});

describe('admission on the node', () => {
  const bound = (name: string, spec: string): string =>
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {nodeName: node-1, ${spec} containers: [{name: main, image: 'busybox:1.36', command: [sleep, "60"], resources: {requests: {cpu: "3"}}}]}}`;

  test.each([
    ['OutOfcpu', '', "Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, used: 3000, capacity: 4000"],
    [
      'NodeAffinity',
      'nodeSelector: {disk: ssd},',
      "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    ],
    [
      'SysctlForbidden',
      'securityContext: {sysctls: [{name: kernel.msgmax, value: "65536"}]},',
      'Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted',
    ],
    [
      'AppArmor',
      'securityContext: {appArmorProfile: {type: Localhost, localhostProfile: tight}},',
      'Pod was rejected: Cannot enforce AppArmor: profile "tight" is not loaded',
    ],
  ])('%s: the pod is Failed, and nothing ever starts', (reason, spec, message) => {
    const it = lab();
    if (reason === 'OutOfcpu') it.apply(bound('first', ''));
    it.wait(4);
    it.apply(bound('late', spec));
    it.wait(4);
    expect(it.pod('late')!.status).toMatchObject({phase: 'Failed', reason, message});
    expect(it.story('late').some(line => line.startsWith('CRI'))).toBe(false);
  });
});

describe('static pods', () => {
  const manifest = '{apiVersion: v1, kind: Pod, metadata: {name: own}, spec: {containers: [{name: main, image: "nginx:1.27"}]}}';
  const path = '/etc/kubernetes/manifests/own.yaml';

  test('run from a file, show as a mirror pod, come back when that is deleted, end with the file', () => {
    const it = lab();
    it.cluster.control({action: 'manifest', node: 'node-1', path, text: manifest});
    it.wait(8);
    const mirror = it.pod('own-node-1')!;
    expect(mirror.metadata.annotations).toMatchObject({
      'kubernetes.io/config.source': 'file',
      'kubernetes.io/config.mirror': expect.any(String),
    });
    expect(mirror.status!.phase).toBe('Running');
    it.remove('own-node-1');
    it.wait(35);
    expect(it.pod('own-node-1')!.metadata.uid).not.toBe(mirror.metadata.uid);
    it.cluster.control({action: 'manifest', node: 'node-1', path});
    it.wait(5);
    expect(it.pod('own-node-1')).toBeUndefined();
  });

  test('run without an API server', () => {
    const it = lab();
    it.cluster.control({action: 'stop', program: 'kube-apiserver'});
    it.cluster.control({action: 'manifest', node: 'node-1', path, text: manifest});
    it.wait(8);
    expect(it.story('own-node-1')).toContain('CRI: StartContainer main');
  });
});

describe('a node', () => {
  test('that loses power and gets it back runs its pods again', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'sleep 3600'));
    it.wait(5);
    it.cluster.control({action: 'node-down', node: 'node-1'});
    it.wait(20);
    it.cluster.control({action: 'node-up', node: 'node-1'});
    it.wait(20);
    expect(it.state(pod)).toBe('running');
    expect(it.status(pod).restartCount).toBe(1);
  });

  test('whose kubelet is restarted goes on as if nothing had been', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'sleep 3600'));
    it.wait(5);
    const before = it.status(pod);
    it.cluster.control({action: 'stop', program: 'kubelet', node: 'node-1'});
    it.wait(10);
    it.cluster.control({action: 'start', program: 'kubelet', node: 'node-1'});
    it.wait(10);
    expect(it.status(pod)).toEqual(before);
  });

  test('whose status reports are held back runs containers that the API does not know of', () => {
    const it = lab();
    it.cluster.control({action: 'status-stall', node: 'node-1'});
    const pod = it.apply(scriptPod('a', 'sleep 3600'));
    it.wait(8);
    expect(it.story(pod)).toContain('CRI: StartContainer main');
    expect(it.pod(pod)!.status!.phase).toBe('Pending');
    it.cluster.control({action: 'status-mend', node: 'node-1'});
    it.wait(1);
    expect(it.pod(pod)!.status!.phase).toBe('Running');
  });

  test('short of memory evicts the pod that exceeds its request most', () => {
    const it = lab();
    const hog = (name: string, request: string, leak: string) =>
      `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: main, image: 'podyssey/app:1', imagePullPolicy: IfNotPresent, args: [--memory=1Gi, --leak=${leak}], resources: {requests: {memory: ${request}}}}]}}`;
    it.apply(hog('modest', '4Gi', '1Mi'));
    it.apply(hog('greedy', '100Mi', '100Mi'));
    it.wait(90);
    expect(it.pod('greedy')!.status).toMatchObject({phase: 'Failed', reason: 'Evicted'});
    expect(it.pod('greedy')!.status!.message).toMatch(
      /^The node was low on resource: memory\. Threshold quantity: 100Mi, available: \d+Ki\. Container main was using \d+Ki, request is 100Mi, has larger consumption of memory\. $/,
    );
    expect(it.state('modest')).toBe('running');
    const {conditions} = (
      it.cluster.request({method: 'GET', path: '/api/v1/nodes/node-1'}).body as {status: {conditions: {type: string; status: string}[]}}
    ).status;
    expect(conditions.find(c => c.type === 'MemoryPressure')!.status).toBe('True');
  });

  test('evicts a pod that writes more into an emptyDir than it may', () => {
    const it = lab();
    const pod = it.apply(
      scriptPod('a', 'while true; do echo 0123456789012345678901234567890123456789 >> /scratch/file; sleep 1; done', {
        spec: 'volumes: [{name: scratch, emptyDir: {sizeLimit: 1k}}]',
        container: 'volumeMounts: [{name: scratch, mountPath: /scratch}]',
      }),
    );
    it.wait(60);
    expect(it.pod(pod)!.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Usage of EmptyDir volume "scratch" exceeds the limit "1k". ',
    });
  });

  test('gives a running container more memory without a restart', () => {
    const it = lab();
    const pod = it.apply(`
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers: [{name: main, image: 'podyssey/app:1', imagePullPolicy: IfNotPresent, args: [--memory=10Mi, --leak=1Mi], resources: {limits: {memory: 40Mi}}}]
`);
    it.wait(15);
    it.cluster.request({
      method: 'PATCH',
      path: '/api/v1/namespaces/default/pods/a/resize',
      headers: {'content-type': 'application/strategic-merge-patch+json'},
      body: {spec: {containers: [{name: 'main', resources: {requests: {memory: '80Mi'}, limits: {memory: '80Mi'}}}]}},
    });
    it.wait(30);
    expect(it.status(pod).restartCount).toBe(0);
    it.wait(40);
    expect(it.status(pod).lastState!.terminated!.reason).toBe('OOMKilled');
  });
});
