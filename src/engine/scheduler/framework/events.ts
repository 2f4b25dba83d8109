/** What happened in the cluster, as far as it may free a pod from the unschedulable pool. upstream: staging/src/k8s.io/kube-scheduler/framework/types.go */
import type {KubeObject, Pod} from '../../api/types.ts';
import type {Listers} from './types.ts';

export type EventResource =
  | 'AssignedPod'
  | 'UnscheduledPod'
  /** The waiting pod itself. */
  | 'TargetPod'
  | 'Node'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'StorageClass'
  | 'CSINode'
  | 'CSIDriver'
  | 'CSIStorageCapacity'
  | 'VolumeAttachment'
  | 'ResourceClaim';

export type EventAction =
  | 'Add'
  | 'Delete'
  | 'Update'
  | 'UpdateNodeAllocatable'
  | 'UpdateNodeLabel'
  | 'UpdateNodeTaint'
  | 'UpdateNodeCondition'
  | 'UpdateNodeAnnotation'
  | 'UpdateNodeDeclaredFeature'
  | 'UpdatePodLabel'
  | 'UpdatePodScaleDown'
  | 'UpdatePodToleration'
  | 'UpdatePodSchedulingGatesEliminated';

/** Every kind of update of a pod. */
export const POD_UPDATES = [
  'UpdatePodLabel',
  'UpdatePodScaleDown',
  'UpdatePodToleration',
  'UpdatePodSchedulingGatesEliminated',
] as const satisfies readonly EventAction[];

export interface ClusterEvent {
  readonly resource: EventResource;
  readonly action: EventAction;
  readonly old?: KubeObject;
  readonly new?: KubeObject;
}

/** A kind of event that may help, and the closer look that tells whether it does: true = Queue, false = QueueSkip. */
export interface ClusterEventHint {
  readonly resource: EventResource;
  readonly actions: readonly EventAction[];
  hint?(pod: Pod, event: ClusterEvent, listers: Listers): boolean;
}

/** Whether the event, as this hint sees it, is worth another try of the pod. */
export const helps = (hint: ClusterEventHint, pod: Pod, event: ClusterEvent, listers: Listers): boolean =>
  hint.resource === event.resource && hint.actions.includes(event.action) && (hint.hint?.(pod, event, listers) ?? true);
