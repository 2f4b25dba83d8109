/** upstream: pkg/api/v1/pod/util.go (the DisruptionTarget condition) */

import {podCondition} from '../../api/pods.ts';
import type {core, Pod, Stored} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';

/** Says on a pod's status why it is about to be deleted; `phase`, where given, is its last. */
export function markDisruptionTarget(
  ctx: ComponentContext,
  pod: Stored<Pod>,
  reason: string,
  message: string,
  phase?: core.PodStatus['phase'],
): void {
  const current = podCondition(pod, 'DisruptionTarget');
  const told = current?.status === 'True' && current.reason === reason && current.message === message;
  if (told && phase === undefined) return;
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason,
    message,
    lastTransitionTime: ctx.time(),
    ...(pod.metadata.generation && {observedGeneration: pod.metadata.generation}),
  };
  const status = {...(phase && {phase}), ...(!told && {conditions: [condition]})};
  ctx.client.patch(
    'pods',
    pod.metadata.namespace!,
    pod.metadata.name,
    'strategic',
    {metadata: {uid: pod.metadata.uid}, status},
    {subresource: 'status'},
  );
}
