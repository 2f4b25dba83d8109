/** Slices as a Service wants them: names, labels, owner. upstream: staging/src/k8s.io/endpointslice/utils.go */
import {IS_HEADLESS_SERVICE, LABEL_MANAGED_BY, LABEL_SERVICE_NAME} from '../../api/endpoint-slice.ts';
import {isIpv6} from '../../api/ip.ts';
import type {discovery, EndpointSlice, Service} from '../../api/types.ts';
import type {AddressType} from './endpoint.ts';

export const CONTROLLER_NAME = 'endpointslice-controller.k8s.io';

const RESERVED: readonly string[] = [LABEL_SERVICE_NAME, LABEL_MANAGED_BY, IS_HEADLESS_SERVICE];
const MAX_NAME_CHARS = 253;

type Labels = Record<string, string>;

const unreserved = (labels: Labels | undefined): Labels =>
  Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => !RESERVED.includes(key)));

const isServiceIPSet = ({spec}: Service): boolean => spec?.clusterIP !== 'None' && Boolean(spec?.clusterIP);

const sameLabels = (a: Labels, b: Labels): boolean => {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => a[key] === b[key]);
};

/** A slice carries its service's labels, but the reserved ones are the controller's own; `changed` tells whether the present labels lag behind the service's. */
export function sliceLabels(present: Labels | undefined, service: Service, controller: string): {labels: Labels; changed: boolean} {
  const wanted = unreserved(service.metadata.labels);
  return {
    labels: {
      ...wanted,
      ...(isServiceIPSet(service) ? {} : {[IS_HEADLESS_SERVICE]: ''}),
      [LABEL_SERVICE_NAME]: service.metadata.name!,
      [LABEL_MANAGED_BY]: controller,
    },
    changed: !sameLabels(unreserved(present), wanted),
  };
}

/** An empty slice of a service, to be named by the API server. */
export function newEndpointSlice(
  service: Service,
  addressType: AddressType,
  ports: discovery.EndpointPort[],
  controller: string = CONTROLLER_NAME,
): EndpointSlice {
  const {name, namespace, uid} = service.metadata;
  const dashed = `${name}-`;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: dashed.length <= MAX_NAME_CHARS ? dashed : name!,
      namespace: namespace!,
      labels: sliceLabels(undefined, service, controller).labels,
      ownerReferences: [{apiVersion: 'v1', kind: 'Service', name: name!, uid: uid!, controller: true, blockOwnerDeletion: true}],
    },
    addressType,
    endpoints: [],
    ports,
  };
}

export const ownedBy = (slice: EndpointSlice, service: Service): boolean =>
  (slice.metadata.ownerReferences ?? []).some(
    owner => owner.uid === service.metadata.uid && owner.kind === 'Service' && owner.apiVersion === 'v1',
  );

/** The families a service has addresses of. */
export function addressTypes({spec}: Service): AddressType[] {
  const families = (spec?.ipFamilies ?? []).filter((family): family is AddressType => family === 'IPv4' || family === 'IPv6');
  if (families.length) return families;
  if (spec?.clusterIP && spec.clusterIP !== 'None') return [isIpv6(spec.clusterIP) ? 'IPv6' : 'IPv4'];
  return ['IPv4', 'IPv6'];
}

/** Slices with the same ports share one key. */
export const portMapKey = (ports: readonly discovery.EndpointPort[] | undefined): string =>
  (ports ?? [])
    .map(({name = '', port, protocol, appProtocol}) => JSON.stringify([name, port ?? null, protocol ?? null, appProtocol ?? null]))
    .sort()
    .join();
