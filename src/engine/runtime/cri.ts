/** The runtime's answers to the kubelet, one function a call. */
import type {ContainerStats, Cri, CriPod, LinuxContainerResources} from '../api/cri.ts';
import {containerStatus, createContainer, removeContainer, startContainer, stopContainer} from './containers.ts';
import {execSync} from './exec.ts';
import {readDirectory, writeDirectory} from './files.ts';
import {findImage, imageStatus, listImages, pulledImage, pullImage, removeImage} from './images.ts';
import {readLog} from './logs.ts';
import {findContainer, findPod, findSandbox, listPods, podSubject, type RuntimeNode, savePod, withContainer} from './node.ts';
import {store} from './processes.ts';
import {removePodSandbox, runPodSandbox, sandboxStatus, stopPodSandbox} from './sandboxes.ts';
import {localNetwork} from './sockets.ts';
import type {ContainerRecord, PodRecord} from './types.ts';
import {cpuInUse, workingSet} from './usage.ts';

const criPod = ({uid, name, namespace, sandboxes, containers}: PodRecord): CriPod => ({
  uid,
  name,
  namespace,
  sandboxes: sandboxes.map(sandboxStatus),
  containers: containers.map(containerStatus),
});

function statsOf(runtime: RuntimeNode, pod: PodRecord, container: ContainerRecord): ContainerStats {
  const running = container.state === 'CONTAINER_RUNNING';
  const sum = (texts: Iterable<string | null>) => [...texts].reduce((total, text) => total + (text?.length ?? 0), 0);
  return {
    id: container.id,
    name: container.config.metadata.name,
    podUid: pod.uid,
    cpuNanoCores: cpuInUse(container) * 1_000_000,
    memoryWorkingSetBytes: running ? workingSet(container, runtime.now) : 0,
    rootFsUsedBytes: (container.written ?? 0) + sum(Object.values(container.files ?? {})),
    logUsedBytes: sum(readLog(runtime, container.id).map(line => line.text)),
    processes: running ? 1 + (container.process?.jobs.length ?? 0) + (container.process?.forks ?? 0) : 0,
  };
}

function updateResources(runtime: RuntimeNode, id: string, resources: LinuxContainerResources): void {
  const {pod, container} = findContainer(runtime, id);
  const {config} = container;
  const changed = {...container, config: {...config, linux: {...config.linux, resources: {...config.linux?.resources, ...resources}}}};
  if (changed.state === 'CONTAINER_RUNNING') store(runtime, {pod, container: changed});
  else savePod(runtime, withContainer(pod, changed));
}

export const createCri = (runtime: RuntimeNode): Cri => ({
  version: () => ({runtimeName: runtime.flavour.name, runtimeVersion: runtime.flavour.version}),
  status() {
    const networkNotReady = runtime.options.cni(runtime.tx, runtime.node).notReady();
    return {runtimeReady: true, ...(networkNotReady && {networkNotReady})};
  },
  runPodSandbox: (config, handler) => runPodSandbox(runtime, config, handler),
  stopPodSandbox: id => stopPodSandbox(runtime, id),
  removePodSandbox: id => removePodSandbox(runtime, id),
  podSandboxStatus: id => sandboxStatus(findSandbox(runtime, id).sandbox),
  listPodSandboxes: () => listPods(runtime).flatMap(p => p.sandboxes.map(sandboxStatus)),

  createContainer: (sandboxId, config) => createContainer(runtime, sandboxId, config),
  startContainer: id => startContainer(runtime, id),
  stopContainer: (id, timeout) => stopContainer(runtime, id, timeout),
  removeContainer: id => removeContainer(runtime, id),
  containerStatus: id => containerStatus(findContainer(runtime, id).container),
  listContainers: ({podUid} = {}) =>
    (podUid === undefined ? listPods(runtime) : [findPod(runtime, podUid)]).flatMap(p => p?.containers.map(containerStatus) ?? []),
  podStatus(uid) {
    const pod = findPod(runtime, uid);
    return pod && criPod(pod);
  },
  listPods: () => listPods(runtime).map(criPod),
  updateContainerResources: (id, resources) => updateResources(runtime, id, resources),
  containerStats(id) {
    const {pod, container} = findContainer(runtime, id);
    return statsOf(runtime, pod, container);
  },
  listContainerStats: () => listPods(runtime).flatMap(pod => pod.containers.map(c => statsOf(runtime, pod, c))),

  execSync: (id, command, options) => execSync(runtime, id, command, options),
  portForward(sandboxId, port, request) {
    const {pod, sandbox} = findSandbox(runtime, sandboxId);
    if (runtime.tx.noting) runtime.trace(podSubject(pod), `PortForward ${sandboxId.slice(0, 13)}, localhost:${port}`);
    return localNetwork(runtime, pod, sandbox).http('127.0.0.1', port, request);
  },
  readLog: id => readLog(runtime, id),

  pullImage: (image, auth, sandbox) => pullImage(runtime, image, auth, sandbox),
  pulledImage: pullId => pulledImage(runtime, pullId),
  imageStatus(image) {
    const record = findImage(runtime, image);
    return record && imageStatus(runtime, record);
  },
  listImages: () => listImages(runtime).map(record => imageStatus(runtime, record)),
  removeImage: image => removeImage(runtime, image),
  imageFsInfo: () => ({usedBytes: listImages(runtime).reduce((sum, image) => sum + image.size, 0)}),

  writeHostDirectory: (path, files) => writeDirectory(runtime, path, files),
  readHostDirectory: path => readDirectory(runtime, path),
});
