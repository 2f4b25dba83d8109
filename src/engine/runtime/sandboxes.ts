/** Pod sandboxes: the pause container, its namespaces, and the network that CNI sets up. upstream: containerd internal/cri/server/sandbox_run.go */
import {CniError} from '../api/cni.ts';
import {CriError, type PodSandboxConfig, type PodSandboxStatus} from '../api/cri.ts';
import {killContainer} from './containers.ts';
import {idFor} from './ids.ts';
import {findPod, findSandbox, podSubject, type RuntimeNode, savePod} from './node.ts';
import type {PodRecord, Sandbox} from './types.ts';

/** How long the pause container, the namespaces and the plugins take. */
const RUN_SANDBOX_MS = 180;

/** Handlers that are configured: the default, the usual ones by name, and those of virtual machines and sandboxed kernels. */
const runtimeHandlers: ReadonlySet<string> = new Set(['', 'runc', 'crun', 'kata', 'gvisor', 'runsc']);

const cniRequest = (pod: Pick<PodRecord, 'uid' | 'name' | 'namespace'>, sandbox: Pick<Sandbox, 'id' | 'netns'>) => ({
  containerId: sandbox.id,
  netns: sandbox.netns ?? '',
  ifName: 'eth0',
  podNamespace: pod.namespace,
  podName: pod.name,
  podUid: pod.uid,
});

/** Makes a sandbox and calls CNI ADD for it. Nothing is left of one whose network could not be set up. */
export function runPodSandbox(
  runtime: RuntimeNode,
  config: PodSandboxConfig,
  runtimeHandler: string,
): {podSandboxId: string; tookMs: number} {
  const {uid, name, namespace, attempt} = config.metadata;
  const id = idFor(uid, `sandbox ${attempt} at ${runtime.now}`);
  const subject = podSubject(config.metadata);
  if (!runtimeHandlers.has(runtimeHandler))
    throw new CriError('Unknown', `failed to get sandbox runtime: no runtime for "${runtimeHandler}" is configured`);
  const hostNetwork = config.linux.namespaces.network === 'NODE';
  let ip: string | undefined;
  const netns = hostNetwork ? undefined : `/var/run/netns/cni-${id.slice(0, 8)}-${id.slice(8, 12)}`;
  if (!hostNetwork) {
    const cni = runtime.options.cni(runtime.tx, runtime.node);
    const refused = (text: string) => new CriError('Unknown', runtime.flavour.networkFailed({id, ...config.metadata}, text));
    const notReady = cni.notReady();
    if (notReady) throw refused(notReady);
    try {
      const result = cni.add(cniRequest({uid, name, namespace}, {id, netns}));
      ip = result.ips[0]?.address.replace(/\/.*$/, '') ?? '';
      if (runtime.tx.noting) runtime.trace(subject, `CNI ADD ${netns} -> ${ip}`);
    } catch (error) {
      if (error instanceof CniError) throw refused(error.message);
      throw error;
    }
  }
  const pod = findPod(runtime, uid) ?? {uid, name, namespace, sandboxes: [], containers: []};
  const sandbox: Sandbox = {
    id,
    config,
    state: 'SANDBOX_READY',
    createdAt: runtime.now,
    runtimeHandler,
    ...(ip !== undefined && {ip}),
    ...(netns && {netns}),
  };
  savePod(runtime, {...pod, sandboxes: [sandbox, ...pod.sandboxes]});
  if (runtime.tx.noting) runtime.trace(subject, `RunPodSandbox -> ${id.slice(0, 13)}${ip ? `, ${ip}` : ', network of the node'}`);
  runtime.changed(uid);
  return {podSandboxId: id, tookMs: RUN_SANDBOX_MS};
}

/** Ends what still runs in it and gives its network back. Asked again, it does nothing. */
export function stopPodSandbox(runtime: RuntimeNode, id: string): void {
  const {sandbox, pod} = findSandbox(runtime, id);
  if (sandbox.state === 'SANDBOX_NOTREADY' && !sandbox.netns) return;
  for (const container of pod.containers)
    if (container.sandboxId === id && container.state === 'CONTAINER_RUNNING') killContainer(runtime, container.id, 137);
  if (sandbox.netns) runtime.options.cni(runtime.tx, runtime.node).del(cniRequest(pod, sandbox));
  const after = findSandbox(runtime, id).pod;
  savePod(runtime, {
    ...after,
    sandboxes: after.sandboxes.map(s =>
      s.id === id ? {...s, state: 'SANDBOX_NOTREADY', ip: s.ip === undefined ? undefined : '', netns: undefined} : s,
    ),
  });
  if (runtime.tx.noting)
    runtime.trace(podSubject(pod), `StopPodSandbox ${id.slice(0, 13)}${sandbox.netns ? `, CNI DEL ${sandbox.ip}` : ''}`);
  runtime.changed(pod.uid);
}

/** Removes a sandbox and the containers in it. */
export function removePodSandbox(runtime: RuntimeNode, id: string): void {
  stopPodSandbox(runtime, id);
  const {pod} = findSandbox(runtime, id);
  if (runtime.tx.noting) runtime.trace(podSubject(pod), `RemovePodSandbox ${id.slice(0, 13)}`);
  savePod(runtime, {
    ...pod,
    sandboxes: pod.sandboxes.filter(s => s.id !== id),
    containers: pod.containers.filter(c => c.sandboxId !== id),
  });
}

/** The pause process dies: the sandbox is no longer ready; what runs in it is for the kubelet to clean up. */
export function killSandbox(runtime: RuntimeNode, id: string): void {
  const {pod} = findSandbox(runtime, id);
  savePod(runtime, {...pod, sandboxes: pod.sandboxes.map(s => (s.id === id ? {...s, state: 'SANDBOX_NOTREADY'} : s))});
  runtime.changed(pod.uid);
}

/** A sandbox as the CRI tells of it. */
export const sandboxStatus = (sandbox: Sandbox): PodSandboxStatus => ({
  id: sandbox.id,
  metadata: sandbox.config.metadata,
  state: sandbox.state,
  createdAt: sandbox.createdAt,
  ...(sandbox.ip !== undefined && {network: {ip: sandbox.ip, additionalIps: []}}),
  linux: {namespaces: sandbox.config.linux.namespaces},
  runtimeHandler: sandbox.runtimeHandler,
});
