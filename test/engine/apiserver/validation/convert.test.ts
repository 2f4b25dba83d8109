import {expect, it} from 'vitest';
import {byKind} from '../../../../src/engine/api/kinds.ts';
import type {KubeObject} from '../../../../src/engine/api/types.ts';
import {inVersion} from '../../../../src/engine/apiserver/decoding/convert.ts';

const kind = byKind('autoscaling', 'v2', 'HorizontalPodAutoscaler')!;
const scaleTargetRef = {apiVersion: 'apps/v1', kind: 'Deployment', name: 'web'};
const old = {
  apiVersion: 'autoscaling/v1',
  kind: 'HorizontalPodAutoscaler',
  metadata: {name: 'web'},
  spec: {maxReplicas: 3, scaleTargetRef, targetCPUUtilizationPercentage: 50},
} as KubeObject;

it("an autoscaler's percentage is stored as a metric, and comes back as it was written", () => {
  const stored = inVersion(old, kind, 'v2');
  expect(stored).toMatchObject({
    apiVersion: 'autoscaling/v2',
    spec: {maxReplicas: 3, metrics: [{type: 'Resource', resource: {name: 'cpu', target: {type: 'Utilization', averageUtilization: 50}}}]},
  });
  expect(inVersion(stored, kind, 'v1')).toMatchObject(old);
});

it('without a percentage it is 80', () => {
  const {targetCPUUtilizationPercentage: _none, ...spec} = old['spec'] as Record<string, unknown>;
  expect(inVersion({...old, spec} as KubeObject, kind, 'v2')).toMatchObject({
    spec: {metrics: [{resource: {target: {averageUtilization: 80}}}]},
  });
});

it('what is in the version already is left alone', () => {
  expect(inVersion(old, kind, 'v1')).toBe(old);
});
