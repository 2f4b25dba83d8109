/** The node's lease: its heartbeat. upstream: staging/src/k8s.io/component-helpers/apimachinery/lease, kubelet nodeLeaseDurationSeconds */

import {ApiError, type Json, type Lease} from '../../api/types.ts';
import {NAMESPACE_NODE_LEASE} from '../../api/well-known.ts';
import {type Kubelet, NODE} from '../types.ts';

const LEASE_DURATION_SECONDS = 40;
/** A quarter of the duration. */
export const LEASE_RENEW_MS = 10_000;

const KNOWN = 'lease';

/** Creates the lease where that has not been done. */
export function ensureLease(kubelet: Kubelet): void {
  if (!kubelet.ctx.memory.get(NODE, KNOWN)) renewLease(kubelet);
}

/** Creates the lease once, then renews it. A failure is left to the next time. */
export function renewLease({ctx, node}: Kubelet): void {
  const renewTime = ctx.microTime();
  try {
    if (ctx.memory.get(NODE, KNOWN)) {
      ctx.client.patch('leases', NAMESPACE_NODE_LEASE, node, 'merge', {spec: {renewTime, holderIdentity: node}} as Json);
      return;
    }
    const owner = ctx.lister('nodes').get('', node);
    if (!owner) return;
    ctx.client.create<Lease>('leases', {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: node,
        namespace: NAMESPACE_NODE_LEASE,
        ownerReferences: [{apiVersion: 'v1', kind: 'Node', name: node, uid: owner.metadata.uid}],
      },
      spec: {holderIdentity: node, leaseDurationSeconds: LEASE_DURATION_SECONDS, renewTime},
    });
    ctx.memory.put(NODE, KNOWN, {since: ctx.now});
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.reason === 'AlreadyExists') ctx.memory.put(NODE, KNOWN, {since: ctx.now});
    else if (error.code === 404) ctx.memory.delete(NODE, KNOWN);
  }
}
