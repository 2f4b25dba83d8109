/** The official JavaScript client against the served cluster. */
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  type KubernetesObject,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Pod,
  Watch,
} from '@kubernetes/client-node';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {type Served, serve} from './world.ts';

let served: Served;
const config = new KubeConfig();
beforeAll(async () => {
  served = await serve({seed: 1, speed: 20});
  config.loadFromFile(served.server.kubeconfig);
});
afterAll(() => served.close());

const namespace = 'default';
const container = {name: 'c', image: 'nginx'};

it('creates, reads, lists, patches and deletes', async () => {
  const core = config.makeApiClient(CoreV1Api);
  const created = await core.createNamespacedConfigMap({namespace, body: {metadata: {name: 'settings'}, data: {a: '1'}}});
  expect(created.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
  const body = [{op: 'replace', path: '/data/a', value: '2'}];
  const patched = await core.patchNamespacedConfigMap(
    {namespace, name: 'settings', body},
    setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
  );
  expect(patched.data).toEqual({a: '2'});
  const merged = await core.patchNamespacedConfigMap(
    {namespace, name: 'settings', body: {data: {b: '3'}}},
    setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
  );
  expect(merged.data).toEqual({a: '2', b: '3'});
  const list = await core.listNamespacedConfigMap({namespace, fieldSelector: 'metadata.name=settings'});
  expect(list.items.map((item: V1ConfigMap) => item.data)).toEqual([{a: '2', b: '3'}]);
  await core.deleteNamespacedConfigMap({namespace, name: 'settings'});
  await expect(core.readNamespacedConfigMap({namespace, name: 'settings'})).rejects.toMatchObject({code: 404});
});

it('watches a pod being born', async () => {
  const phases: string[] = [];
  const running = new Promise<void>((resolve, reject) => {
    void new Watch(config).watch(
      `/api/v1/namespaces/${namespace}/pods`,
      {fieldSelector: 'metadata.name=born'},
      (type: string, pod: V1Pod) => {
        phases.push(`${type} ${pod.status?.phase}`);
        if (pod.status?.phase === 'Running') resolve();
      },
      error => error && reject(error),
    );
  });
  // Else the pod may have been born before anybody watched.
  await expect.poll(() => served.server.streams).toBe(1);
  await config.makeApiClient(CoreV1Api).createNamespacedPod({namespace, body: {metadata: {name: 'born'}, spec: {containers: [container]}}});
  await running;
  expect(phases[0]).toBe('ADDED Pending');
  expect(phases.at(-1)).toBe('MODIFIED Running');
});

it('keeps an informer up to date', async () => {
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const informer = makeInformer<KubernetesObject>(config, `/api/v1/namespaces/${namespace}/pods`, () =>
    core.listNamespacedPod({namespace}),
  );
  const heard = {add: 0, update: 0, delete: 0};
  for (const verb of ['add', 'update', 'delete'] as const) informer.on(verb, () => heard[verb]++);
  await informer.start();
  await apps.createNamespacedDeployment({
    namespace,
    body: {
      metadata: {name: 'web'},
      spec: {
        replicas: 2,
        selector: {matchLabels: {app: 'web'}},
        template: {metadata: {labels: {app: 'web'}}, spec: {containers: [container]}},
      },
    },
  });
  const names = () => informer.list(namespace).map(pod => pod.metadata!.name!.replace(/-.*/, ''));
  await expect.poll(names).toEqual(expect.arrayContaining(['born', 'web', 'web']));
  await apps.deleteNamespacedDeployment({namespace, name: 'web'});
  await expect.poll(() => heard.delete).toBe(2);
  await informer.stop();
  expect(heard.add).toBe(3);
  expect(heard.update).toBeGreaterThan(2);
});
