/**
 * Dynamic resource allocation, as far as pods without claims meet it: they pass, and its PostFilter has nothing to give back.
 * upstream: pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go
 */
import type {KubeObject, Pod} from '../../api/types.ts';
import {skip, unresolvable, unschedulable} from '../framework/status.ts';
import type {Plugin} from '../framework/types.ts';
import {notFound} from './volumes.ts';

export const NO_NEW_CLAIMS = 'no new claims to deallocate';

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
  name: 'DynamicResources',
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
    if (claims.length === 0) return {status: skip};
    for (const claim of claims) {
      const object = cycle.listers('resourceclaims').get(pod.metadata.namespace ?? '', objectName(pod, claim) ?? '') as
        | (KubeObject & {status?: {allocation?: unknown}})
        | undefined;
      if (!object?.status?.allocation) return {status: unresolvable('cannot allocate all claims')};
    }
    return undefined;
  },
  postFilter: () => ({status: unschedulable(NO_NEW_CLAIMS)}),
  events: [{resource: 'ResourceClaim', actions: ['Add', 'Update']}],
});
