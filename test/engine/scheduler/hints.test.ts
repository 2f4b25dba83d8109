/** Which events bring a pod that was turned away back for another try. */
import {describe, expect, it} from 'vitest';
import type {KubeObject, Pod} from '../../../src/engine/api/types.ts';
import {frameworkOf} from '../../../src/engine/scheduler/config/profile.ts';
import type {ClusterEvent} from '../../../src/engine/scheduler/framework/events.ts';
import {queueingHints} from '../../../src/engine/scheduler/framework/hints.ts';
import {listersOf} from '../../../src/engine/scheduler/framework/snapshot.ts';

const framework = frameworkOf({});
const hints = queueingHints([framework]);

const pod = (name: string, labels: Record<string, string>, spec: object = {}, namespace = 'default'): Pod =>
  ({apiVersion: 'v1', kind: 'Pod', metadata: {name, namespace, uid: name, labels}, spec: {containers: [], ...spec}}) as unknown as Pod;

const wakes = (plugin: string, waiting: Pod, event: ClusterEvent): boolean =>
  hints.mayHelp(framework, [plugin], waiting, event, listersOf({}));

describe('a pod that could not be spread', () => {
  const constraint = (key: string, label: string, more: object = {}) => ({
    topologyKey: key,
    whenUnsatisfiable: 'DoNotSchedule',
    maxSkew: 1,
    labelSelector: {matchExpressions: [{key: label, operator: 'Exists'}]},
    ...more,
  });
  const spread = (more: object = {}, labels: Record<string, string> = {foo: ''}, spec: object = {}): Pod =>
    pod('p', labels, {...spec, topologySpreadConstraints: [constraint('zone', 'foo', more), constraint('node', 'bar')]});
  const other = (labels: Record<string, string>, namespace?: string): Pod => pod('other', labels, {nodeName: 'n1'}, namespace);

  it.each([
    ['one that counts comes', undefined, other({foo: ''}), true],
    ['one that does not count comes', undefined, other({baz: ''}), false],
    ['one that counts elsewhere comes', undefined, other({foo: ''}, 'elsewhere'), false],
    ['one that counts goes', other({bar: ''}), undefined, true],
    ['one that does not count goes', other({baz: ''}), undefined, false],
    ['one begins to count', other({}), other({foo: ''}), true],
    ['one no longer counts', other({foo: ''}), other({}), true],
    ['one counts as before', other({foo: 'a'}), other({foo: 'b', baz: ''}), false],
    ['one counts for the other constraint too', other({foo: ''}), other({foo: '', bar: ''}), true],
    ['one counts for the other constraint instead', other({foo: ''}), other({bar: ''}), true],
  ])('when %s: %s', (_when, old, after, woken) => {
    const action = !old ? 'Add' : !after ? 'Delete' : 'UpdatePodLabel';
    const event = {
      resource: 'AssignedPod',
      action,
      ...(old && {old: old as KubeObject}),
      ...(after && {new: after as KubeObject}),
    } as const;
    expect(wakes('PodTopologySpread', spread(), event)).toBe(woken);
  });

  const tolerant = {tolerations: [{operator: 'Exists'}]};
  it.each([
    [
      'it tolerates more, and a constraint honours taints',
      'UpdatePodToleration',
      spread({nodeTaintsPolicy: 'Honor'}, {foo: ''}, tolerant),
      true,
    ],
    ['it tolerates more, and no constraint asks for that', 'UpdatePodToleration', spread({}, {foo: ''}, tolerant), false],
    ['it counts for itself now', 'UpdatePodLabel', spread({}, {foo: '', bar: ''}), true],
    ['it counts for itself as before', 'UpdatePodLabel', spread({}, {foo: '', baz: ''}), false],
  ] as const)('when %s', (_when, action, after, woken) => {
    expect(wakes('PodTopologySpread', after, {resource: 'TargetPod', action, old: spread() as KubeObject, new: after as KubeObject})).toBe(
      woken,
    );
  });
});

describe('a pod whose volumes could not be had', () => {
  const driver = (storageCapacity: boolean): KubeObject =>
    ({metadata: {name: 'csi.example.com'}, spec: {storageCapacity}}) as unknown as KubeObject;
  const csiNode = (plugins: string): KubeObject =>
    ({metadata: {name: 'n1', annotations: {'storage.alpha.kubernetes.io/migrated-plugins': plugins}}}) as unknown as KubeObject;
  const inline = pod('p', {}, {volumes: [{name: 'v', csi: {driver: 'csi.example.com'}}]});
  const claiming = pod('p', {}, {volumes: [{name: 'v', persistentVolumeClaim: {claimName: 'data'}}]});

  it.each([
    ['its inline driver no longer keeps account', inline, driver(true), driver(false), true],
    ['its inline driver begins to keep account', inline, driver(false), driver(true), false],
    ['a driver behind claims no longer keeps account', claiming, driver(true), driver(false), false],
  ])('when %s', (_when, waiting, old, now, woken) => {
    expect(wakes('VolumeBinding', waiting, {resource: 'CSIDriver', action: 'Update', old, new: now})).toBe(woken);
  });

  it('when a node leaves more to drivers, not when something else about its drivers changes', () => {
    const event = {resource: 'CSINode', action: 'Update'} as const;
    expect(wakes('VolumeBinding', claiming, {...event, old: csiNode(''), new: csiNode('kubernetes.io/aws-ebs')})).toBe(true);
    expect(wakes('VolumeBinding', claiming, {...event, old: csiNode('kubernetes.io/aws-ebs'), new: csiNode('kubernetes.io/aws-ebs')})).toBe(
      false,
    );
  });
});
