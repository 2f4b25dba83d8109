/** The cycle over columns decides as the plain one does: same nodes, same scores, same tie-breaks, whatever happened to the columns before. */
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {KubeObject, Node, Pod} from '../../../src/engine/api/types.ts';
import {frameworkOf} from '../../../src/engine/scheduler/config/profile.ts';
import {type Outcome, schedulePod} from '../../../src/engine/scheduler/cycle.ts';
import {columnsOf} from '../../../src/engine/scheduler/fast/columns.ts';
import {schedulePodFast} from '../../../src/engine/scheduler/fast/schedule.ts';
import {nodeInfo, podInfo, withNode, withoutPod, withPod, withPodUpdated} from '../../../src/engine/scheduler/framework/node-info.ts';
import {newCycle} from '../../../src/engine/scheduler/framework/runtime.ts';
import {listersOf} from '../../../src/engine/scheduler/framework/snapshot.ts';
import type {Framework, Listers, NodeInfo, PodInfo} from '../../../src/engine/scheduler/framework/types.ts';
import {createNodeTable, type NodeTable} from '../../../src/engine/scheduler/state/node-table.ts';

const pick = <T>(...of: T[]) => fc.constantFrom(...of);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, {nil: undefined, freq: 2});

const taint = fc.record({key: pick('a', 'b'), value: pick('x', ''), effect: pick('NoSchedule', 'PreferNoSchedule', 'NoExecute')});
const toleration = fc.record({
  key: pick('a', 'b', ''),
  operator: pick('Exists', 'Equal'),
  value: pick('x', ''),
  effect: pick('', 'NoSchedule', 'PreferNoSchedule'),
});

const node = fc.record({
  cpu: pick('2', '4', '16'),
  memory: pick('4Gi', '8Gi', '64Gi'),
  pods: pick('2', '110'),
  zone: maybe(pick('z1', 'z2', 'z3')),
  disk: maybe(pick('ssd', 'hdd')),
  taints: fc.array(taint, {maxLength: 2}),
  cordoned: fc.integer({min: 0, max: 19}).map(n => n === 0),
  image: maybe(pick(50, 900)),
  others: fc.subarray(['web:1', 'web:2', 'tools:3']),
  features: pick(['RestartAllContainersOnContainerExits'], ['RestartAllContainersOnContainerExits'], []),
});

const term = fc.record({
  key: pick('disk', 'topology.kubernetes.io/zone'),
  operator: pick('In', 'NotIn', 'Exists'),
  values: fc.constant(['ssd', 'z1']),
});
const constraint = fc.record({
  topologyKey: pick('topology.kubernetes.io/zone', 'kubernetes.io/hostname', 'disk'),
  whenUnsatisfiable: pick('DoNotSchedule', 'ScheduleAnyway', 'ScheduleAnyway'),
  maxSkew: pick(1, 2, 5),
  labelSelector: pick({matchLabels: {app: 'web'}}, {matchExpressions: [{key: 'app', operator: 'Exists'}]}, {}),
  minDomains: pick(undefined, undefined, 2, 4),
  matchLabelKeys: pick(undefined, undefined, ['tier'], ['tier', 'nobody-has-it']),
  nodeAffinityPolicy: maybe(pick('Honor', 'Ignore')),
  nodeTaintsPolicy: maybe(pick('Honor', 'Ignore')),
});

const amounts = fc.record({cpu: maybe(pick('100m', '2')), memory: maybe(pick('64Mi', '3Gi'))});

const affinityTerm = fc.record({
  app: pick('web', 'db'),
  topologyKey: pick('topology.kubernetes.io/zone', 'kubernetes.io/hostname', 'disk'),
  namespaces: pick(undefined, ['default'], ['other', 'default']),
  namespaceSelector: pick(undefined, undefined, {}, {matchLabels: {team: 'a'}}),
});

const pod = fc.record({
  app: pick('web', 'db', 'batch'),
  tier: maybe(pick('front', 'back')),
  namespace: pick('default', 'other'),
  cpu: maybe(pick('0', '100m', '500m', '1', '17')),
  memory: maybe(pick('64Mi', '1Gi')),
  priority: pick(0, 0, 0, 100),
  image: pick('nginx', 'unknown:1', 'web:1'),
  init: maybe(fc.record({image: pick('web:2', 'tools:3'), requests: amounts, isSidecar: fc.boolean()})),
  ofPod: pick(undefined, undefined, undefined, {cpu: '300m'}, {cpu: '1', memory: '2Gi'}),
  overhead: pick(undefined, undefined, {cpu: '250m', memory: '120Mi'}),
  mounts: maybe(pick('nginx', 'unknown:1')),
  nodeSelector: maybe(pick({disk: 'ssd'}, {'topology.kubernetes.io/zone': 'z1'})),
  required: maybe(term),
  shuns: maybe(pick('n0', 'n7')),
  preferred: fc.oneof(
    {weight: 9, arbitrary: maybe(term)},
    {weight: 1, arbitrary: fc.constant({key: 'disk', operator: 'Gt', values: ['no number']})},
  ),
  tolerations: fc.array(toleration, {maxLength: 2}),
  spread: fc.array(constraint, {maxLength: 2}),
  port: fc.integer({min: 0, max: 9}).map(n => (n === 0 ? 8080 : undefined)),
  with: pick<'wish' | 'together' | 'apart' | undefined>(undefined, undefined, undefined, undefined, 'wish', 'together', 'apart'),
  term: maybe(affinityTerm),
  restartsAll: fc.integer({min: 0, max: 5}).map(n => n === 0),
  claim: pick(undefined, undefined, undefined, undefined, 'data-z1', 'data-z2', 'shared', 'missing', 'disk-1', 'disk-2'),
  scratch: fc.integer({min: 0, max: 19}).map(n => n === 0),
});

type NodeShape = typeof node extends fc.Arbitrary<infer T> ? T : never;
type PodShape = typeof pod extends fc.Arbitrary<infer T> ? T : never;

function nodeOf(name: string, shape: NodeShape): Node {
  const labels: Record<string, string> = {'kubernetes.io/hostname': name};
  if (shape.zone) labels['topology.kubernetes.io/zone'] = shape.zone;
  if (shape.disk) labels['disk'] = shape.disk;
  const images = [
    ...(shape.image ? [{names: ['nginx:latest', 'nginx@sha256:1'], sizeBytes: shape.image * 1024 * 1024}] : []),
    ...(shape.others ?? []).map((name, i) => ({names: [name], sizeBytes: (i + 1) * 300 * 1024 * 1024})),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {name, labels},
    spec: {taints: shape.taints, unschedulable: shape.cordoned},
    status: {allocatable: {cpu: shape.cpu, memory: shape.memory, pods: shape.pods}, images, declaredFeatures: shape.features},
  } as unknown as Node;
}

function podOf(name: string, shape: PodShape): Pod {
  const requests = {...(shape.cpu && {cpu: shape.cpu}), ...(shape.memory && {memory: shape.memory})};
  const ports = shape.port ? [{containerPort: shape.port, hostPort: shape.port}] : [];
  const terms = {
    ...(shape.required && {matchExpressions: [shape.required]}),
    ...(shape.shuns && {matchFields: [{key: 'metadata.name', operator: 'NotIn', values: [shape.shuns]}]}),
  };
  const isDemanding = shape.required ?? shape.shuns;
  const nodeAffinity = {
    ...(isDemanding && {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [terms]}}),
    ...(shape.preferred && {
      preferredDuringSchedulingIgnoredDuringExecution: [{weight: 10, preference: {matchExpressions: [shape.preferred]}}],
    }),
  };
  const {app = shape.app, topologyKey, ...namespaced} = shape.term ?? {};
  const termAt = (key: string) => ({labelSelector: {matchLabels: {app}}, topologyKey: topologyKey ?? key, ...namespaced});
  const podAffinityTerm = termAt('topology.kubernetes.io/zone');
  const others = termAt('kubernetes.io/hostname');
  const podAffinities = {
    wish: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 5, podAffinityTerm}]}},
    together: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [podAffinityTerm]}},
    apart: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [others]}},
  };
  const {image, requests: first, isSidecar} = shape.init ?? {};
  const initContainers = image
    ? [{name: 'i', image, resources: {requests: JSON.parse(JSON.stringify(first))}, ...(isSidecar && {restartPolicy: 'Always'})}]
    : [];
  const rules = shape.restartsAll ? {restartPolicyRules: [{action: 'RestartAllContainers'}]} : {};
  const volumes = [
    ...(shape.claim ? [{name: 'data', persistentVolumeClaim: {claimName: shape.claim}}] : []),
    ...(shape.scratch ? [{name: 'scratch', ephemeral: {}}] : []),
    ...(shape.mounts ? [{name: 'files', image: {reference: shape.mounts}}] : []),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, namespace: shape.namespace, uid: name, labels: {app: shape.app, ...(shape.tier && {tier: shape.tier})}},
    spec: {
      ...(shape.ofPod && {resources: {requests: shape.ofPod}}),
      ...(shape.overhead && {overhead: shape.overhead}),
      initContainers,
      containers: [{name: 'c', image: shape.image, resources: {requests}, ports, ...rules}],
      priority: shape.priority,
      nodeSelector: shape.nodeSelector,
      affinity: {
        nodeAffinity,
        ...(shape.with && podAffinities[shape.with]),
      },
      volumes,
      tolerations: shape.tolerations,
      topologySpreadConstraints: shape.spread,
    },
  } as unknown as Pod;
}

const zoned = (name: string, zone: string, mode: string): KubeObject[] => {
  const inZone = {key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone]};
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: {name: `pv-${name}`, labels: {'topology.kubernetes.io/zone': zone}},
      spec: {
        accessModes: [mode],
        capacity: {storage: '1Gi'},
        nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [inZone]}]}},
      },
    } as KubeObject,
    ...['default', 'other'].map(
      namespace =>
        ({
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: {name, namespace, annotations: {'pv.kubernetes.io/bind-completed': 'yes'}},
          spec: {accessModes: [mode], volumeName: `pv-${name}`, storageClassName: ''},
          status: {phase: 'Bound'},
        }) as KubeObject,
    ),
  ];
};
const storage = [
  ...zoned('data-z1', 'z1', 'ReadWriteOnce'),
  ...zoned('data-z2', 'z2', 'ReadWriteMany'),
  ...zoned('shared', 'z1', 'ReadWriteOncePod'),
];

/** A disk that a driver attaches, and there are only so many that a node can have. */
const attached = (name: string): KubeObject[] =>
  zoned(name, 'z1', 'ReadWriteMany').map(object =>
    object.kind === 'PersistentVolume'
      ? ({...object, spec: {accessModes: ['ReadWriteMany'], csi: {driver: 'ebs', volumeHandle: name}}} as unknown as KubeObject)
      : object,
  );
storage.push(...attached('disk-1'), ...attached('disk-2'));
/** The claim that a pod's scratch volume would have, and which is another's: the cycle ends with an error. */
const foreign = ['default', 'other'].flatMap(namespace =>
  Array.from(
    {length: 25},
    (_, k) =>
      ({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {name: `p${k}-scratch`, namespace, annotations: {'pv.kubernetes.io/bind-completed': 'yes'}},
        spec: {volumeName: 'pv-data-z1'},
      }) as KubeObject,
  ),
);

const listers: Listers = listersOf({
  namespaces: [
    {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'default', labels: {team: 'a'}}} as KubeObject,
    {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'other', labels: {team: 'b'}}} as KubeObject,
  ],
  csinodes: Array.from(
    {length: 130},
    (_, n) =>
      ({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'CSINode',
        metadata: {name: `n${n}`},
        spec: {drivers: [{name: 'ebs', allocatable: {count: n % 3}}]},
      }) as unknown as KubeObject,
  ),
  persistentvolumes: storage.filter(o => o.kind === 'PersistentVolume'),
  persistentvolumeclaims: [...storage.filter(o => o.kind === 'PersistentVolumeClaim'), ...foreign],
  services: [
    {apiVersion: 'v1', kind: 'Service', metadata: {name: 'web', namespace: 'default'}, spec: {selector: {app: 'web'}}} as KubeObject,
    {apiVersion: 'v1', kind: 'Service', metadata: {name: 'db', namespace: 'other'}, spec: {selector: {app: 'db'}}} as KubeObject,
  ],
});

/** A generator that starts anew for each cycle, so that both ways draw the same. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

const shown = (outcome: Outcome | undefined) =>
  outcome && {
    node: outcome.node,
    failure: outcome.failure,
    // Asked only of a pod that got no node.
    rejectedBy: outcome.node === undefined ? [...outcome.rejectedBy].sort() : [],
    nominatedNode: outcome.nominatedNode,
    victims: outcome.victims,
    feasible: outcome.feasible.map(n => n.name),
    scores: outcome.scores.map(s => [s.plugin, s.weight, [...s.raw], [...s.normalized]]),
    totals: [...outcome.totals],
    evaluated: outcome.evaluated,
    nextStart: outcome.nextStart,
    filters: Object.fromEntries(outcome.statuses.explicit),
  };

function both(framework: Framework, table: NodeTable, p: Pod, start: number, seed: number, promised: readonly [string, PodInfo][]) {
  const nominated = new Map<string, PodInfo[]>();
  for (const [node, info] of promised) nominated.set(node, [...(nominated.get(node) ?? []), info]);
  const cycle = () => newCycle({snapshot: table.snapshot(nominated), listers, framework, now: 0, random: seeded(seed)});
  const sampling = {start: start % table.size, percentageOfNodesToScore: 0};
  return {plain: schedulePod(cycle(), p, sampling), fast: schedulePodFast(cycle(), p, columnsOf(table), sampling, true)};
}

const change = fc.record({
  kind: fc.oneof(
    {weight: 8, arbitrary: pick('relabel', 'taint')},
    {weight: 4, arbitrary: pick('delete', 'terminate')},
    {weight: 6, arbitrary: fc.constant('none')},
    // The columns begin anew.
    {weight: 1, arbitrary: pick('add-node', 'remove-node')},
  ),
  at: fc.nat(1000),
  shape: node,
});

/** Pods that preemption has promised a node, while others look for theirs. */
const promise = fc.record({at: fc.nat(1000), pod});
const promises = fc.oneof(fc.array(promise, {maxLength: 0}), fc.array(promise, {minLength: 1, maxLength: 40}));

describe('the cycle over columns', () => {
  const profiles: [string, Framework][] = [
    ['default profile', frameworkOf({})],
    [
      'packing by capacity ratio',
      frameworkOf({pluginConfig: [{name: 'NodeResourcesFit', args: {scoringStrategy: {type: 'MostAllocated'}}}]}),
    ],
    [
      'other arguments everywhere',
      frameworkOf({
        pluginConfig: [
          {name: 'InterPodAffinity', args: {hardPodAffinityWeight: 40, ignorePreferredTermsOfExistingPods: true}},
          {
            name: 'NodeResourcesFit',
            args: {
              scoringStrategy: {
                type: 'RequestedToCapacityRatio',
                resources: [
                  {name: 'cpu', weight: 3},
                  {name: 'memory', weight: 1},
                ],
                requestedToCapacityRatio: {
                  shape: [
                    {utilization: 0, score: 2},
                    {utilization: 70, score: 10},
                  ],
                },
              },
            },
          },
          {
            name: 'PodTopologySpread',
            args: {
              defaultingType: 'List',
              defaultConstraints: [{topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 2}],
            },
          },
          {
            name: 'NodeAffinity',
            args: {
              addedAffinity: {
                preferredDuringSchedulingIgnoredDuringExecution: [
                  {weight: 7, preference: {matchExpressions: [{key: 'disk', operator: 'In', values: ['ssd']}]}},
                ],
              },
            },
          },
        ],
      }),
    ],
    [
      'nobody looks at volumes before the nodes',
      frameworkOf({
        plugins: {
          preFilter: {disabled: [{name: 'VolumeBinding'}]},
          filter: {disabled: [{name: 'VolumeBinding'}]},
          reserve: {disabled: [{name: 'VolumeBinding'}]},
          preBind: {disabled: [{name: 'VolumeBinding'}]},
        },
      }),
    ],
  ];
  for (const [name, framework] of profiles) {
    it(`agrees with the plain one (${name})`, () => {
      const asksForVolumes = framework.filter.some(plugin => plugin.name === 'VolumeBinding');
      let fastWas = 0;
      let nowhere = 0;
      let failed = 0;
      let withPromises = 0;
      /** The filters that turned a node down at least once. */
      const outcomes = new Set<string>();
      const property = fc.property(
        fc.array(node, {minLength: 100, maxLength: 130}),
        // Pods of a kind come again and again, so that what was found out for one is brought up to date for the next.
        fc.array(pod, {minLength: 2, maxLength: 8}),
        fc.array(fc.record({at: fc.nat(1000), pod}), {maxLength: 60}),
        fc.array(
          fc.record({
            kind: fc.nat(1000),
            changes: fc.array(change, {minLength: 1, maxLength: 4}),
            start: fc.nat(500),
            seed: fc.nat(10_000),
            promises,
          }),
          {
            minLength: 10,
            maxLength: 25,
          },
        ),
        (shapes, kinds, before, steps) => {
          const infos = new Map<string, {seq: number; info: NodeInfo}>(
            shapes.map((shape, seq) => [`n${seq}`, {seq, info: nodeInfo(nodeOf(`n${seq}`, shape))}]),
          );
          const table = createNodeTable(infos);
          const set = (n: string, info: NodeInfo | undefined): void => {
            const record = info && {seq: infos.get(n)?.seq ?? infos.size, info};
            if (record) infos.set(n, record);
            else infos.delete(n);
            table.set(n, record);
          };
          before.forEach(({at, pod: shape}, k) => {
            const n = `n${at % shapes.length}`;
            set(n, withPod(infos.get(n)!.info, podInfo(podOf(`before${k}`, shape))));
          });
          const decided: [Outcome, unknown][] = [];
          steps.forEach((step, k) => {
            const p = podOf(`p${k}`, kinds[step.kind % kinds.length]!);
            const promised = step.promises.map((promise, n): [string, PodInfo] => [
              table.nodes[promise.at % table.size]!.name,
              podInfo(podOf(`promised${n}`, promise.pod)),
            ]);
            const {plain, fast} = both(framework, table, p, step.start, step.seed, promised);
            if (fast && promised.length > 0) withPromises++;
            if (plain.failure?.code === 'Error') failed++;
            for (const {plugin} of plain.statuses.explicit.values()) outcomes.add(plugin!);
            if (fast) {
              fastWas++;
              if (!fast.node) nowhere++;
              expect(fast.node).toBe(plain.node);
              decided.push([fast, shown(plain)]);
            }
            if (plain.node) set(plain.node, withPod(infos.get(plain.node)!.info, podInfo(p)));

            step.changes.forEach((change, c) => {
              const names = [...infos.keys()];
              const n = names[change.at % names.length]!;
              const {info} = infos.get(n)!;
              const [first] = info.pods;
              const act: Record<string, () => void> = {
                delete: () => first && set(n, withoutPod(info, first)),
                terminate: () => first && set(n, withPodUpdated(info, {...first, terminating: true})),
                relabel: () => set(n, withNode(info, nodeOf(n, change.shape))),
                taint: () => set(n, {...info, taints: change.shape.taints as never}),
                'add-node': () => set(`m${k}-${c}`, nodeInfo(nodeOf(`m${k}-${c}`, change.shape))),
                'remove-node': () => set(n, undefined),
              };
              act[change.kind]?.();
            });
          });
          // The tables are made only now, after all that: they must tell of the nodes as they were.
          for (const [fast, plain] of decided) expect(shown(fast)).toEqual(plain);
        },
      );
      fc.assert(property, {numRuns: 40, seed: 1});
      const told = [...outcomes].sort();
      expect(told).toEqual(
        expect.arrayContaining([
          'InterPodAffinity',
          'NodeDeclaredFeatures',
          'NodePorts',
          'NodeResourcesFit',
          'PodTopologySpread',
          'TaintToleration',
          asksForVolumes ? 'VolumeBinding' : 'NodeVolumeLimits',
        ]),
      );
      expect(fastWas).toBeGreaterThan(200);
      expect(nowhere).toBeGreaterThan(5);
      expect(withPromises).toBeGreaterThan(80);
      // A preference that cannot be parsed ends the cycle, and a volume that is another's where nobody has looked at volumes before.
      expect(failed).toBeGreaterThan(5);
    });
  }

  it('agrees on how pods are spread while the nodes they are on change their disks and taints', () => {
    const framework = frameworkOf({});
    const random = seeded(5);
    const oneOf = <T>(...of: T[]): T => of[Math.floor(random() * of.length)]!;
    const shape = (): NodeShape => ({
      cpu: '16',
      memory: '64Gi',
      pods: '110',
      // Another zone would be another order of the nodes, and new columns.
      zone: 'z1',
      disk: oneOf('ssd', 'ssd', 'hdd', undefined),
      taints: oneOf([], [], [{key: 'a', value: 'x', effect: 'NoSchedule'}]),
      cordoned: false,
      image: undefined,
      others: [],
      features: [],
    });
    const spread = (policies: object, whenUnsatisfiable: string) =>
      ({
        app: 'web',
        namespace: 'default',
        priority: 0,
        image: 'nginx',
        nodeSelector: {disk: 'ssd'},
        tolerations: [],
        spread: [
          {
            topologyKey: 'topology.kubernetes.io/zone',
            whenUnsatisfiable,
            maxSkew: 1,
            labelSelector: {matchLabels: {app: 'web'}},
            ...policies,
          },
        ],
      }) as unknown as PodShape;
    const kinds = [
      spread({}, 'DoNotSchedule'),
      spread({nodeAffinityPolicy: 'Ignore', nodeTaintsPolicy: 'Honor'}, 'DoNotSchedule'),
      spread({nodeTaintsPolicy: 'Honor'}, 'ScheduleAnyway'),
      spread({topologyKey: 'disk', nodeAffinityPolicy: 'Ignore'}, 'ScheduleAnyway'),
      {...spread({topologyKey: 'disk'}, 'DoNotSchedule'), nodeSelector: undefined},
    ];
    const infos = Array.from({length: 100}, (_, seq) => ({seq, info: nodeInfo(nodeOf(`n${seq}`, shape()))}));
    const table = createNodeTable(new Map(infos.map(record => [record.info.name, record])));
    const set = (seq: number, info: NodeInfo): void => {
      infos[seq] = {seq, info};
      table.set(info.name, infos[seq]);
    };
    for (let k = 0; k < 400; k++) {
      const p = podOf(`p${k}`, oneOf(...kinds));
      const {plain, fast} = both(framework, table, p, k, k, []);
      expect(fast && shown(fast)).toEqual(fast && shown(plain));
      if (plain.node) {
        const {seq, info} = infos[Number(plain.node.slice(1))]!;
        set(seq, withPod(info, podInfo(p)));
      }
      const {seq, info} = oneOf(...infos.filter(({info}) => info.pods.length > 0));
      set(seq, withNode(info, nodeOf(info.name, shape())));
    }
  });
});
