/** What everybody asks of a pod. upstream: pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go */
import {timeOf} from './clock.ts';
import {findCondition, isConditionTrue} from './conditions.ts';
import type {core, PodSpec, PodStatus} from './types.ts';

/** Pods as they are typed here and in the published types. */
type AnyPod = Pick<core.Pod, 'metadata' | 'spec' | 'status'>;

/** The condition of a type, if the pod has it. */
export const podCondition = ({status}: AnyPod, type: string): core.PodCondition | undefined => findCondition(status?.conditions, type);

/** Its Ready condition is true. */
export const isPodReady = ({status}: AnyPod): boolean => isConditionTrue(status?.conditions, 'Ready');

/** Ready for at least `minReadySeconds` at virtual millisecond `now`. */
export function isPodAvailable(pod: AnyPod, minReadySeconds: number, now: number): boolean {
  if (!isPodReady(pod)) return false;
  return minReadySeconds === 0 || timeOf(podCondition(pod, 'Ready')!.lastTransitionTime) + minReadySeconds * 1000 <= now;
}

/** Nothing comes after this phase. */
export const isPodPhaseTerminal = (phase: string | undefined): boolean => phase === 'Failed' || phase === 'Succeeded';

/** It has ended, for good or ill. */
export const isPodTerminal = ({status}: AnyPod): boolean => isPodPhaseTerminal(status?.phase);

/** It has not ended and is not to end. */
export const isPodActive = (pod: AnyPod): boolean => !isPodTerminal(pod) && !pod.metadata?.deletionTimestamp;

/** Deleted, but its containers may still run. */
export const isPodTerminating = (pod: AnyPod): boolean => !isPodTerminal(pod) && Boolean(pod.metadata?.deletionTimestamp);

/** An init container that goes on beside the regular ones: a sidecar. */
export const isRestartableInitContainer = (container: {readonly restartPolicy?: string}): boolean => container.restartPolicy === 'Always';

/** Init containers, then the regular ones. */
export const initAndRegularContainers = (spec: PodSpec | undefined): core.Container[] => [
  ...(spec?.initContainers ?? []),
  ...(spec?.containers ?? []),
];

/** Init, regular and ephemeral containers: the order in which upstream visits them. upstream: VisitContainers */
export const allContainers = (spec: PodSpec | undefined): core.Container[] => [
  ...initAndRegularContainers(spec),
  ...((spec?.ephemeralContainers ?? []) as core.Container[]),
];

/** The status of a container of any type; a name stands for one container of the pod. */
export function containerStatusOf(status: PodStatus | undefined, name: string): core.ContainerStatus | undefined {
  const named = (each: core.ContainerStatus): boolean => each.name === name;
  return (
    status?.containerStatuses?.find(named) ?? status?.initContainerStatuses?.find(named) ?? status?.ephemeralContainerStatuses?.find(named)
  );
}
