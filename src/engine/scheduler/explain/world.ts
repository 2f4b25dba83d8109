/** What a question about scheduling is asked of: the nodes and objects as the scheduler knows them, and the profile. */
import {byResource} from '../../api/kinds.ts';
import type {KubeObject, Pod} from '../../api/types.ts';
import {storagePrefix} from '../../apiserver/resources.ts';
import {objectAt, objectsAt} from '../../apiserver/watch.ts';
import {readMemory} from '../../client/memory.ts';
import type {Resource} from '../../client/types.ts';
import type {Tx} from '../../machine/types.ts';
import type {Extenders} from '../extenders/send.ts';
import {withoutPod} from '../framework/node-info.ts';
import {NO_OBJECTS, newCycle} from '../framework/runtime.ts';
import {snapshotOf} from '../framework/snapshot.ts';
import type {Cycle, Framework, Listers, NodeInfo} from '../framework/types.ts';
import {searchOrder} from '../state/node-table.ts';
import {type CachedNode, NODE} from '../state/records.ts';

export interface World {
  readonly nodes: readonly NodeInfo[];
  readonly listers: Listers;
  readonly framework: Framework;
  /** Those who have a say beside the plugins; none where it does not say. */
  readonly extenders?: Extenders;
}

/** What can be read of a machine without changing it. */
export type Reading = Pick<Tx, 'table' | 'root'>;

/** The scheduler's own picture of the nodes, assumed pods included, beside the objects in the store. */
export function worldOf(from: Reading, owner: string, framework: Framework): World {
  const records = readMemory(from, owner).list<CachedNode>(NODE);
  const {revision} = from.root;
  const listers = ((resource: Resource) => {
    const kind = byResource(resource);
    if (!kind) return NO_OBJECTS;
    const prefix = storagePrefix(kind);
    return {
      get: (namespace: string, name: string) => objectAt(from, prefix + (namespace ? `${namespace}/` : '') + name, revision),
      list: (namespace?: string): KubeObject[] => objectsAt(from, namespace ? `${prefix}${namespace}/` : prefix, revision),
    };
  }) as unknown as Listers;
  return {nodes: searchOrder(records.map(([, record]) => record)), listers, framework};
}

/** The world before the pod was placed. */
export const without = (world: World, pod: Pod): World => ({
  ...world,
  nodes: world.nodes.map(node => withoutPod(node, {namespace: pod.metadata.namespace ?? '', name: pod.metadata.name ?? ''})),
});

/** The pod as it was before it was placed. */
export function unplaced(pod: Pod): Pod {
  const {nodeName: _nodeName, ...spec} = pod.spec!;
  const {nominatedNodeName: _nominated, ...status} = (pod.status ?? {}) as Record<string, unknown>;
  return {...pod, spec, status} as Pod;
}

/** A cycle that draws no lots: the first of equals. */
export const cycleIn = ({nodes, listers, framework, extenders}: World): Cycle =>
  newCycle({snapshot: snapshotOf(nodes), listers, framework, now: 0, random: () => 0, ...(extenders && {extenders})});
