/** Which of a daemon set's pods an update replaces next. Pure. upstream: pkg/controller/daemon/update.go */

import {timeOf} from '../../api/clock.ts';
import {byObjectName} from '../../api/order.ts';
import type {DaemonSet, Pod, Stored} from '../../api/types.ts';
import {scaledValueFromIntOrPercent} from '../common/int-or-string.ts';
import {type Daemon, type DaemonsByNode, isAvailable} from './daemon.ts';

const created = (pod: Pod): number => timeOf(pod.metadata.creationTimestamp);
/** Bound pods before unbound, older before newer. */
const oldestFirst = ({pod: a}: Daemon, {pod: b}: Daemon): number =>
  Number(Boolean(b.spec?.nodeName)) - Number(Boolean(a.spec?.nodeName)) || created(a) - created(b) || byObjectName(a, b);

/** Of a node's daemons the one that counts. */
export const oldestOf = (daemons: readonly Daemon[]): Daemon | undefined =>
  daemons.length > 1 ? [...daemons].sort(oldestFirst)[0] : daemons[0];

export interface Limits {
  maxSurge: number;
  maxUnavailable: number;
}

/** Both round up here, unlike a deployment's; where both are zero one pod may be missing. */
export function limitsOf(daemonSet: DaemonSet, desired: number): Limits {
  const rolling = daemonSet.spec!.updateStrategy?.rollingUpdate as
    | {maxSurge?: number | string; maxUnavailable?: number | string}
    | undefined;
  const maxSurge = scaledValueFromIntOrPercent(rolling?.maxSurge ?? 0, desired, true);
  const maxUnavailable = scaledValueFromIntOrPercent(rolling?.maxUnavailable ?? 1, desired, true);
  return {maxSurge, maxUnavailable: desired > 0 && maxUnavailable === 0 && maxSurge === 0 ? 1 : maxUnavailable};
}

interface Pair {
  updated?: Daemon;
  old?: Daemon;
}

/** The one new and the one old daemon of a node; undefined where there are more of a sort, which the next turn sets right. */
function pairOf(daemons: readonly Daemon[], hash: string): Pair | undefined {
  const found: Pair = {};
  for (const daemon of daemons) {
    if (daemon.isLeaving) continue;
    const sort = daemon.hash === hash ? 'updated' : 'old';
    if (found[sort]) return undefined;
    found[sort] = daemon;
  }
  return found;
}

export interface Replacement {
  podsToDelete: Stored<Pod>[];
  /** Nodes that get a new pod beside the old one. */
  nodesToSurge: string[];
}

/** `now` in virtual milliseconds. */
export function rollingUpdate(
  daemonSet: DaemonSet,
  byNode: DaemonsByNode,
  hash: string,
  {maxSurge, maxUnavailable}: Limits,
  now: number,
): Replacement {
  const available = (daemon: Daemon) => isAvailable(daemon, daemonSet.spec!.minReadySeconds ?? 0, now);
  return maxSurge === 0
    ? {podsToDelete: replaceWithoutSurge(byNode, hash, maxUnavailable, available), nodesToSurge: []}
    : replaceWithSurge(byNode, hash, maxSurge, available);
}

function replaceWithoutSurge(
  byNode: DaemonsByNode,
  hash: string,
  maxUnavailable: number,
  available: (daemon: Daemon) => boolean,
): Stored<Pod>[] {
  const broken: Stored<Pod>[] = [];
  const candidates: Stored<Pod>[] = [];
  let unavailable = 0;
  for (const daemons of byNode.values()) {
    const found = pairOf(daemons, hash);
    // 1. Both or none: the next turn makes or removes one; until then the node counts as without.
    if (!found || Boolean(found.updated) === Boolean(found.old)) unavailable++;
    // 2. Up to date.
    else if (found.updated) unavailable += available(found.updated) ? 0 : 1;
    // 3. Old and of no use: replacing it costs nothing.
    else if (!available(found.old!)) {
      broken.push(found.old!.pod);
      unavailable++;
    } else candidates.push(found.old!.pod);
  }
  return [...broken, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))];
}

function replaceWithSurge(byNode: DaemonsByNode, hash: string, maxSurge: number, available: (daemon: Daemon) => boolean): Replacement {
  const podsToDelete: Stored<Pod>[] = [];
  const broken: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  for (const [node, daemons] of byNode) {
    const found = pairOf(daemons, hash);
    if (!found) surging++;
    else if (found.updated && found.old) {
      // The new one has taken over: the old one may go.
      if (available(found.updated)) podsToDelete.push(found.old.pod);
      else surging++;
    } else if (found.old) {
      if (available(found.old)) candidates.push(node);
      else broken.push(node);
    }
  }
  return {podsToDelete, nodesToSurge: [...broken, ...candidates.slice(0, Math.max(0, maxSurge - surging))]};
}

/**
 * Daemons of one node beyond those that may be there: all but the oldest. Where updates surge, all but the oldest of each sort, and the old one too once it is of
 * no use or the new one has taken over. `now` in virtual milliseconds.
 */
export function excessDaemons(
  daemonSet: DaemonSet,
  running: readonly Daemon[],
  hash: string,
  surges: boolean,
  now: number,
): readonly Daemon[] {
  if (running.length < 2) return NONE;
  const alive = running.filter(daemon => !daemon.isTerminal).sort(oldestFirst);
  if (!surges) return alive.slice(1);
  const [updated, ...updatedToo] = alive.filter(daemon => daemon.hash === hash);
  const [old, ...oldToo] = alive.filter(daemon => daemon.hash !== hash);
  const isReplaced = updated && old && (!old.isReady || isAvailable(updated, daemonSet.spec!.minReadySeconds ?? 0, now));
  return [...updatedToo, ...oldToo, ...(isReplaced ? [old] : [])];
}

const NONE: readonly Daemon[] = [];
