/** Why a pod does not run, in one sentence, from what stands in it and from who is awake. */
import type {Pod} from '../engine/api/types.ts';
import {findProcess} from '../engine/client/processes.ts';
import type {Machine} from '../engine/machine/machine.ts';
import {KUBE_SCHEDULER} from '../engine/scheduler/component.ts';
import {loopState} from './loop-state.ts';

/** What a pod that is not running waits for; '' where it waits for nothing. */
export function podAnswer(machine: Machine, pod: Pod): string {
  const {spec, status} = pod;
  if (status?.phase !== undefined && status.phase !== 'Pending') return containerAnswer(pod);
  const gates = (spec?.schedulingGates ?? []).map(gate => gate.name);
  if (gates.length > 0) return `Pending: its scheduling gates hold it back: ${gates.join(', ')}.`;
  if (!spec?.nodeName) return schedulerAnswer(machine, pod);
  const kubelet = findProcess(machine, `kubelet/${spec.nodeName}`);
  if (!kubelet) return `Pending: there is no node ${spec.nodeName}, so no kubelet will take it.`;
  if (!kubelet.running) return `Pending: the kubelet of ${spec.nodeName} is stopped.`;
  return containerAnswer(pod) || `Pending: the kubelet of ${spec.nodeName} is at work on it.`;
}

function schedulerAnswer(machine: Machine, {spec, status}: Pod): string {
  const name = spec?.schedulerName ?? 'default-scheduler';
  const state = loopState(machine, KUBE_SCHEDULER, KUBE_SCHEDULER);
  if (name === 'default-scheduler' && state === 'stopped') return 'Pending: kube-scheduler is stopped, so nobody chooses a node for it.';
  if (name === 'default-scheduler' && state === 'standing by')
    return 'Pending: kube-scheduler waits until the Lease of the one before has run out, so nobody chooses a node for it yet.';
  const condition = status?.conditions?.find(each => each.type === 'PodScheduled' && each.status === 'False');
  if (condition) return `Pending, ${condition.reason}: ${condition.message ?? ''}`;
  return `Pending: ${name} has not chosen a node for it.`;
}

function containerAnswer({status}: Pod): string {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const stuck = statuses.find(
    each => each.state?.waiting && !['ContainerCreating', 'PodInitializing'].includes(each.state.waiting.reason ?? ''),
  );
  if (stuck)
    return `Container ${stuck.name} waits, ${stuck.state!.waiting!.reason}: ${stuck.state!.waiting!.message ?? ''}`.replace(/: $/, '.');
  const ended = statuses.find(each => each.state?.terminated && each.state.terminated.exitCode !== 0);
  return ended
    ? `Container ${ended.name} ended, ${ended.state!.terminated!.reason ?? ''}: exit code ${ended.state!.terminated!.exitCode}.`
    : '';
}
