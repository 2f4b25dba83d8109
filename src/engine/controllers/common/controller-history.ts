/** Templates of the past, kept as ControllerRevisions. upstream: pkg/controller/history/controller_history.go */

import {equalJson} from '../../api/clone.ts';
import {byObjectName} from '../../api/order.ts';
import {newControllerRef} from '../../api/owner.ts';
import type {apps, core, KubeObject, Stored} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';
import {isAlreadyExists} from './errors.ts';
import {computeHash} from './hash.ts';

export type ControllerRevision = apps.ControllerRevision & KubeObject;

export const CONTROLLER_REVISION_HASH = 'controller-revision-hash';

interface Templated {
  selector?: {matchLabels?: Record<string, string>};
  template: core.PodTemplateSpec;
}

/** What a revision keeps: a patch that puts the template back. */
const patchOf = (template: core.PodTemplateSpec) => ({spec: {template: {...template, $patch: 'replace'}}});

/** The template a revision keeps. */
export function templateOf(revision: ControllerRevision): core.PodTemplateSpec {
  const {$patch: _patch, ...template} = (revision.data as ReturnType<typeof patchOf>).spec.template;
  return template;
}

/** The owner's revisions in ascending order. */
export const listRevisions = (ctx: ComponentContext, owner: Stored<KubeObject>): Stored<ControllerRevision>[] =>
  ctx
    .lister<ControllerRevision>('controllerrevisions')
    .by('owner', owner.metadata.uid)
    .sort((a, b) => a.revision - b.revision || byObjectName(a, b));

/** Not yet stored. */
function newRevision(
  owner: Stored<KubeObject>,
  {selector, template}: Templated,
  revision: number,
  collisionCount: number,
): ControllerRevision {
  const hash = computeHash(template, collisionCount);
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${owner.metadata.name}-${hash}`,
      namespace: owner.metadata.namespace,
      labels: {...selector?.matchLabels, ...template.metadata?.labels, [CONTROLLER_REVISION_HASH]: hash},
      ownerReferences: [newControllerRef(owner)],
    },
    data: patchOf(template) as ControllerRevision['data'],
    revision,
  };
}

/**
 * The revision of the owner's present template: found among its revisions and made the latest, or created. `collided` when one of that name holds another template:
 * the owner has to count up its collisions.
 */
export function syncCurrentRevision(
  ctx: ComponentContext,
  owner: Stored<KubeObject>,
  spec: Templated,
  revisions: readonly Stored<ControllerRevision>[],
  collisionCount = 0,
): {revision: Stored<ControllerRevision>; collided: boolean} {
  const latest = revisions.at(-1);
  const next = (latest?.revision ?? 0) + 1;
  const same = revisions.findLast(revision => equalJson(templateOf(revision), spec.template));
  if (same) {
    const revision = same === latest ? same : ctx.client.update<ControllerRevision>('controllerrevisions', {...same, revision: next});
    return {revision, collided: false};
  }
  const draft = newRevision(owner, spec, next, collisionCount);
  try {
    return {revision: ctx.client.create<ControllerRevision>('controllerrevisions', draft), collided: false};
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const existing = ctx.client.get<ControllerRevision>('controllerrevisions', draft.metadata.namespace ?? '', draft.metadata.name!);
    return {revision: existing, collided: !equalJson(templateOf(existing), spec.template)};
  }
}

/** Deletes revisions that nothing lives by, oldest first, beyond the limit. */
export function truncateHistory(
  ctx: ComponentContext,
  revisions: readonly Stored<ControllerRevision>[],
  isLive: (revision: Stored<ControllerRevision>) => boolean,
  limit = 10,
): void {
  const idle = revisions.filter(revision => !isLive(revision));
  for (const {metadata} of idle.slice(0, Math.max(0, idle.length - limit)))
    ctx.client.delete('controllerrevisions', metadata.namespace ?? '', metadata.name);
}
