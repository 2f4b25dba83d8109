/** What a turn makes and removes; where that is much, some in each step. upstream: pkg/controller/daemon/daemon_controller.go syncNodes */
import type {DaemonSet, Pod, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext} from '../../client/types.ts';
import {CONTROLLER_REVISION_HASH} from '../common/controller-history.ts';
import {isNotFound, messageOf} from '../common/errors.ts';
import {creationObserved, deletionObserved, expectCreationsAndDeletions} from '../common/expectations.ts';
import {createPod, deletePod, isNamespaceTerminating, podFromTemplate} from '../common/pod-control.ts';
import {goOn, isOver, SLOW_START_INITIAL_BATCH_SIZE, type SlowStart, slowStart} from '../common/slow-start.ts';
import {tell} from '../common/tell.ts';
import {PODS_A_STEP, unfinished} from '../common/unfinished.ts';
import {affinityTo, daemonTolerations} from './node-fit.ts';

/** At most so many pods are made, and as many removed, in one turn. */
const BURST_REPLICAS = 250;

/** As far as they have come. */
export interface Deeds {
  /** The revision that new pods are of. */
  readonly hash: string;
  /** Names of the nodes that get a pod. */
  readonly places: readonly string[];
  readonly creations: SlowStart;
  /** Keys of the pods that go. */
  readonly doomed: readonly string[];
  readonly deleted: number;
  /** The first refusal. */
  readonly error?: string;
}

/** Undefined where there is nothing to be done; else its effects are awaited from now on. */
export function planDeeds(
  ctx: ComponentContext,
  key: string,
  hash: string,
  surplus: readonly Stored<Pod>[],
  nodeNames: readonly string[],
): Deeds | undefined {
  const [doomed, places] = [surplus.slice(0, BURST_REPLICAS).map(keyOf), nodeNames.slice(0, BURST_REPLICAS)];
  if (doomed.length + places.length === 0) return undefined;
  expectCreationsAndDeletions(ctx, key, places.length, doomed);
  return {hash, places, creations: slowStart(places.length, SLOW_START_INITIAL_BATCH_SIZE), doomed, deleted: 0};
}

export const areDone = ({creations, doomed, deleted}: Deeds): boolean => isOver(creations) && deleted === doomed.length;

/** Whether one step is enough for them. */
export const areFew = ({places, doomed}: Deeds): boolean => Math.max(places.length, doomed.length) <= PODS_A_STEP;

/** Those of turns that are not over. */
export const unfinishedDeeds = unfinished<Deeds>('deeds');

/** As many as fall into one step: first new pods are made, then old ones removed. */
export function act(ctx: ComponentContext, daemonSet: Stored<DaemonSet>, deeds: Deeds): Deeds {
  const made = isOver(deeds.creations) ? deeds : createSome(ctx, daemonSet, deeds);
  return isOver(made.creations) ? deleteSome(ctx, daemonSet, made) : made;
}

function createSome(ctx: ComponentContext, daemonSet: Stored<DaemonSet>, deeds: Deeds): Deeds {
  const {places, hash} = deeds;
  const {metadata, spec} = daemonSet.spec!.template;
  const labels = {...metadata?.labels, [CONTROLLER_REVISION_HASH]: hash};
  const tolerations = daemonTolerations(spec!);
  let next = deeds.creations.calls;
  const {error, ...creations} = goOn(deeds.creations, PODS_A_STEP, () => {
    const affinity = affinityTo(places[next++]!, spec!.affinity);
    try {
      createPod(ctx, daemonSet, podFromTemplate({metadata: {...metadata, labels}, spec: {...spec!, tolerations, affinity}}, daemonSet));
    } catch (refusal) {
      if (!isNamespaceTerminating(refusal)) throw refusal;
    }
  });
  if (error === undefined) return {...deeds, creations};
  const message = messageOf(error);
  // What was not created will not be seen either.
  if (isOver(creations)) creationObserved(ctx, keyOf(daemonSet), places.length - creations.successes);
  return {...deeds, creations: {...creations, error: message}, error: message};
}

function deleteSome(ctx: ComponentContext, daemonSet: Stored<DaemonSet>, deeds: Deeds): Deeds {
  const upTo = Math.min(deeds.doomed.length, deeds.deleted + PODS_A_STEP);
  let {error} = deeds;
  for (const pod of deeds.doomed.slice(deeds.deleted, upTo)) {
    try {
      deletePod(ctx, daemonSet, ...splitKey(pod));
    } catch (refusal) {
      deletionObserved(ctx, keyOf(daemonSet), pod);
      if (!isNotFound(refusal)) error ??= messageOf(refusal);
    }
  }
  return {...deeds, deleted: upTo, ...(error !== undefined && {error})};
}

/** Tells what came of them; throws the first refusal. */
export function conclude(ctx: ComponentContext, key: string, {creations, doomed, error}: Deeds): void {
  tell(ctx, 'act', `daemonset/${key}`, () => `created ${creations.successes} pods, deleted ${doomed.length}`);
  if (error !== undefined) throw new Error(error);
}
