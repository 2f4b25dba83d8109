/** What the store can tell of itself in Prometheus' text format. upstream: staging/src/k8s.io/apiserver/pkg/storage/etcd3/metrics/metrics.go */
import {groupResourceOf} from '../api/group-version.ts';
import {byKey} from '../api/order.ts';
import {collection} from './collections.ts';
import type {ApiResponse, Walk} from './request.ts';
import {servedKinds, storagePrefix} from './resources.ts';

/** Answers `/metrics`. */
export function metrics({tx}: Walk): ApiResponse {
  const stored = servedKinds(tx).filter(kind => kind.etcdPrefix !== undefined);
  const counts = stored.map(kind => [groupResourceOf(kind), collection(tx, storagePrefix(kind)).length] as const).sort(byKey);
  const body = [
    '# HELP apiserver_storage_objects [STABLE] Number of stored objects at the time of last check split by kind.',
    '# TYPE apiserver_storage_objects gauge',
    ...counts.map(([resource, count]) => `apiserver_storage_objects{resource="${resource}"} ${count}`),
    '# HELP etcd_debugging_mvcc_current_revision The current revision of store.',
    '# TYPE etcd_debugging_mvcc_current_revision gauge',
    `etcd_debugging_mvcc_current_revision ${tx.root.revision}`,
    '',
  ].join('\n');
  return {code: 200, headers: {'content-type': 'text/plain; version=0.0.4; charset=utf-8'}, body};
}
