import {LABEL_SERVICE_NAME} from '../engine/api/endpoint-slice.ts';
import {byResource} from '../engine/api/kinds.ts';
import {byText} from '../engine/api/order.ts';
import type {EndpointSlice, Pod, Service, Stored} from '../engine/api/types.ts';
import {storagePrefix} from '../engine/apiserver/resources.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Entity} from '../engine/machine/types.ts';
import {CAPS, firstOf, shared} from './caps.ts';
import type {NetworkFacts, ServiceFacts} from './facts/network.ts';
import type {Notes} from './notes.ts';
import {foremost, isSystem, objectsOf, refOf} from './objects.ts';
import {onceEach} from './once-each.ts';
import {lookupFacts, walkFacts} from './packets.ts';
import {type Account, balanceOf, gathered} from './reading.ts';
import type {Ref} from './styled.ts';

/** The youngest packet and question on their way, addresses of nodes and pods, and the services with the endpoints behind them. */
export function networkFacts(machine: Machine, notes: Notes, selected: Ref | undefined): NetworkFacts {
  return {
    walk: walkFacts(notes.packets.at(-1)),
    lookup: lookupFacts(notes.lookups.at(-1)),
    ...nodes(machine, selected),
    ...services(machine, selected),
  };
}

const podsBelow = storagePrefix(byResource('pods')!);

/** How many addresses are in use on each node. */
const addressesInUse: Account<Map<string, number>> = {
  table: KV,
  begin: () => new Map(),
  put(counts, _slot, old, now) {
    const [was, is] = [addressedOn(old), addressedOn(now)];
    if (was === is) return counts;
    const left = was === undefined ? 0 : counts.get(was)! - 1;
    if (left > 0) counts.set(was!, left);
    else if (was !== undefined) counts.delete(was);
    if (is !== undefined) counts.set(is, (counts.get(is) ?? 0) + 1);
    return counts;
  },
  copy: counts => new Map(counts),
};

/** The node on which a pod has an address of its own. */
function addressedOn(entity: Entity | undefined): string | undefined {
  const kv = entity as KeyValue<Pod> | undefined;
  if (!kv?.key.startsWith(podsBelow)) return undefined;
  const {spec, status} = kv.value;
  return spec?.nodeName && status?.podIP && !spec.hostNetwork ? spec.nodeName : undefined;
}

/** All of them in key order; of many those with most addresses in use. */
function nodes(machine: Machine, selected: Ref | undefined): Pick<NetworkFacts, 'nodes' | 'allNodes'> {
  const all = objectsOf(machine, 'nodes');
  const inUse = balanceOf(machine, addressesInUse);
  const byCount = ([one, ofOne]: [string, number], [other, ofOther]: [string, number]): number => ofOther - ofOne || byText(one, other);
  const most = firstOf(inUse, CAPS.nodes, byCount).map(([name]) => name);
  const told = all.length > CAPS.nodes ? foremost(machine, most, selected) : all;
  return {
    allNodes: all.length,
    nodes: told.map(node => ({
      name: node.metadata.name,
      address: node.status?.addresses?.find(address => address.type === 'InternalIP')?.address ?? '',
      podCIDR: node.spec?.podCIDR ?? '',
      pods: inUse.get(node.metadata.name) ?? 0,
    })),
  };
}

const slicesBelow = storagePrefix(byResource('endpointslices')!);

const nameOf = (namespace: string | undefined, name: string | undefined): string => `${namespace ?? ''}/${name ?? ''}`;

/** The slices of each service, by its namespace and name. */
const slices = gathered<KeyValue<Stored<EndpointSlice>>>(KV, ({key, value: {metadata}}) =>
  key.startsWith(slicesBelow) ? nameOf(metadata.namespace, metadata.labels?.[LABEL_SERVICE_NAME]) : undefined,
);

/** The endpoints of a slice, and how many of them are ready. */
const endpointsOf = onceEach((slice: Stored<EndpointSlice>): Pick<ServiceFacts, 'endpoints' | 'ready'> => {
  const port = slice.ports?.[0]?.port;
  const endpoints = (slice.endpoints ?? []).flatMap(({addresses, conditions}) =>
    addresses.map(address => ({address: `${address}${port ? `:${port}` : ''}`, ready: conditions?.ready ?? true})),
  );
  return {endpoints, ready: endpoints.filter(({ready}) => ready).length};
});

/** The learner's before those of the system, in key order; the selected one is among them. */
function services(machine: Machine, selected: Ref | undefined): Pick<NetworkFacts, 'services' | 'allServices'> {
  const all = objectsOf(machine, 'services');
  const ordered = [...all.filter(service => !isSystem(service)), ...all.filter(isSystem)];
  const told = ordered.slice(0, CAPS.services);
  const lookedAt = ordered.slice(CAPS.services).find(({metadata}) => isSelected(metadata, selected));
  const room = shared(CAPS.endpoints);
  return {
    allServices: all.length,
    services: (lookedAt ? told.with(-1, lookedAt) : told).map(service => serviceFacts(machine, service, room)),
  };
}

const isSelected = ({namespace, name}: Service['metadata'], selected: Ref | undefined): boolean =>
  selected?.kind === 'object' && selected.resource === 'services' && selected.namespace === namespace && selected.name === name;

function serviceFacts(machine: Machine, service: Stored<Service>, room: (wanted: number) => number): ServiceFacts {
  const {namespace, name} = service.metadata;
  const own = [...(balanceOf(machine, slices).get(nameOf(namespace, name))?.values() ?? [])]
    .sort((one, other) => byText(one.key, other.key))
    .map(({value}) => endpointsOf(value));
  const sum = (counted: readonly number[]): number => counted.reduce((total, count) => total + count, 0);
  const allEndpoints = sum(own.map(({endpoints}) => endpoints.length));
  const ready = sum(own.map(each => each.ready));
  return {
    name,
    type: service.spec?.type ?? 'ClusterIP',
    clusterIP: service.spec?.clusterIP ?? '',
    ports: (service.spec?.ports ?? []).map(port => `${port.port}/${port.protocol ?? 'TCP'}`).join(','),
    endpoints: unreadyFirst(own, room(allEndpoints), allEndpoints),
    ready,
    allEndpoints,
    ref: refOf(service),
  };
}

/** So many endpoints at most, in their order; of many those that are not ready before the others. */
function unreadyFirst(own: readonly Pick<ServiceFacts, 'endpoints' | 'ready'>[], most: number, all: number): ServiceFacts['endpoints'] {
  if (all <= most) return own.flatMap(({endpoints}) => endpoints);
  const chosen = new Set<ServiceFacts['endpoints'][number]>();
  const take = (wanted: boolean): void => {
    for (const {endpoints, ready} of own)
      if (chosen.size < most && (wanted ? ready > 0 : ready < endpoints.length))
        for (const endpoint of endpoints) if (endpoint.ready === wanted && chosen.size < most) chosen.add(endpoint);
  };
  take(false);
  take(true);
  return own.flatMap(({endpoints}) => endpoints.filter(endpoint => chosen.has(endpoint)));
}
