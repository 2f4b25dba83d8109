/** Which describer serves which kind. upstream: kubectl/pkg/describe describerMap */
import type {KubeObject} from '../../engine/api/types.ts';
import type {Effects} from '../types.ts';
import {describeHorizontalPodAutoscaler} from './autoscaling.ts';
import {describeCertificateSigningRequest} from './certificates.ts';
import {
  describeConfigMap,
  describeLimitRange,
  describeNamespace,
  describePodDisruptionBudget,
  describePriorityClass,
  describeResourceQuota,
  describeSecret,
  describeServiceAccount,
} from './config.ts';
import type {DescribeContext, Describer} from './describer.ts';
import {describeAnything} from './generic.ts';
import {
  describeEndpointSlice,
  describeEndpoints,
  describeIngress,
  describeIngressClass,
  describeIpAddress,
  describeService,
  describeServiceCidr,
} from './network.ts';
import {describeNetworkPolicy} from './network-policy.ts';
import {describeNode} from './node.ts';
import {newPage} from './page.ts';
import {describePod} from './pod.ts';
import {describeBinding, describeRole} from './rbac.ts';
import {
  describeCsiNode,
  describePersistentVolume,
  describePersistentVolumeClaim,
  describeStorageClass,
  describeVolumeAttributesClass,
} from './storage.ts';
import {
  describeCronJob,
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeReplicationController,
  describeStatefulSet,
} from './workloads.ts';

/** By `group/Kind`; each takes its own kind, so the call through the table is sound. */
const DESCRIBERS: Readonly<Record<string, Describer<never>>> = {
  '/Pod': describePod,
  '/ReplicationController': describeReplicationController,
  '/Secret': describeSecret,
  '/Service': describeService,
  '/ServiceAccount': describeServiceAccount,
  '/Node': describeNode,
  '/LimitRange': describeLimitRange,
  '/ResourceQuota': describeResourceQuota,
  '/PersistentVolume': describePersistentVolume,
  '/PersistentVolumeClaim': describePersistentVolumeClaim,
  '/Namespace': describeNamespace,
  '/Endpoints': describeEndpoints,
  '/ConfigMap': describeConfigMap,
  'discovery.k8s.io/EndpointSlice': describeEndpointSlice,
  'autoscaling/HorizontalPodAutoscaler': describeHorizontalPodAutoscaler,
  'networking.k8s.io/Ingress': describeIngress,
  'networking.k8s.io/IngressClass': describeIngressClass,
  'networking.k8s.io/ServiceCIDR': describeServiceCidr,
  'networking.k8s.io/IPAddress': describeIpAddress,
  'networking.k8s.io/NetworkPolicy': describeNetworkPolicy,
  'batch/Job': describeJob,
  'batch/CronJob': describeCronJob,
  'apps/StatefulSet': describeStatefulSet,
  'apps/Deployment': describeDeployment,
  'apps/DaemonSet': describeDaemonSet,
  'apps/ReplicaSet': describeReplicaSet,
  'certificates.k8s.io/CertificateSigningRequest': describeCertificateSigningRequest,
  'storage.k8s.io/StorageClass': describeStorageClass,
  'storage.k8s.io/CSINode': describeCsiNode,
  'storage.k8s.io/VolumeAttributesClass': describeVolumeAttributesClass,
  'policy/PodDisruptionBudget': describePodDisruptionBudget,
  'rbac.authorization.k8s.io/Role': describeRole,
  'rbac.authorization.k8s.io/ClusterRole': describeRole,
  'rbac.authorization.k8s.io/RoleBinding': describeBinding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': describeBinding,
  'scheduling.k8s.io/PriorityClass': describePriorityClass,
};

/** The describe page of an object. `now` in milliseconds since 1970. Throws ApiError where something around it may not be read. */
export function* describeObject(object: KubeObject, now: number, context: DescribeContext): Effects<string> {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0]! : '';
  const page = newPage(now);
  const describer = DESCRIBERS[`${group}/${object.kind}`] ?? describeAnything;
  yield* describer(object as never, page, context);
  return page.text();
}
