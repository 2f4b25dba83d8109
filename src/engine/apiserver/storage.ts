/** What composition needs of the store. Everybody else speaks to the API server. */
export {
  EtcdError,
  type EtcdStatus,
  etcdDigests,
  etcdIndexes,
  etcdStatus,
  HISTORY,
  type HistoryEntry,
  historyEntry,
  type KeyValue,
  KV,
  keyAt,
  oldestWatchable,
  quorum,
  setMember,
  startEtcd,
} from '../etcd/etcd.ts';
