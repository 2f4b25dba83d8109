/** Reading the store's objects as they stand. */

import {byResource, kindOf, resolve} from '../engine/api/kinds.ts';
import type {Deployment, EndpointSlice, KubeEvent, KubeObject, Node, Pod, Service, Stored} from '../engine/api/types.ts';
import {collection} from '../engine/apiserver/collections.ts';
import {storagePrefix} from '../engine/apiserver/resources.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {Machine} from '../engine/machine/machine.ts';
import {CAPS} from './caps.ts';
import type {Ref} from './styled.ts';

const NODES = storagePrefix(byResource('nodes')!);

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

/** As many nodes as are told of: those named, then the others in key order. The one looked at is among them. */
export function foremost(machine: Machine, named: Iterable<string>, selected: Ref | undefined): readonly Stored<Node>[] {
  const shown = new Map<string, Stored<Node>>();
  const isFull = (): boolean => shown.size >= CAPS.nodes;
  for (const name of named) {
    if (isFull()) break;
    const node = nodeNamed(machine, name);
    if (node) shown.set(name, node);
  }
  for (const node of objectsOf(machine, 'nodes')) {
    if (isFull()) break;
    shown.set(node.metadata.name, node);
  }
  const nodes = [...shown.values()];
  const lookedAt = isFull() ? nodeOf(machine, selected) : undefined;
  const node = lookedAt === undefined || shown.has(lookedAt) ? undefined : nodeNamed(machine, lookedAt);
  return node ? nodes.with(-1, node) : nodes;
}

const nodeNamed = (machine: Machine, name: string): Stored<Node> | undefined =>
  machine.table<KeyValue<Stored<Node>>>(KV).find('key', NODES + name)?.value;

/** The node that is selected, or that of the selected pod. */
function nodeOf(machine: Machine, selected: Ref | undefined): string | undefined {
  if (selected?.kind !== 'object') return undefined;
  if (selected.resource === 'nodes') return selected.name;
  const key = selected.resource === 'pods' ? keyOfRef(selected) : undefined;
  return key === undefined ? undefined : machine.table<KeyValue<Stored<Pod>>>(KV).find('key', key)?.value.spec?.nodeName;
}

/** `pod/default/web`, `node/node-1`: how traces and panels name an object. */
export function subjectOf(object: KubeObject): string {
  const {namespace, name} = object.metadata;
  return [object.kind.toLowerCase(), ...(namespace ? [namespace] : []), name ?? ''].join('/');
}

/** Uid of the controller that owns an object; '' where none does. */
export const controllerOf = ({metadata}: KubeObject): string =>
  metadata.ownerReferences?.find(reference => reference.controller)?.uid ?? '';

/** `pods` */
export const resourceOf = (object: KubeObject): string => kindOf(object)?.resource ?? object.kind.toLowerCase();

/** What a row stands for that shows this object. */
export function refOf(object: KubeObject): Extract<Ref, {kind: 'object'}> {
  const {namespace = '', name = ''} = object.metadata;
  return {kind: 'object', resource: resourceOf(object), namespace, name};
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
