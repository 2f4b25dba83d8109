/** Values as Go prints them with %#v: as recorded from a real 1.20, and as its rules say. */

import {describe, expect, it} from 'vitest';
import {parseApiVersion} from '../../../../src/engine/api/group-version.ts';
import {byKind} from '../../../../src/engine/api/kinds.ts';
import {goName} from '../../../../src/engine/apiserver/as-of/go-structs.ts';
import {goValue, structType, typeAt} from '../../../../src/engine/apiserver/as-of/go-syntax.ts';
import {definitionOfKind} from '../../../../src/engine/apiserver/decoding/schema.ts';

function print(apiVersion: string, kind: string, path: string, value: unknown, written?: unknown): string {
  const {group, version} = parseApiVersion(apiVersion);
  return goValue(value, typeAt(definitionOfKind(byKind(group, version, kind)!)!, path), written);
}

const quantity = (value: number, scale: number, text: string, format = 'DecimalSI'): string =>
  `resource.Quantity{i:resource.int64Amount{value:${value}, scale:${scale}}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"${text}", Format:"${format}"}`;

describe('the value of a field', () => {
  it.each([
    ['apps/v1', 'Deployment', 'spec.template.metadata.labels', {app: 'x', a: 'b'}, 'map[string]string{"a":"b", "app":"x"}'],
    ['apps/v1', 'Deployment', 'spec.template.metadata.labels', null, 'map[string]string(nil)'],
    [
      'apps/v1',
      'Deployment',
      'spec.selector',
      {},
      'v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}',
    ],
    [
      'apps/v1',
      'Deployment',
      'spec.selector',
      {matchExpressions: [{key: 'app', operator: 'Is', values: ['x']}]},
      'v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"app", Operator:"Is", Values:[]string{"x"}}}}',
    ],
    ['apps/v1', 'Deployment', 'spec.strategy.rollingUpdate.maxSurge', '10%', 'intstr.IntOrString{Type:1, IntVal:0, StrVal:"10%"}'],
    ['apps/v1', 'Deployment', 'spec.replicas', -1, '-1'],
    ['apps/v1', 'Deployment', 'spec.replicas', null, '"null"'],
    ['rbac.authorization.k8s.io/v1', 'Role', 'rules[0].nonResourceURLs', ['/healthz'], '[]string{"/healthz"}'],
    ['v1', 'ResourceQuota', 'spec.scopes', ['BestEffort', 'NotBestEffort'], '[]core.ResourceQuotaScope{"BestEffort", "NotBestEffort"}'],
    ['v1', 'ResourceQuota', 'spec.scopes', null, '[]core.ResourceQuotaScope(nil)'],
    ['v1', 'PersistentVolumeClaim', 'spec.accessModes', ['ReadWriteOnce'], '[]core.PersistentVolumeAccessMode{"ReadWriteOnce"}'],
    ['v1', 'LimitRange', 'spec.limits[0].min[cpu]', '2', quantity(2, 0, '2')],
    ['v1', 'Pod', 'spec.containers[0].resources.limits[nvidia.com/gpu]', '500m', quantity(500, -3, '500m')],
    ['v1', 'Pod', 'spec.containers[0].resources.requests', {cpu: '1'}, `core.ResourceList{"cpu":${quantity(1, 0, '1')}}`],
    ['v1', 'Pod', 'spec.containers[0].resources.requests', '2', '"2"'],
    ['v1', 'Pod', 'metadata.name', 'A', '"A"'],
    ['v1', 'Pod', 'metadata.finalizers', ['a'], '[]string{"a"}'],
    ['v1', 'Pod', 'spec.hostNetwork', true, 'true'],
    [
      'v1',
      'Pod',
      'spec.tolerations[0]',
      {key: 'a', operator: 'Exists', value: 'b'},
      'core.Toleration{Key:"a", Operator:"Exists", Value:"b", Effect:"", TolerationSeconds:(*int64)(nil)}',
    ],
    [
      'v1',
      'Pod',
      'spec.containers[0].ports[0]',
      {containerPort: 80},
      'core.ContainerPort{Name:"", HostPort:0, ContainerPort:80, Protocol:"", HostIP:""}',
    ],
    [
      'v1',
      'Pod',
      'metadata.ownerReferences[0]',
      {apiVersion: 'v1', kind: 'Event', name: 'a', uid: 'b'},
      'v1.OwnerReference{APIVersion:"v1", Kind:"Event", Name:"a", UID:"b", Controller:(*bool)(nil), BlockOwnerDeletion:(*bool)(nil)}',
    ],
    // What a validator of today shows by its internal names.
    [
      'v1',
      'Service',
      'spec.ports[1]',
      {Name: '', Protocol: 'TCP', AppProtocol: null, Port: 80, TargetPort: 0, NodePort: 0},
      'core.ServicePort{Name:"", Protocol:"TCP", AppProtocol:(*string)(nil), Port:80, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}',
    ],
  ])('%s %s %s', (apiVersion, kind, path, value, expected) => {
    expect(print(apiVersion, kind, path, value)).toBe(expected);
  });

  it('a pointer shows where it points to, whatever lies there', () => {
    const shown = print('policy/v1', 'PodDisruptionBudget', 'spec', {MinAvailable: 1, Selector: {}, MaxUnavailable: '1'});
    expect(shown.replace(/0xc[0-9a-f]+/g, '0x')).toBe(
      'policy.PodDisruptionBudgetSpec{MinAvailable:(*intstr.IntOrString)(0x), Selector:(*v1.LabelSelector)(0x), MaxUnavailable:(*intstr.IntOrString)(0x)}',
    );
  });

  it('a structure holds those that have no name in JSON, and times that are none', () => {
    const template = print('batch/v1', 'Job', 'spec.template', {
      metadata: {labels: {a: 'b'}},
      spec: {volumes: [{name: 'v', emptyDir: {}}]},
    });
    expect(template).toMatch(
      /^core\.PodTemplateSpec\{ObjectMeta:v1\.ObjectMeta\{Name:"", GenerateName:"", Namespace:"", SelfLink:"", UID:"", /,
    );
    expect(template).toContain('CreationTimestamp:v1.Time{Time:time.Time{wall:0x0, ext:0, loc:(*time.Location)(nil)}}');
    expect(template).toMatch(
      /Volumes:\[\]core\.Volume\{core\.Volume\{Name:"v", VolumeSource:core\.VolumeSource\{HostPath:\(\*core\.HostPathVolumeSource\)\(nil\), EmptyDir:\(\*core\.EmptyDirVolumeSource\)\(0xc00/,
    );
  });

  it('what has no type is shown by its shape', () => {
    expect(goValue(['a', 'b'], undefined)).toBe('[]string{"a", "b"}');
    expect(goValue('a', undefined)).toBe('"a"');
    expect(structType('core/v1.Nothing')).toBeUndefined();
  });
});

it('a quantity remembers how it was written', () => {
  const ratio = (value: string, written?: string): string =>
    print('v1', 'LimitRange', 'spec.limits[0].maxLimitRequestRatio[cpu]', value, written);
  expect(ratio('500m', '0.5')).toBe(quantity(5, -1, ''));
  expect(ratio('500m', '500m')).toBe(quantity(500, -3, '500m'));
  expect(ratio('500m')).toBe(quantity(500, -3, '500m'));
  expect(ratio('1Gi', '1Gi')).toBe(quantity(1073741824, 0, '1Gi', 'BinarySI'));
  // A validator that shows another quantity than the one written there.
  expect(ratio('1', '2')).toBe(quantity(1, 0, '1'));
});

it.each([
  ['matchLabels', 'MatchLabels'],
  ['apiVersion', 'APIVersion'],
  ['hostIP', 'HostIP'],
  ['uid', 'UID'],
  ['nonResourceURLs', 'NonResourceURLs'],
  ['terminationGracePeriodSeconds', 'TerminationGracePeriodSeconds'],
  ['ipFamilies', 'IPFamilies'],
])('%s is %s', (json, go) => {
  expect(goName(json)).toBe(go);
});
