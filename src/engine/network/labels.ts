/** Well-known labels that the network reads. upstream: staging/src/k8s.io/api/core/v1/well_known_labels.go */
export const ZONE_LABEL = 'topology.kubernetes.io/zone';
