/** What a counterfactual says is what happens: the change is made on a branch of the machine, and the real scheduler decides there. */
import {describe, expect, it} from 'vitest';
import type {KubeObject, Node, Pod} from '../../../src/engine/api/types.ts';
import type {Cluster} from '../../../src/engine/cluster/cluster.ts';
import {frameworkOf} from '../../../src/engine/scheduler/config/profile.ts';
import type {Change} from '../../../src/engine/scheduler/explain/changes.ts';
import {type Counterfactual, whyNot} from '../../../src/engine/scheduler/explain/counterfactuals.ts';
import {worldOf} from '../../../src/engine/scheduler/explain/world.ts';
import {type NodeOptions, on, type Stage, stage} from './stage.ts';

interface Case {
  readonly nodes: Readonly<Record<string, NodeOptions>>;
  readonly spec?: object;
  /** Pods that are there before. */
  readonly before?: Readonly<Record<string, object>>;
  readonly wish: string;
}

const spread = {
  maxSkew: 1,
  topologyKey: 'kubernetes.io/hostname',
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: {matchLabels: {app: 'x'}},
};
const apart = {
  podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: 'kubernetes.io/hostname', labelSelector: {}}]},
};
const ssd = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{matchExpressions: [{key: 'disk', operator: 'In', values: ['ssd']}]}],
    },
  },
};

const cases: Readonly<Record<string, Case>> = {
  'a taint': {nodes: {a: {}, b: {taints: [{key: 'dedicated', value: 'db', effect: 'NoSchedule'}]}}, wish: 'b'},
  'too little cpu': {nodes: {a: {}, b: {cpu: '500m'}}, wish: 'b'},
  'too little of two resources': {nodes: {a: {}, b: {cpu: '500m', memory: '512Mi'}}, wish: 'b'},
  'a missing label': {nodes: {a: {labels: {disk: 'ssd'}}, b: {}}, spec: {nodeSelector: {disk: 'ssd'}}, wish: 'b'},
  'required affinity': {nodes: {a: {labels: {disk: 'ssd'}}, b: {labels: {disk: 'hdd'}}}, spec: {affinity: ssd}, wish: 'b'},
  'a host port in use': {
    nodes: {a: {}, b: {}},
    spec: {containers: [{name: 'c', image: 'nginx', ports: [{containerPort: 80, hostPort: 80}]}]},
    before: {other: {nodeName: 'b', containers: [{name: 'c', image: 'nginx', ports: [{containerPort: 80, hostPort: 80}]}]}},
    wish: 'b',
  },
  spreading: {
    nodes: {a: {}, b: {}},
    spec: {topologySpreadConstraints: [spread]},
    before: {other: {nodeName: 'b'}},
    wish: 'b',
  },
  'anti-affinity': {nodes: {a: {}, b: {}}, spec: {affinity: apart}, before: {other: {nodeName: 'b'}}, wish: 'b'},
  outscored: {nodes: {small: {cpu: '2'}, large: {cpu: '16'}}, wish: 'small'},
  'a taint that only costs points': {nodes: {a: {}, b: {taints: [{key: 'spot', effect: 'PreferNoSchedule'}]}}, wish: 'b'},
  'two filters at once': {nodes: {a: {}, b: {cpu: '500m', taints: [{key: 'gpu', effect: 'NoSchedule'}]}}, wish: 'b'},
};

function set(s: Stage, {nodes, spec = {}, before = {}}: Case): void {
  for (const [name, options] of Object.entries(nodes)) s.node(name, options);
  for (const [name, more] of Object.entries(before)) s.pod(name, more, {labels: {app: 'x'}});
  s.run();
  s.pod('web', spec, {labels: {app: 'x'}});
  s.run();
}

/** Makes the changes for real, on a branch of their own, and creates the pod anew there. */
function tryOut(cluster: Cluster, pod: Pod, changes: readonly Change[]): string | undefined {
  const s = on(cluster.history.branch());
  for (const {node} of changes) {
    if (!node) continue;
    const path = `/api/v1/nodes/${node.name}`;
    const now = s.get<Node>(path);
    const {milliCPU, memory, pods} = node.allocatable;
    const allocatable = {cpu: `${milliCPU}m`, memory: String(memory), pods: String(pods)};
    s.put(path, {...now, metadata: {...now.metadata, labels: node.labels}, spec: {...now.spec, taints: node.taints}});
    s.put(`${path}/status`, {...s.get<Node>(path), status: {...now.status, allocatable, capacity: allocatable}});
  }
  s.delete(`/api/v1/namespaces/default/pods/${pod.metadata.name}`, {gracePeriodSeconds: 0});
  s.run();
  const changed = changes.findLast(change => change.pod)?.pod ?? pod;
  const {nodeName: _nodeName, ...spec} = changed.spec!;
  s.create({
    ...(changed as KubeObject),
    metadata: {name: pod.metadata.name, namespace: 'default', labels: pod.metadata.labels},
    spec,
    status: {},
  });
  s.run();
  return s.nodeOf(pod.metadata.name!);
}

describe('on a branch of the machine', () => {
  for (const [name, example] of Object.entries(cases)) {
    it(`${name}: each change makes the node win`, () => {
      const s = stage();
      set(s, example);
      const world = worldOf(s.cluster.machine, 'kube-scheduler/', frameworkOf({}));
      const {changes} = whyNot(world, s.podNamed('web'), example.wish);
      const alone = changes.filter((c: Counterfactual) => c.wins === 'alone');
      expect(alone.length).toBeGreaterThan(0);
      expect(s.nodeOf('web')).not.toBe(example.wish);
      for (const found of alone) {
        const texts = found.changes.map(c => c.text);
        expect([texts, tryOut(s.cluster, s.podNamed('web'), found.changes)]).toEqual([texts, example.wish]);
      }
    });
  }

  it('leaves no trace', () => {
    const s = stage();
    set(s, cases['a taint']!);
    const pod = s.podNamed('web');
    const before = s.cluster.hash();
    expect(tryOut(s.cluster, pod, [])).toBe('a');
    expect(s.cluster.hash()).toBe(before);
  });
});
