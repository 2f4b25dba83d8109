/** What everybody who reads or writes EndpointSlices must know. upstream: staging/src/k8s.io/api/discovery/v1/well_known_labels.go */
import type {discovery, EndpointSlice} from './types.ts';

/** Ties a slice to its Service. */
export const LABEL_SERVICE_NAME = 'kubernetes.io/service-name';
export const LABEL_MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const IS_HEADLESS_SERVICE = 'service.kubernetes.io/headless';

/** A slice without endpoints comes back from the store without the list. */
export const endpointsOf = (slice: EndpointSlice): readonly discovery.Endpoint[] => slice.endpoints ?? [];

/** `namespace/name` of the Service a slice belongs to. */
export const serviceOf = ({metadata}: EndpointSlice): string => `${metadata.namespace}/${metadata.labels?.[LABEL_SERVICE_NAME] ?? ''}`;
