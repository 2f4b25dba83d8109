/** The older form of the same knowledge: one Endpoints object a Service, addresses grouped by ports. upstream: pkg/controller/endpoint, pkg/api/v1/endpoints/util.go */
import type {core, Pod, Service} from '../../api/types.ts';
import {findPort, isPodReady, shouldPodBeInEndpoints, shouldSetHostname} from '../endpointslice/endpoint.ts';

/** An Endpoints object names at most so many addresses; slices have no such end. */
export const MAX_ENDPOINTS = 1000;
export const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

type Address = core.EndpointAddress;

/** One address on one port. */
interface Entry {
  readonly address: Address;
  readonly ready: boolean;
  readonly port: core.EndpointPort | undefined;
}

const addressOf = (pod: Pod, service: Service): Address | undefined => {
  const mark = service.spec?.ipFamilies?.[0] === 'IPv6' ? ':' : '.';
  const ip = pod.status?.podIPs?.find(podIP => podIP.ip?.includes(mark))?.ip;
  if (!ip) return undefined;
  const {namespace, name, uid} = pod.metadata;
  return {
    ip,
    ...(shouldSetHostname(pod, service) ? {hostname: pod.spec!.hostname!} : {}),
    ...(pod.spec?.nodeName ? {nodeName: pod.spec.nodeName} : {}),
    targetRef: {kind: 'Pod', namespace: namespace!, name: name!, uid: uid!},
  };
};

function entriesOf(pod: Pod, service: Service): Entry[] {
  const tolerateUnready = service.spec?.publishNotReadyAddresses ?? false;
  if (!shouldPodBeInEndpoints(pod, tolerateUnready)) return [];
  const address = addressOf(pod, service);
  if (!address) return [];
  const ready = tolerateUnready || isPodReady(pod);
  const servicePorts = service.spec?.ports ?? [];
  if (servicePorts.length === 0) return service.spec?.clusterIP === 'None' ? [{address, ready, port: undefined}] : [];
  return servicePorts.flatMap(servicePort => {
    const port = findPort(pod, servicePort);
    if (port === undefined) return [];
    const {name, protocol = 'TCP', appProtocol} = servicePort;
    return [{address, ready, port: {...(name ? {name} : {}), port, protocol, ...(appProtocol ? {appProtocol} : {})}}];
  });
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byIp = (a: Address, b: Address): number => byText(a.ip, b.ip) || byText(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '');

/** Every address once for each readiness it has, with its ports. */
function portsByAddress(entries: readonly Entry[]): {ports: core.EndpointPort[]; address: Address; ready: boolean}[] {
  const found = new Map<string, {ports: core.EndpointPort[]; address: Address; ready: boolean}>();
  for (const {address, ready, port} of entries) {
    const key = `${address.ip} ${address.targetRef?.uid} ${ready}`;
    const known = found.get(key) ?? {ports: [], address, ready};
    if (port) known.ports.push(port);
    found.set(key, known);
  }
  return [...found.values()];
}

/** Addresses with exactly the same ports share a subset. upstream: RepackSubsets */
function repack(entries: readonly Entry[]): core.EndpointSubset[] {
  const subsets = new Map<string, {ports: core.EndpointPort[]; ready: Address[]; notReady: Address[]}>();
  for (const {ports, address, ready} of portsByAddress(entries)) {
    const sorted = [...ports].sort((a, b) => byText(JSON.stringify(a), JSON.stringify(b)));
    const key = JSON.stringify(sorted);
    const subset = subsets.get(key) ?? {ports: sorted, ready: [], notReady: []};
    (ready ? subset.ready : subset.notReady).push(address);
    subsets.set(key, subset);
  }
  return [...subsets.keys()].sort().map(key => {
    const {ports, ready, notReady} = subsets.get(key)!;
    return {
      ...(ready.length ? {addresses: ready.sort(byIp)} : {}),
      ...(notReady.length ? {notReadyAddresses: notReady.sort(byIp)} : {}),
      ...(ports.length ? {ports} : {}),
    };
  });
}

/** The subsets of a service's pods; `truncated` when there were more addresses than an object holds. Ready ones are kept first. */
export function endpointSubsets(service: Service, pods: readonly Pod[]): {subsets: core.EndpointSubset[]; truncated: boolean} {
  const entries = pods.flatMap(pod => entriesOf(pod, service));
  const uid = ({address}: Entry): string => address.targetRef!.uid!;
  if (new Set(entries.map(uid)).size <= MAX_ENDPOINTS) return {subsets: repack(entries), truncated: false};
  const readyFirst = [...entries].sort((a, b) => Number(b.ready) - Number(a.ready));
  const kept = new Set([...new Set(readyFirst.map(uid))].slice(0, MAX_ENDPOINTS));
  return {subsets: repack(entries.filter(entry => kept.has(uid(entry)))), truncated: true};
}
