/** A daemon set's pod with what its turns ask of it, found out once: all pods are looked at in every turn, and few have changed since the last one. */

import {isPodAvailable, isPodReady, isPodTerminal} from '../../api/pods.ts';
import type {Pod, Stored} from '../../api/types.ts';
import {CONTROLLER_REVISION_HASH} from '../common/controller-history.ts';
import {targetNode} from './node-fit.ts';

export interface Daemon {
  readonly pod: Stored<Pod>;
  /** Name of the node it is bound to, or will be. */
  readonly node: string;
  /** Hash of the template it was made of. */
  readonly hash: string | undefined;
  /** It is being deleted. */
  readonly isLeaving: boolean;
  readonly isTerminal: boolean;
  readonly isReady: boolean;
}

export type DaemonsByNode = ReadonlyMap<string, readonly Daemon[]>;

const known = new WeakMap<Pod, Daemon>();

function daemonOf(pod: Stored<Pod>): Daemon {
  let daemon = known.get(pod);
  if (!daemon) {
    daemon = {
      pod,
      node: targetNode(pod),
      hash: pod.metadata.labels?.[CONTROLLER_REVISION_HASH],
      isLeaving: pod.metadata.deletionTimestamp !== undefined,
      isTerminal: isPodTerminal(pod),
      isReady: isPodReady(pod),
    };
    known.set(pod, daemon);
  }
  return daemon;
}

/** Ready for at least `minReadySeconds` at virtual millisecond `now`. */
export const isAvailable = ({pod, isReady}: Daemon, minReadySeconds: number, now: number): boolean =>
  isReady && (minReadySeconds === 0 || isPodAvailable(pod, minReadySeconds, now));

export function daemonsByNode(pods: readonly Stored<Pod>[]): DaemonsByNode {
  const byNode = new Map<string, Daemon[]>();
  for (const pod of pods) {
    const daemon = daemonOf(pod);
    const others = byNode.get(daemon.node);
    if (others) others.push(daemon);
    else byNode.set(daemon.node, [daemon]);
  }
  return byNode;
}
