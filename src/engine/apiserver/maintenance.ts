/** What the API server does to its store by itself, from time to time. */

import type {KubeObject} from '../api/types.ts';
import {compact, etcdDelete, etcdExpired, etcdStatus} from '../etcd/etcd.ts';
import type {Handler} from '../machine/machine.ts';
import type {Tx} from '../machine/types.ts';
import {fanOut} from './watch.ts';

/** upstream: kube-apiserver --etcd-compaction-interval */
const COMPACTION_INTERVAL_MS = 300_000;
/** How often ended leases are looked for. */
const LEASE_CHECK_MS = 60_000;
/** No more than this many keys go at a time. upstream: etcd server/lease/lessor.go leaseRevokeRate, a thousand a second */
const REVOKED_AT_A_TIME = 100;
const REVOKE_MS = 100;

const COMPACT = 'compact';
const EXPIRE = 'expire';

export const maintenance: Record<string, Handler> = {
  /** Forgets the history up to where it stood one interval ago. */
  [COMPACT](tx, event) {
    const {revision} = event.data as {revision: number};
    if (etcdStatus(tx).leader) compact(tx, revision);
    tx.schedule(tx.now + COMPACTION_INTERVAL_MS, {type: COMPACT, data: {revision: tx.root.revision}, periodic: true});
  },
  /** Removes the keys whose lease has ended: Events after an hour. */
  [EXPIRE](tx) {
    const ended = etcdStatus(tx).leader ? etcdExpired<KubeObject>(tx, REVOKED_AT_A_TIME) : [];
    for (const {key, value, modRevision} of ended) {
      etcdDelete(tx, key, modRevision);
      fanOut(tx, key, value, undefined);
    }
    const wait = ended.length < REVOKED_AT_A_TIME ? LEASE_CHECK_MS : REVOKE_MS;
    tx.schedule(tx.now + wait, {type: EXPIRE, periodic: true});
  },
};

/** Sets the clocks of compaction and of leases that expire. */
export function startMaintenance(tx: Tx): void {
  tx.schedule(tx.now + COMPACTION_INTERVAL_MS, {type: COMPACT, data: {revision: tx.root.revision}, periodic: true});
  tx.schedule(tx.now + LEASE_CHECK_MS, {type: EXPIRE, periodic: true});
}
