/** One container, from its back-off to its postStart hook. upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer, kuberuntime_manager.go doBackOff */

import {backoffRemaining, crashLoopBackoff, imagePullBackoff, nextBackoff} from '../api/backoff.ts';
import {CriError} from '../api/cri.ts';
import {containerStatusOf} from '../api/pods.ts';
import type {Container, Pod} from '../api/types.ts';
import {hashContainer} from './container/container-hash.ts';
import type {RuntimePodStatus} from './container/types.ts';
import {ContainerConfigError, containerConfig} from './container-config.ts';
import {finishPull, type ImageOutcome, type ImageService, type PullPolicy, type PullResult, prepareImage} from './images/image-manager.ts';
import {mustAttemptImagePull, pullRecord, pullSecrets, recordPull} from './images/pull-credentials.ts';
import {beginKill, containerFieldPath} from './kill-container.ts';
import {runHook} from './lifecycle/hooks.ts';
import {apiContainerId, runtimeContainerId} from './runtime-status.ts';
import {type Kubelet, type Planned, type PodWorker, podFullName, type Step, subjectOf} from './types.ts';

export const CRASH_LOOP_BACK_OFF = 'CrashLoopBackOff';
const CREATE_CONTAINER_CONFIG_ERROR = 'CreateContainerConfigError';
const CREATE_CONTAINER_ERROR = 'CreateContainerError';
const RUN_CONTAINER_ERROR = 'RunContainerError';
const POST_START_HOOK_ERROR = 'PostStartHookError';

/** What became of an attempt to start a container. */
export type StartOutcome =
  | {kind: 'done'; worker: PodWorker}
  /** The worker is busy with it until its step is over. */
  | {kind: 'busy'; worker: PodWorker; step: Step}
  /** It waits; `backoffEnd` where it does so for the back-off after a crash. */
  | {kind: 'failed'; worker: PodWorker; backoffEnd?: number};

/** Serial pulls of a node: when the one under way is over. */
const PULLER = 'puller';

/** upstream: --registry-qps 5, --registry-burst 10 */
const PULL_QPS = 5;
const PULL_BURST = 10;
const PULL_TOKENS = 'pull-tokens';

interface Start {
  kubelet: Kubelet;
  pod: Pod;
  worker: PodWorker;
  status: RuntimePodStatus;
  container: Container;
  sandboxId: string;
}

const fieldPathOf = ({pod, container}: Start): {fieldPath: string} => ({fieldPath: containerFieldPath(pod, container.name)});

const wait = (start: Start, reason: string, message: string, backoffEnd?: number): StartOutcome => ({
  kind: 'failed',
  worker: {...start.worker, waiting: {...start.worker.waiting, [start.container.name]: {reason, message}}},
  ...(backoffEnd !== undefined && {backoffEnd}),
});

export const containerOf = (pod: Pod, {type, name}: Planned): Container =>
  ({init: pod.spec?.initContainers, app: pod.spec?.containers, ephemeral: pod.spec?.ephemeralContainers as Container[] | undefined})[
    type
  ]!.find(c => c.name === name)!;

/** Begins: back-off, then the image. */
export function startContainer(start: Start): StartOutcome {
  const {kubelet, pod, worker, status, container} = start;
  const {ctx, now} = kubelet;

  // 1. CrashLoopBackOff: the clock starts at the end of the last run.
  const last = status.containerStatuses.find(c => c.name === container.name && c.state === 'exited');
  const key = `${container.name}_${hashContainer(container)}`;
  let current = worker;
  if (last) {
    const finishedAt = last.finishedAt ?? now;
    const entry = worker.crashes[key];
    const left = backoffRemaining(entry, finishedAt, now, crashLoopBackoff);
    if (left > 0) {
      ctx.events.event(
        pod,
        'Warning',
        'BackOff',
        `Back-off restarting failed container ${container.name} in pod ${podFullName(worker)}`,
        fieldPathOf(start),
      );
      const message = `back-off ${goSeconds(entry!.delay)} restarting failed container=${container.name} pod=${podFullName(worker)}`;
      return wait(start, CRASH_LOOP_BACK_OFF, message, now + left);
    }
    current = {...worker, crashes: {...worker.crashes, [key]: nextBackoff(entry, finishedAt, now, crashLoopBackoff)}};
  }

  // 2. The image.
  const prepared = prepareImage(
    {
      image: container.image ?? '',
      policy: (container.imagePullPolicy ?? 'IfNotPresent') as PullPolicy,
      now,
      backoff: current.pulls[container.image ?? ''],
      backoffPolicy: imagePullBackoff,
    },
    imageService(kubelet, start.pod),
  );
  tellImageEvents(start, prepared.events);
  if (prepared.pull) return queueForPull({...start, worker: current}, now, prepared.image);
  return afterImage({...start, worker: current}, prepared);
}

const goSeconds = (ms: number): string => (ms < 60_000 ? `${ms / 1000}s` : `${Math.floor(ms / 60_000)}m${(ms % 60_000) / 1000}s`);

function imageService({cri, ctx, now}: Kubelet, pod: Pod): ImageService {
  return {
    imageRef: image => cri!.imageStatus(image)?.repoDigests[0],
    imageSize: image => cri!.imageStatus(image)?.size ?? 0,
    mustAttemptPull(image) {
      const record = pullRecord(ctx, image);
      return record !== undefined && !record.everybody && mustAttemptImagePull(record, pullSecrets(ctx, pod));
    },
    takePullToken() {
      const bucket = ctx.memory.get<{tokens: number; at: number}>(PULL_TOKENS, '') ?? {tokens: PULL_BURST, at: now};
      const tokens = Math.min(PULL_BURST, bucket.tokens + ((now - bucket.at) / 1000) * PULL_QPS);
      ctx.memory.put(PULL_TOKENS, '', {tokens: tokens >= 1 ? tokens - 1 : tokens, at: now});
      return tokens >= 1;
    },
  };
}

const tellImageEvents = (start: Start, events: ImageOutcome['events']): void => {
  for (const {type, reason, message} of events) start.kubelet.ctx.events.event(start.pod, type, reason, message, fieldPathOf(start));
};

/** One pull at a time on a node. */
function queueForPull(start: Start, since: number, image: string): StartOutcome {
  const {kubelet, worker, container} = start;
  const {ctx, now, cri} = kubelet;
  const freeAt = ctx.memory.get<{freeAt: number}>(PULLER, '')?.freeAt ?? 0;
  if (freeAt > now) return {kind: 'busy', worker, step: {kind: 'queued', until: freeAt, since, container: container.name, image}};
  try {
    const {pullId, doneAt} = cri!.pullImage(
      image,
      pullSecrets(ctx, start.pod).flatMap(secret => secret.auths),
      worker,
    );
    ctx.memory.put(PULLER, '', {freeAt: doneAt});
    return {kind: 'busy', worker, step: {kind: 'pull', until: doneAt, since, began: now, container: container.name, image, pullId}};
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    return pulled(start, {since, began: now, image}, {error: error.message});
  }
}

/** The step of a container that was waiting for its pull, or for its turn to pull, is over. */
export function resumePull(start: Start, step: Extract<Step, {kind: 'queued' | 'pull'}>): StartOutcome {
  if (step.kind === 'queued') return queueForPull(start, step.since, step.image);
  try {
    return pulled(start, step, start.kubelet.cri!.pulledImage(step.pullId));
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    return pulled(start, step, {error: error.message});
  }
}

function pulled(start: Start, {since, began, image}: {since: number; began: number; image: string}, result: PullResult): StartOutcome {
  const {kubelet, worker, container} = start;
  const asked = container.image ?? '';
  const outcome = finishPull(
    {
      asked,
      image,
      now: kubelet.now,
      waited: began - since,
      took: kubelet.now - began,
      backoff: worker.pulls[asked],
      backoffPolicy: imagePullBackoff,
    },
    result,
    imageService(kubelet, start.pod),
  );
  tellImageEvents(start, outcome.events);
  if (outcome.imageRef) recordPull(kubelet.ctx, image, pullSecrets(kubelet.ctx, start.pod));
  return afterImage(start, outcome);
}

/** The image is decided: back off, or make and start the container. */
function afterImage(start: Start, outcome: ImageOutcome): StartOutcome {
  const {kubelet, pod, container} = start;
  const image = container.image ?? '';
  const {[image]: _old, ...others} = start.worker.pulls;
  const pulls = outcome.backoff ? {...others, [image]: outcome.backoff} : outcome.error ? start.worker.pulls : others;
  const current = {...start, worker: {...start.worker, pulls}};
  if (!outcome.error) return create(current, outcome.imageRef!);
  const {reason, message} = outcome.error;
  kubelet.ctx.events.event(pod, 'Warning', 'Failed', `Error: ${reason}`, fieldPathOf(start));
  return wait(current, reason, message);
}

/** The container that an ephemeral one was pointed at. Throws ContainerConfigError where it does not run. upstream: kuberuntime_container.go getTargetID */
function targetIdOf({container, status}: Start): string | undefined {
  const {targetContainerName: target} = container as {targetContainerName?: string};
  if (!target) return undefined;
  const found = status.containerStatuses.find(c => c.name === target && c.state === 'running');
  if (!found) throw new ContainerConfigError(`unable to find target container ${target}`);
  return runtimeContainerId(found.id);
}

function create(start: Start, imageRef: string): StartOutcome {
  const {kubelet, pod, worker, status, container, sandboxId} = start;
  const {ctx, now, cri} = kubelet;
  const failed = (reason: string, message: string): StartOutcome => {
    ctx.events.event(pod, 'Warning', 'Failed', `Error: ${message}`, fieldPathOf(start));
    return wait(start, reason, message);
  };

  // 1. Which attempt this is.
  const before = status.containerStatuses.find(c => c.name === container.name);
  const restartCount = before ? before.restartCount + 1 : (containerStatusOf(worker.status, container.name)?.restartCount ?? 0);

  // 2. What is to be made of the spec.
  let id: string;
  try {
    const image = cri!.imageStatus(imageRef)!;
    const config = containerConfig(kubelet, {
      pod,
      container,
      image,
      imageRef,
      restartCount,
      podIps: worker.ips,
      targetId: targetIdOf(start),
    });
    id = cri!.createContainer(sandboxId, config).containerId;
  } catch (error) {
    if (error instanceof ContainerConfigError) return failed(CREATE_CONTAINER_CONFIG_ERROR, error.message);
    if (error instanceof CriError) return failed(CREATE_CONTAINER_ERROR, error.message);
    throw error;
  }
  ctx.events.event(pod, 'Normal', 'Created', 'Container created', fieldPathOf(start));

  // 3. Start.
  let tookMs: number;
  try {
    ({tookMs} = cri!.startContainer(id));
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    return failed(RUN_CONTAINER_ERROR, error.message);
  }
  ctx.events.event(pod, 'Normal', 'Started', 'Container started', fieldPathOf(start));

  // 4. postStart: beside the container's own program; the worker waits for it.
  const {[container.name]: _waiting, ...waiting} = worker.waiting;
  const running = {...worker, waiting};
  const hook = container.lifecycle?.postStart;
  if (!hook) return {kind: 'busy', worker: running, step: {kind: 'start', until: now + tookMs, container: container.name}};
  const containerId = apiContainerId(cri!.version().runtimeName, id);
  const {tookMs: hookMs, failure} = runHook(kubelet, running, container, containerId, hook);
  if (ctx.tx.noting) ctx.trace('PostStart', subjectOf(worker), `${container.name}: ${failure ?? `${hookMs} ms`}`);
  return {
    kind: 'busy',
    worker: running,
    step: {
      kind: 'postStart',
      until: now + tookMs + hookMs,
      container: container.name,
      containerId,
      ...(failure !== undefined && {failure}),
    },
  };
}

/** The hook has run: the container stays, or is killed for its failure. */
export function afterPostStart(start: Start, step: Extract<Step, {kind: 'postStart'}>): StartOutcome {
  const {kubelet, pod, worker, container} = start;
  if (step.failure === undefined) return {kind: 'done', worker};
  kubelet.ctx.events.event(pod, 'Warning', 'FailedPostStartHook', 'PostStartHook failed', fieldPathOf(start));
  const killed = beginKill(kubelet, pod, worker, {
    id: step.containerId,
    name: container.name,
    message: 'FailedPostStartHook',
    reason: 'FailedPostStartHook',
  });
  return wait({...start, worker: killed}, POST_START_HOOK_ERROR, step.failure);
}
