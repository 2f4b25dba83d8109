/**
 * Until v1.30 there were handlers whose refusal was no end: the pod stayed Pending, its containers Blocked, until it was deleted or the node had what it wants.
 * upstream: pkg/kubelet/kubelet.go canRunPod, syncPod (v1.18)
 */
import type {Pod} from '../../api/types.ts';
import {setPodStatus} from '../status/status-manager.ts';
import {type Kubelet, type PodWorker, subjectOf} from '../types.ts';
import type {Rejection} from './admit.ts';

/** Whether this kubelet, one of the past, only holds the pod back. */
export const isSoft = ({host}: Kubelet, {reason}: Rejection): boolean => reason === 'AppArmor' && host.kubelet?.softAdmission === true;

/** A pod that is held back: no container of it starts. */
export function blockPod(kubelet: Kubelet, pod: Pod, worker: PodWorker, {reason, message}: Rejection): PodWorker {
  const {qosClass, conditions} = pod.status ?? {};
  const blocked = setPodStatus(kubelet, worker, pod, {
    phase: 'Pending',
    reason,
    message,
    ...(conditions && {conditions}),
    ...(qosClass && {qosClass}),
    containerStatuses: (pod.spec?.containers ?? []).map(({name, image = ''}) => ({
      name,
      image,
      imageID: '',
      ready: false,
      started: false,
      restartCount: 0,
      state: {waiting: {reason: 'Blocked'}},
      lastState: {},
    })),
  });
  if (kubelet.ctx.tx.noting) kubelet.ctx.trace('Admission', subjectOf(worker), `held back: ${reason}: ${message}`);
  return {...blocked, state: 'finished'};
}
