/** What the API server does to its store by itself, from time to time. */

import type {KubeObject} from '../api/types.ts';
import {compact, etcdDelete, etcdStatus, type KeyValue, KV} from '../etcd/etcd.ts';
import type {Handler} from '../machine/machine.ts';
import type {Tx} from '../machine/types.ts';
import {fanOut} from './watch.ts';

/** upstream: kube-apiserver --etcd-compaction-interval */
export const COMPACTION_INTERVAL_MS = 300_000;
/** How often ended leases are looked for. */
const LEASE_CHECK_MS = 60_000;

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
    if (etcdStatus(tx).leader) {
      const ended = [...tx.table<KeyValue>(KV).range('key', '/registry/events/')].filter(
        kv => (kv.expiresAt ?? Number.POSITIVE_INFINITY) <= tx.now,
      );
      for (const kv of ended) {
        etcdDelete(tx, kv.key, kv.modRevision);
        fanOut(tx, kv.key, kv.value as KubeObject, undefined);
      }
    }
    tx.schedule(tx.now + LEASE_CHECK_MS, {type: EXPIRE, periodic: true});
  },
};

export function startMaintenance(tx: Tx): void {
  tx.schedule(tx.now + COMPACTION_INTERVAL_MS, {type: COMPACT, data: {revision: tx.root.revision}, periodic: true});
  tx.schedule(tx.now + LEASE_CHECK_MS, {type: EXPIRE, periodic: true});
}
