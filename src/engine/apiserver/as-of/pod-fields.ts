/**
 * Fields of a pod by the minor version that first knew them, and the one that had them switched on.
 * upstream: pkg/features/kube_features.go, staging/src/k8s.io/api/core/v1/types.go of those versions
 */

export interface PodField {
  /** Below the pod's spec; `[]` is every item of a list. */
  readonly path: string;
  /** The schema has it: before that kubectl refused it. */
  readonly known: number;
  /** On without a feature gate: between the two the server dropped it without a word. */
  readonly on: number;
  /** The type in whose schema it stands. */
  readonly type: 'PodSpec' | 'Container' | 'Probe' | 'SecurityContext' | 'PodSecurityContext';
}

const containers = ['containers[]', 'initContainers[]'];
const inContainers = (field: string, known: number, on: number, type: PodField['type']): PodField[] =>
  containers.map(list => ({path: `${list}.${field}`, known, on, type}));

export const POD_FIELDS: readonly PodField[] = [
  {path: 'priorityClassName', known: 8, on: 11, type: 'PodSpec'},
  {path: 'dnsConfig', known: 9, on: 10, type: 'PodSpec'},
  {path: 'shareProcessNamespace', known: 10, on: 12, type: 'PodSpec'},
  {path: 'readinessGates', known: 11, on: 12, type: 'PodSpec'},
  {path: 'runtimeClassName', known: 12, on: 14, type: 'PodSpec'},
  {path: 'enableServiceLinks', known: 13, on: 13, type: 'PodSpec'},
  {path: 'preemptionPolicy', known: 15, on: 19, type: 'PodSpec'},
  {path: 'overhead', known: 16, on: 18, type: 'PodSpec'},
  {path: 'ephemeralContainers', known: 16, on: 23, type: 'PodSpec'},
  {path: 'topologySpreadConstraints', known: 16, on: 18, type: 'PodSpec'},
  {path: 'setHostnameAsFQDN', known: 19, on: 20, type: 'PodSpec'},
  {path: 'os', known: 23, on: 24, type: 'PodSpec'},
  {path: 'hostUsers', known: 25, on: 33, type: 'PodSpec'},
  {path: 'schedulingGates', known: 26, on: 27, type: 'PodSpec'},
  {path: 'resourceClaims', known: 26, on: 34, type: 'PodSpec'},
  {path: 'resources', known: 32, on: 34, type: 'PodSpec'},
  {path: 'securityContext.seccompProfile', known: 19, on: 19, type: 'PodSecurityContext'},
  {path: 'securityContext.appArmorProfile', known: 30, on: 30, type: 'PodSecurityContext'},
  ...inContainers('startupProbe', 16, 18, 'Container'),
  ...inContainers('resizePolicy', 27, 33, 'Container'),
  ...inContainers('restartPolicy', 28, 29, 'Container'),
  ...inContainers('securityContext.seccompProfile', 19, 19, 'SecurityContext'),
  ...inContainers('securityContext.appArmorProfile', 30, 30, 'SecurityContext'),
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap(probe => inContainers(`${probe}.grpc`, 23, 24, 'Probe')),
];
