import {describe, expect, it} from 'vitest';
import type {KubeObject, Pod, Secret, Stored} from '../../../src/engine/api/types.ts';
import {createWorld, podTemplate, renewLease, type World} from './world.ts';

const status = <T = Record<string, unknown>>(world: World, resource: string, namespace: string, name: string): T =>
  world.get(resource, namespace, name)!['status'] as T;

const web = (replicas: number, load: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: 'web', namespace: 'default', annotations: {'podyssey.dev/cpu-load': load}},
  spec: {
    replicas,
    selector: {matchLabels: {app: 'web'}},
    strategy: {type: 'RollingUpdate', rollingUpdate: {maxSurge: '25%', maxUnavailable: '25%'}},
    template: podTemplate('web', 'nginx:1.27', {
      containers: [
        {
          name: 'c',
          image: 'nginx:1.27',
          imagePullPolicy: 'IfNotPresent',
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          resources: {requests: {cpu: '200m'}},
        },
      ],
    }),
  },
});

const autoscaler: KubeObject = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: {name: 'web', namespace: 'default'},
  spec: {
    scaleTargetRef: {apiVersion: 'apps/v1', kind: 'Deployment', name: 'web'},
    minReplicas: 1,
    maxReplicas: 10,
    metrics: [{type: 'Resource', resource: {name: 'cpu', target: {type: 'Utilization', averageUtilization: 50}}}],
  },
};

/** Time passes, with pods that come and go in it. */
function live(world: World, seconds: number): void {
  for (let second = 0; second < seconds; second += 15) {
    world.wait(15);
    for (const name of ['node-1', 'node-2', 'node-3']) renewLease(world, name);
    world.play();
  }
}

describe('horizontal pod autoscaler', () => {
  const replicas = (world: World) => (world.get('deployments', 'default', 'web')!['spec'] as {replicas: number}).replicas;

  it('adds pods until each has its share, and takes them away when five minutes have been quiet', () => {
    const world = createWorld();
    world.create(web(2, '600m'));
    world.play();
    world.create(autoscaler);
    live(world, 60);
    expect(replicas(world)).toBe(6);
    expect(world.events('HorizontalPodAutoscaler')[0]).toBe(
      'SuccessfulRescale: New size: 6; reason: cpu resource utilization (percentage of request) above target',
    );
    world.patch('deployments', 'default', 'web', {metadata: {annotations: {'podyssey.dev/cpu-load': '150m'}}});
    live(world, 240);
    expect(replicas(world)).toBe(6);
    live(world, 120);
    expect(replicas(world)).toBe(2);
    const conditions = status<{conditions: {type: string; status: string; reason: string}[]}>(
      world,
      'horizontalpodautoscalers',
      'default',
      'web',
    ).conditions;
    expect(conditions.find(({type}) => type === 'ScalingActive')).toMatchObject({status: 'True', reason: 'ValidMetricFound'});
  });

  it('stays within its bounds', () => {
    const world = createWorld();
    world.create(web(2, '9000m'));
    world.play();
    world.create(autoscaler);
    live(world, 90);
    expect(replicas(world)).toBe(10);
  });
});

describe("an autoscaler's own rules", () => {
  const replicas = (world: World) => (world.get('deployments', 'default', 'web')!['spec'] as {replicas: number}).replicas;
  const ableToScale = (world: World) =>
    status<{conditions: {type: string; reason: string}[]}>(world, 'horizontalpodautoscalers', 'default', 'web').conditions.find(
      ({type}) => type === 'AbleToScale',
    )!.reason;
  const ruled = (behavior: object): KubeObject => ({...autoscaler, spec: {...(autoscaler['spec'] as object), behavior}});

  it('say how far from its target is far enough', () => {
    const world = createWorld();
    // Two pods that ask for 200m each: 220 of 400 are 55 %, a tenth above the target.
    world.create(web(2, '220m'));
    world.play();
    world.create(autoscaler);
    live(world, 30);
    expect(replicas(world)).toBe(2);
    world.remove('horizontalpodautoscalers', 'default', 'web');
    world.create(ruled({scaleUp: {tolerance: '0.05'}}));
    live(world, 30);
    expect(replicas(world)).toBe(3);
  });

  it('may make growth wait too', () => {
    const world = createWorld();
    world.create(web(2, '200m'));
    world.play();
    world.create(ruled({scaleUp: {stabilizationWindowSeconds: 60}}));
    live(world, 30);
    world.patch('deployments', 'default', 'web', {metadata: {annotations: {'podyssey.dev/cpu-load': '800m'}}});
    live(world, 30);
    expect([replicas(world), ableToScale(world)]).toEqual([2, 'ScaleUpStabilized']);
    live(world, 60);
    expect(replicas(world)).toBe(8);
  });
});

describe('volumes', () => {
  const volume = (name: string, storage: string, more: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {name},
    spec: {
      capacity: {storage},
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
      hostPath: {path: `/data/${name}`, type: ''},
      ...more,
    },
  });
  const claim = (name: string, storage: string, more: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {name, namespace: 'default'},
    spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage}}, volumeMode: 'Filesystem', storageClassName: '', ...more},
  });

  it('binds a claim to the smallest volume that is large enough', () => {
    const world = createWorld({nodes: 0});
    for (const [name, size] of [
      ['large', '100Gi'],
      ['fitting', '10Gi'],
      ['small', '1Gi'],
    ] as const)
      world.create(volume(name, size));
    world.create(claim('data', '5Gi'));
    world.wait(1);
    expect((world.get('persistentvolumeclaims', 'default', 'data')!['spec'] as {volumeName: string}).volumeName).toBe('fitting');
    expect(status(world, 'persistentvolumeclaims', 'default', 'data')).toMatchObject({phase: 'Bound', capacity: {storage: '10Gi'}});
    expect(status(world, 'persistentvolumes', '', 'fitting')).toMatchObject({phase: 'Bound'});
    expect(status(world, 'persistentvolumes', '', 'small')).toMatchObject({phase: 'Available'});
  });

  it('says why a claim waits, and releases a volume whose claim is gone', () => {
    const world = createWorld({nodes: 0});
    world.create(claim('data', '5Gi'));
    world.wait(1);
    expect(status(world, 'persistentvolumeclaims', 'default', 'data')).toMatchObject({phase: 'Pending'});
    expect(world.events('PersistentVolumeClaim', 'data')).toContain(
      'FailedBinding: no persistent volumes available for this claim and no storage class is set',
    );
    world.create(volume('late', '10Gi'));
    world.wait(20);
    expect(status(world, 'persistentvolumeclaims', 'default', 'data')).toMatchObject({phase: 'Bound'});
    world.remove('persistentvolumeclaims', 'default', 'data');
    world.wait(1);
    expect(world.get('persistentvolumeclaims', 'default', 'data')).toBeUndefined();
    expect(status(world, 'persistentvolumes', '', 'late')).toMatchObject({phase: 'Released'});
  });

  it('keeps a claim that a pod uses until the pod is gone', () => {
    const world = createWorld();
    world.create(volume('disk', '10Gi'));
    world.create(claim('data', '5Gi'));
    world.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name: 'user', namespace: 'default'},
      spec: podTemplate('x', 'nginx:1', {volumes: [{name: 'v', persistentVolumeClaim: {claimName: 'data'}}]}).spec,
    } as Pod);
    world.play();
    world.remove('persistentvolumeclaims', 'default', 'data');
    world.wait(5);
    expect(world.get('persistentvolumeclaims', 'default', 'data')!.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
    world.remove('pods', 'default', 'user', {gracePeriodSeconds: 0});
    world.wait(1);
    expect(world.get('persistentvolumeclaims', 'default', 'data')).toBeUndefined();
  });
});

describe('certificates', () => {
  it("approves and signs a kubelet's own request, and leaves others to people", () => {
    const world = createWorld({nodes: 0});
    const request = btoa('-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----\n');
    const ask = (name: string, signerName: string, user: string) =>
      world.cluster.request({
        method: 'POST',
        path: '/apis/certificates.k8s.io/v1/certificatesigningrequests',
        body: {
          apiVersion: 'certificates.k8s.io/v1',
          kind: 'CertificateSigningRequest',
          metadata: {name},
          spec: {request, signerName, usages: ['client auth', 'digital signature']},
        },
        user,
        groups: ['system:masters', 'system:nodes', 'system:authenticated'],
      } as never);
    const made = [
      ask('node-1', 'kubernetes.io/kube-apiserver-client-kubelet', 'system:node:node-1'),
      ask('ada', 'kubernetes.io/kube-apiserver-client', 'ada'),
    ];
    expect(made.map(({code}) => code)).toEqual([201, 201]);
    world.wait(2);
    const csr = (name: string) =>
      status<{conditions?: {type: string; reason: string}[]; certificate?: string}>(world, 'certificatesigningrequests', '', name) ?? {};
    expect(csr('node-1').conditions?.map(({type, reason}) => `${type} ${reason}`)).toEqual(['Approved AutoApproved']);
    expect(atob(csr('node-1').certificate!)).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(csr('ada').conditions).toBeUndefined();
  });
});

describe('cluster roles', () => {
  it('gathers rules into a role that is a sum', () => {
    const world = createWorld({nodes: 0});
    const part = (name: string, resource: string): KubeObject => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: {name, labels: {sum: 'yes'}},
      rules: [{apiGroups: [''], resources: [resource], verbs: ['get']}],
    });
    world.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: {name: 'sum'},
      aggregationRule: {clusterRoleSelectors: [{matchLabels: {sum: 'yes'}}]},
      rules: [],
    });
    world.create(part('a', 'pods'));
    world.create(part('b', 'nodes'));
    world.wait(1);
    expect((world.get('clusterroles', '', 'sum') as Stored<KubeObject>)['rules']).toEqual([
      {apiGroups: [''], resources: ['pods'], verbs: ['get']},
      {apiGroups: [''], resources: ['nodes'], verbs: ['get']},
    ]);
  });
});

describe('service account tokens', () => {
  it('fills a secret that asks for one, and takes it away with its account', () => {
    const world = createWorld({nodes: 0});
    world.create({apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'robot', namespace: 'default'}});
    world.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {name: 'robot-token', namespace: 'default', annotations: {'kubernetes.io/service-account.name': 'robot'}},
      type: 'kubernetes.io/service-account-token',
    });
    world.wait(1);
    const {data} = world.get<Secret>('secrets', 'default', 'robot-token')!;
    expect(Object.keys(data!).sort()).toEqual(['ca.crt', 'namespace', 'token']);
    const authorization = `Bearer ${atob(data!['token']!)}`;
    const who = world.cluster.request({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      headers: {authorization},
      body: {apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {}},
    } as never);
    expect(who.code).toBe(201);
    expect((who.body as {status: {userInfo: {username: string}}}).status.userInfo.username).toBe('system:serviceaccount:default:robot');
    world.remove('serviceaccounts', 'default', 'robot');
    world.wait(1);
    expect(world.get('secrets', 'default', 'robot-token')).toBeUndefined();
  });
});
