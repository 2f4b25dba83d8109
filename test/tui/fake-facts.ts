import type {Facts, Trend} from '../../src/selectors/facts/facts.ts';
import type {PipelineStage, RequestFacts, Verdict} from '../../src/selectors/facts/request.ts';
import type {DecisionFacts} from '../../src/selectors/facts/scheduler.ts';
import type {Ref} from '../../src/selectors/styled.ts';

const stageLabels = [
  'kubectl',
  'TLS',
  'authn',
  'authz',
  'decode',
  'mutate',
  'validate',
  'admit',
  'etcd',
  'watch',
  'controllers',
  'scheduler',
  'kubelet',
  'sandbox',
  'CNI',
  'containers',
  'status',
];

/** A strip whose first `reached` stages are passed and whose next one is at work. */
function pipelineStages(reached: number, next: Verdict = 'active'): PipelineStage[] {
  return stageLabels.map((label, index) => ({
    id: label,
    label,
    verdict: index < reached ? 'ok' : index === reached ? next : 'idle',
    ...(index <= reached && {atMs: index * 1.5}),
    detail: index <= reached ? `detail of ${label}` : '',
  }));
}

const fakeTrend = (...values: number[]): Trend => ({values, now: values.at(-1)!, sliceMs: 1000});
function eventRef(name: string): Ref {
  return {kind: 'object', resource: 'events', namespace: 'default', name: `${name}.19db46b2`};
}

function podRef(name: string, namespace = 'default'): Ref {
  return {kind: 'object', resource: 'pods', namespace, name};
}

const createPod: RequestFacts = {
  id: 'r1',
  step: 3,
  atMs: 12,
  user: 'kubernetes-admin',
  groups: ['kubeadm:cluster-admins', 'system:authenticated'],
  verb: 'create',
  method: 'POST',
  path: '/api/v1/namespaces/default/pods',
  code: 201,
  reason: 'Created',
  message: '',
  revision: 41,
  stages: [
    {stage: 'authentication', atMs: 12, verdict: 'ok', detail: 'client certificate CN=kubernetes-admin', changes: []},
    {stage: 'authorization', atMs: 12.1, verdict: 'ok', detail: 'RBAC: ClusterRoleBinding kubeadm:cluster-admins', changes: []},
    {
      stage: 'mutating',
      atMs: 12.3,
      verdict: 'ok',
      detail: 'ServiceAccount, DefaultTolerationSeconds',
      changes: ['+ spec.serviceAccountName: default', '+ spec.tolerations[0]: not-ready 300s'],
    },
  ],
};

const decision: DecisionFacts = {
  pod: 'default/web',
  step: 9,
  atMs: 20,
  node: 'node-2',
  message: '',
  evaluated: 3,
  allNodes: 3,
  filters: {
    'node-1': {plugin: 'TaintToleration', reasons: ['node(s) had untolerated taint {dedicated: db}']},
    'node-2': null,
    'node-3': null,
  },
  skipped: [],
  scores: {
    NodeResourcesFit: {'node-2': {raw: 92, normalized: 92, weight: 1}, 'node-3': {raw: 80, normalized: 80, weight: 1}},
    TaintToleration: {'node-2': {raw: 0, normalized: 100, weight: 3}, 'node-3': {raw: 0, normalized: 100, weight: 3}},
  },
  totals: {'node-2': 392, 'node-3': 380},
};

/** A small cluster while a pod named `pod` is being born. */
export function fakeFacts(pod = 'web'): Facts {
  const node = (name: string) => ({kind: 'object', resource: 'nodes', namespace: '', name}) as const;
  return {
    now: 21,
    revision: 42,
    pipeline: {
      subject: `pod/default/${pod}`,
      stages: pipelineStages(11),
      story: 'scheduler: 2 of 3 nodes fit, node-2 scores highest (392)',
    },
    request: createPod,
    unsent: undefined,
    requests: [
      createPod,
      {
        ...createPod,
        id: 'r2',
        step: 5,
        code: 403,
        reason: 'Forbidden',
        path: '/api/v1/namespaces/kube-system/secrets',
        verb: 'list',
        method: 'GET',
        stages: [],
      },
    ],
    store: {
      revision: 42,
      keys: [
        {
          key: `/registry/pods/default/${pod}`,
          createRevision: 41,
          modRevision: 42,
          version: 2,
          writer: 'system:kube-scheduler',
          atMs: 20,
          change: 'changed',
          ref: podRef(pod),
        },
        {
          key: '/registry/minions/node-1',
          createRevision: 7,
          modRevision: 30,
          version: 4,
          writer: 'system:node:node-1',
          atMs: 5,
          ref: node('node-1'),
        },
      ],
      watchers: 2,
      behind: [{component: 'kubelet', instance: 'node-2', resource: 'pods', revision: 41, stalled: false}],
      allBehind: 1,
      members: [{name: 'etcd-1', up: true, leader: true}],
      quorum: 1,
      raftTerm: 2,
    },
    controllers: {
      tree: [
        {
          depth: 0,
          kind: 'Deployment',
          name: 'shop',
          state: '1/2 available',
          healthy: false,
          ref: {kind: 'object', resource: 'deployments', namespace: 'default', name: 'shop'},
        },
        {
          depth: 1,
          kind: 'ReplicaSet',
          name: 'shop-5d4f',
          state: '2 replicas',
          healthy: true,
          ref: {kind: 'object', resource: 'replicasets', namespace: 'default', name: 'shop-5d4f'},
        },
        {depth: 2, kind: 'Pod', name: 'shop-5d4f-x7k2p', state: 'Running', healthy: true, ref: podRef('shop-5d4f-x7k2p')},
      ],
      queues: [
        {
          component: 'replicaset-controller',
          state: 'at work',
          last: 'created pod shop-5d4f-x7k2p',
          waiting: 1,
          items: [{key: 'default/shop-5d4f', inMs: 5, failures: 1, error: 'exceeded quota'}],
        },
      ],
      before: [{step: 3, atMs: 9, component: 'deployment-controller', key: 'default/web', act: 'created web-1', times: 1}],
      turn: {
        step: 12,
        atMs: 40,
        component: 'replicaset-controller',
        key: 'default/shop-5d4f',
        woken: 'was told of 1 change of replicasets up to revision 41',
        beats: [
          {beat: 'observe', detail: 'wants 2, has 1'},
          {beat: 'difference', detail: '1 too few'},
          {beat: 'act', detail: 'created 1 pod'},
        ],
        requests: [{verb: 'create', what: 'pods', code: 403, reason: 'Forbidden'}],
        allRequests: 1,
        error: 'exceeded quota',
      },
      caches: [{resource: 'pods', revision: 41, behind: 1, lagMs: 2, stalled: false}],
    },
    scheduler: {
      state: 'at work',
      queues: [
        {name: 'active', waiting: 0, items: []},
        {name: 'backoff', waiting: 0, items: []},
        {
          name: 'unschedulable',
          waiting: 1,
          items: [
            {
              pod: 'default/big',
              attempts: 2,
              plugins: ['NodeResourcesFit'],
              leftMs: 250_000,
              wakes: ['Node/Add', 'AssignedPod/Delete'],
              node: '',
              ref: podRef('big'),
            },
          ],
        },
      ],
      decision: {...decision, pod: `default/${pod}`},
      filters: ['NodeUnschedulable', 'TaintToleration', 'NodeResourcesFit'],
      predicted: undefined,
      whyNot: undefined,
    },
    kubelets: {
      all: 3,
      ready: 3,
      busiest: ['node-2', 'node-1', 'node-3'].map(name => ({
        node: name,
        ready: true,
        running: true,
        pods:
          name === 'node-2'
            ? [
                {
                  name: pod,
                  desired: 'Running',
                  actual: 'Pending',
                  doing: 'pulls nginx:1.27, 1.2s left',
                  source: 'api',
                  unsent: 0,
                  ref: podRef(pod),
                },
              ]
            : [],
        allPods: name === 'node-2' ? 1 : 0,
        probes: [],
        leftOutProbes: 0,
        stalled: false,
        pressure: [],
        runtime: 'containerd://2.1.4',
        steps: name === 'node-2' ? [{atMs: 21, stage: 'sync', subject: `pod/default/${pod}`, detail: 'pod admitted'}] : [],
      })),
    },
    pods: [
      {
        namespace: 'default',
        name: pod,
        node: 'node-2',
        phase: 'Pending',
        ip: '',
        sandbox: '',
        namespaces: {network: '', ipc: '', pid: ''},
        qosClass: '',
        cgroupPath: '',
        containers: [
          {
            name: 'app',
            image: 'nginx:1.27',
            state: 'Waiting',
            reason: 'ContainerCreating',
            ready: false,
            restarts: 0,
            init: false,
            log: '',
          },
        ],
        ref: podRef(pod),
      },
    ],
    census: {all: 1, running: 0},
    network: {
      walk: undefined,
      lookup: undefined,
      nodes: [{name: 'node-1', address: '172.18.0.2', podCIDR: '10.244.0.0/24', pods: 2}],
      allNodes: 1,
      services: [
        {
          name: 'shop',
          type: 'ClusterIP',
          clusterIP: '10.96.12.7',
          ports: '80/TCP',
          endpoints: [{address: '10.244.1.3:8080', ready: true}],
          ready: 1,
          allEndpoints: 1,
          ref: {kind: 'object', resource: 'services', namespace: 'default', name: 'shop'},
        },
      ],
      allServices: 1,
    },
    events: [
      {
        atMs: 20,
        type: 'Normal',
        reason: 'Scheduled',
        object: `pod/${pod}`,
        message: `Successfully assigned default/${pod} to node-2`,
        count: 1,
        source: 'default-scheduler',
        ref: podRef(pod),
        self: eventRef(pod),
      },
      {
        atMs: 15,
        type: 'Warning',
        reason: 'FailedScheduling',
        object: 'pod/big',
        message: '0/3 nodes are available: 3 Insufficient cpu.',
        count: 2,
        source: 'default-scheduler',
        ref: podRef('big'),
        self: eventRef('big'),
      },
    ],
    trends: {
      revisions: fakeTrend(0, 12, 3),
      work: fakeTrend(0, 0, 5),
      pods: fakeTrend(0, 1, 0),
      cpu: [{name: 'Burstable', trend: fakeTrend(0, 100, 250)}],
    },
    why: {
      subject: `pod/default/${pod}`,
      answer: '',
      chain: [
        {step: 9, atMs: 20, actor: 'kube-scheduler', text: 'bound the pod to node-2', here: false},
        {step: 3, atMs: 12, actor: 'kubernetes-admin', text: 'kubectl create -f web.yaml', here: false},
      ],
    },
  };
}
