/**
 * One turn of a stateful set: what to do next, in the order of the ordinals. Pure: decisions come out as steps.
 * upstream: pkg/controller/statefulset/stateful_set_control.go updateStatefulSet
 */
import {isPodTerminal} from '../../api/pods.ts';
import type {apps, core, Pod, StatefulSet, Stored} from '../../api/types.ts';
import {omitEmpty} from '../common/json.ts';
import {
  identityMatches,
  isCreated,
  isInRange,
  isParallel,
  isRunningAndAvailable,
  isRunningAndReady,
  isTerminating,
  isUnavailable,
  newMember,
  ordinalOf,
  partitionOf,
  replicasOf,
  revisionOf,
  startOrdinal,
} from './identity.ts';

export type Step = {do: 'create' | 'recreate' | 'adjust' | 'delete'; pod: Pod; ordinal: number};

export interface Template {
  /** Name of the ControllerRevision. */
  revision: string;
  template: core.PodTemplateSpec;
}

/** What the cache tells of a member's claims. */
export interface Claims {
  /** They belong to whom the retention policy says. */
  isSettled(pod: Pod): boolean;
  /** They wait for the end of an earlier member of this name, and go with it. */
  isStale(pod: Pod): boolean;
}

export interface Turn {
  set: Stored<StatefulSet>;
  pods: readonly Stored<Pod>[];
  /** What pods below the partition are made of, and what the others are. */
  current: Template;
  update: Template;
  claims: Claims;
  /** Virtual milliseconds. */
  now: number;
}

interface Members {
  /** By ordinal from the first on; missing ones as they would be made. */
  replicas: Pod[];
  /** Beyond the wanted number, highest ordinal first. */
  condemned: Stored<Pod>[];
}

/** The members as they are and as they should be. */
function membersOf({set, pods, current, update}: Turn): Members {
  const [first, count] = [startOrdinal(set), replicasOf(set)];
  const byOrdinal = new Map(pods.map(pod => [ordinalOf(set, pod), pod]));
  const replicas = Array.from({length: count}, (_, i): Pod => {
    const ordinal = first + i;
    const {template, revision} = isOfCurrentRevision(set, ordinal) ? current : update;
    return byOrdinal.get(ordinal) ?? newMember(set, template, revision, ordinal);
  });
  const condemned = pods.filter(pod => !isInRange(set, pod)).sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a));
  return {replicas, condemned};
}

/** A missing member that the update has not come to yet is made as it was before. */
function isOfCurrentRevision(set: StatefulSet, ordinal: number): boolean {
  if (set.spec?.updateStrategy?.type === 'OnDelete') return false;
  const bound = set.spec?.updateStrategy?.rollingUpdate ? partitionOf(set) : (set.status?.currentReplicas ?? 0);
  return ordinal < startOrdinal(set) + bound;
}

/** The steps of this turn. An ordered set takes one at a time, and none while a member is on its way. */
export function planTurn(turn: Turn): Step[] {
  const {set, now, update, claims} = turn;
  if (set.metadata.deletionTimestamp) return [];
  const {replicas, condemned} = membersOf(turn);
  const ordered = !isParallel(set);
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const usable = (pod: Pod) => isRunningAndAvailable(pod, minReadySeconds, now);
  const unavailable = (pod: Pod) => isUnavailable(pod, minReadySeconds, now);
  const steps: Step[] = [];
  const step = (what: Step['do'], pod: Pod): void => void steps.push({do: what, pod, ordinal: ordinalOf(set, pod)});
  // 1. From the first ordinal up: replace what has ended, make what is missing, wait for what is coming.
  for (const pod of replicas) {
    if (isPodTerminal(pod)) {
      if (!isTerminating(pod)) step('recreate', pod);
      if (ordered) return steps;
    } else if (!isCreated(pod)) {
      if (!claims.isStale(pod)) step('create', pod);
      if (ordered) return steps;
    } else if (ordered && unavailable(pod)) return steps;
    else if (!identityMatches(set, pod) || !claims.isSettled(pod)) step('adjust', pod);
  }
  // 2. From the last ordinal down: remove what is too many. An unavailable one blocks the others, unless it is itself the first of its sort.
  for (const pod of condemned) if (!claims.isSettled(pod)) step('adjust', pod);
  const firstUnavailable = replicas.find(unavailable) ?? condemned.findLast(unavailable);
  for (const pod of condemned) {
    if (isTerminating(pod)) {
      if (ordered) return steps;
      continue;
    }
    if (ordered && !usable(pod) && pod !== firstUnavailable) return steps;
    step('delete', pod);
    if (ordered) return steps;
  }
  // 3. From the last ordinal down: replace one old member, once those above it are available. (maxUnavailable is behind a gate that v1.36 has off.)
  if (set.spec?.updateStrategy?.type === 'OnDelete') return steps;
  for (let i = replicas.length - 1; i >= partitionOf(set); i--) {
    const pod = replicas[i]!;
    if (isCreated(pod) && revisionOf(pod) !== update.revision && !isTerminating(pod)) {
      step('delete', pod);
      return steps;
    }
    if (unavailable(pod)) return steps;
  }
  return steps;
}

export type StatefulSetStatus = apps.StatefulSetStatus;

/** The counts as this turn found them. */
export function calculateStatus(turn: Turn, collisionCount: number): StatefulSetStatus {
  const {set, pods, current, update, now} = turn;
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const alive = pods.filter(pod => !isTerminating(pod));
  const ready = pods.filter(isRunningAndReady);
  const counts = {
    readyReplicas: ready.length,
    currentReplicas: alive.filter(pod => revisionOf(pod) === current.revision).length,
    updatedReplicas: alive.filter(pod => revisionOf(pod) === update.revision).length,
  };
  const isComplete =
    set.spec?.updateStrategy?.type !== 'OnDelete' &&
    [counts.updatedReplicas, counts.readyReplicas, pods.length].every(count => count === replicasOf(set));
  return {
    ...omitEmpty({
      observedGeneration: set.metadata.generation,
      ...counts,
      ...(isComplete && {currentReplicas: counts.updatedReplicas}),
      currentRevision: isComplete ? update.revision : current.revision,
      updateRevision: update.revision,
    }),
    replicas: pods.length,
    availableReplicas: ready.filter(pod => isRunningAndAvailable(pod, minReadySeconds, now)).length,
    collisionCount,
  };
}
