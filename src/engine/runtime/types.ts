/** What the runtime of one node remembers. Entities of its memory: one a pod, one a log, one an image, one a pull, one a directory of the node. */
import type {ContainerConfig, ContainerState, LogLine, PodSandboxConfig, SandboxState} from '../api/cri.ts';
import type {Process} from './process/types.ts';

/** Kinds of the runtime's memory. */
export const PODS = 'pod';
export const LOGS = 'log';
export const IMAGES = 'image';
export const PULLS = 'pull';
export const DIRECTORIES = 'directory';
export const REGISTRIES = 'registry';

export interface Sandbox {
  readonly id: string;
  readonly config: PodSandboxConfig;
  readonly state: SandboxState;
  readonly createdAt: number;
  readonly runtimeHandler: string;
  /** Undefined on the node's own network; '' once torn down. */
  readonly ip?: string;
  readonly netns?: string;
}

export interface ContainerRecord {
  readonly id: string;
  readonly sandboxId: string;
  readonly config: ContainerConfig;
  readonly imageRef: string;
  readonly state: ContainerState;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly exitCode: number;
  readonly reason?: string;
  readonly message?: string;
  readonly pid?: number;
  /** While it runs. */
  readonly process?: Process;
  /** Files written into the container's own layer. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** Bytes in that layer beyond those files. */
  readonly written?: number;
  /** SIGTERM was sent; SIGKILL follows at this time. */
  readonly killAt?: number;
}

/** All the runtime knows of one pod. Newest first. */
export interface PodRecord {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly sandboxes: readonly Sandbox[];
  readonly containers: readonly ContainerRecord[];
}

export interface ImageRecord {
  /** Canonical name, with tag or digest. */
  readonly name: string;
  /** Digest of the configuration: the image's id. */
  readonly id: string;
  readonly repoDigest: string;
  readonly size: number;
  readonly pulledAt: number;
  readonly pinned?: boolean;
}

export interface PullRecord {
  readonly image: string;
  /** The pod it is for. */
  readonly subject: string;
  readonly doneAt: number;
  readonly error?: {code: 'Unknown' | 'NotFound' | 'Unavailable'; message: string};
}

export interface LogRecord {
  readonly lines: readonly LogLine[];
}

export interface DirectoryRecord {
  readonly files: Readonly<Record<string, string>>;
}
