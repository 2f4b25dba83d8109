/** Defaults of the groups apps, batch and autoscaling. upstream: pkg/apis/{apps,batch,autoscaling}/v*'s defaults.go */

import {cloneJson} from '../../api/clone.ts';
import {MAX_INT32} from '../../api/int32.ts';
import type {Fields} from '../validation/fields.ts';
import {defaultTemplate} from './pod.ts';
import {defaultClaimSpec} from './volume.ts';

export function defaultDeployment({spec}: Fields): void {
  spec.replicas ??= 1;
  spec.strategy.type ||= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  defaultTemplate(spec.template);
}

export function defaultReplicaSet({spec}: Fields): void {
  spec.replicas ??= 1;
  defaultTemplate(spec.template);
}

export function defaultDaemonSet({spec}: Fields): void {
  spec.updateStrategy.type ||= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  defaultTemplate(spec.template);
}

export function defaultStatefulSet({spec}: Fields): void {
  spec.podManagementPolicy ||= 'OrderedReady';
  const strategy = spec.updateStrategy;
  if (!strategy.type) {
    strategy.type = 'RollingUpdate';
    strategy.rollingUpdate ??= {};
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate) strategy.rollingUpdate.partition ??= 0;
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion ||= 'v1';
    claim.kind ||= 'PersistentVolumeClaim';
    claim.status.phase ||= 'Pending';
    defaultClaimSpec(claim.spec);
  }
  defaultTemplate(spec.template);
}

/** A job without labels has those of its template: when it comes in and, since it is read through the same defaulting, when the server has put its own there. */
export function takeTemplateLabels({metadata, spec}: Fields): void {
  const labels: Fields | undefined = spec.template?.metadata?.labels;
  if (labels && !metadata.labels) metadata.labels = {...labels};
}

export function defaultJob({metadata, spec}: Fields): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : MAX_INT32;
  takeTemplateLabels({metadata, spec});
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  for (const rule of spec.podFailurePolicy?.rules ?? []) for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True';
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  defaultTemplate(spec.template);
}

export function defaultCronJob({spec}: Fields): void {
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  for (const rule of spec.jobTemplate?.spec?.podFailurePolicy?.rules ?? [])
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True';
  defaultTemplate(spec.jobTemplate?.spec?.template);
}

const CPU_AT_80_PERCENT = {type: 'Resource', resource: {name: 'cpu', target: {type: 'Utilization', averageUtilization: 80}}};
/** How fast an autoscaler may add pods, where nothing is said. */
export const SCALE_UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    {type: 'Pods', value: 4, periodSeconds: 15},
    {type: 'Percent', value: 100, periodSeconds: 15},
  ],
};
const SCALE_DOWN = {selectPolicy: 'Max', policies: [{type: 'Percent', value: 100, periodSeconds: 15}]};

export function defaultAutoscaler(autoscaler: Fields): void {
  const {spec} = autoscaler;
  spec.minReplicas ??= 1;
  if (autoscaler['apiVersion'] === 'autoscaling/v1') return;
  if (!spec.metrics?.length) spec.metrics = [cloneJson(CPU_AT_80_PERCENT)];
  if (!spec.behavior) return;
  spec.behavior.scaleUp = {...cloneJson(SCALE_UP), ...spec.behavior.scaleUp};
  spec.behavior.scaleDown = {...cloneJson(SCALE_DOWN), ...spec.behavior.scaleDown};
}
