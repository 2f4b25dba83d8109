/**
 * Dynamic resource allocation, as far as pods without claims meet it: they pass, and its PostFilter has nothing to give back.
 * upstream: pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go
 */
import type {KubeObject, Pod} from '../../api/types.ts';
import {failure, skip, unresolvable, unschedulable} from '../framework/status.ts';
import type {Plugin} from '../framework/types.ts';
import {notFound} from './volumes.ts';

const NAME = 'DynamicResources';
const NO_NEW_CLAIMS = 'no new claims to deallocate';
/** What the plugin says when its PreFilter never ran, because one before it had turned the pod away already: real clusters word it so. */
const STATE_NOT_FOUND = 'not found';

interface PodResourceClaim {
  readonly name: string;
  readonly resourceClaimName?: string;
}

const claimsOf = (pod: Pod): readonly PodResourceClaim[] => (pod.spec as {resourceClaims?: PodResourceClaim[]}).resourceClaims ?? [];

/** The claim's object: named in the spec, or made from a template and noted in the status. */
function objectName(pod: Pod, claim: PodResourceClaim): string | undefined {
  const statuses = (pod.status as {resourceClaimStatuses?: PodResourceClaim[]} | undefined)?.resourceClaimStatuses ?? [];
  return claim.resourceClaimName ?? statuses.find(s => s.name === claim.name)?.resourceClaimName;
}

export const dynamicResources = (): Plugin => ({
  name: NAME,
  preEnqueue(pod, listers) {
    for (const claim of claimsOf(pod)) {
      const name = objectName(pod, claim);
      if (name === undefined) return unresolvable(`pod "${pod.metadata.namespace}/${pod.metadata.name}": ResourceClaim not created yet`);
      if (!listers('resourceclaims').get(pod.metadata.namespace ?? '', name)) {
        return unresolvable(notFound('resourceclaim.resource.k8s.io', name));
      }
    }
    return undefined;
  },
  preFilter(cycle, pod) {
    const claims = claimsOf(pod);
    cycle.state.set(NAME, claims);
    if (claims.length === 0) return {status: skip};
    for (const claim of claims) {
      const object = cycle.listers('resourceclaims').get(pod.metadata.namespace ?? '', objectName(pod, claim) ?? '') as
        | (KubeObject & {status?: {allocation?: unknown}})
        | undefined;
      if (!object?.status?.allocation) return {status: unresolvable('cannot allocate all claims')};
    }
    return undefined;
  },
  postFilter: cycle => ({status: cycle.state.has(NAME) ? unschedulable(NO_NEW_CLAIMS) : failure(STATE_NOT_FOUND)}),
  events: [{resource: 'ResourceClaim', actions: ['Add', 'Update']}],
});
