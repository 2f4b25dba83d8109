/** Reading the store's objects as they stand. */

import {byResource, kindOf, resolve} from '../engine/api/kinds.ts';
import type {Deployment, EndpointSlice, KubeEvent, KubeObject, Node, Pod, Service, Stored} from '../engine/api/types.ts';
import {collection} from '../engine/apiserver/collections.ts';
import {storageKey} from '../engine/apiserver/resources.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Ref} from './styled.ts';

/** Namespaces of the cluster's own parts: the learner's objects are elsewhere. */
const systemNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'kube-flannel']);

export function isSystem(object: KubeObject): boolean {
  return systemNamespaces.has(object.metadata.namespace ?? '');
}

interface Typed {
  pods: Pod;
  nodes: Node;
  services: Service;
  deployments: Deployment;
  endpointslices: EndpointSlice;
  events: KubeEvent;
}

/** All stored objects of a resource (`pods`), in key order. */
export function objectsOf<R extends string>(
  machine: Machine,
  resource: R,
): readonly Stored<R extends keyof Typed ? Typed[R] : KubeObject>[] {
  const kind = byResource(resource);
  return kind?.etcdPrefix === undefined ? [] : collection(machine, `/registry/${kind.etcdPrefix}/`);
}

/** Things by what they have in common, each group in the order of the list. */
export function grouped<T>(things: readonly T[], keyOf: (thing: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group) group.push(thing);
    else groups.set(key, [thing]);
  }
  return groups;
}

/** Pods by the node they are bound to; those of none under ''. */
export const podsByNode = (machine: Machine): ReadonlyMap<string, readonly Stored<Pod>[]> =>
  grouped(objectsOf(machine, 'pods'), pod => pod.spec?.nodeName ?? '');

/** Of so many nodes at most something is told: nobody reads on, and a frame must not take longer the larger the cluster is. */
export const NODES_SHOWN = 100;

/** As many nodes as are told of: those with a rank first, the highest before the others, then the rest, each in key order. */
export function foremost(machine: Machine, ranks: ReadonlyMap<string, number>): readonly Stored<Node>[] {
  const shown = [...ranks]
    .sort(([name, rank], [other, otherRank]) => otherRank - rank || (name < other ? -1 : 1))
    .flatMap(([name]) => nodeNamed(machine, name) ?? [])
    .slice(0, NODES_SHOWN);
  for (const node of objectsOf(machine, 'nodes')) {
    if (shown.length === NODES_SHOWN) break;
    if (!ranks.has(node.metadata.name)) shown.push(node);
  }
  return shown;
}

const nodeNamed = (machine: Machine, name: string): Stored<Node> | undefined =>
  machine.table<KeyValue<Stored<Node>>>(KV).find('key', storageKey(byResource('nodes')!, '', name))?.value;

/** An object as `kubectl get -o yaml` shows it: without managed fields. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  const {managedFields: _, ...metadata} = object.metadata;
  return {...object, metadata};
}

/** `pod/default/web`, `node/node-1`: how traces and panels name an object. */
export function subjectOf(object: KubeObject): string {
  const {namespace, name} = object.metadata;
  return [object.kind.toLowerCase(), ...(namespace ? [namespace] : []), name ?? ''].join('/');
}

/** What a row stands for that shows this object. */
export function refOf(object: KubeObject): Extract<Ref, {kind: 'object'}> {
  const {namespace = '', name = ''} = object.metadata;
  return {kind: 'object', resource: kindOf(object)?.resource ?? object.kind.toLowerCase(), namespace, name};
}

/** The object that `pod/web` names, as kubectl would understand it; undefined for a word that names none. */
export function refNamed(word: string, namespace: string): Extract<Ref, {kind: 'object'}> | undefined {
  const [type = '', name = '', ...rest] = word.split('/');
  const kind = resolve(type);
  if (!kind || name === '' || rest.length > 0) return undefined;
  return {kind: 'object', resource: kind.resource, namespace: kind.namespaced ? namespace : '', name};
}

/** Key of an object in etcd, or undefined for a resource that is not stored. */
export function keyOfRef(ref: Extract<Ref, {kind: 'object'}>): string | undefined {
  const kind = byResource(ref.resource);
  return kind?.etcdPrefix === undefined
    ? undefined
    : `/registry/${kind.etcdPrefix}/${kind.namespaced ? `${ref.namespace}/` : ''}${ref.name}`;
}
