/** upstream: pkg/printers/internalversion/printers.go printPod */
import {isPodPhaseTerminal} from '../../api/pods.ts';
import type {core} from '../../api/types.ts';
import {age, type Cell, containerCells, formatLabels, type PrintOptions} from './format.ts';

const NODE_UNREACHABLE_POD_REASON = 'NodeLost';

const isRestartable = (container: core.Container | undefined): boolean => container?.restartPolicy === 'Always';

const isConditionTrue = (status: core.PodStatus | undefined, type: string): boolean =>
  status?.conditions?.some(c => c.type === type && c.status === 'True') ?? false;

const finishedAt = (status: core.ContainerStatus): string => status.lastState?.terminated?.finishedAt ?? '';

/** Reason of an exit, or the number that stands for it. */
const exitText = (terminated: core.ContainerStateTerminated): string =>
  terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`);

export interface PodSummary {
  ready: number;
  total: number;
  /** What STATUS says: not the phase, but the reason a reader needs. */
  status: string;
  restarts: number;
  /** When a container last ended, or ''. */
  lastRestart: string;
}

/** The words and counts of READY, STATUS and RESTARTS. */
export function summarizePod(pod: core.Pod): PodSummary {
  const {spec, status} = pod;
  const initContainers = new Map((spec?.initContainers ?? []).map(c => [c.name, c]));
  const total = (spec?.containers ?? []).length + (spec?.initContainers ?? []).filter(isRestartable).length;
  let text = status?.reason || status?.phase || '';
  let ready = 0;
  let restarts = 0;
  let lastRestart = '';
  let sidecarRestarts = 0;
  let sidecarLastRestart = '';
  if (status?.conditions?.some(c => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')) text = 'SchedulingGated';

  // 1. Init containers in order: the first that is neither done nor a started sidecar names the status.
  let initializing = false;
  for (const [i, container] of (status?.initContainerStatuses ?? []).entries()) {
    const sidecar = isRestartable(initContainers.get(container.name));
    const {terminated, waiting} = container.state ?? {};
    restarts += container.restartCount ?? 0;
    if (finishedAt(container) > lastRestart) lastRestart = finishedAt(container);
    if (sidecar) {
      sidecarRestarts += container.restartCount ?? 0;
      if (finishedAt(container) > sidecarLastRestart) sidecarLastRestart = finishedAt(container);
    }
    if (terminated?.exitCode === 0 || (terminated && terminated.exitCode === undefined)) continue;
    if (sidecar && container.started) {
      if (container.ready) ready++;
      continue;
    }
    initializing = true;
    if (terminated) text = `Init:${exitText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') text = `Init:${waiting.reason}`;
    else text = `Init:${i}/${spec?.initContainers?.length ?? 0}`;
    break;
  }

  // 2. Containers from last to first, each overwriting the status: so the first one wins.
  if (!initializing || isConditionTrue(status, 'Initialized')) {
    restarts = sidecarRestarts;
    lastRestart = sidecarLastRestart;
    let running = false;
    let failure = '';
    for (const container of [...(status?.containerStatuses ?? [])].reverse()) {
      const {terminated, waiting} = container.state ?? {};
      restarts += container.restartCount ?? 0;
      if (finishedAt(container) > lastRestart) lastRestart = finishedAt(container);
      if (waiting?.reason) text = waiting.reason;
      else if (terminated) {
        text = exitText(terminated);
        if (terminated.exitCode) failure = text;
      } else if (container.ready && container.state?.running) {
        running = true;
        ready++;
      }
    }
    if (text === 'Completed') {
      if (running && isConditionTrue(status, 'Ready')) text = 'Running';
      else if (failure) text = failure;
      else if (running) text = 'NotReady';
    }
  }

  // 3. Deletion has the last word, except on pods that have ended.
  if (pod.metadata?.deletionTimestamp) {
    if (status?.reason === NODE_UNREACHABLE_POD_REASON) text = 'Unknown';
    else if (!isPodPhaseTerminal(status?.phase)) text = 'Terminating';
  }
  return {ready, total, status: text, restarts, lastRestart};
}

export function printPod(pod: core.Pod, {now, wide}: PrintOptions): Cell[] {
  const {ready, total, status, restarts, lastRestart} = summarizePod(pod);
  const restartText = restarts !== 0 && lastRestart ? `${restarts} (${age(lastRestart, now)} ago)` : String(restarts);
  const cells: Cell[] = [pod.metadata?.name ?? '', `${ready}/${total}`, status, restartText, age(pod.metadata?.creationTimestamp, now)];
  if (!wide) return cells;
  const gates = pod.spec?.readinessGates ?? [];
  const passed = gates.filter(
    gate => pod.status?.conditions?.find(condition => condition.type === gate.conditionType)?.status === 'True',
  ).length;
  return [
    ...cells,
    (pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP) || '<none>',
    pod.spec?.nodeName || '<none>',
    pod.status?.nominatedNodeName || '<none>',
    gates.length > 0 ? `${passed}/${gates.length}` : '<none>',
  ];
}

/** Row conditions: `kubectl get` could grey out pods that have ended. */
export function podRowConditions(pod: core.Pod): {type: string; status: string; reason: string; message: string}[] | undefined {
  const {phase} = pod.status ?? {};
  if (phase === 'Succeeded')
    return [{type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.'}];
  if (phase === 'Failed') return [{type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.'}];
  return undefined;
}

export function printPodTemplate(template: core.PodTemplate): Cell[] {
  return [
    template.metadata?.name ?? '',
    ...containerCells(template.template?.spec?.containers),
    formatLabels(template.template?.metadata?.labels),
  ];
}
