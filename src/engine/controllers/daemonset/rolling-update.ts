/** Which of a daemon set's pods an update replaces next. Pure. upstream: pkg/controller/daemon/update.go */
import {timeOf} from '../../api/clock.ts';
import type {Pod, Stored} from '../../api/types.ts';
import {CONTROLLER_REVISION_HASH} from '../common/controller-history.ts';
import {scaledValueFromIntOrPercent} from '../common/int-or-string.ts';
import {isPodAvailable, isPodReady, isPodTerminal} from '../common/pods.ts';
import type {DaemonSet} from './node-fit.ts';

export type PodsByNode = ReadonlyMap<string, Stored<Pod>[]>;

/** Made of the present template. */
export const isUpdated = (pod: Pod, hash: string): boolean => pod.metadata.labels?.[CONTROLLER_REVISION_HASH] === hash;

const created = (pod: Pod): number => timeOf(pod.metadata.creationTimestamp);
/** Bound pods before unbound, older before newer. */
const oldestFirst = (a: Pod, b: Pod): number =>
  Number(Boolean(b.spec?.nodeName)) - Number(Boolean(a.spec?.nodeName)) ||
  created(a) - created(b) ||
  (a.metadata.name! < b.metadata.name! ? -1 : 1);

/** Of a node's pods the one that counts. */
export const oldestOf = (pods: readonly Stored<Pod>[]): Stored<Pod> | undefined =>
  pods.length > 1 ? [...pods].sort(oldestFirst)[0] : pods[0];

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

interface NodePods {
  updated?: Stored<Pod>;
  old?: Stored<Pod>;
}

/** The one new and the one old pod of a node; undefined where there are more of a sort, which the next turn sets right. */
function podsOfNode(pods: readonly Stored<Pod>[], hash: string): NodePods | undefined {
  const found: NodePods = {};
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp) continue;
    const sort = isUpdated(pod, hash) ? 'updated' : 'old';
    if (found[sort]) return undefined;
    found[sort] = pod;
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
  podsByNode: PodsByNode,
  hash: string,
  {maxSurge, maxUnavailable}: Limits,
  now: number,
): Replacement {
  const available = (pod: Pod) => isPodAvailable(pod, daemonSet.spec!.minReadySeconds ?? 0, now);
  return maxSurge === 0
    ? {podsToDelete: replaceWithoutSurge(podsByNode, hash, maxUnavailable, available), nodesToSurge: []}
    : replaceWithSurge(podsByNode, hash, maxSurge, available);
}

function replaceWithoutSurge(
  podsByNode: PodsByNode,
  hash: string,
  maxUnavailable: number,
  available: (pod: Pod) => boolean,
): Stored<Pod>[] {
  const broken: Stored<Pod>[] = [];
  const candidates: Stored<Pod>[] = [];
  let unavailable = 0;
  for (const pods of podsByNode.values()) {
    const found = podsOfNode(pods, hash);
    // 1. Both or none: the next turn makes or removes one; until then the node counts as without.
    if (!found || Boolean(found.updated) === Boolean(found.old)) unavailable++;
    // 2. Up to date.
    else if (found.updated) unavailable += available(found.updated) ? 0 : 1;
    // 3. Old and of no use: replacing it costs nothing.
    else if (!available(found.old!)) {
      broken.push(found.old!);
      unavailable++;
    } else candidates.push(found.old!);
  }
  return [...broken, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))];
}

function replaceWithSurge(podsByNode: PodsByNode, hash: string, maxSurge: number, available: (pod: Pod) => boolean): Replacement {
  const podsToDelete: Stored<Pod>[] = [];
  const broken: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  for (const [node, pods] of podsByNode) {
    const found = podsOfNode(pods, hash);
    if (!found) surging++;
    else if (found.updated && found.old) {
      // The new one has taken over: the old one may go.
      if (available(found.updated)) podsToDelete.push(found.old);
      else surging++;
    } else if (found.old) {
      if (available(found.old)) candidates.push(node);
      else broken.push(node);
    }
  }
  return {podsToDelete, nodesToSurge: [...broken, ...candidates.slice(0, Math.max(0, maxSurge - surging))]};
}

/**
 * Pods of one node beyond those that may be there: all but the oldest. Where updates surge, all but the oldest of each sort, and the old one too once it is of
 * no use or the new one has taken over. `now` in virtual milliseconds.
 */
export function excessPods(
  daemonSet: DaemonSet,
  running: readonly Stored<Pod>[],
  hash: string,
  surges: boolean,
  now: number,
): Stored<Pod>[] {
  if (running.length < 2) return [];
  const alive = running.filter(pod => !isPodTerminal(pod)).sort(oldestFirst);
  if (!surges) return alive.slice(1);
  const [updated, ...updatedToo] = alive.filter(pod => isUpdated(pod, hash));
  const [old, ...oldToo] = alive.filter(pod => !isUpdated(pod, hash));
  const isReplaced = updated && old && (!isPodReady(old) || isPodAvailable(updated, daemonSet.spec!.minReadySeconds ?? 0, now));
  return [...updatedToo, ...oldToo, ...(isReplaced ? [old] : [])];
}
