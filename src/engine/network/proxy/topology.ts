/** Which endpoints of a service port one node may use. upstream: pkg/proxy/topology.go */
import {byText} from '../../api/order.ts';
import type {Endpoint} from './endpoints.ts';
import {type ServicePort, usesClusterEndpoints, usesLocalEndpoints} from './service-ports.ts';

export interface Categorized {
  /** For the traffic policy Cluster. */
  readonly cluster: readonly Endpoint[];
  /** For the traffic policy Local. */
  readonly local: readonly Endpoint[];
  /** Their union: all that this node sends anything to. */
  readonly reachable: readonly Endpoint[];
  /** Whether the service has a usable endpoint on any node. */
  readonly hasAny: boolean;
}

export interface ProxyNode {
  readonly name: string;
  readonly zone?: string | undefined;
}

type Available = (endpoint: Endpoint) => boolean;

const everywhere: Available = () => true;

/** Hints count only when every ready endpoint has one and one of them is for this node, or else for its zone. */
function availability(endpoints: readonly Endpoint[], {name, zone = ''}: ProxyNode): Available {
  const ready = endpoints.filter(endpoint => endpoint.ready);
  if (ready.length === 0) return everywhere;
  const sameNode: Available = endpoint => endpoint.nodeHints.includes(name);
  const sameZone: Available = endpoint => endpoint.zoneHints.includes(zone);
  if (ready.every(endpoint => endpoint.nodeHints.length) && ready.some(sameNode)) return sameNode;
  if (ready.every(endpoint => endpoint.zoneHints.length) && ready.some(sameZone)) return sameZone;
  return everywhere;
}

const servingTerminating = (endpoint: Endpoint): boolean => endpoint.serving && endpoint.terminating;

/** Ready endpoints that qualify; where there are none, those that are terminating but still serve. */
const readyOrServing = (candidates: readonly Endpoint[], available: Available): readonly Endpoint[] => {
  const ready = candidates.filter(endpoint => endpoint.ready && available(endpoint));
  return ready.length ? ready : candidates.filter(servingTerminating);
};

const union = (a: readonly Endpoint[], b: readonly Endpoint[]): Endpoint[] =>
  [...new Map([...a, ...b].map(endpoint => [endpoint.address, endpoint])).values()].sort((x, y) => byText(x.address, y.address));

/** Sorts a service port's endpoints by what a node may do with them. */
export function categorizeEndpoints(endpoints: readonly Endpoint[], port: ServicePort, node: ProxyNode): Categorized {
  const available = availability(endpoints, node);
  const cluster = usesClusterEndpoints(port) ? readyOrServing(endpoints, available) : [];
  if (!usesLocalEndpoints(port)) return {cluster, local: [], reachable: cluster, hasAny: cluster.length > 0};
  const local = readyOrServing(
    endpoints.filter(endpoint => endpoint.local),
    everywhere,
  );
  const hasAny = cluster.length > 0 || endpoints.some(endpoint => endpoint.ready || servingTerminating(endpoint));
  return {cluster, local, reachable: usesClusterEndpoints(port) ? union(cluster, local) : local, hasAny};
}
