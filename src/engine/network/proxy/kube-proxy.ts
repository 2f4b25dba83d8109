/**
 * The Service proxy of each node. What it writes is a pure function of what its informers have shown it, so nothing is computed until somebody reads the rules, and
 * nothing is kept up while nobody does. Stopped, it leaves the kernel's rules as they are.
 * upstream: cmd/kube-proxy, pkg/proxy
 */
import type {EndpointSlice, Node, Service} from '../../api/types.ts';
import {listerOf} from '../../client/informer.ts';
import {readMemory} from '../../client/memory.ts';
import type {Tables} from '../../client/network-settings.ts';
import type {Component, ComponentContext} from '../../client/types.ts';
import type {Tx} from '../../machine/types.ts';

const KUBE_PROXY = 'kube-proxy';

/** What a proxy's rules are made of. */
export interface ProxyInput {
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  /** The proxy's own node. */
  readonly node: Node | undefined;
}

/** Inputs of the rules that a stopped proxy left in the kernel. */
interface LeftBehind extends ProxyInput {
  readonly since: number;
}

const KIND = 'kernel';
const owner = (node: string): string => `${KUBE_PROXY}/${node}`;

const readInput = (ctx: ComponentContext): ProxyInput => ({
  services: ctx.lister<Service>('services').list(),
  slices: ctx.lister<EndpointSlice>('endpointslices').list(),
  node: ctx.lister<Node>('nodes').get('', ctx.instance),
});

export const kubeProxy: Component = {
  name: KUBE_PROXY,
  process: KUBE_PROXY,
  perNode: true,
  user: () => ({username: 'system:kube-proxy', groups: ['system:authenticated']}),
  watches: [{resource: 'services'}, {resource: 'endpointslices'}, {resource: 'nodes'}],
  start: ctx => ctx.memory.delete(KIND, ''),
  stop: ctx => ctx.memory.put(KIND, '', {...readInput(ctx), since: ctx.now} satisfies LeftBehind),
};

/** Since when a node's rules have stood still, or undefined while its proxy runs. */
export const rulesFrozenSince = (from: Tables, node: string): number | undefined =>
  readMemory(from, owner(node)).get<LeftBehind>(KIND, '')?.since;

/** What a node's rules are made of now; undefined where kube-proxy never ran. */
export function proxyInput(tx: Pick<Tx, 'table' | 'root' | 'now'>, node: string): ProxyInput | undefined {
  const left = readMemory(tx, owner(node)).get<LeftBehind>(KIND, '');
  if (left) return left;
  try {
    const list = <T>(resource: string) => listerOf<T>(tx as Tx, owner(node), resource);
    return {
      services: list<Service>('services').list(),
      slices: list<EndpointSlice>('endpointslices').list(),
      node: list<Node>('nodes').get('', node),
    };
  } catch {
    return undefined;
  }
}
