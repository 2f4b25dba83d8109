import type {Machine} from '../engine/machine/machine.ts';
import type {NetworkFacts, ServiceFacts} from './facts/network.ts';
import type {Notes} from './notes.ts';
import {foremost, isSystem, NODES_SHOWN, objectsOf, refOf} from './objects.ts';
import {lookupFacts, walkFacts} from './packets.ts';

/** The youngest packet and question on their way, addresses of nodes and pods, and the services with the endpoints behind them. */
export function networkFacts(machine: Machine, notes: Notes): NetworkFacts {
  return {
    walk: walkFacts(notes.packets.at(-1)),
    lookup: lookupFacts(notes.lookups.at(-1)),
    ...nodes(machine),
    services: services(machine),
  };
}

function nodes(machine: Machine): Pick<NetworkFacts, 'nodes' | 'allNodes'> {
  const all = objectsOf(machine, 'nodes');
  const inUse = new Map<string, number>();
  for (const {spec, status} of objectsOf(machine, 'pods'))
    if (spec?.nodeName && status?.podIP && !spec.hostNetwork) inUse.set(spec.nodeName, (inUse.get(spec.nodeName) ?? 0) + 1);
  return {
    allNodes: all.length,
    nodes: (all.length > NODES_SHOWN ? foremost(machine, inUse) : all).map(node => ({
      name: node.metadata.name,
      address: node.status?.addresses?.find(address => address.type === 'InternalIP')?.address ?? '',
      podCIDR: node.spec?.podCIDR ?? '',
      pods: inUse.get(node.metadata.name) ?? 0,
    })),
  };
}

function services(machine: Machine): ServiceFacts[] {
  const slices = objectsOf(machine, 'endpointslices');
  const learnersFirst = objectsOf(machine, 'services').toSorted((one, other) => Number(isSystem(one)) - Number(isSystem(other)));
  return learnersFirst.map(service => {
    const own = slices.filter(
      slice =>
        slice.metadata.namespace === service.metadata.namespace &&
        slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
    );
    return {
      name: service.metadata.name,
      type: service.spec?.type ?? 'ClusterIP',
      clusterIP: service.spec?.clusterIP ?? '',
      ports: (service.spec?.ports ?? []).map(port => `${port.port}/${port.protocol ?? 'TCP'}`).join(','),
      endpoints: own.flatMap(slice =>
        (slice.endpoints ?? []).flatMap(endpoint =>
          endpoint.addresses.map(address => ({
            address: `${address}${slice.ports?.[0]?.port ? `:${slice.ports[0].port}` : ''}`,
            ready: endpoint.conditions?.ready ?? true,
          })),
        ),
      ),
      ref: refOf(service),
    };
  });
}
