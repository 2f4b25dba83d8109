import {describe, expect, it} from 'vitest';
import type {Node} from '../../../src/engine/api/types.ts';
import {asking, on, stage} from './stage.ts';

const NO_HELP = 'no new claims to deallocate, preemption: ';

describe('kube-scheduler binds pods', () => {
  it('to the emptiest node, and says so', () => {
    const s = stage();
    s.node('small', {cpu: '2', memory: '4Gi'});
    s.node('large', {cpu: '8', memory: '16Gi'});
    s.pod('web');
    s.run();
    expect(s.nodeOf('web')).toBe('large');
    expect(s.events('web')).toEqual(['Scheduled: Successfully assigned default/web to large']);
    const [decision] = s.decisions('web');
    expect(decision).toMatchObject({node: 'large', evaluated: 2, filters: {small: null, large: null}});
    // (8000-1000)/8000 = 87, (16-1)/16 = 93; and (2000-1000)/2000 = 50, (4-1)/4 = 75: means, cut off
    expect(decision!.scores['NodeResourcesFit']).toEqual({
      small: {raw: 62, normalized: 62, weight: 1},
      large: {raw: 90, normalized: 90, weight: 1},
    });
  });

  it('in the order of their priority', () => {
    const s = stage();
    s.create({apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: {name: 'high'}, value: 1000});
    s.pod('first', asking('3'));
    s.pod('urgent', asking('3', {priorityClassName: 'high', priority: 1000}));
    s.run();
    s.node('n1');
    s.run(11_000);
    expect(s.nodeOf('urgent')).toBe('n1');
    expect(s.nodeOf('first')).toBeUndefined();
  });

  it('only its own', () => {
    const s = stage();
    s.node('n1');
    s.pod('foreign', {schedulerName: 'another'});
    s.run();
    expect(s.nodeOf('foreign')).toBeUndefined();
    expect(s.events('foreign')).toEqual([]);
  });

  it('with each profile under its own name', () => {
    const pack = {name: 'NodeResourcesFit', args: {scoringStrategy: {type: 'MostAllocated'}}};
    const s = stage({
      schedulerConfiguration: {
        profiles: [
          {schedulerName: 'default-scheduler'},
          {schedulerName: 'packer', pluginConfig: [pack], plugins: {multiPoint: {disabled: [{name: 'NodeResourcesBalancedAllocation'}]}}},
        ],
      },
    });
    s.node('small', {cpu: '2', memory: '4Gi'});
    s.node('large', {cpu: '8', memory: '16Gi'});
    s.pod('spread');
    s.pod('packed', {schedulerName: 'packer'});
    s.run();
    expect([s.nodeOf('spread'), s.nodeOf('packed')]).toEqual(['large', 'small']);
    const {items} = s.get<{items: {involvedObject: {name: string}; reportingComponent: string}[]}>('/api/v1/namespaces/default/events');
    expect(items.filter(e => e.involvedObject.name === 'packed').map(e => e.reportingComponent)).toEqual(['packer']);
  });
});

describe('a pod that fits nowhere', () => {
  it('is told why, in its status and by an event', () => {
    const s = stage();
    s.node('n1');
    s.node('n2', {taints: [{key: 'dedicated', value: 'gpu', effect: 'NoSchedule'}]});
    s.pod('big', asking('5'));
    s.run();
    const message = `0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). ${NO_HELP}0/2 nodes are available: 2 Preemption is not helpful for scheduling.`;
    expect(s.events('big')).toEqual([`FailedScheduling: ${message}`]);
    const condition = s.podNamed('big').status?.conditions?.find(c => c.type === 'PodScheduled');
    expect(condition).toMatchObject({status: 'False', reason: 'Unschedulable', message});
  });

  it('waits for a node to come', () => {
    const s = stage();
    s.node('n1');
    s.pod('big', asking('5'));
    s.run(60_000);
    expect(s.decisions('big')).toHaveLength(1);
    s.node('n2', {cpu: '8'});
    s.run();
    expect(s.nodeOf('big')).toBe('n2');
  });

  it('is not tried again for what cannot help it', () => {
    const s = stage();
    s.node('n1', {taints: [{key: 'a', effect: 'NoSchedule'}]});
    s.pod('web');
    s.run();
    const node = s.get<Node>('/api/v1/nodes/n1');
    s.put('/api/v1/nodes/n1', {...node, metadata: {...node.metadata, labels: {...node.metadata.labels, colour: 'red'}}});
    s.run();
    expect(s.decisions('web')).toHaveLength(1);
    const tainted = s.get<Node>('/api/v1/nodes/n1');
    s.put('/api/v1/nodes/n1', {...tainted, spec: {...tainted.spec, taints: []}});
    s.run();
    expect(s.decisions('web')).toHaveLength(2);
    expect(s.nodeOf('web')).toBe('n1');
  });

  it('for want of a feature waits until a node declares it', () => {
    const s = stage();
    s.node('old');
    const rules = [{action: 'RestartAllContainers', exitCodes: {operator: 'In', values: [42]}}];
    s.pod('web', {containers: [{name: 'main', image: 'nginx:1.27', restartPolicy: 'Never', restartPolicyRules: rules}]});
    s.run();
    const message = `0/1 nodes are available: 1 node(s) didn't match Pod's required features. ${NO_HELP}0/1 nodes are available: 1 Preemption is not helpful for scheduling.`;
    expect(s.events('web')).toEqual([`FailedScheduling: ${message}`]);
    const pod = s.podNamed('web');
    s.put('/api/v1/namespaces/default/pods/web', {...pod, metadata: {...pod.metadata, labels: {app: 'web'}}});
    s.run(20_000);
    expect(s.decisions('web')).toHaveLength(1);
    const node = s.get<Node>('/api/v1/nodes/old');
    s.put('/api/v1/nodes/old/status', {...node, status: {...node.status, declaredFeatures: ['RestartAllContainersOnContainerExits']}});
    s.run();
    expect(s.nodeOf('web')).toBe('old');
  });

  it('is tried again after five minutes come what may', () => {
    const s = stage();
    s.node('n1');
    s.pod('big', asking('5'));
    s.run(6 * 60_000);
    expect(s.decisions('big').map(d => Math.round(d.atMs / 1000))).toEqual([0, 330]);
  });

  it('waits, backing off, while there are no nodes at all', () => {
    const s = stage();
    s.pod('web');
    s.run(20_000);
    expect(new Set(s.events('web'))).toEqual(new Set(['FailedScheduling: no nodes available to schedule pods']));
    expect(s.decisions('web').map(d => Math.floor(d.atMs / 1000))).toEqual([0, 1, 3, 7, 15]);
    s.node('n1');
    s.run(10_000);
    expect(s.nodeOf('web')).toBe('n1');
  });

  it('stays out of the queue while it has gates', () => {
    const s = stage();
    s.node('n1');
    s.pod('gated', {schedulingGates: [{name: 'example.com/approval'}]});
    s.run();
    expect(s.decisions('gated')).toEqual([]);
    const pod = s.podNamed('gated');
    s.put('/api/v1/namespaces/default/pods/gated', {...pod, spec: {...pod.spec, schedulingGates: []}});
    s.run();
    expect(s.nodeOf('gated')).toBe('n1');
  });
});

describe('preemption', () => {
  const crowded = () => {
    const s = stage();
    s.create({apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: {name: 'high'}, value: 1000});
    s.node('n1');
    s.pod('lowly', asking('3'));
    s.run();
    s.pod('urgent', asking('3', {priorityClassName: 'high', priority: 1000}));
    s.run();
    return s;
  };

  it('promises the node and evicts who is in the way', () => {
    const s = crowded();
    const {uid} = s.podNamed('urgent').metadata;
    expect(s.events('urgent')[0]).toBe('FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu.');
    expect((s.podNamed('urgent').status as {nominatedNodeName?: string}).nominatedNodeName).toBe('n1');
    expect(s.events('lowly')).toContain(`Preempted: Preempted by pod ${uid} on node n1`);
    const victim = s.podNamed('lowly');
    expect(victim.metadata.deletionTimestamp).toBeDefined();
    expect(victim.status?.conditions?.find(c => c.type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    });
  });

  it('lets the pod in when the victim is gone', () => {
    const s = crowded();
    s.delete('/api/v1/namespaces/default/pods/lowly', {gracePeriodSeconds: 0});
    s.run();
    expect(s.nodeOf('urgent')).toBe('n1');
  });

  it('keeps the promised room from less important pods', () => {
    const s = crowded();
    s.delete('/api/v1/namespaces/default/pods/lowly', {gracePeriodSeconds: 0});
    s.pod('sneaky', asking('3'));
    s.run(2000);
    expect([s.nodeOf('urgent'), s.nodeOf('sneaky')]).toEqual(['n1', undefined]);
  });
});

describe('without permission', () => {
  it('nothing is bound until it is given back', () => {
    const s = stage();
    s.node('n1');
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
    const binding = s.get<{metadata: object}>(`${path}/system:kube-scheduler`);
    s.delete(`${path}/system:kube-scheduler`);
    s.pod('web');
    s.run();
    expect(s.nodeOf('web')).toBeUndefined();
    expect(s.decisions('web')[0]!.node).toBe('n1');
    expect(s.cluster.settle(3_600_000)).toBe(true);
    const {labels, annotations, name} = binding.metadata as {labels: object; annotations: object; name: string};
    s.create({...binding, metadata: {name, labels, annotations}});
    s.run(11_000);
    expect(s.nodeOf('web')).toBe('n1');
    expect(s.events('web')).toEqual(['Scheduled: Successfully assigned default/web to n1']);
  });
});

describe('volumes', () => {
  const claim = {apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: {name: 'data', namespace: 'default'}};
  const spec = {
    accessModes: ['ReadWriteOnce'],
    resources: {requests: {storage: '1Gi'}},
    storageClassName: 'local',
    volumeMode: 'Filesystem',
  };
  const volumes = [{name: 'data', persistentVolumeClaim: {claimName: 'data'}}];

  it('that do not exist end the cycle before any node is looked at', () => {
    const s = stage();
    s.node('n1');
    s.pod('db', {volumes});
    s.run();
    expect(s.events('db')).toEqual(['FailedScheduling: 0/1 nodes are available: persistentvolumeclaim "data" not found. not found']);
    expect(s.decisions('db')[0]!.filters).toEqual({});
  });

  it('are chosen with the node, and waited for', () => {
    const s = stage();
    s.node('n1');
    s.node('n2');
    s.lateClass('local');
    s.create({...claim, spec});
    s.pod('db', {volumes});
    s.run();
    expect(s.events('db')[0]).toMatch(
      /^FailedScheduling: 0\/2 nodes are available: 2 node\(s\) didn't find available persistent volumes to bind\./,
    );

    const term = {matchExpressions: [{key: 'kubernetes.io/hostname', operator: 'In', values: ['n2']}]};
    s.create({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: {name: 'disk'},
      spec: {
        capacity: {storage: '2Gi'},
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'local',
        volumeMode: 'Filesystem',
        persistentVolumeReclaimPolicy: 'Retain',
        local: {path: '/mnt/disk'},
        nodeAffinity: {required: {nodeSelectorTerms: [term]}},
      },
    });
    const volume = s.get<{spec: object; status?: object}>('/api/v1/persistentvolumes/disk');
    s.put('/api/v1/persistentvolumes/disk/status', {...volume, status: {phase: 'Available'}});
    s.run();
    expect(s.get<{spec: {claimRef?: {name: string}}}>('/api/v1/persistentvolumes/disk').spec.claimRef?.name).toBe('data');
    expect(s.nodeOf('db')).toBeUndefined();

    const path = '/api/v1/namespaces/default/persistentvolumeclaims/data';
    const pending = s.get<{metadata: object; spec: object}>(path);
    const annotations = {'pv.kubernetes.io/bind-completed': 'yes'};
    s.put(path, {...pending, metadata: {...pending.metadata, annotations}, spec: {...pending.spec, volumeName: 'disk'}});
    s.run();
    expect(s.nodeOf('db')).toBe('n2');
  });

  it('are given up after a while', () => {
    const s = stage({schedulerConfiguration: {profiles: [{pluginConfig: [{name: 'VolumeBinding', args: {bindTimeoutSeconds: 60}}]}]}});
    s.node('n1');
    s.lateClass('local', 'csi.example.com');
    s.create({...claim, spec});
    s.pod('db', {volumes});
    s.run(59_000);
    expect(
      s.get<{metadata: {annotations?: object}}>('/api/v1/namespaces/default/persistentvolumeclaims/data').metadata.annotations,
    ).toMatchObject({
      'volume.kubernetes.io/selected-node': 'n1',
    });
    expect(s.events('db')).toEqual([]);
    s.run(2000);
    expect(s.events('db')).toEqual([
      'FailedScheduling: running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
    ]);
  });
});

describe('going back in time', () => {
  it('takes cache and queue along, also into a branch', () => {
    const s = stage();
    s.node('n1');
    s.node('n2', {cpu: '3'});
    s.pod('a', asking('2'));
    s.run();
    const before = s.cluster.history.position;
    // A place in the past is as of its last step; the present may be later.
    s.pod('another', asking('1'));
    s.cluster.history.seek(before);
    s.pod('b', asking('2'));
    s.run();
    const branch = on(s.cluster.history.branch());
    branch.pod('d', asking('1'));
    branch.run();
    const [nodeOfB, hash] = [s.nodeOf('b'), s.cluster.hash()];

    s.cluster.history.seek(before);
    s.pod('c', asking('3'));
    s.run();
    expect(s.nodeOf('c')).toBe(s.nodeOf('a') === 'n1' ? 'n2' : 'n1');

    s.cluster.history.seek(before);
    s.pod('b', asking('2'));
    s.run();
    expect(s.nodeOf('b')).toBe(nodeOfB);
    expect(s.cluster.hash()).toBe(hash);
    expect(branch.nodeOf('d')).toBeDefined();
  });

  it('is not needed to be deterministic', () => {
    const run = (seed: number) => {
      const s = stage({seed});
      for (const n of ['n1', 'n2', 'n3', 'n4']) s.node(n);
      for (let i = 0; i < 12; i++) s.pod(`p${i}`, asking('100m'));
      s.run(1000);
      return [s.cluster.hash(), Array.from({length: 12}, (_, i) => s.nodeOf(`p${i}`)).join()];
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)[1]).not.toBe(run(2)[1]);
  });

  it('a scheduler that was stopped starts from what the API server says', () => {
    const s = stage();
    s.node('n1');
    s.pod('a', asking('3'));
    s.run();
    s.cluster.control({action: 'stop', program: 'kube-scheduler'});
    s.pod('b', asking('3'));
    s.run(5000);
    expect(s.decisions('b')).toEqual([]);
    s.node('n2');
    s.cluster.control({action: 'start', program: 'kube-scheduler'});
    // It is not the one whose name still stands in the Lease.
    s.run(10_000);
    expect(s.decisions('b')).toEqual([]);
    s.run(10_000);
    expect(s.nodeOf('b')).toBe('n2');
  });
});

describe('a large cluster', () => {
  it('is searched from where the last search ended, and goes back in time with its columns', () => {
    const s = stage();
    for (let i = 0; i < 150; i++) s.node(`n${i}`, {labels: {'topology.kubernetes.io/zone': `z${i % 3}`}});
    s.run();
    const place = (from: number, to: number): (string | undefined)[] => {
      for (let i = from; i < to; i++) s.pod(`p${i}`, asking('1500m'));
      s.run();
      return Array.from({length: to - from}, (_, i) => s.nodeOf(`p${from + i}`));
    };
    place(0, 20);
    // 150 nodes: 48 % of them are fewer than the 100 that are always looked for.
    expect(s.decisions('p0')[0]!.evaluated).toBe(100);
    expect(Object.keys(s.decisions('p1')[0]!.filters)[0]).not.toBe(Object.keys(s.decisions('p0')[0]!.filters)[0]);

    const before = s.cluster.history.position;
    s.cluster.history.seek(before);
    const first = place(20, 40);
    s.cluster.history.seek(before);
    expect(place(20, 40)).toEqual(first);
    expect(new Set([...first].map(n => n !== undefined))).toEqual(new Set([true]));
  });
});
