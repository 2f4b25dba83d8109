/** The slices that say the same as an Endpoints object. upstream: pkg/controller/endpointslicemirroring/reconciler.go */
import {LABEL_MANAGED_BY, LABEL_SERVICE_NAME} from '../../api/endpoint-slice.ts';
import {parseIp} from '../../api/ip.ts';
import type {core, discovery, EndpointSlice, Endpoints} from '../../api/types.ts';
import {portMapKey} from '../endpointslice/slice.ts';

export const MIRRORING_CONTROLLER = 'endpointslicemirroring-controller.k8s.io';
const MAX_ENDPOINTS_PER_SUBSET = 1000;

const endpointOf = ({ip, hostname, nodeName, targetRef}: core.EndpointAddress, ready: boolean): discovery.Endpoint => ({
  addresses: [ip],
  conditions: {ready},
  ...(hostname ? {hostname} : {}),
  ...(nodeName ? {nodeName} : {}),
  ...(targetRef ? {targetRef} : {}),
});

const portOf = ({name = '', port, protocol = 'TCP', appProtocol}: core.EndpointPort): discovery.EndpointPort => ({
  name,
  port,
  protocol,
  ...(appProtocol ? {appProtocol} : {}),
});

const emptySlice = ({metadata}: Endpoints, addressType: string, ports: discovery.EndpointPort[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    generateName: `${metadata.name}-`,
    namespace: metadata.namespace!,
    labels: {...metadata.labels, [LABEL_SERVICE_NAME]: metadata.name!, [LABEL_MANAGED_BY]: MIRRORING_CONTROLLER},
    ownerReferences: [
      {apiVersion: 'v1', kind: 'Endpoints', name: metadata.name!, uid: metadata.uid!, controller: true, blockOwnerDeletion: true},
    ],
  },
  addressType,
  endpoints: [],
  ports,
});

/** One slice for each address family and set of ports. */
export function mirror(endpoints: Endpoints): EndpointSlice[] {
  const slices = new Map<string, EndpointSlice>();
  for (const {addresses = [], notReadyAddresses = [], ports = []} of endpoints.subsets ?? []) {
    const all = [...addresses.map(address => endpointOf(address, true)), ...notReadyAddresses.map(address => endpointOf(address, false))];
    const slicePorts = ports.map(portOf);
    for (const endpoint of all.slice(0, MAX_ENDPOINTS_PER_SUBSET)) {
      const family = parseIp(endpoint.addresses[0]!)?.family;
      if (!family) continue;
      const key = `IPv${family} ${portMapKey(slicePorts)}`;
      const slice = slices.get(key) ?? emptySlice(endpoints, `IPv${family}`, slicePorts);
      slices.set(key, {...slice, endpoints: [...slice.endpoints, endpoint]});
    }
  }
  return [...slices.values()];
}
