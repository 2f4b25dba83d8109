/** Pods with names that last, made and removed in order. upstream: pkg/controller/statefulset/stateful_set.go, stateful_pod_control.go */
import {equalJson} from '../../api/clone.ts';
import {matches, selectorFrom} from '../../api/labels.ts';
import {controllerOf} from '../../api/owner.ts';
import type {KubeObject, PersistentVolumeClaim, Pod, StatefulSet, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {claim, ignoring} from '../common/claim.ts';
import {controller} from '../common/controller.ts';
import {type ControllerRevision, listRevisions, syncCurrentRevision, templateOf, truncateHistory} from '../common/controller-history.ts';
import {messageOf} from '../common/errors.ts';
import {tell} from '../common/tell.ts';
import {hasStaleOwner, withOwners} from './claims.ts';
import {type Claims, calculateStatus, planTurn, type Step, type Turn} from './control.ts';
import {claimsOf, identityMatches, isInRange, ordinalOf, POD_INDEX_LABEL, POD_NAME_LABEL, readySince, revisionOf} from './identity.ts';

export const statefulSetController = controller({
  name: 'statefulset-controller',
  watches: [
    {resource: 'statefulsets', on: (ctx, {object}) => ctx.queue.add(keyOf(object))},
    {resource: 'pods', on: onPod},
    {resource: 'persistentvolumeclaims'},
    {resource: 'controllerrevisions'},
  ],
  reconcile,
});

function ownerOf(ctx: ComponentContext, object: KubeObject): Stored<StatefulSet> | undefined {
  const ref = controllerOf(object);
  if (ref?.kind !== 'StatefulSet') return undefined;
  const owner = ctx.lister<StatefulSet>('statefulsets').get(object.metadata.namespace ?? '', ref.name);
  return owner?.metadata.uid === ref.uid ? owner : undefined;
}

function onPod(ctx: ComponentContext, event: WatchEvent): void {
  const {type, object, old} = event;
  const owner = ownerOf(ctx, object) ?? (old && ownerOf(ctx, old));
  if (owner) ctx.queue.add(keyOf(owner));
  else if (type !== 'DELETED' && !controllerOf(object) && !equalJson(old?.metadata.labels, object.metadata.labels)) {
    for (const set of ctx.lister<StatefulSet>('statefulsets').list(object.metadata.namespace))
      if (matches(selectorFrom(set.spec?.selector), object.metadata.labels)) ctx.queue.add(keyOf(set));
  }
}

function reconcile(ctx: ComponentContext, key: string): void {
  const set = ctx.lister<StatefulSet>('statefulsets').get(...splitKey(key));
  if (!set) return;
  // 1. Its pods: by owner and by name, for a name is what a member is.
  const lister = ctx.lister<Pod>('pods');
  const candidates = [...lister.by('owner', set.metadata.uid), ...lister.by('orphan', set.metadata.namespace!)].filter(
    pod => ordinalOf(set, pod) >= 0,
  );
  const pods = claim(ctx, {owner: set, ownerResource: 'statefulsets', selector: selectorFrom(set.spec!.selector)}, 'pods', candidates);
  // 2. The template of today, and the one most members were made of.
  const revisions = listRevisions(ctx, set);
  const before = set.status?.collisionCount ?? 0;
  const {revision: update, collided} = syncCurrentRevision(ctx, set, set.spec!, revisions, before);
  const collisionCount = before + (collided ? 1 : 0);
  const current = revisions.find(({metadata}) => metadata.name === set.status?.currentRevision) ?? update;
  const turn: Turn = {set, pods, current: asTemplate(current), update: asTemplate(update), claims: claimsFrom(ctx, set), now: ctx.now};
  // 3. The next steps.
  const steps = planTurn(turn);
  tell(
    ctx,
    'observe',
    `statefulset/${key}`,
    () => `wants ${set.spec?.replicas}, has ${pods.length}; next: ${steps.map(words).join(', ') || 'nothing'}`,
  );
  let failure: unknown;
  try {
    for (const step of steps) carryOut(ctx, set, step);
  } catch (error) {
    failure = error;
  }
  // 4. Report, whatever came of it.
  const status = calculateStatus(turn, collisionCount);
  if (!equalJson(set.status, status)) ctx.client.update<StatefulSet>('statefulsets', {...set, status}, {subresource: 'status'});
  if (failure) throw failure;
  const live = new Set([status.currentRevision, status.updateRevision, ...pods.map(revisionOf)]);
  truncateHistory(ctx, revisions, ({metadata}) => live.has(metadata.name), set.spec!.revisionHistoryLimit);
  // 5. Members that are ready become available by the passing of time alone.
  const minReadyMs = (set.spec!.minReadySeconds ?? 0) * 1000;
  const waiting = pods.map(pod => readySince(pod) + minReadyMs - ctx.now).filter(ms => ms > 0);
  if (minReadyMs > 0 && waiting.length > 0) ctx.queue.addAfter(key, Math.min(...waiting));
}

const asTemplate = (revision: Stored<ControllerRevision>) => ({revision: revision.metadata.name, template: templateOf(revision)});

/** A member's claims as the cache has them. */
const storedClaims = (ctx: ComponentContext, set: Stored<StatefulSet>, ordinal: number): Stored<PersistentVolumeClaim>[] =>
  claimsOf(set, ordinal)
    .map(({metadata}) => ctx.lister<PersistentVolumeClaim>('persistentvolumeclaims').get(metadata.namespace!, metadata.name!))
    .filter(found => found !== undefined);

const claimsFrom = (ctx: ComponentContext, set: Stored<StatefulSet>): Claims => ({
  isSettled: pod => storedClaims(ctx, set, ordinalOf(set, pod)).every(found => !withOwners(found, set, pod)),
  isStale: pod =>
    set.spec?.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete' &&
    storedClaims(ctx, set, ordinalOf(set, pod)).some(found => hasStaleOwner(found, pod)),
});

const words = ({do: what, pod}: Step): string => `${what} ${pod.metadata.name}`;

const stepsOf: Record<Step['do'], (ctx: ComponentContext, set: Stored<StatefulSet>, step: Step) => void> = {
  create(ctx, set, {pod, ordinal}) {
    for (const claimed of claimsOf(set, ordinal)) createClaim(ctx, set, pod, claimed);
    recorded(ctx, set, 'Create', pod, () => ctx.client.create<Pod>('pods', pod));
  },
  recreate(ctx, set, step) {
    const [type, adjective] = step.pod.status?.phase === 'Failed' ? (['Warning', 'Failed'] as const) : (['Normal', 'Terminated'] as const);
    const where = `StatefulSet ${keyOf(set)}`;
    ctx.events.event(
      set,
      type,
      `Recreating${adjective}Pod`,
      `${where} is recreating ${adjective.toLowerCase()} Pod ${step.pod.metadata.name}`,
    );
    stepsOf.delete(ctx, set, step);
  },
  adjust(ctx, set, {pod, ordinal}) {
    for (const found of storedClaims(ctx, set, ordinal)) {
      const owned = withOwners(found, set, pod);
      if (owned) ctx.client.update('persistentvolumeclaims', owned);
    }
    if (identityMatches(set, pod) || !isInRange(set, pod)) return;
    const labels = {...pod.metadata.labels, [POD_NAME_LABEL]: pod.metadata.name!, [POD_INDEX_LABEL]: String(ordinal)};
    recorded(ctx, set, 'Update', pod, () => ctx.client.update<Pod>('pods', {...pod, metadata: {...pod.metadata, labels}}));
  },
  delete(ctx, set, {pod}) {
    recorded(ctx, set, 'Delete', pod, () => ignoring([404], () => ctx.client.delete('pods', pod.metadata.namespace!, pod.metadata.name!)));
  },
};

const carryOut = (ctx: ComponentContext, set: Stored<StatefulSet>, step: Step): void => {
  stepsOf[step.do](ctx, set, step);
  tell(ctx, 'act', `statefulset/${keyOf(set)}`, () => words(step));
};

/** Does something to a pod, with an event that tells of it. */
function recorded(
  ctx: ComponentContext,
  set: Stored<StatefulSet>,
  verb: 'Create' | 'Update' | 'Delete',
  pod: Pod,
  call: () => unknown,
): void {
  const what = `${verb.toLowerCase()} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
  try {
    call();
  } catch (error) {
    ctx.events.event(set, 'Warning', `Failed${verb}`, `${what} failed error: ${messageOf(error)}`);
    throw error;
  }
  ctx.events.event(set, 'Normal', `Successful${verb}`, `${what} successful`);
}

function createClaim(ctx: ComponentContext, set: Stored<StatefulSet>, pod: Pod, claimed: PersistentVolumeClaim): void {
  const {namespace, name} = claimed.metadata;
  const existing = ctx.lister<PersistentVolumeClaim>('persistentvolumeclaims').get(namespace!, name!);
  if (existing?.metadata.deletionTimestamp) throw new Error(`pvc ${name} is being deleted`);
  if (existing) return;
  const what = `create Claim ${name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
  try {
    ctx.client.create<PersistentVolumeClaim>('persistentvolumeclaims', claimed);
  } catch (error) {
    ctx.events.event(set, 'Warning', 'FailedCreate', `${what} failed error: ${messageOf(error)}`);
    throw error;
  }
  ctx.events.event(set, 'Normal', 'SuccessfulCreate', `${what} success`);
}
