/**
 * The Container Runtime Interface between kubelet and runtime, and how a process is reached over the network.
 * Calls answer at once; where the real call takes time, the answer says how long (`tookMs`) or when (`doneAt`), in virtual milliseconds.
 * upstream: staging/src/k8s.io/cri-api/pkg/apis/runtime/v1/api.proto
 */
import type {DnsConfig} from './resolv-conf.ts';

/** A refused call; the message reads as the kubelet prints it. */
export class CriError extends Error {
  readonly code: CriCode;
  constructor(code: CriCode, description: string) {
    super(`rpc error: code = ${code} desc = ${description}`);
    this.name = 'CriError';
    this.code = code;
  }
}

/** gRPC status codes a runtime answers with. */
export type CriCode = 'Unknown' | 'NotFound' | 'Unavailable' | 'DeadlineExceeded' | 'InvalidArgument' | 'FailedPrecondition';

/** What the kubelet notes on its containers. upstream: pkg/kubelet/kuberuntime/labels.go */
export const HASH_ANNOTATION = 'io.kubernetes.container.hash';
export const RESTART_COUNT_ANNOTATION = 'io.kubernetes.container.restartCount';
export const TERMINATION_PATH_ANNOTATION = 'io.kubernetes.container.terminationMessagePath';
export const TERMINATION_POLICY_ANNOTATION = 'io.kubernetes.container.terminationMessagePolicy';

export type NamespaceMode = 'POD' | 'CONTAINER' | 'NODE';

export interface PodSandboxConfig {
  metadata: {name: string; uid: string; namespace: string; attempt: number};
  hostname: string;
  logDirectory: string;
  dns?: DnsConfig;
  portMappings?: {protocol: string; containerPort: number; hostPort: number; hostIp?: string}[];
  labels?: Record<string, string>;
  linux: {
    cgroupParent: string;
    sysctls?: Record<string, string>;
    namespaces: {network: NamespaceMode; pid: NamespaceMode; ipc: NamespaceMode};
  };
}

export type SandboxState = 'SANDBOX_READY' | 'SANDBOX_NOTREADY';

export interface PodSandboxStatus {
  id: string;
  metadata: PodSandboxConfig['metadata'];
  state: SandboxState;
  createdAt: number;
  /** Absent on the node's own network. */
  network?: {ip: string; additionalIps: string[]};
  linux: {namespaces: PodSandboxConfig['linux']['namespaces']};
  runtimeHandler: string;
}

export interface Mount {
  hostPath: string;
  containerPath: string;
  readonly?: boolean;
}

export interface LinuxContainerResources {
  cpuShares?: number;
  cpuQuota?: number;
  cpuPeriod?: number;
  /** 0 or absent: no limit. */
  memoryLimitInBytes?: number;
  oomScoreAdj?: number;
  cpusetCpus?: string;
}

export interface ContainerConfig {
  metadata: {name: string; attempt: number};
  /** Reference of an image on the node, and what the pod calls it. */
  image: {image: string; userSpecifiedImage: string};
  command?: readonly string[];
  args?: readonly string[];
  workingDir?: string;
  envs?: readonly {key: string; value: string}[];
  mounts?: readonly Mount[];
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  logPath: string;
  stdin?: boolean;
  /** Standard input is closed when the first client that was attached goes. */
  stdinOnce?: boolean;
  tty?: boolean;
  linux?: {
    resources?: LinuxContainerResources;
    /** The id of a container of the pod whose processes this one sees too (NamespaceMode TARGET). */
    pidTarget?: string;
    securityContext?: {privileged?: boolean; readonlyRootfs?: boolean; runAsUser?: number; noNewPrivs?: boolean; apparmorProfile?: string};
  };
  stopSignal?: string;
}

export type ContainerState = 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN';

export interface CriContainerStatus {
  id: string;
  podSandboxId: string;
  metadata: ContainerConfig['metadata'];
  state: ContainerState;
  createdAt: number;
  startedAt?: number;
  finishedAt?: number;
  exitCode: number;
  /** As the pod calls it, and what it resolved to. */
  image: string;
  imageRef: string;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`. */
  reason?: string;
  message?: string;
  annotations: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  logPath: string;
  /** Where it may run, if not everywhere. */
  cpusetCpus?: string;
}

export interface CriImage {
  /** Digest of its configuration. */
  id: string;
  repoTags: readonly string[];
  repoDigests: readonly string[];
  /** Bytes. */
  size: number;
  pinned?: boolean;
  /** Name of a user other than root that the image sets, or its number. */
  user?: {username?: string; uid?: number};
  pulledAt: number;
}

export interface AuthConfig {
  username: string;
  password: string;
  serverAddress?: string;
}

export interface ExecResult {
  stdout: string;
  stderr: string;
  exitCode: number;
  tookMs: number;
}

export interface ContainerStats {
  id: string;
  name: string;
  podUid: string;
  /** Cores in use, in thousandths of a thousandth. */
  cpuNanoCores: number;
  memoryWorkingSetBytes: number;
  /** Written into the container's own layer and its log. */
  rootFsUsedBytes: number;
  logUsedBytes: number;
  processes: number;
}

/** What the kubelet's relist reads of one pod: all its sandboxes and containers, newest first. */
export interface CriPod {
  uid: string;
  name: string;
  namespace: string;
  sandboxes: readonly PodSandboxStatus[];
  containers: readonly CriContainerStatus[];
}

export interface RuntimeVersion {
  /** `containerd`, `cri-o`: the scheme of its containers' ids. */
  runtimeName: string;
  runtimeVersion: string;
}

export interface RuntimeStatus {
  runtimeReady: boolean;
  /** Undefined: ready. */
  networkNotReady?: string;
}

/** Every method throws CriError. */
export interface Cri {
  version(): RuntimeVersion;
  status(): RuntimeStatus;

  runPodSandbox(config: PodSandboxConfig, runtimeHandler: string): {podSandboxId: string; tookMs: number};
  stopPodSandbox(id: string): void;
  removePodSandbox(id: string): void;
  podSandboxStatus(id: string): PodSandboxStatus;
  listPodSandboxes(): PodSandboxStatus[];

  createContainer(podSandboxId: string, config: ContainerConfig): {containerId: string; tookMs: number};
  /** A program that cannot be executed leaves the container exited with 128 and throws. */
  startContainer(id: string): {tookMs: number};
  /** SIGTERM (or the image's signal) now, SIGKILL after the timeout; says when the container will be gone. */
  stopContainer(id: string, timeoutSeconds: number): {doneAt: number};
  removeContainer(id: string): void;
  containerStatus(id: string): CriContainerStatus;
  listContainers(filter?: {podUid?: string}): CriContainerStatus[];
  /** One pod as a whole, or undefined when the runtime knows nothing of it. */
  podStatus(uid: string): CriPod | undefined;
  listPods(): CriPod[];
  updateContainerResources(id: string, resources: LinuxContainerResources): void;
  containerStats(id: string): ContainerStats;
  listContainerStats(): ContainerStats[];

  execSync(id: string, command: readonly string[], options?: {stdin?: string; timeoutSeconds?: number}): ExecResult;
  /** One connection to localhost inside a sandbox. */
  portForward(podSandboxId: string, port: number, request: HttpRequest): Dialled<HttpResponse>;
  /** Lines of the container's log, oldest first. */
  readLog(id: string): readonly LogLine[];

  /** Begins a pull for a pod; its answer stands at `doneAt`. */
  pullImage(
    image: string,
    auth: readonly AuthConfig[],
    sandbox: Pick<PodSandboxConfig['metadata'], 'namespace' | 'name'>,
  ): {pullId: string; doneAt: number};
  /** The image's reference, once `doneAt` has passed. */
  pulledImage(pullId: string): {imageRef: string};
  imageStatus(image: string): CriImage | undefined;
  listImages(): CriImage[];
  removeImage(image: string): void;
  imageFsInfo(): {usedBytes: number};

  /** The node's own files, as the kubelet writes them for containers to mount. `undefined` removes. */
  writeHostDirectory(path: string, files: Readonly<Record<string, string>> | undefined): void;
  readHostDirectory(path: string): Readonly<Record<string, string>> | undefined;
}

export interface LogLine {
  /** Virtual milliseconds. */
  at: number;
  stream: 'stdout' | 'stderr';
  text: string;
}

export interface HttpRequest {
  scheme?: 'HTTP' | 'HTTPS';
  method?: string;
  path: string;
  headers?: Readonly<Record<string, string>>;
}

export interface HttpResponse {
  status: number;
  body: string;
  headers?: Readonly<Record<string, string>>;
}

/** What became of an attempt to reach a process: an answer, or what the dialer's operating system says. */
export type Dialled<T> = {ok: T; tookMs: number} | {error: 'refused' | 'timeout' | 'unreachable'; tookMs: number};

/** Reaching processes by address: the kubelet's probes, a process's curl, the API server's proxy. */
export interface Dialer {
  tcp(address: string, port: number): Dialled<true>;
  http(address: string, port: number, request: HttpRequest): Dialled<HttpResponse>;
  grpcHealth(address: string, port: number, service: string): Dialled<'SERVING' | 'NOT_SERVING' | 'UNIMPLEMENTED'>;
}

/** What a process in a pod's network namespace can do. */
export interface PodNetwork extends Dialer {
  /** Addresses of a name by the sandbox's resolv.conf; an error's text reads as the resolver's. */
  resolve(name: string): {addresses: readonly string[]; canonical?: string} | {error: string};
}
