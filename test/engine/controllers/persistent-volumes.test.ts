/** Claims and volumes: who gets which, who is refused and why, and what becomes of a volume that was taken in vain. */
import {describe, expect, it} from 'vitest';
import type {KubeObject, PersistentVolume, PersistentVolumeClaim, Pod} from '../../../src/engine/api/types.ts';
import {createWorld, podTemplate, type World} from './world.ts';

const volume = (name: string, storage: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: {name},
  spec: {
    capacity: {storage},
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: {path: `/data/${name}`, type: ''},
    ...spec,
  },
});
/** Only drivers know attributes. */
const driven = {hostPath: undefined, csi: {driver: 'csi.example.com', volumeHandle: 'h'}, volumeAttributesClassName: 'fast'};
const claim = (name: string, storage: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {name, namespace: 'default'},
  spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage}}, storageClassName: '', ...spec},
});
const storageClass = (name: string, volumeBindingMode: string, provisioner = 'kubernetes.io/no-provisioner'): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {name},
  provisioner,
  volumeBindingMode,
});
const user = (name: string, claims: string[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name, namespace: 'default'},
  spec: podTemplate(name, 'nginx:1', {volumes: claims.map(claimName => ({name: claimName, persistentVolumeClaim: {claimName}}))}).spec,
});

const volumeOf = (world: World, name: string) =>
  world.get<PersistentVolumeClaim>('persistentvolumeclaims', 'default', name)!.spec!.volumeName;
const told = (world: World, name: string) => world.events('PersistentVolumeClaim', name);

function settle(...objects: KubeObject[]): World {
  const world = createWorld({nodes: 0});
  for (const object of objects) world.create(object);
  world.wait(1);
  return world;
}

describe('a claim', () => {
  it('gets a volume that can do little more than it asks for, rather than a smaller one that can do much more', () => {
    const world = settle(
      volume('versatile', '5Gi', {accessModes: ['ReadWriteOnce', 'ReadWriteMany']}),
      volume('plain', '50Gi'),
      claim('data', '5Gi'),
    );
    expect(volumeOf(world, 'data')).toBe('plain');
  });

  it('gets a volume of its attributes class only', () => {
    const world = settle(volume('slow', '5Gi'), volume('fast', '50Gi', driven), claim('data', '5Gi', {volumeAttributesClassName: 'fast'}));
    expect(volumeOf(world, 'data')).toBe('fast');
  });

  it.each([
    ['is too small', {capacity: {storage: '1Gi'}}, 'requested PV is too small'],
    ['is of another class', {storageClassName: 'other'}, 'storageClassName does not match'],
    ['has other attributes', driven, 'volumeAttributesClassName does not match'],
    ['is a block device', {volumeMode: 'Block'}, 'incompatible volumeMode'],
    ['can only be read', {accessModes: ['ReadOnlyMany']}, 'incompatible accessMode'],
  ])('does not get the volume it names when that %s', (_what, spec, why) => {
    const world = settle(volume('wanted', '10Gi', spec), claim('data', '5Gi', {volumeName: 'wanted'}));
    expect(world.get<PersistentVolumeClaim>('persistentvolumeclaims', 'default', 'data')!.status!.phase).toBe('Pending');
    expect(told(world, 'data')).toContain(`VolumeMismatch: Cannot bind to requested volume "wanted": ${why}`);
  });

  it('does not get the volume it names when somebody else has it', () => {
    const world = settle(volume('wanted', '10Gi'), claim('first', '5Gi'));
    world.create(claim('second', '5Gi', {volumeName: 'wanted'}));
    world.wait(1);
    expect(told(world, 'second')).toContain('FailedBinding: volume "wanted" already bound to a different claim.');
  });

  it('is told that its class does not exist, or makes no volumes', () => {
    const world = settle(
      storageClass('local', 'Immediate'),
      claim('lost', '5Gi', {storageClassName: 'gone'}),
      claim('static', '5Gi', {storageClassName: 'local'}),
    );
    expect(told(world, 'lost')).toEqual(['ProvisioningFailed: storageclass.storage.k8s.io "gone" not found']);
    expect(told(world, 'static')).toEqual(['ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner']);
  });

  it('that waits for its pods names those that have no node yet', () => {
    const world = settle(storageClass('local', 'WaitForFirstConsumer'), claim('data', '5Gi', {storageClassName: 'local'}));
    expect(told(world, 'data')).toEqual(['WaitForFirstConsumer: waiting for first consumer to be created before binding']);
    world.create(user('a', ['data']));
    world.create(user('b', ['data']));
    world.create(volume('other', '1Gi'));
    world.wait(1);
    expect(told(world, 'data').at(-1)).toBe('WaitForPodScheduled: waiting for pods a,b to be scheduled');
  });

  it('that has been given a node is left to the driver, though a volume is free', () => {
    const waiting = claim('data', '5Gi', {storageClassName: 'later'});
    const annotations = {'volume.kubernetes.io/selected-node': 'node-1'};
    const world = settle(
      storageClass('later', 'WaitForFirstConsumer', 'csi.example.com'),
      volume('free', '10Gi', {storageClassName: 'later'}),
      {...waiting, metadata: {...waiting.metadata, annotations}},
    );
    expect(volumeOf(world, 'data')).toBeUndefined();
    expect(told(world, 'data')[0]).toMatch(/^ExternalProvisioning: Waiting for a volume to be created .* 'csi.example.com'/);
  });
});

it("a pod's claims get the smallest volumes, the smallest claim first", () => {
  const world = createWorld({nodes: 1, off: []});
  for (const object of [
    storageClass('local', 'WaitForFirstConsumer'),
    volume('two', '2Gi', {storageClassName: 'local'}),
    volume('three', '3Gi', {storageClassName: 'local'}),
    claim('more', '2Gi', {storageClassName: 'local'}),
    claim('less', '1Gi', {storageClassName: 'local'}),
    user('p', ['more', 'less']),
  ])
    world.create(object);
  world.wait(5);
  expect(world.get<Pod>('pods', 'default', 'p')!.spec!.nodeName).toBe('node-1');
  expect([volumeOf(world, 'less'), volumeOf(world, 'more')]).toEqual(['two', 'three']);
});

it.each([
  ['a controller took is free', {'pv.kubernetes.io/bound-by-controller': 'yes'}, undefined],
  ['somebody reserved stays reserved', {}, {name: 'data', namespace: 'default'}],
])('a volume that %s when its claim has gone to another', (_what, annotations, claimRef) => {
  const world = settle(volume('taken', '10Gi'), claim('data', '5Gi'));
  const {uid} = world.get('persistentvolumeclaims', 'default', 'data')!.metadata;
  const made = volume('vain', '10Gi', {
    claimRef: {apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data', uid},
  });
  world.create({...made, metadata: {...made.metadata, annotations}});
  world.wait(1);
  const {spec, status} = world.get<PersistentVolume>('persistentvolumes', '', 'vain')!;
  expect(status!.phase).toBe('Available');
  if (claimRef) expect(spec!.claimRef).toMatchObject(claimRef);
  expect(spec!.claimRef?.uid).toBeUndefined();
});

it('a volume reserved for a claim that wants it otherwise says so, and so does the claim', () => {
  const world = createWorld({nodes: 0});
  world.create(claim('data', '5Gi'));
  world.wait(1);
  const {uid} = world.get('persistentvolumeclaims', 'default', 'data')!.metadata;
  world.create(volume('block', '10Gi', {volumeMode: 'Block', claimRef: {namespace: 'default', name: 'data', uid}}));
  world.wait(1);
  expect(world.events('PersistentVolume', 'block')).toEqual([
    'VolumeMismatch: Cannot bind PersistentVolume to requested PersistentVolumeClaim "data" due to incompatible volumeMode.',
  ]);
  expect(told(world, 'data')).toContain(
    'VolumeMismatch: Cannot bind PersistentVolume "block" to requested PersistentVolumeClaim due to incompatible volumeMode.',
  );
});
