/** Which clients an endpoint is meant for: spec.trafficDistribution. upstream: staging/src/k8s.io/endpointslice/trafficdist */
import {endpointsOf} from '../../api/endpoint-slice.ts';
import type {discovery, EndpointSlice, Service} from '../../api/types.ts';
import type {SliceChanges} from './reconcile.ts';

interface Hints {
  forZones?: {name: string}[];
  forNodes?: {name: string}[];
}

type Heuristic = (endpoint: discovery.Endpoint) => Hints | undefined;

const sameZone: Heuristic = ({zone}) => (zone ? {forZones: [{name: zone}]} : undefined);

/** The zone's hint stays for proxies that know no node hints. */
const sameNode: Heuristic = endpoint => {
  const hints = {...sameZone(endpoint), ...(endpoint.nodeName ? {forNodes: [{name: endpoint.nodeName}]} : {})};
  return Object.keys(hints).length ? hints : undefined;
};

const HEURISTICS: Readonly<Record<string, Heuristic>> = {
  PreferClose: sameZone,
  PreferSameZone: sameZone,
  PreferSameNode: sameNode,
};

const none: Heuristic = () => undefined;

function withHints(slice: EndpointSlice, heuristic: Heuristic): EndpointSlice {
  let changed = false;
  const endpoints = endpointsOf(slice).map(endpoint => {
    const {hints: present, ...rest} = endpoint;
    const wanted = endpoint.conditions?.ready ? heuristic(endpoint) : undefined;
    if (JSON.stringify(wanted) === JSON.stringify(present)) return endpoint;
    changed = true;
    return (wanted ? {...rest, hints: wanted} : rest) as discovery.Endpoint;
  });
  return changed ? {...slice, endpoints} : slice;
}

/** The changes with the hints that the service asks for; a slice whose hints alone are wrong is updated too. */
export function setHints(service: Service, changes: SliceChanges, existing: readonly EndpointSlice[]): SliceChanges {
  const heuristic = HEURISTICS[service.spec?.trafficDistribution ?? ''] ?? none;
  const touched = new Set([...changes.update, ...changes.delete].map(slice => slice.metadata.name));
  const rehinted = existing
    .filter(slice => !touched.has(slice.metadata.name))
    .map(slice => [slice, withHints(slice, heuristic)] as const)
    .filter(([before, after]) => before !== after)
    .map(([, after]) => after);
  return {
    ...changes,
    create: changes.create.map(slice => withHints(slice, heuristic)),
    update: [...changes.update.map(slice => withHints(slice, heuristic)), ...rehinted],
  };
}
