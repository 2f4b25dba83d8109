/** Look-ups over stored objects that informers and controllers ask for. */
import {controllerOf} from '../api/owner.ts';
import type {KubeObject} from '../api/types.ts';
import {type KeyValue, KV} from '../etcd/etcd.ts';
import type {IndexDefinition} from '../machine/indexes.ts';

export type ObjectIndex = 'node' | 'owner' | 'ownerAny' | 'orphan';

const PODS = '/registry/pods/';
/** What has controllers that adopt. */
const ADOPTED = [PODS, '/registry/replicasets/'];

const objectOf = (kv: KeyValue): KubeObject => kv.value as KubeObject;

/**
 * Keys of an object in each index. Pods are found by the node they are bound to, anything by the uid of its owners, what could be adopted by its namespace.
 * upstream: pkg/controller/controller_utils.go PodControllerIndexer (its key for orphans)
 */
export const objectKeys: Record<ObjectIndex, (kv: KeyValue) => string | readonly string[] | undefined> = {
  node: kv => (kv.key.startsWith(PODS) ? (objectOf(kv)['spec'] as {nodeName?: string} | undefined)?.nodeName || undefined : undefined),
  owner: kv => objectOf(kv).metadata.ownerReferences?.find(o => o.controller)?.uid,
  ownerAny: kv => objectOf(kv).metadata.ownerReferences?.map(o => o.uid),
  orphan: kv =>
    ADOPTED.some(prefix => kv.key.startsWith(prefix)) && !controllerOf(objectOf(kv)) ? objectOf(kv).metadata.namespace : undefined,
};

export const objectIndexes: readonly IndexDefinition[] = Object.entries(objectKeys).map(([name, keys]) => ({
  table: KV,
  name,
  type: 'many',
  keys: keys as (entity: never) => string | readonly string[] | undefined,
}));
