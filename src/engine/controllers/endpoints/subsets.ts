/** The older form of the same knowledge: one Endpoints object a Service, addresses grouped by ports. upstream: pkg/controller/endpoint, pkg/api/v1/endpoints/util.go */

import {byText} from '../../api/order.ts';
import {isPodReady} from '../../api/pods.ts';
import type {core, Pod, Service} from '../../api/types.ts';
import {findPort, shouldPodBeInEndpoints, shouldSetHostname} from '../endpointslice/endpoint.ts';

/** An Endpoints object names at most so many addresses; slices have no such end. */
const MAX_ENDPOINTS = 1000;
export const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

type Address = core.EndpointAddress;

/** A pod as one address, with its ports in order. */
interface Entry {
  readonly address: Address;
  readonly ready: boolean;
  readonly ports: readonly core.EndpointPort[];
  /** Those with exactly the same ports share it. */
  readonly portsKey: string;
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

const byIp = (a: Address, b: Address): number => byText(a.ip, b.ip) || byText(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '');

function entryOf(pod: Pod, service: Service): Entry | undefined {
  const tolerateUnready = service.spec?.publishNotReadyAddresses ?? false;
  if (!shouldPodBeInEndpoints(pod, tolerateUnready)) return undefined;
  const address = addressOf(pod, service);
  if (!address) return undefined;
  const ready = tolerateUnready || isPodReady(pod);
  const servicePorts = service.spec?.ports ?? [];
  if (servicePorts.length === 0) return service.spec?.clusterIP === 'None' ? {address, ready, ports: [], portsKey: '[]'} : undefined;
  const ports = servicePorts.flatMap(servicePort => {
    const port = findPort(pod, servicePort);
    if (port === undefined) return [];
    const {name, protocol = 'TCP', appProtocol} = servicePort;
    return [{...(name ? {name} : {}), port, protocol, ...(appProtocol ? {appProtocol} : {})}];
  });
  ports.sort((a, b) => byText(JSON.stringify(a), JSON.stringify(b)));
  return ports.length > 0 ? {address, ready, ports, portsKey: JSON.stringify(ports)} : undefined;
}

/** What was found of a service's pods: all are looked at in every turn, and few have changed. */
const entries = new WeakMap<Service, WeakMap<Pod, {readonly entry: Entry | undefined}>>();

function entriesOf(service: Service, pods: readonly Pod[]): Entry[] {
  let known = entries.get(service);
  if (!known) entries.set(service, (known = new WeakMap()));
  return pods.flatMap(pod => {
    let found = known.get(pod);
    if (!found) known.set(pod, (found = {entry: entryOf(pod, service)}));
    return found.entry ?? [];
  });
}

/** Addresses with exactly the same ports share a subset. upstream: RepackSubsets */
function repack(all: readonly Entry[]): core.EndpointSubset[] {
  const subsets = new Map<string, {ports: readonly core.EndpointPort[]; ready: Address[]; notReady: Address[]}>();
  for (const {ports, portsKey, address, ready} of all) {
    let subset = subsets.get(portsKey);
    if (!subset) subsets.set(portsKey, (subset = {ports, ready: [], notReady: []}));
    (ready ? subset.ready : subset.notReady).push(address);
  }
  return [...subsets.keys()].sort().map(key => {
    const {ports, ready, notReady} = subsets.get(key)!;
    return {
      ...(ready.length ? {addresses: ready.sort(byIp)} : {}),
      ...(notReady.length ? {notReadyAddresses: notReady.sort(byIp)} : {}),
      ...(ports.length ? {ports: [...ports]} : {}),
    };
  });
}

/** The subsets of a service's pods; `truncated` when there were more addresses than an object holds. Ready ones are kept first. */
export function endpointSubsets(service: Service, pods: readonly Pod[]): {subsets: core.EndpointSubset[]; truncated: boolean} {
  const all = entriesOf(service, pods);
  if (all.length <= MAX_ENDPOINTS) return {subsets: repack(all), truncated: false};
  const kept = new Set([...all].sort((a, b) => Number(b.ready) - Number(a.ready)).slice(0, MAX_ENDPOINTS));
  return {subsets: repack(all.filter(entry => kept.has(entry))), truncated: true};
}
