/** Containers: made, started, stopped, removed. upstream: containerd internal/cri/server/container_*.go */
import {copyWith} from '../api/clone.ts';
import {type ContainerConfig, type CriContainerStatus, CriError} from '../api/cri.ts';
import {idFor} from './ids.ts';
import {entryOf, findImage} from './images.ts';
import {removeLog} from './logs.ts';
import {findContainer, findSandbox, podSubject, type RuntimeNode, savePod, withContainer} from './node.ts';
import {findBinary, unwrap} from './process/programs.ts';
import {argvOf, deliverTerm, finish, startProcesses} from './processes.ts';
import type {ContainerRecord} from './types.ts';

const CREATE_MS = 25;
const START_MS = 45;

const START_ERROR = 'StartError';
const START_ERROR_EXIT = 128;

/** Makes a container from an image on the node. */
export function createContainer(runtime: RuntimeNode, sandboxId: string, config: ContainerConfig): {containerId: string; tookMs: number} {
  const {pod, sandbox} = findSandbox(runtime, sandboxId);
  if (sandbox.state !== 'SANDBOX_READY') throw new CriError('Unknown', runtime.flavour.sandboxStopped(sandboxId));
  const image = findImage(runtime, config.image.image);
  if (!image) throw new CriError('NotFound', `failed to resolve image "${config.image.image}": not found`);
  const id = idFor(pod.uid, `container ${config.metadata.name} ${config.metadata.attempt} at ${runtime.now}`);
  const container: ContainerRecord = {
    id,
    sandboxId,
    config: copyWith(config, {image: copyWith(config.image, {image: image.name})}),
    imageRef: image.repoDigest,
    state: 'CONTAINER_CREATED',
    createdAt: runtime.now,
    exitCode: 0,
  };
  const entry = entryOf(runtime.options.images, image.name);
  const [program] = unwrap(argvOf(container, entry), entry);
  if (program === undefined)
    throw new CriError('Unknown', `failed to generate container "${id}" spec: failed to generate spec: no command specified`);
  const {at, message} = runtime.flavour.programMissing;
  if (at === 'create' && !findBinary(program, entry)) throw new CriError('Unknown', message(program));
  savePod(runtime, {...pod, containers: [container, ...pod.containers]});
  if (runtime.tx.noting)
    runtime.trace(podSubject(pod), `CreateContainer ${config.metadata.name} (attempt ${config.metadata.attempt}) -> ${id.slice(0, 13)}`);
  return {containerId: id, tookMs: CREATE_MS};
}

/** Starts it. A program that cannot be executed leaves it exited with 128. */
export function startContainer(runtime: RuntimeNode, id: string): {tookMs: number} {
  const {pod, container} = findContainer(runtime, id);
  if (container.state !== 'CONTAINER_CREATED') throw new CriError('Unknown', `container is in ${container.state} state`);
  const entry = entryOf(runtime.options.images, container.config.image.image);
  const program = unwrap(argvOf(container, entry), entry)[0]!;
  const {name} = container.config.metadata;
  if (!findBinary(program, entry)) {
    const message = runtime.flavour.programMissing.message(program);
    const error = new CriError('Unknown', message);
    const failed: ContainerRecord = {
      ...container,
      state: 'CONTAINER_EXITED',
      finishedAt: runtime.now,
      exitCode: START_ERROR_EXIT,
      reason: START_ERROR,
      message,
    };
    savePod(runtime, withContainer(pod, failed));
    if (runtime.tx.noting) runtime.trace(podSubject(pod), `StartContainer ${name}: ${error.message}`);
    runtime.changed(pod.uid);
    throw error;
  }
  if (runtime.tx.noting) runtime.trace(podSubject(pod), `StartContainer ${name}`);
  const running: ContainerRecord = copyWith(container, {
    state: 'CONTAINER_RUNNING' as const,
    startedAt: runtime.now,
    pid: 1000 + (Number.parseInt(id.slice(0, 4), 16) % 30_000),
  });
  startProcesses(runtime, {pod, container: running});
  runtime.changed(pod.uid);
  return {tookMs: START_MS};
}

/** SIGTERM now, SIGKILL after the timeout. Says when it will be gone. */
export function stopContainer(runtime: RuntimeNode, id: string, timeoutSeconds: number): {doneAt: number} {
  const found = findContainer(runtime, id);
  if (found.container.state !== 'CONTAINER_RUNNING') return {doneAt: runtime.now};
  if (runtime.tx.noting) runtime.trace(podSubject(found.pod), `StopContainer ${found.container.config.metadata.name}, ${timeoutSeconds} s`);
  if (timeoutSeconds <= 0) {
    killContainer(runtime, id, 137);
    return {doneAt: runtime.now};
  }
  const killAt = runtime.now + timeoutSeconds * 1000;
  return {doneAt: deliverTerm(runtime, found, killAt) ?? killAt};
}

/** Ends it at once. */
export function killContainer(runtime: RuntimeNode, id: string, exitCode: number, reason?: string): void {
  const found = findContainer(runtime, id);
  if (found.container.state === 'CONTAINER_RUNNING') finish(runtime, found, exitCode, reason);
}

/** Removes it and its log; a running one is killed first. */
export function removeContainer(runtime: RuntimeNode, id: string): void {
  killContainer(runtime, id, 137);
  const {pod, container} = findContainer(runtime, id);
  savePod(runtime, {...pod, containers: pod.containers.filter(c => c.id !== id)});
  removeLog(runtime, id);
  if (runtime.tx.noting) runtime.trace(podSubject(pod), `RemoveContainer ${container.config.metadata.name} ${id.slice(0, 13)}`);
}

/** A container as the CRI tells of it. */
export const containerStatus = (container: ContainerRecord): CriContainerStatus => ({
  id: container.id,
  podSandboxId: container.sandboxId,
  metadata: container.config.metadata,
  state: container.state,
  createdAt: container.createdAt,
  ...(container.startedAt !== undefined && {startedAt: container.startedAt}),
  ...(container.finishedAt !== undefined && {finishedAt: container.finishedAt}),
  exitCode: container.exitCode,
  image: container.config.image.image,
  imageRef: container.imageRef,
  ...(container.reason && {reason: container.reason}),
  ...(container.message && {message: container.message}),
  annotations: container.config.annotations ?? {},
  labels: container.config.labels ?? {},
  logPath: container.config.logPath,
  ...(container.config.linux?.resources?.cpusetCpus !== undefined && {cpusetCpus: container.config.linux.resources.cpusetCpus}),
});
