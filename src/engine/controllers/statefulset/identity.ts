/** What makes a stateful set's pods who they are: ordinal, name, claims, revision. upstream: pkg/controller/statefulset/stateful_set_utils.go */

import {timeOf} from '../../api/clock.ts';
import {newControllerRef} from '../../api/owner.ts';
import {isPodAvailable, isPodReady, podCondition} from '../../api/pods.ts';
import type {core, PersistentVolumeClaim, Pod, StatefulSet, Stored} from '../../api/types.ts';
import {CONTROLLER_REVISION_HASH} from '../common/controller-history.ts';
import {podFromTemplate} from '../common/pod-control.ts';

export const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
export const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** The number at the end of a member's name; -1 for a pod that is no member. */
export function ordinalOf(set: StatefulSet, pod: Pod): number {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata.name ?? '');
  return match && match[1] === set.metadata.name ? Number(match[2]) : -1;
}

/** The first ordinal. */
export const startOrdinal = (set: StatefulSet): number => set.spec?.ordinals?.start ?? 0;
/** How many members are wanted. */
export const replicasOf = (set: StatefulSet): number => set.spec?.replicas ?? 1;
/** Members need not wait for one another. */
export const isParallel = (set: StatefulSet): boolean => set.spec?.podManagementPolicy === 'Parallel';

/** An existing pod, or one that is yet to be made (without a uid). */
export const isCreated = (pod: Pod): boolean => Boolean(pod.metadata.uid);
/** On its way out. */
export const isTerminating = (pod: Pod): boolean => Boolean(pod.metadata.deletionTimestamp);
/** At work. */
export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isPodReady(pod);
/** `now` in virtual milliseconds. */
export const isRunningAndAvailable = (pod: Pod, minReadySeconds: number, now: number): boolean =>
  pod.status?.phase === 'Running' && isPodAvailable(pod, minReadySeconds, now);
/** Not at work, not for long enough, or not to stay. */
export const isUnavailable = (pod: Pod, minReadySeconds: number, now: number): boolean =>
  !isRunningAndAvailable(pod, minReadySeconds, now) || isTerminating(pod);

/** Its ordinal is among those that are wanted. */
export function isInRange(set: StatefulSet, pod: Pod): boolean {
  const place = ordinalOf(set, pod) - startOrdinal(set);
  return place >= 0 && place < replicasOf(set);
}

/** The revision it was made of. */
export const revisionOf = (pod: Pod): string => pod.metadata.labels?.[CONTROLLER_REVISION_HASH] ?? '';

/** Name of a member's claim. */
const claimName = (template: PersistentVolumeClaim, set: StatefulSet, ordinal: number): string =>
  `${template.metadata.name}-${set.metadata.name}-${ordinal}`;

const claimTemplates = (set: StatefulSet): PersistentVolumeClaim[] => (set.spec?.volumeClaimTemplates ?? []) as PersistentVolumeClaim[];

/** The claims of a member, not yet stored. */
export const claimsOf = (set: Stored<StatefulSet>, ordinal: number): PersistentVolumeClaim[] =>
  claimTemplates(set).map(template => ({
    ...template,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...template.metadata,
      name: claimName(template, set, ordinal),
      namespace: set.metadata.namespace,
      labels: {...template.metadata.labels, ...set.spec!.selector.matchLabels},
    },
  }));

function volumesOf(set: StatefulSet, ordinal: number, volumes: readonly core.Volume[] = []): core.Volume[] {
  const claimed = claimTemplates(set).map(template => ({
    name: template.metadata.name!,
    persistentVolumeClaim: {claimName: claimName(template, set, ordinal), readOnly: false},
  }));
  return [...claimed, ...volumes.filter(volume => !claimed.some(({name}) => name === volume.name))];
}

/** The member with an ordinal, made of a template and marked with its revision; not yet stored. */
export function newMember(set: Stored<StatefulSet>, template: core.PodTemplateSpec, revision: string, ordinal: number): Pod {
  const name = `${set.metadata.name}-${ordinal}`;
  const pod = podFromTemplate(template, set);
  const {generateName: _generateName, ...metadata} = pod.metadata;
  return {
    ...pod,
    metadata: {
      ...metadata,
      name,
      labels: {
        ...metadata.labels,
        [POD_NAME_LABEL]: name,
        [POD_INDEX_LABEL]: String(ordinal),
        [CONTROLLER_REVISION_HASH]: revision,
      },
      ownerReferences: [newControllerRef(set)],
    },
    spec: {
      ...pod.spec!,
      hostname: name,
      ...(set.spec!.serviceName && {subdomain: set.spec!.serviceName}),
      ...(volumesOf(set, ordinal, pod.spec!.volumes).length > 0 && {volumes: volumesOf(set, ordinal, pod.spec!.volumes)}),
    },
  };
}

/** Name and labels are those of the ordinal. */
export const identityMatches = (set: StatefulSet, pod: Pod): boolean =>
  ordinalOf(set, pod) >= 0 &&
  pod.metadata.labels?.[POD_NAME_LABEL] === pod.metadata.name &&
  pod.metadata.labels?.[POD_INDEX_LABEL] === String(ordinalOf(set, pod));

/** Whether an update may go no further down than this ordinal. */
export const partitionOf = (set: StatefulSet): number => set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;

/** Since when it is ready, in virtual milliseconds. */
export const readySince = (pod: Pod): number => timeOf(podCondition(pod, 'Ready')?.lastTransitionTime);
