/**
 * What an HTTP server needs of a world. Two stand behind it: the session's, where a learner plays, and that of `podyssey serve`, where nobody looks. A request that
 * comes through it is an event of the cluster like any other; whatever streams is the same question asked again when the cluster has moved.
 */
import type {ApiRequest, ApiResponse} from '../../engine/apiserver/request.ts';
import type {Cluster} from '../../engine/cluster/cluster.ts';

export interface Door {
  /** The cluster as of the moment shown; undefined while there is none. */
  cluster(): Cluster | undefined;
  /**
   * Sends a request into the cluster's history. `answered` is called at once, or later: when a clock that stands goes on, when the cluster has settled.
   * Returns what withdraws a request that still waits.
   */
  send(request: ApiRequest, answered: (response: ApiResponse) => void): () => void;
  /** Text of the kubeconfig of those who may come in, as the simulation writes it. */
  kubeconfig(): string;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const ASKED_AND_NEVER_STORED = /^\/apis\/auth(orization|entication)\.k8s\.io\/[^/]+\/(.*\/)?[a-z]+reviews$/;

/** Whether a request changes nothing, so that it need not wait for a clock that stands. Commands in containers change them. */
export const onlyReads = ({method, path}: ApiRequest): boolean =>
  READS.has(method) ? !/\/pods\/[^/]+\/(exec|portforward)$/.test(path) : method === 'POST' && ASKED_AND_NEVER_STORED.test(path);
