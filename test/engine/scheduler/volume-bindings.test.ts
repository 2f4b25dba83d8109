/** What is asked for a pod's volumes is remembered until it has come, and kept from the next pod. */
import {describe, expect, it} from 'vitest';
import type {KubeObject, PersistentVolume, PersistentVolumeClaim} from '../../../src/engine/api/types.ts';
import {type Stage, stage} from './stage.ts';

const VOLUMES = '/api/v1/persistentvolumes';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';

const mounting = (...claims: string[]) => ({volumes: claims.map(claimName => ({name: claimName, persistentVolumeClaim: {claimName}}))});
const onNode = (name: string) => ({
  required: {nodeSelectorTerms: [{matchExpressions: [{key: 'kubernetes.io/hostname', operator: 'In', values: [name]}]}]},
});

interface Plain {
  metadata: KubeObject['metadata'];
  spec: Record<string, unknown>;
}

/** Two nodes, and a class whose volumes wait for their pod. */
function world(provisioner?: string): Stage {
  const s = stage();
  s.node('n1');
  s.node('n2');
  s.lateClass('later', provisioner);
  return s;
}

/** A pod that has a volume with its node, and waits until it is bound. */
function bindingWorld(): Stage {
  const s = world();
  volume(s, 'a');
  claim(s, 'data');
  s.run();
  s.pod('db', mounting('data'));
  s.run();
  return s;
}

function volume(s: Stage, name: string, spec: object = {}): void {
  const disk = {capacity: {storage: '1Gi'}, accessModes: ['ReadWriteOnce'], storageClassName: 'later', hostPath: {path: `/${name}`}};
  s.create({apiVersion: 'v1', kind: 'PersistentVolume', metadata: {name}, spec: {...disk, ...spec}});
  s.put(`${VOLUMES}/${name}/status`, {...s.get<KubeObject>(`${VOLUMES}/${name}`), status: {phase: 'Available'}});
}

const claim = (s: Stage, name: string): unknown =>
  s.create({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {name, namespace: 'default'},
    spec: {storageClassName: 'later', accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
  });

/** What the volume controller does, and drivers do: they do not run here. */
function change(s: Stage, path: string, by: (object: Plain) => Partial<Plain>): void {
  const object = s.get<Plain>(path);
  s.put(path, {...object, ...by(object)});
}
const bound = (volumeName: string) => (object: Plain) => ({
  metadata: {...object.metadata, annotations: {...object.metadata.annotations, [BIND_COMPLETED]: 'yes'}},
  spec: {...object.spec, volumeName},
});
const ownerOf = (s: Stage, name: string): string | undefined => s.get<PersistentVolume>(`${VOLUMES}/${name}`).spec?.claimRef?.name;
const selectedNode = (s: Stage, name: string): string | undefined =>
  s.get<PersistentVolumeClaim>(`${CLAIMS}/${name}`).metadata.annotations?.[SELECTED_NODE];

describe('pods that come at the same moment', () => {
  it('are not given the same volume', () => {
    const s = world();
    for (const name of ['a', 'b', 'c']) volume(s, name);
    for (const name of ['one', 'two']) claim(s, name);
    s.run();
    for (const name of ['one', 'two']) s.pod(name, mounting(name));
    s.run();
    expect(['a', 'b', 'c'].map(name => ownerOf(s, name))).toEqual(['one', 'two', undefined]);
    for (const [name, of] of [
      ['one', 'a'],
      ['two', 'b'],
    ] as const)
      change(s, `${CLAIMS}/${name}`, bound(of));
    s.run();
    for (const name of ['one', 'two']) expect(s.events(name)).toEqual([expect.stringMatching(/^Scheduled/)]);
  });

  it('go without where the only volume is taken', () => {
    const s = world();
    volume(s, 'a');
    for (const name of ['one', 'two']) claim(s, name);
    s.run();
    for (const name of ['one', 'two']) s.pod(name, mounting(name));
    s.run();
    expect(s.events('one')).toEqual([]);
    expect(s.events('two').length).toBeGreaterThan(0);
    for (const event of s.events('two')) {
      expect(event).toMatch(/^FailedScheduling: 0\/2 nodes are available: 2 node\(s\) didn't find available persistent volumes to bind\./);
    }
  });

  it('and share a claim are sent where its volume is being made', () => {
    const s = world('csi.example.com');
    claim(s, 'data');
    s.run();
    for (const name of ['one', 'two', 'three']) s.pod(name, mounting('data'));
    s.run();
    const node = selectedNode(s, 'data')!;
    volume(s, 'made', {claimRef: {namespace: 'default', name: 'data'}, nodeAffinity: onNode(node)});
    change(s, `${CLAIMS}/data`, bound('made'));
    s.run();
    for (const name of ['one', 'two', 'three']) {
      expect(s.nodeOf(name)).toBe(node);
      expect(s.events(name)).toEqual([expect.stringMatching(/^Scheduled/)]);
    }
  });
});

describe('a pod that waits for its volumes', () => {
  const nominatedNode = (s: Stage, name: string): unknown => (s.podNamed(name).status as {nominatedNodeName?: string}).nominatedNodeName;
  const FAILED = 'FailedScheduling: running PreBind plugin "VolumeBinding": binding volumes:';

  it('says meanwhile where it goes', () => {
    const s = world('csi.example.com');
    claim(s, 'data');
    s.run();
    s.pod('db', mounting('data'));
    s.run();
    const node = selectedNode(s, 'data')!;
    expect([nominatedNode(s, 'db'), s.nodeOf('db')]).toEqual([node, undefined]);
    volume(s, 'made', {claimRef: {namespace: 'default', name: 'data'}, nodeAffinity: onNode(node)});
    change(s, `${CLAIMS}/data`, bound('made'));
    s.run();
    expect([nominatedNode(s, 'db'), s.nodeOf('db')]).toEqual([undefined, node]);
  });

  it('tries another node when the driver gives up', () => {
    const s = world('csi.example.com');
    claim(s, 'data');
    s.pod('db', mounting('data'));
    s.run();
    const first = selectedNode(s, 'data')!;
    const other = first === 'n1' ? 'n2' : 'n1';
    s.put(`/api/v1/nodes/${first}`, {...s.get<Plain>(`/api/v1/nodes/${first}`), spec: {unschedulable: true}});
    change(s, `${CLAIMS}/data`, ({metadata}) => ({metadata: {...metadata, annotations: {kept: 'yes'}}}));
    s.run();
    expect(s.events('db')).toEqual([`${FAILED} provisioning failed for PVC "data"`]);
    expect(nominatedNode(s, 'db')).toBeUndefined();
    s.run(5000);
    expect(selectedNode(s, 'data')).toBe(other);
  });

  it('fails when what was made cannot be reached', () => {
    const s = world('csi.example.com');
    claim(s, 'data');
    s.pod('db', mounting('data'));
    s.run();
    const node = selectedNode(s, 'data')!;
    volume(s, 'made', {claimRef: {namespace: 'default', name: 'data'}, nodeAffinity: onNode('elsewhere')});
    change(s, `${CLAIMS}/data`, bound('made'));
    s.run();
    expect(s.events('db')[0]).toBe(`${FAILED} pv "made" node affinity doesn't match node "${node}": no matching NodeSelectorTerms`);
  });

  it('fails when its volume is let go of', () => {
    const s = bindingWorld();
    change(s, `${VOLUMES}/a`, ({spec: {claimRef: _claimRef, ...spec}}) => ({spec}));
    s.run();
    expect(s.events('db')[0]).toBe(`${FAILED} ClaimRef got reset for pv "a"`);
  });

  it('fails when its claim is gone', () => {
    const s = bindingWorld();
    change(s, `${CLAIMS}/data`, ({metadata: {finalizers: _finalizers, ...metadata}}) => ({metadata}));
    s.delete(`${CLAIMS}/data`);
    s.run();
    expect(s.events('db')[0]).toBe(`${FAILED} failed to check binding: could not find v1.PersistentVolumeClaim "default/data"`);
  });
});
