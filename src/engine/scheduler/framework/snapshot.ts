/** A snapshot and listers made from plain lists: for explanations, what-ifs and tests. */
import type {KubeObject, Node, Pod, Stored} from '../../api/types.ts';
import type {Resource} from '../../client/types.ts';
import {hasAffinity, hasRequiredAntiAffinity, nodeInfo, podInfo, withPod} from './node-info.ts';
import type {Listers, NodeInfo, PodInfo, Snapshot} from './types.ts';

/** Nodes with their pods; pods on unknown nodes are left out. */
export function nodeInfosOf(nodes: readonly Node[], pods: readonly Pod[]): NodeInfo[] {
  const infos = new Map(nodes.map(node => [node.metadata.name ?? '', nodeInfo(node)]));
  for (const pod of pods) {
    const info = infos.get(pod.spec?.nodeName ?? '');
    if (info) infos.set(info.name, withPod(info, podInfo(pod)));
  }
  return [...infos.values()];
}

/** `nominated`: by node, the pods that preemption has promised it. */
export function snapshotOf(nodes: readonly NodeInfo[], nominated: ReadonlyMap<string, readonly PodInfo[]> = new Map()): Snapshot {
  const byName = new Map(nodes.map(node => [node.name, node]));
  return {
    size: nodes.length,
    nodes,
    get: name => byName.get(name),
    withAffinity: () => nodes.filter(hasAffinity),
    withRequiredAntiAffinity: () => nodes.filter(hasRequiredAntiAffinity),
    imageNodes: image => nodes.filter(node => image in node.images).length,
    nominated,
  };
}

/** Listers over lists of objects by resource. */
export function listersOf(objects: Readonly<Partial<Record<Resource, readonly KubeObject[]>>>): Listers {
  return <T = KubeObject>(resource: Resource) => {
    const all = (objects[resource] ?? []) as readonly Stored<T & KubeObject>[];
    return {
      get: (namespace: string, name: string) => all.find(o => o.metadata.name === name && (o.metadata.namespace ?? '') === namespace),
      list: (namespace?: string) => all.filter(o => namespace === undefined || o.metadata.namespace === namespace),
    };
  };
}
