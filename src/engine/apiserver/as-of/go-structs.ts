/**
 * The structures that validators show, with their fields in Go's order, as of 1.20. What is not here shows its fields in the order of its schema.
 * upstream: pkg/apis/GROUP/types.go, staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go (v1.20)
 */

export const STRUCTS: Readonly<Record<string, string>> = {
  'apps/v1.DeploymentStrategy': 'Type RollingUpdate',
  'apps/v1.StatefulSetUpdateStrategy': 'Type RollingUpdate',
  'core/v1.Container':
    'Name Image Command Args WorkingDir Ports EnvFrom Env Resources VolumeMounts VolumeDevices LivenessProbe ReadinessProbe StartupProbe Lifecycle ' +
    'TerminationMessagePath TerminationMessagePolicy ImagePullPolicy SecurityContext Stdin StdinOnce TTY',
  'core/v1.ContainerPort': 'Name HostPort ContainerPort Protocol HostIP',
  'core/v1.EnvVar': 'Name Value ValueFrom',
  'core/v1.PodSpec':
    'Volumes InitContainers Containers EphemeralContainers RestartPolicy TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy NodeSelector ' +
    'ServiceAccountName AutomountServiceAccountToken NodeName SecurityContext ImagePullSecrets Hostname Subdomain SetHostnameAsFQDN Affinity ' +
    'SchedulerName Tolerations HostAliases PriorityClassName Priority PreemptionPolicy DNSConfig ReadinessGates RuntimeClassName Overhead ' +
    'EnableServiceLinks TopologySpreadConstraints',
  'core/v1.PodTemplateSpec': 'ObjectMeta Spec',
  'core/v1.ResourceRequirements': 'Limits Requests',
  'core/v1.ServicePort': 'Name Protocol AppProtocol Port TargetPort NodePort',
  'core/v1.Taint': 'Key Value Effect TimeAdded',
  'core/v1.Toleration': 'Key Operator Value Effect TolerationSeconds',
  'core/v1.Volume': 'Name VolumeSource',
  'core/v1.VolumeMount': 'Name ReadOnly MountPath SubPath MountPropagation SubPathExpr',
  'core/v1.VolumeSource':
    'HostPath EmptyDir GCEPersistentDisk AWSElasticBlockStore GitRepo Secret NFS ISCSI Glusterfs PersistentVolumeClaim RBD Quobyte FlexVolume Cinder ' +
    'CephFS Flocker DownwardAPI FC AzureFile ConfigMap VsphereVolume AzureDisk PhotonPersistentDisk Projected PortworxVolume ScaleIO StorageOS CSI ' +
    'Ephemeral',
  'meta/v1.LabelSelector': 'MatchLabels MatchExpressions',
  'meta/v1.LabelSelectorRequirement': 'Key Operator Values',
  'meta/v1.ObjectMeta':
    'Name GenerateName Namespace SelfLink UID ResourceVersion Generation CreationTimestamp DeletionTimestamp DeletionGracePeriodSeconds Labels ' +
    'Annotations OwnerReferences Finalizers ClusterName ManagedFields',
  'meta/v1.OwnerReference': 'APIVersion Kind Name UID Controller BlockOwnerDeletion',
  'policy/v1.PodDisruptionBudgetSpec': 'MinAvailable Selector MaxUnavailable',
  'storage/v1.VolumeAttachmentSpec': 'Attacher Source NodeName',
};

/** Structures without a name of their own in JSON: their fields stand among those of the structure that holds them. */
export const EMBEDDED: ReadonlySet<string> = new Set(['VolumeSource']);

/** Fields whose Go name says something else than their JSON name. */
export const RENAMED: Readonly<Record<string, string>> = {ObjectMeta: 'metadata'};

/** Words that Go writes in capitals at the beginning of a name. */
const INITIALISMS = [
  'api',
  'dns',
  'fs',
  'http',
  'id',
  'ip',
  'tcp',
  'tls',
  'tty',
  'uid',
  'url',
  'uuid',
  'wwids',
  'cidr',
  'csi',
  'nfs',
  'grpc',
];

/** A field's name in Go: `matchLabels` is MatchLabels, `apiVersion` APIVersion. */
export function goName(name: string): string {
  const [first = ''] = /^[a-z]+/.exec(name) ?? [];
  return INITIALISMS.includes(first)
    ? first.toUpperCase() + name.slice(first.length)
    : name.charAt(0).toUpperCase() + name.slice(1).replace(/Id(?=[A-Z]|$)/g, 'ID');
}

/** The named types of strings in lists. */
export const NAMED: Readonly<Record<string, string>> = {
  'Capabilities.add': 'core.Capability',
  'Capabilities.drop': 'core.Capability',
  'CertificateSigningRequestSpec.usages': 'certificates.KeyUsage',
  'NamespaceSpec.finalizers': 'core.FinalizerName',
  'NetworkPolicySpec.policyTypes': 'networking.PolicyType',
  'PersistentVolumeClaimSpec.accessModes': 'core.PersistentVolumeAccessMode',
  'PersistentVolumeSpec.accessModes': 'core.PersistentVolumeAccessMode',
  'ResourceQuotaSpec.scopes': 'core.ResourceQuotaScope',
  'ServiceSpec.ipFamilies': 'core.IPFamily',
};
