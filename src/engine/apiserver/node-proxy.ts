/**
 * The API server's own connections to the nodes: logs, exec and proxied requests go to the kubelet, which knows who runs where. Whoever composes a cluster
 * says how nodes are reached; the functions get the transaction of the request and keep nothing.
 */
import type {HttpRequest, HttpResponse} from '../api/cri.ts';
import type {PodLogOptions} from '../api/pod-log-options.ts';
import type {Tx} from '../machine/types.ts';

export interface ExecAnswer {
  stdout: string;
  stderr: string;
  exitCode: number;
}

export interface ProxiedRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: Readonly<Record<string, string>>;
}

export interface NodeProxy {
  /** Throws NodeError. */
  logs(tx: Tx, node: string, namespace: string, pod: string, query: PodLogOptions): string;
  /** Throws NodeError. */
  exec(tx: Tx, node: string, namespace: string, pod: string, container: string, command: readonly string[], stdin?: string): ExecAnswer;
  /** Throws NodeError where the container does not run. */
  attach(tx: Tx, node: string, namespace: string, pod: string, container: string): void;
  /** One connection to a port of a pod; without a request, only whether it can be had. Throws NodeError. */
  portForward(tx: Tx, node: string, namespace: string, pod: string, port: number, request?: HttpRequest): HttpResponse | undefined;
  /** GET of a path on the kubelet's own port. Throws NodeError. */
  kubelet(tx: Tx, node: string, path: string): {status: number; body: unknown};
  /** Whether a program of the control plane answers at its port on the API server's machine. Throws NodeError where nobody does. */
  controlPlane(tx: Tx, program: string, port: number): void;
  /** From the API server itself to an address in the cluster. Throws NodeError. */
  request(tx: Tx, address: string, port: number, request: ProxiedRequest): {status: number; body: string};
}

/** A node, or what runs on it, did not do what was asked. `unreachable`: there was no kubelet to ask. */
export class NodeError extends Error {
  readonly unreachable: boolean;
  constructor(message: string, unreachable = false) {
    super(message);
    this.unreachable = unreachable;
  }
}

let connected: NodeProxy | undefined;

/** Says how nodes are reached. All clusters of a process reach theirs in the same way. */
export const connectNodes = (proxy: NodeProxy): void => {
  connected = proxy;
};

/** Throws NodeError where there are no nodes at all. */
export function nodeProxy(): NodeProxy {
  if (!connected) throw new NodeError('no route to any node', true);
  return connected;
}
