/** What the server writes into an object where its author wrote nothing: a row a kind. upstream: zz_generated.defaults.go RegisterDefaults */
import {parseApiVersion} from '../../api/group-version.ts';
import type {KubeObject} from '../../api/types.ts';
import type {Fields} from '../validation/fields.ts';
import * as cluster from './cluster.ts';
import * as core from './core.ts';
import {defaultPod, defaultTemplate} from './pod.ts';
import * as workloads from './workloads.ts';

const DEFAULTS: Readonly<Record<string, (object: Fields) => void>> = {
  '/Pod': defaultPod,
  '/PodTemplate': object => defaultTemplate(object['template']),
  '/Service': core.defaultService,
  '/Namespace': core.defaultNamespace,
  '/Secret': core.defaultSecret,
  '/Node': core.defaultNode,
  '/ReplicationController': core.defaultReplicationController,
  '/PersistentVolume': core.defaultPersistentVolume,
  '/PersistentVolumeClaim': core.defaultClaim,
  '/LimitRange': core.defaultLimitRange,
  '/ResourceQuota': core.defaultQuota,
  '/Endpoints': core.defaultEndpoints,
  'apps/Deployment': workloads.defaultDeployment,
  'apps/ReplicaSet': workloads.defaultReplicaSet,
  'apps/DaemonSet': workloads.defaultDaemonSet,
  'apps/StatefulSet': workloads.defaultStatefulSet,
  'batch/Job': workloads.defaultJob,
  'batch/CronJob': workloads.defaultCronJob,
  'autoscaling/HorizontalPodAutoscaler': workloads.defaultAutoscaler,
  'rbac.authorization.k8s.io/RoleBinding': cluster.defaultRoleBinding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': cluster.defaultRoleBinding,
  'networking.k8s.io/NetworkPolicy': cluster.defaultNetworkPolicy,
  'networking.k8s.io/IngressClass': cluster.defaultIngressClass,
  'storage.k8s.io/StorageClass': cluster.defaultStorageClass,
  'storage.k8s.io/CSIDriver': cluster.defaultCSIDriver,
  'scheduling.k8s.io/PriorityClass': cluster.defaultPriorityClass,
  'discovery.k8s.io/EndpointSlice': cluster.defaultEndpointSlice,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': cluster.defaultWebhooks,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': cluster.defaultWebhooks,
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': cluster.defaultAdmissionPolicy,
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': cluster.defaultAdmissionPolicyBinding,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': cluster.defaultAdmissionPolicy,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': cluster.defaultAdmissionPolicyBinding,
  'apiextensions.k8s.io/CustomResourceDefinition': cluster.defaultCustomResourceDefinition,
  'apiregistration.k8s.io/APIService': cluster.defaultAPIService,
};

/** Fills a decoded object in place. Kinds without defaults are left alone. */
export function setDefaults(object: KubeObject): void {
  DEFAULTS[`${parseApiVersion(object.apiVersion).group}/${object.kind}`]?.(object as Fields);
}
