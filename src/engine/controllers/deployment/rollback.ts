/** The rollback of API versions before apps/v1, kept in an annotation; kubectl of today patches the template itself. upstream: pkg/controller/deployment/rollback.go */

import type {Deployment} from '../../api/types.ts';
import {POD_TEMPLATE_HASH_LABEL} from '../../api/well-known.ts';
import {equalIgnoringHash} from './replica-sets.ts';
import {DEPRECATED_ROLLBACK_TO, lastRevision, revisionOf, rolledBackAnnotations} from './revisions.ts';
import {allOf, type Sync, syncRevision} from './sync.ts';

const ROLLBACK_REVISION_NOT_FOUND = 'DeploymentRollbackRevisionNotFound';
const ROLLBACK_TEMPLATE_UNCHANGED = 'DeploymentRollbackTemplateUnchanged';
const ROLLBACK_DONE = 'DeploymentRollback';

/** The revision asked for (0: the one before); undefined when nobody asks. */
export function rollbackTarget(deployment: Deployment): number | undefined {
  const text = deployment.metadata.annotations?.[DEPRECATED_ROLLBACK_TO];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Puts an old template back, or says why not; takes the request off either way. */
export function rollback(sync: Sync): void {
  const {ctx, deployment} = sync;
  const all = allOf(syncRevision(sync, true));
  const asked = rollbackTarget(deployment)!;
  const warn = (reason: string, message: string) => ctx.events.event(deployment, 'Warning', reason, message);
  const {[DEPRECATED_ROLLBACK_TO]: _done, ...annotations} = deployment.metadata.annotations ?? {};
  deployment.metadata.annotations = annotations;
  // 1. Which revision?
  const revision = asked === 0 ? lastRevision(all) : asked;
  const target = revision === 0 ? undefined : all.find(rs => revisionOf(rs) === revision);
  if (revision === 0) warn(ROLLBACK_REVISION_NOT_FOUND, 'Unable to find last revision.');
  else if (!target) warn(ROLLBACK_REVISION_NOT_FOUND, 'Unable to find the revision to rollback to.');
  // 2. Its template becomes the deployment's, unless it is so already.
  else if (equalIgnoringHash(deployment.spec!.template, target.spec!.template!))
    warn(
      ROLLBACK_TEMPLATE_UNCHANGED,
      `The rollback revision contains the same template as current deployment "${deployment.metadata.name}"`,
    );
  else {
    const {[POD_TEMPLATE_HASH_LABEL]: _hash, ...labels} = target.spec!.template!.metadata?.labels ?? {};
    deployment.spec!.template = {...target.spec!.template!, metadata: {...target.spec!.template!.metadata, labels}};
    deployment.metadata.annotations = rolledBackAnnotations(deployment, target);
    ctx.events.event(deployment, 'Normal', ROLLBACK_DONE, `Rolled back deployment "${deployment.metadata.name}" to revision ${revision}`);
  }
  // 3. Either way the request is taken off.
  ctx.client.update('deployments', deployment);
}
