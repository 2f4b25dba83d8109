/** Columns of the server's tables, by kind. upstream: pkg/printers/internalversion/printers.go AddHandlers */

export interface TableColumn {
  name: string;
  type: 'string' | 'integer' | 'boolean' | 'date';
  format: string;
  description: string;
  /** 0 = always shown, 1 and more = only with -o wide. */
  priority: number;
}

/** `Name`, `Name:integer`, `Name+` (wide only), `Name@name` (format). */
const column = (text: string): TableColumn => {
  const [, name, format, type, wide] = /^(.*?)(?:@(\w+))?(?::(\w+))?(\+)?$/.exec(text)!;
  return {
    name: name!,
    type: (type ?? 'string') as TableColumn['type'],
    format: format ?? '',
    description: '',
    priority: wide ? 1 : 0,
  };
};

const columns = (...texts: string[]): TableColumn[] => texts.map(column);

const NAME = 'Name@name';
const CONTAINERS = ['Containers+', 'Images+', 'Selector+'];
const BINDING = columns(NAME, 'Role', 'Age', 'Users+', 'Groups+', 'ServiceAccounts+');
const WEBHOOKS = columns(NAME, 'Webhooks:integer', 'Age');

/** Kinds without an entry get Name and Created At. */
const COLUMNS: Readonly<Record<string, TableColumn[]>> = {
  'v1/Pod': columns(NAME, 'Ready', 'Status', 'Restarts', 'Age', 'IP+', 'Node+', 'Nominated Node+', 'Readiness Gates+'),
  'v1/PodTemplate': columns(NAME, 'Containers', 'Images', 'Pod Labels'),
  'v1/ReplicationController': columns(NAME, 'Desired:integer', 'Current:integer', 'Ready:integer', 'Age', ...CONTAINERS),
  'v1/Service': columns(NAME, 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', 'Selector+'),
  'v1/Endpoints': columns(NAME, 'Endpoints', 'Age'),
  'v1/Node': columns(
    NAME,
    'Status',
    'Roles',
    'Age',
    'Version',
    'Internal-IP+',
    'External-IP+',
    'OS-Image+',
    'Kernel-Version+',
    'Container-Runtime+',
  ),
  'v1/Event': columns('Last Seen', 'Type', 'Reason', 'Object', 'Subobject+', 'Source+', 'Message', 'First Seen+', 'Count+', `${NAME}+`),
  'events.k8s.io/v1/Event': columns(
    'Last Seen',
    'Type',
    'Reason',
    'Object',
    'Subobject+',
    'Source+',
    'Message',
    'First Seen+',
    'Count+',
    `${NAME}+`,
  ),
  'v1/Namespace': columns(NAME, 'Status', 'Age'),
  'v1/Secret': columns(NAME, 'Type', 'Data', 'Age'),
  'v1/ServiceAccount': columns(NAME, 'Secrets', 'Age'),
  'v1/ConfigMap': columns(NAME, 'Data', 'Age'),
  'v1/ResourceQuota': columns(NAME, 'Request', 'Limit', 'Age'),
  'v1/ComponentStatus': columns(NAME, 'Status', 'Message', 'Error'),
  'v1/PersistentVolume': columns(
    NAME,
    'Capacity',
    'Access Modes',
    'Reclaim Policy',
    'Status',
    'Claim',
    'StorageClass',
    'VolumeAttributesClass',
    'Reason',
    'Age',
    'VolumeMode+',
  ),
  'v1/PersistentVolumeClaim': columns(
    NAME,
    'Status',
    'Volume',
    'Capacity',
    'Access Modes',
    'StorageClass',
    'VolumeAttributesClass',
    'Age',
    'VolumeMode+',
  ),
  'apps/v1/Deployment': columns(NAME, 'Ready', 'Up-to-date', 'Available', 'Age', ...CONTAINERS),
  'apps/v1/ReplicaSet': columns(NAME, 'Desired:integer', 'Current:integer', 'Ready:integer', 'Age', ...CONTAINERS),
  'apps/v1/DaemonSet': columns(
    NAME,
    'Desired:integer',
    'Current:integer',
    'Ready:integer',
    'Up-to-date:integer',
    'Available:integer',
    'Node Selector',
    'Age',
    ...CONTAINERS,
  ),
  'apps/v1/StatefulSet': columns(NAME, 'Ready', 'Age', 'Containers+', 'Images+'),
  'apps/v1/ControllerRevision': columns(NAME, 'Controller', 'Revision', 'Age'),
  'batch/v1/Job': columns(NAME, 'Status', 'Completions', 'Duration', 'Age', ...CONTAINERS),
  'batch/v1/CronJob': columns(NAME, 'Schedule', 'Timezone', 'Suspend:boolean', 'Active:integer', 'Last Schedule', 'Age', ...CONTAINERS),
  'autoscaling/v1/HorizontalPodAutoscaler': columns(NAME, 'Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas', 'Age'),
  'autoscaling/v2/HorizontalPodAutoscaler': columns(NAME, 'Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas', 'Age'),
  'autoscaling/v1/Scale': columns('Name', 'Desired:integer', 'Available:integer', 'Age'),
  'policy/v1/PodDisruptionBudget': columns(NAME, 'Min Available', 'Max Unavailable', 'Allowed Disruptions:integer', 'Age'),
  'networking.k8s.io/v1/Ingress': columns(NAME, 'Class', 'Hosts', 'Address', 'Ports', 'Age'),
  'networking.k8s.io/v1/IngressClass': columns(NAME, 'Controller', 'Parameters', 'Age'),
  'networking.k8s.io/v1/NetworkPolicy': columns(NAME, 'Pod-Selector', 'Age'),
  'networking.k8s.io/v1/IPAddress': columns(NAME, 'ParentRef'),
  'networking.k8s.io/v1/ServiceCIDR': columns(NAME, 'CIDRs', 'Age'),
  'discovery.k8s.io/v1/EndpointSlice': columns(NAME, 'AddressType', 'Ports', 'Endpoints', 'Age'),
  'apiregistration.k8s.io/v1/APIService': columns(NAME, 'Service', 'Available', 'Age'),
  'rbac.authorization.k8s.io/v1/RoleBinding': BINDING,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': BINDING,
  'certificates.k8s.io/v1/CertificateSigningRequest': columns(NAME, 'Age', 'SignerName', 'Requestor', 'RequestedDuration', 'Condition'),
  'coordination.k8s.io/v1/Lease': columns(NAME, 'Holder', 'Age'),
  'node.k8s.io/v1/RuntimeClass': columns(NAME, 'Handler', 'Age'),
  'scheduling.k8s.io/v1/PriorityClass': columns(NAME, 'Value:integer', 'Global-Default:boolean', 'Age', 'PreemptionPolicy'),
  'storage.k8s.io/v1/StorageClass': columns(NAME, 'Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion', 'Age'),
  'storage.k8s.io/v1/VolumeAttributesClass': columns(NAME, 'DriverName', 'Age'),
  'storage.k8s.io/v1/VolumeAttachment': columns(NAME, 'Attacher@name', 'PV', 'Node', 'Attached:boolean', 'Age'),
  'storage.k8s.io/v1/CSINode': columns(NAME, 'Drivers:integer', 'Age'),
  'storage.k8s.io/v1/CSIDriver': columns(
    NAME,
    'AttachRequired:boolean',
    'PodInfoOnMount:boolean',
    'StorageCapacity:boolean',
    'TokenRequests',
    'RequiresRepublish:boolean',
    'Modes',
    'Age',
  ),
  'storage.k8s.io/v1/CSIStorageCapacity': columns(NAME, 'StorageClassName', 'Capacity'),
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': WEBHOOKS,
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration': WEBHOOKS,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy': columns(NAME, 'Mutations:integer', 'ParamKind', 'Age'),
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding': columns(NAME, 'PolicyName', 'ParamRef', 'Age'),
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': columns(NAME, 'Validations:integer', 'ParamKind', 'Age'),
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': columns(NAME, 'PolicyName', 'ParamRef', 'Age'),
};

const DEFAULT_COLUMNS: TableColumn[] = columns(NAME, 'Created At:date');

/** The columns of one kind, by its `apiVersion` and `kind`. */
export const columnsOf = (apiVersion: string, kind: string): TableColumn[] => COLUMNS[`${apiVersion}/${kind}`] ?? DEFAULT_COLUMNS;
