/** Volume plugins that upstream's tables here do not reach: one pod, its claims, and what the filters say of a node. */
import {describe, expect, it} from 'vitest';
import type {core, KubeObject, Node, Pod} from '../../../src/engine/api/types.ts';
import {frameworkOf} from '../../../src/engine/scheduler/config/profile.ts';
import type {ClusterEvent} from '../../../src/engine/scheduler/framework/events.ts';
import {queueingHints} from '../../../src/engine/scheduler/framework/hints.ts';
import {newCycle, runFilters, runPreFilter} from '../../../src/engine/scheduler/framework/runtime.ts';
import {listersOf, nodeInfosOf, snapshotOf} from '../../../src/engine/scheduler/framework/snapshot.ts';

const labels = {'kubernetes.io/hostname': 'n1', 'topology.kubernetes.io/zone': 'a'};
const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {name: 'n1', labels},
  status: {allocatable: {cpu: '4', memory: '8Gi', pods: '110'}},
} as unknown as Node;

const pod = (name: string, claims: string[], nodeName?: string): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, namespace: 'default', uid: name},
    spec: {nodeName, containers: [], volumes: claims.map(claimName => ({name: claimName, persistentVolumeClaim: {claimName}}))},
  }) as unknown as Pod;

const BOUND = {'pv.kubernetes.io/bind-completed': 'yes'};
const claim = (name: string, spec: object, annotations: Record<string, string> = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {name, namespace: 'default', uid: name, annotations},
    spec,
  }) as unknown as KubeObject;
const volume = (name: string, spec: object, more: object = {}): KubeObject =>
  ({apiVersion: 'v1', kind: 'PersistentVolume', metadata: {name, ...more}, spec, status: {phase: 'Available'}}) as unknown as KubeObject;
const storageClass = (name: string, more: object): KubeObject =>
  ({apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: {name}, ...more}) as unknown as KubeObject;

function verdict(p: Pod, objects: Record<string, KubeObject[]>, others: Pod[] = [], framework = frameworkOf({})): string {
  const cycle = newCycle({
    snapshot: snapshotOf(nodeInfosOf([node], others)),
    listers: listersOf(objects),
    framework,
    now: 0,
    random: () => 0,
  });
  const {status} = runPreFilter(cycle, p);
  const said = status ?? runFilters(cycle, p, cycle.snapshot.nodes[0]!);
  return said ? `${said.plugin}: ${said.reasons.join(', ')}` : 'fits';
}

describe('claims', () => {
  it.each([
    ['that do not exist', [], 'VolumeRestrictions: persistentvolumeclaim "data" not found'],
    [
      'to be bound at once, but unbound',
      [claim('data', {storageClassName: 'now'})],
      'VolumeBinding: pod has unbound immediate PersistentVolumeClaims',
    ],
    ['whose volume is lost', [claim('data', {volumeName: 'gone'}, BOUND)], 'VolumeZone: persistentvolume "gone" not found'],
  ])('%s', (_what, persistentvolumeclaims, said) => {
    const storageclasses = [storageClass('now', {provisioner: 'x', volumeBindingMode: 'Immediate'})];
    expect(verdict(pod('p', ['data']), {persistentvolumeclaims, storageclasses})).toBe(said);
  });

  it('for one pod only are refused to a second', () => {
    const persistentvolumeclaims = [claim('data', {volumeName: 'v', accessModes: ['ReadWriteOncePod']}, BOUND)];
    const objects = {persistentvolumeclaims, persistentvolumes: [volume('v', {})]};
    expect(verdict(pod('p', ['data']), objects)).toBe('fits');
    expect(verdict(pod('p', ['data']), objects, [pod('q', ['data'], 'n1')])).toBe(
      'VolumeRestrictions: node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
    );
  });
});

describe('a volume', () => {
  const affinity = (zone: string) => ({
    required: {nodeSelectorTerms: [{matchExpressions: [{key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone]}]}]},
  });

  it.each([
    ['a', 'fits'],
    ['b', "VolumeBinding: node(s) didn't match PersistentVolume's node affinity"],
  ])('bound in zone %s', (zone, said) => {
    const persistentvolumeclaims = [claim('data', {volumeName: 'v'}, BOUND)];
    expect(verdict(pod('p', ['data']), {persistentvolumeclaims, persistentvolumes: [volume('v', {nodeAffinity: affinity(zone)})]})).toBe(
      said,
    );
  });

  it.each([
    ['that can be made here', {provisioner: 'csi.example.com'}, 'fits'],
    [
      'that nobody makes',
      {provisioner: 'kubernetes.io/no-provisioner'},
      "VolumeBinding: node(s) didn't find available persistent volumes to bind",
    ],
    [
      'that is made in zone b only',
      {provisioner: 'csi.example.com', allowedTopologies: [{matchLabelExpressions: [{key: 'topology.kubernetes.io/zone', values: ['b']}]}]},
      "VolumeBinding: node(s) didn't find available persistent volumes to bind",
    ],
  ])('%s', (_what, more, said) => {
    const storageclasses = [storageClass('later', {volumeBindingMode: 'WaitForFirstConsumer', ...more})];
    const persistentvolumeclaims = [claim('data', {storageClassName: 'later', resources: {requests: {storage: '1Gi'}}})];
    expect(verdict(pod('p', ['data']), {persistentvolumeclaims, storageclasses})).toBe(said);
  });

  it.each([
    ['large enough', '2Gi', 'fits'],
    ['too small', '512Mi', "VolumeBinding: node(s) didn't find available persistent volumes to bind"],
  ])('that is free and %s', (_what, storage, said) => {
    const storageclasses = [
      storageClass('local', {provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer'}),
    ];
    const persistentvolumeclaims = [
      claim('data', {storageClassName: 'local', accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}}),
    ];
    const persistentvolumes = [volume('v', {storageClassName: 'local', accessModes: ['ReadWriteOnce'], capacity: {storage}})];
    expect(verdict(pod('p', ['data']), {persistentvolumeclaims, storageclasses, persistentvolumes})).toBe(said);
  });
});

describe('claims that wait for their pod', () => {
  const storageclasses = [storageClass('local', {provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer'})];
  const asking = (name: string, storage: string, spec: object = {}): KubeObject =>
    claim(name, {storageClassName: 'local', accessModes: ['ReadWriteOnce'], resources: {requests: {storage}}, ...spec});
  const disk = (name: string, storage: string, spec: object = {}): KubeObject =>
    volume(name, {storageClassName: 'local', accessModes: ['ReadWriteOnce'], capacity: {storage}, ...spec});
  const nothing = "VolumeBinding: node(s) didn't find available persistent volumes to bind";

  it.each([
    ['is kept for it', {}, 'fits'],
    ['is kept for it, but of another class', {storageClassName: 'other'}, nothing],
    ['is kept for it, but has other attributes', {volumeAttributesClassName: 'fast'}, nothing],
  ])('take the volume that %s', (_what, spec, said) => {
    const persistentvolumes = [disk('mine', '2Gi', {claimRef: {namespace: 'default', name: 'some'}, ...spec})];
    expect(verdict(pod('p', ['some']), {storageclasses, persistentvolumeclaims: [asking('some', '2Gi')], persistentvolumes})).toBe(said);
  });
});

describe('a driver that keeps account of its space', () => {
  const driver = {apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: {name: 'csi.example.com'}, spec: {storageCapacity: true}};
  const space = (more: object): KubeObject =>
    ({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIStorageCapacity',
      metadata: {name: 'here', namespace: 'default'},
      storageClassName: 'later',
      nodeTopology: {matchLabels: {'topology.kubernetes.io/zone': 'a'}},
      ...more,
    }) as unknown as KubeObject;
  const full = 'VolumeBinding: node(s) did not have enough free storage';

  it.each([
    ['has room', [space({capacity: '10Gi'})], 'fits'],
    ['has not enough', [space({capacity: '512Mi'})], full],
    ['makes no volume that large', [space({capacity: '10Gi', maximumVolumeSize: '512Mi'})], full],
    ['has room in another zone', [space({capacity: '10Gi', nodeTopology: {matchLabels: {'topology.kubernetes.io/zone': 'b'}}})], full],
    ['says of no node that it can reach it', [space({capacity: '10Gi', nodeTopology: undefined})], full],
    ['has told nothing', [], full],
  ])('%s', (_what, csistoragecapacities, said) => {
    const storageclasses = [storageClass('later', {provisioner: 'csi.example.com', volumeBindingMode: 'WaitForFirstConsumer'})];
    const persistentvolumeclaims = [claim('data', {storageClassName: 'later', resources: {requests: {storage: '1Gi'}}})];
    const csidrivers = [driver as unknown as KubeObject];
    expect(verdict(pod('p', ['data']), {persistentvolumeclaims, storageclasses, csidrivers, csistoragecapacities})).toBe(said);
  });
});

it('two things wrong with the volumes of one node: bound ones are told first', () => {
  const storageclasses = [storageClass('local', {provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer'})];
  const persistentvolumeclaims = [claim('old', {volumeName: 'v'}, BOUND), claim('new', {storageClassName: 'local'})];
  const away = {required: {nodeSelectorTerms: [{matchExpressions: [{key: 'kubernetes.io/hostname', operator: 'In', values: ['n2']}]}]}};
  expect(
    verdict(pod('p', ['old', 'new']), {storageclasses, persistentvolumeclaims, persistentvolumes: [volume('v', {nodeAffinity: away})]}),
  ).toBe("VolumeBinding: node(s) didn't match PersistentVolume's node affinity, node(s) didn't find available persistent volumes to bind");
});

describe('attached volumes', () => {
  it('have a limit for each driver', () => {
    const csi = (n: number) => volume(`v${n}`, {csi: {driver: 'ebs', volumeHandle: `h${n}`}});
    const objects = {
      persistentvolumeclaims: [1, 2, 3].map(n => claim(`c${n}`, {volumeName: `v${n}`}, BOUND)),
      persistentvolumes: [1, 2, 3].map(csi),
      csinodes: [
        {
          apiVersion: 'storage.k8s.io/v1',
          kind: 'CSINode',
          metadata: {name: 'n1'},
          spec: {drivers: [{name: 'ebs', allocatable: {count: 2}}]},
        } as unknown as KubeObject,
      ],
    };
    const others = [pod('a', ['c1'], 'n1'), pod('b', ['c2'], 'n1')];
    expect(verdict(pod('p', ['c3']), objects, others)).toBe('NodeVolumeLimits: node(s) exceed max volume count');
    expect(verdict(pod('p', ['c2']), objects, others)).toBe('fits');
    expect(verdict(pod('p', ['c3']), objects, others.slice(1))).toBe('fits');
  });
  it('do not count when no driver made them, though their class names one that is full', () => {
    const storageclasses = [storageClass('ebs', {provisioner: 'ebs'})];
    const full = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSINode',
      metadata: {name: 'n1'},
      spec: {drivers: [{name: 'ebs', allocatable: {count: 0}}]},
    };
    const of = (volumeName: string) => ({
      storageclasses,
      csinodes: [full as unknown as KubeObject],
      persistentvolumes: [volume('by-hand', {storageClassName: 'ebs', hostPath: {path: '/data'}})],
      persistentvolumeclaims: [claim('c', {volumeName, storageClassName: 'ebs'}, BOUND)],
    });
    expect(verdict(pod('p', ['c']), of('by-hand'))).toBe('fits');
  });
});

it('the claim of an ephemeral volume must be its own, also where only NodeVolumeLimits is asked', () => {
  const plugins = {preFilter: {disabled: [{name: '*'}]}, filter: {disabled: [{name: '*'}], enabled: [{name: 'NodeVolumeLimits'}]}};
  const p = pod('p', []);
  const ephemeral = {...p, spec: {...p.spec!, volumes: [{name: 'data', ephemeral: {}}]}};
  expect(verdict(ephemeral, {persistentvolumeclaims: [claim('p-data', {})]}, [], frameworkOf({plugins}))).toBe(
    'NodeVolumeLimits: running "NodeVolumeLimits" filter plugin: PVC default/p-data was not created for pod default/p (pod is not owner)',
  );
});

describe('disks that a driver has taken over from Kubernetes', () => {
  const disk = (volumeID: string): core.Volume => ({name: volumeID, awsElasticBlockStore: {volumeID}});
  const withDisks = (name: string, disks: string[], nodeName?: string): Pod => {
    const p = pod(name, [], nodeName);
    return {...p, spec: {...p.spec!, volumes: disks.map(disk)}};
  };
  const csinodes = [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSINode',
      metadata: {name: 'n1'},
      spec: {drivers: [{name: 'ebs.csi.aws.com', allocatable: {count: 2}}]},
    } as unknown as KubeObject,
  ];
  const objects = {
    csinodes,
    storageclasses: [storageClass('old', {provisioner: 'kubernetes.io/aws-ebs', volumeBindingMode: 'WaitForFirstConsumer'})],
    persistentvolumeclaims: [claim('c', {volumeName: 'v'}, BOUND), claim('unbound', {storageClassName: 'old'})],
    persistentvolumes: [volume('v', {csi: {driver: 'ebs.csi.aws.com', volumeHandle: 'vol-1'}})],
  };
  const full = 'NodeVolumeLimits: node(s) exceed max volume count';

  it.each([
    ['count with what the driver made', withDisks('p', ['vol-3']), [pod('a', ['c'], 'n1'), withDisks('b', ['vol-2'], 'n1')], full],
    [
      'are the same disk by either name',
      withDisks('p', ['aws://eu-1a/vol-1']),
      [pod('a', ['c'], 'n1'), withDisks('b', ['vol-2'], 'n1')],
      'fits',
    ],
    ['count when they are yet to be made', pod('p', ['unbound']), [withDisks('a', ['vol-1', 'vol-2'], 'n1')], full],
  ])('%s', (_what, p, others, said) => {
    expect(verdict(p, objects, others)).toBe(said);
  });
});

describe('a pod that was rejected is tried again', () => {
  const framework = frameworkOf({});
  const hints = queueingHints([framework]);
  const wakes = (plugin: string, resource: ClusterEvent['resource'], before: object | undefined, after: object): boolean =>
    hints.mayHelp(
      framework,
      [plugin],
      pod('p', ['data']),
      {resource, action: before ? 'Update' : 'Add', ...(before && {old: before as KubeObject}), new: after as KubeObject},
      listersOf({}),
    );
  const left = (resource: ClusterEvent['resource'], old: object): boolean =>
    hints.mayHelp(framework, ['NodeVolumeLimits'], pod('p', ['data']), {resource, action: 'Delete', old: old as KubeObject}, listersOf({}));
  const limit = (count: number) => ({metadata: {name: 'n1'}, spec: {drivers: [{name: 'ebs', allocatable: {count}}]}});

  it.each([
    ['there is a driver with space', undefined, {capacity: '1Gi'}, true],
    ['there is more space', {capacity: '1Gi'}, {capacity: '2Gi'}, true],
    ['volumes may be larger', {capacity: '9Gi', maximumVolumeSize: '1Gi'}, {capacity: '9Gi', maximumVolumeSize: '2Gi'}, true],
    ['there is no more of it', {capacity: '2Gi'}, {capacity: '1Gi'}, false],
    ['volumes are as small as before', {capacity: '9Gi', maximumVolumeSize: '1Gi'}, {capacity: '20Gi', maximumVolumeSize: '1Gi'}, false],
  ])('when %s', (_when, before, after, woken) => {
    expect(wakes('VolumeBinding', 'CSIStorageCapacity', before, after)).toBe(woken);
  });
  it('when a node can attach more, not when it can attach less', () => {
    expect(wakes('NodeVolumeLimits', 'CSINode', limit(1), limit(2))).toBe(true);
    expect(wakes('NodeVolumeLimits', 'CSINode', limit(2), limit(1))).toBe(false);
  });
  it('when a pod that had volumes attached is gone', () => {
    const holding = (volumes: object[]): object => ({metadata: {name: 'a', namespace: 'default'}, spec: {volumes}});
    expect(left('AssignedPod', holding([{name: 'v', persistentVolumeClaim: {claimName: 'c'}}]))).toBe(true);
    expect(left('AssignedPod', holding([{name: 'v', awsElasticBlockStore: {volumeID: 'vol-1'}}]))).toBe(true);
    expect(left('AssignedPod', holding([{name: 'v', emptyDir: {}}]))).toBe(false);
  });
});
