/**
 * Which version of a kind was served when: minor versions of Kubernetes 1. A version that is gone is read as the one that took its place.
 * upstream: the deprecation guide; staging/src/k8s.io/api (+k8s:prerelease-lifecycle-gen)
 */

export interface Served {
  readonly apiVersion: string;
  readonly kinds: readonly string[];
  /** First served. */
  readonly from: number;
  /** No longer served; undefined: it still is. */
  readonly until?: number;
  /** Said to be going, in words since 1.19. */
  readonly deprecated?: number;
  /** What took its place. */
  readonly now?: string;
}

export const SERVED: readonly Served[] = [
  {apiVersion: 'extensions/v1beta1', kinds: ['Deployment', 'DaemonSet', 'ReplicaSet'], from: 2, until: 16, now: 'apps/v1'},
  {apiVersion: 'apps/v1beta1', kinds: ['Deployment', 'StatefulSet'], from: 6, until: 16, now: 'apps/v1'},
  {apiVersion: 'apps/v1beta2', kinds: ['Deployment', 'DaemonSet', 'ReplicaSet', 'StatefulSet'], from: 8, until: 16, now: 'apps/v1'},
  {apiVersion: 'extensions/v1beta1', kinds: ['NetworkPolicy'], from: 3, until: 16, now: 'networking.k8s.io/v1'},
  {apiVersion: 'extensions/v1beta1', kinds: ['Ingress'], from: 1, until: 22, deprecated: 14, now: 'networking.k8s.io/v1'},
  {apiVersion: 'networking.k8s.io/v1beta1', kinds: ['Ingress'], from: 14, until: 22, deprecated: 19, now: 'networking.k8s.io/v1'},
  {apiVersion: 'networking.k8s.io/v1', kinds: ['Ingress', 'IngressClass'], from: 19},
  {apiVersion: 'batch/v1beta1', kinds: ['CronJob'], from: 8, until: 25, deprecated: 21, now: 'batch/v1'},
  {apiVersion: 'batch/v1', kinds: ['CronJob'], from: 21},
  {apiVersion: 'policy/v1beta1', kinds: ['PodDisruptionBudget'], from: 5, until: 25, deprecated: 21, now: 'policy/v1'},
  {apiVersion: 'policy/v1', kinds: ['PodDisruptionBudget'], from: 21},
  {apiVersion: 'autoscaling/v2beta2', kinds: ['HorizontalPodAutoscaler'], from: 12, until: 26, deprecated: 23, now: 'autoscaling/v2'},
  {apiVersion: 'autoscaling/v2', kinds: ['HorizontalPodAutoscaler'], from: 23},
  {
    apiVersion: 'rbac.authorization.k8s.io/v1beta1',
    kinds: ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'],
    from: 6,
    until: 22,
    deprecated: 17,
    now: 'rbac.authorization.k8s.io/v1',
  },
  {apiVersion: 'storage.k8s.io/v1beta1', kinds: ['StorageClass'], from: 4, until: 22, now: 'storage.k8s.io/v1'},
  {apiVersion: 'scheduling.k8s.io/v1beta1', kinds: ['PriorityClass'], from: 11, until: 22, deprecated: 14, now: 'scheduling.k8s.io/v1'},
  {apiVersion: 'scheduling.k8s.io/v1', kinds: ['PriorityClass'], from: 14},
  {apiVersion: 'coordination.k8s.io/v1beta1', kinds: ['Lease'], from: 12, until: 22, deprecated: 19, now: 'coordination.k8s.io/v1'},
  {
    apiVersion: 'apiregistration.k8s.io/v1beta1',
    kinds: ['APIService'],
    from: 7,
    until: 22,
    deprecated: 19,
    now: 'apiregistration.k8s.io/v1',
  },
  {apiVersion: 'apiregistration.k8s.io/v1', kinds: ['APIService'], from: 10},
  {
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
    kinds: ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
    from: 9,
    until: 22,
    deprecated: 16,
    now: 'admissionregistration.k8s.io/v1',
  },
  {apiVersion: 'authentication.k8s.io/v1beta1', kinds: ['TokenReview'], from: 4, until: 22, now: 'authentication.k8s.io/v1'},
  {
    apiVersion: 'authorization.k8s.io/v1beta1',
    kinds: ['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'],
    from: 4,
    until: 22,
    now: 'authorization.k8s.io/v1',
  },
  {apiVersion: 'events.k8s.io/v1beta1', kinds: ['Event'], from: 8, until: 25, now: 'events.k8s.io/v1'},
  {apiVersion: 'events.k8s.io/v1', kinds: ['Event'], from: 19},
  {apiVersion: 'node.k8s.io/v1beta1', kinds: ['RuntimeClass'], from: 14, until: 25, now: 'node.k8s.io/v1'},
  {apiVersion: 'node.k8s.io/v1', kinds: ['RuntimeClass'], from: 20},
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kinds: ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
    from: 16,
  },
  {apiVersion: 'admissionregistration.k8s.io/v1', kinds: ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'], from: 30},
  {apiVersion: 'admissionregistration.k8s.io/v1', kinds: ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'], from: 36},
  {apiVersion: 'authentication.k8s.io/v1', kinds: ['SelfSubjectReview'], from: 28},
  {apiVersion: 'networking.k8s.io/v1', kinds: ['IPAddress', 'ServiceCIDR'], from: 33},
  {apiVersion: 'storage.k8s.io/v1', kinds: ['VolumeAttachment'], from: 13},
  {apiVersion: 'storage.k8s.io/v1', kinds: ['CSINode'], from: 17},
  {apiVersion: 'storage.k8s.io/v1', kinds: ['CSIDriver'], from: 18},
  {apiVersion: 'storage.k8s.io/v1', kinds: ['CSIStorageCapacity'], from: 24},
  {apiVersion: 'apiextensions.k8s.io/v1', kinds: ['CustomResourceDefinition'], from: 16},
  {apiVersion: 'discovery.k8s.io/v1', kinds: ['EndpointSlice'], from: 21},
  {apiVersion: 'coordination.k8s.io/v1', kinds: ['Lease'], from: 14},
  {apiVersion: 'certificates.k8s.io/v1', kinds: ['CertificateSigningRequest'], from: 19},
  {apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kinds: ['FlowSchema', 'PriorityLevelConfiguration'], from: 29},
  {apiVersion: 'resource.k8s.io/v1', kinds: ['ResourceClaim', 'ResourceClaimTemplate', 'DeviceClass', 'ResourceSlice'], from: 34},
];

/** The row of a kind in a version; undefined: it has been served for as long as anybody remembers. */
export const servedRow = (apiVersion: string, kind: string): Served | undefined =>
  SERVED.find(row => row.apiVersion === apiVersion && row.kinds.includes(kind));

/** Whether a server of that minor version serves it. */
export const isServed = ({from, until}: Served, minor: number): boolean => minor >= from && (until === undefined || minor < until);

/** What a server of a minor release warns of who asks for a kind in a version that is going. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/deprecation/deprecation.go */
export function deprecationAsOf(minor: number, apiVersion: string, kind: string): string | undefined {
  const {deprecated, until, now} = servedRow(apiVersion, kind) ?? {};
  if (deprecated === undefined || minor < deprecated) return undefined;
  return `${apiVersion} ${kind} is deprecated in v1.${deprecated}+, unavailable in v1.${until}+; use ${now} ${kind}`;
}

/** Whether a warning is of that sort. */
export const isDeprecation = (warning: string): boolean => / is deprecated in v1\.\d+\+, unavailable in v1\./.test(warning);
