/** A pod's whole status as the kubelet would report it now. upstream: pkg/kubelet/kubelet_pods.go generateAPIPodStatus */

import {isPodPhaseTerminal} from '../../api/pods.ts';
import {getPodQos} from '../../api/qos.ts';
import type {Container, ContainerStatus, Pod, PodStatus} from '../../api/types.ts';
import {allContainersCouldRestart, shouldAllContainersRestart} from '../container/restart-all.ts';
import {hasAnyActiveRegularContainerStarted} from '../container/started.ts';
import type {RuntimePodStatus} from '../container/types.ts';
import {
  allContainersRestartingCondition,
  type Condition,
  containersReadyCondition,
  kubeletConditions,
  podInitializedCondition,
  podReadyCondition,
  podReadyToStartContainersCondition,
} from './conditions.ts';
import {convertToApiContainerStatuses, type WaitingReason} from './container-statuses.ts';
import {getPhase} from './phase.ts';

export interface ApiPodStatusInput {
  pod: Pod;
  runtime: RuntimePodStatus;
  /** The status last handed to the status manager; undefined = the API's stands for it. */
  previous: PodStatus | undefined;
  podIsTerminal: boolean;
  hostIp: string;
  waitingReason(container: string): WaitingReason | undefined;
  /** A pod sync handler (active deadline) wants the pod ended. */
  evict?: {reason: string; message: string};
  /** upstream: prober manager's UpdatePodStatus: sets started and ready from the probes' results. */
  probed(statuses: {containers: ContainerStatus[]; inits: ContainerStatus[]}): {containers: ContainerStatus[]; inits: ContainerStatus[]};
  time(ms: number): string;
}

/** The status, without the conditions' times: the status manager sets those. */
export function generateApiPodStatus(input: ApiPodStatusInput): PodStatus {
  const {pod, runtime} = input;
  const spec = pod.spec!;
  const old = input.previous ?? pod.status ?? {};
  const podRestarting = shouldAllContainersRestart(pod, runtime, old);
  const convert = (containers: readonly Container[], previous: readonly ContainerStatus[] | undefined, isInitContainer = false) =>
    convertToApiContainerStatuses({...input, containers, previous: previous ?? [], isInitContainer, podRestarting});

  // 1. Containers, phase.
  const raw = {
    containers: convert(spec.containers, old.containerStatuses),
    inits: convert(spec.initContainers ?? [], old.initContainerStatuses, true),
  };
  const ephemeral = convert((spec.ephemeralContainers ?? []) as Container[], old.ephemeralContainerStatuses);
  let phase: string = getPhase(
    pod,
    [...raw.containers, ...raw.inits],
    input.podIsTerminal,
    hasAnyActiveRegularContainerStarted(spec, runtime),
  );

  // 2. An end, once reported, stays.
  if (!isPodPhaseTerminal(phase)) {
    if (isPodPhaseTerminal(old.phase)) phase = old.phase!;
    else if (isPodPhaseTerminal(pod.status?.phase)) phase = pod.status!.phase!;
  }
  let reason: string | undefined;
  let message: string | undefined;
  if (phase === old.phase) {
    reason = old.reason || pod.status?.reason;
    message = old.message || pod.status?.message;
  }
  if (input.evict) {
    phase = 'Failed';
    ({reason, message} = input.evict);
  }
  if (isPodPhaseTerminal(pod.status?.phase)) phase = pod.status!.phase!;

  // 3. Probes, conditions.
  const {containers, inits} = input.probed(raw);
  const all = [...inits, ...containers];
  const foreign = (pod.status?.conditions ?? []).filter(c => !kubeletConditions.includes(c.type)) as Condition[];
  const disruption = old.conditions?.find(c => c.type === 'DisruptionTarget') as Condition | undefined;
  const kept = disruption ? [...foreign.filter(c => c.type !== 'DisruptionTarget'), disruption] : foreign;
  const conditions: Condition[] = [
    ...kept,
    podReadyToStartContainersCondition(pod, runtime),
    podInitializedCondition(pod, old, all, phase),
    podReadyCondition(pod, kept, all, phase),
    containersReadyCondition(pod, all, phase),
    {type: 'PodScheduled', status: 'True'},
  ];
  if (allContainersCouldRestart(pod)) conditions.push(allContainersRestartingCondition(pod, runtime, old, phase));

  // 4. Addresses. A host-network pod keeps the node's.
  const podIps = runtime.ips.length > 0 ? runtime.ips : spec.hostNetwork && input.hostIp ? [input.hostIp] : [];
  return {
    phase,
    conditions: conditions as NonNullable<PodStatus['conditions']>,
    ...(message && {message}),
    ...(reason && {reason}),
    ...(input.hostIp && {hostIP: input.hostIp, hostIPs: [{ip: input.hostIp}]}),
    ...(podIps.length > 0 && {podIP: podIps[0], podIPs: podIps.map(ip => ({ip}))}),
    ...(inits.length > 0 && {initContainerStatuses: inits}),
    containerStatuses: containers,
    qosClass: pod.status?.qosClass ?? getPodQos(pod),
    ...(ephemeral.length > 0 && {ephemeralContainerStatuses: ephemeral}),
  };
}
