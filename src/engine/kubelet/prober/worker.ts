/**
 * One probe of one container: when it is made, and when its result counts.
 * upstream: pkg/kubelet/prober/worker.go doProbe
 */
import {containerStatusOf, isPodPhaseTerminal} from '../../api/pods.ts';
import type {core, PodStatus} from '../../api/types.ts';
import type {ProbeResult} from '../kuberuntime/pod-actions.ts';

export type Probe = core.Probe;
export type ProbeType = 'liveness' | 'readiness' | 'startup';

/** What a worker remembers between its turns. */
export interface ProbeWorker {
  readonly type: ProbeType;
  readonly container: string;
  readonly containerId: string;
  /** After a liveness or startup verdict it waits for another container. */
  readonly onHold: boolean;
  readonly lastResult?: 'Success' | 'Failure';
  /** How many times in a row the last result came. */
  readonly resultRun: number;
  /** What is in the results manager for `containerId`; undefined = nothing. */
  readonly result?: ProbeResult;
}

/** upstream: newWorker: what counts before the first verdict. */
const initialResult: Readonly<Record<ProbeType, ProbeResult>> = {liveness: 'Success', readiness: 'Failure', startup: 'Unknown'};

export const newProbeWorker = (type: ProbeType, container: string): ProbeWorker => ({
  type,
  container,
  containerId: '',
  onHold: false,
  resultRun: 0,
});

/** upstream: staging/src/k8s.io/api/core/v1 defaults; seconds and counts. */
export const probeDefaults = {
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
  initialDelaySeconds: 0,
} as const;

export interface ProbeTurn {
  probe: Probe;
  /** What the status manager holds of the pod; undefined: not synced yet. */
  status: PodStatus | undefined;
  restartPolicy: string | undefined;
  deletionTimestamp: string | undefined;
  now: number;
  /** Milliseconds of an RFC 3339 time. */
  parseTime(text: string): number;
  /** Makes the probe. */
  run(): 'Success' | 'Failure';
}

export interface ProbeStep {
  worker: ProbeWorker;
  /** False: the worker ends. */
  goOn: boolean;
}

/** One turn of a worker. */
export function doProbe(worker: ProbeWorker, turn: ProbeTurn): ProbeStep {
  const {probe, status, restartPolicy} = turn;
  const wait: ProbeStep = {worker, goOn: true};

  // 1. The pod: unknown yet, or through.
  if (!status) return wait;
  if (isPodPhaseTerminal(status.phase)) return {worker, goOn: false};

  // 2. The container: not made yet, or another one than last time.
  const current = containerStatusOf(status, worker.container);
  if (!current?.containerID) return wait;
  let next = worker;
  if (worker.containerId !== current.containerID)
    next = {
      ...worker,
      containerId: current.containerID,
      result: initialResult[worker.type],
      onHold: false,
      resultRun: 0,
      lastResult: undefined,
    };
  if (next.onHold) return {worker: next, goOn: true};

  // 3. Not running: that is a failure; the worker ends where the container will not come back.
  const running = current.state?.running;
  if (!running) {
    if (next.containerId) next = {...next, result: 'Failure'};
    return {worker: next, goOn: !current.state?.terminated || restartPolicy !== 'Never'};
  }

  // 4. A pod on its way out is neither restarted nor started.
  if (turn.deletionTimestamp && worker.type !== 'readiness') return {worker: {...next, result: 'Success'}, goOn: false};

  // 5. The initial delay, from the container's start.
  const age = running.startedAt ? turn.now - turn.parseTime(running.startedAt) : Number.POSITIVE_INFINITY;
  if (age < (probe.initialDelaySeconds ?? 0) * 1000) return {worker: next, goOn: true};

  // 6. The startup probe is first; once started, it is over.
  if (current.started ? worker.type === 'startup' : worker.type !== 'startup') return {worker: next, goOn: true};

  // 7. Probe and count. Below the threshold the old verdict stands.
  const result = turn.run();
  next = {...next, lastResult: result, resultRun: next.lastResult === result ? next.resultRun + 1 : 1};
  const threshold = result === 'Failure' ? (probe.failureThreshold ?? probeDefaults.failureThreshold) : (probe.successThreshold ?? 1);
  if (next.resultRun < threshold) return {worker: next, goOn: true};
  next = {...next, result};
  // 8. A verdict that restarts the container, or any of a startup probe: wait for the next container.
  if ((worker.type === 'liveness' && result === 'Failure') || worker.type === 'startup') next = {...next, onHold: true, resultRun: 0};
  return {worker: next, goOn: true};
}
