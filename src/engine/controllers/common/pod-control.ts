/** Making and removing the pods of a controller, with the events that tell of it. upstream: pkg/controller/controller_utils.go RealPodControl */

import {newControllerRef} from '../../api/owner.ts';
import {ApiError, type core, type KubeObject, type Pod, type Stored} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';

const FAILED_CREATE = 'FailedCreate';
const SUCCESSFUL_CREATE = 'SuccessfulCreate';
const FAILED_DELETE = 'FailedDelete';
const SUCCESSFUL_DELETE = 'SuccessfulDelete';

/** The pod a template describes, before it has a name. */
export const podFromTemplate = (template: core.PodTemplateSpec, owner: Stored<KubeObject>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    generateName: `${owner.metadata.name}-`,
    namespace: owner.metadata.namespace,
    ...(template.metadata?.labels && {labels: {...template.metadata.labels}}),
    ...(template.metadata?.annotations && {annotations: {...template.metadata.annotations}}),
    ...(template.metadata?.finalizers && {finalizers: [...template.metadata.finalizers]}),
    ownerReferences: [newControllerRef(owner)],
  },
  spec: template.spec,
});

/** A refusal because the namespace is going away: every further try would meet the same. */
export const isNamespaceTerminating = (error: unknown): boolean =>
  error instanceof ApiError && Boolean(error.status.details?.causes?.some(cause => cause.reason === 'NamespaceTerminating'));

/** Creates a pod in the owner's name. Throws what the server answers, after an event saying so. */
export function createPod(ctx: ComponentContext, owner: Stored<KubeObject>, pod: Pod): Stored<Pod> {
  try {
    const created = ctx.client.create<Pod>('pods', pod);
    ctx.events.event(owner, 'Normal', SUCCESSFUL_CREATE, `Created pod: ${created.metadata.name}`);
    return created;
  } catch (error) {
    if (error instanceof ApiError && !isNamespaceTerminating(error))
      ctx.events.event(owner, 'Warning', FAILED_CREATE, `Error creating: ${error.message}`);
    throw error;
  }
}

/** Deletes a pod in the owner's name. Throws what the server answers, after an event saying so; one that is gone needs no event. */
export function deletePod(ctx: ComponentContext, owner: Stored<KubeObject>, namespace: string, name: string): void {
  try {
    ctx.client.delete('pods', namespace, name);
    ctx.events.event(owner, 'Normal', SUCCESSFUL_DELETE, `Deleted pod: ${name}`);
  } catch (error) {
    if (error instanceof ApiError && error.code !== 404)
      ctx.events.event(owner, 'Warning', FAILED_DELETE, `Error deleting: ${error.message}`);
    throw error;
  }
}
