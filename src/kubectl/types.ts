/**
 * kubectl as a pure program: what it wants of the world it yields as effects, one at a time, and is resumed with the answer.
 * So a front end may let virtual time flow between two polls, and stop it (Ctrl-C) by not resuming it.
 */
import type {Json} from '../engine/api/types.ts';
import type {ManifestText} from '../engine/apiserver/request.ts';
import type {Posted, Target} from '../engine/scheduler/extenders/send.ts';

/** Who a request is sent as: the user entry of the kubeconfig with the flags over it. Turned into an identity by whoever sends it. */
export interface Credentials {
  /** Name of the user entry, if there is one. */
  user?: string;
  token?: string;
  /** PEM text, base64 data or path, as the kubeconfig has it. */
  clientCertificate?: string;
  username?: string;
  password?: string;
}

/** The server's certificate is not looked at (--insecure-skip-tls-verify). */
export const ANYONE = 'anyone';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `https://127.0.0.1:6443` */
  server: string;
  path: string;
  /** A list where a parameter comes more than once (command of exec). */
  query: Readonly<Record<string, string | readonly string[]>>;
  /** A list where a header comes more than once (Impersonate-Group). */
  headers: Readonly<Record<string, string | readonly string[]>>;
  body?: Json;
  credentials: Credentials;
  /** Who must have signed the server's certificate: PEM text or base64 data of it, or ANYONE; undefined: one of those that every computer trusts. */
  trusts: string | undefined;
  /** The text that the body was read from. */
  manifest?: ManifestText;
}

export interface ApiResponse {
  /** 0: no answer; `body` says why (`dial tcp 127.0.0.1:1: connect: connection refused`). */
  code: number;
  headers: Readonly<Record<string, string | readonly string[]>>;
  /** Parsed JSON, or text. */
  body: unknown;
}

export type Effect =
  | {kind: 'stdout'; text: string}
  | {kind: 'stderr'; text: string}
  | {kind: 'request'; request: ApiRequest}
  /** Let so many milliseconds of virtual time pass. */
  | {kind: 'sleep'; ms: number}
  /** Open an editor on this text; resumed with the new text, or undefined when the user gave up. */
  | {kind: 'edit'; file: string; text: string};

export type Reply = ApiResponse | string | undefined;

/** A computation that yields effects and ends with T. */
export type Effects<T> = Generator<Effect, T, Reply>;

/** The learner's files: virtual, by path. */
export interface Files {
  /** undefined where there is no such file. */
  read(path: string): string | undefined;
  /** Names in a folder, or undefined where there is none. */
  list(path: string): readonly string[] | undefined;
  write?(path: string, text: string): void;
}

/** What a shell session keeps between two commands: kubectl's caches under ~/.kube/cache. */
export interface Cache {
  discovery?: unknown;
  /** Ports of the learner's machine that a port-forward listens on. */
  forwards?: Readonly<Record<number, Forward>>;
}

/** A local port, and the request that carries one connection made to it. */
export interface Forward {
  readonly remote: number;
  readonly request: ApiRequest;
}

export interface KubectlEnv {
  files: Files;
  /** KUBECONFIG, HOME, EDITOR... */
  variables: Readonly<Record<string, string | undefined>>;
  stdin?: string;
  /** Virtual time in milliseconds since 1970. */
  now(): number;
  cache?: Cache;
  /** The KubeSchedulerConfiguration that the cluster's scheduler was started with, where that is known. */
  schedulerConfiguration?: unknown;
  /** What would come of a POST from the scheduler's machine; it leaves no trace. */
  postFromScheduler?(target: Target): Posted;
}

/** What `kubectl` is called with when it runs to its end at once. */
export interface Ports {
  request(request: ApiRequest): ApiResponse;
  sleep(ms: number): void;
  edit?(text: string, file: string): string | undefined;
  /** Told of every piece of output as it comes. */
  print?(stream: 'stdout' | 'stderr', text: string): void;
}
