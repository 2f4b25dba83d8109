/**
 * How lists and structures of the built-in kinds are merged. Whatever is not named here: a list stands as a whole, a structure or map is merged field by field.
 * upstream: the tags patchStrategy, patchMergeKey, listType, listMapKey, structType and mapType in staging/src/k8s.io/api
 */
import type {Definition, FieldType} from '../decoding/schema.ts';

export interface ListRule {
  /** Fields that tell the elements apart; none: the elements are plain values, each there once. */
  readonly keys: readonly string[];
  /** Of an element, a strategic merge patch keeps only the fields that it names. */
  readonly retainKeys?: true;
}

const by = (...keys: string[]): ListRule => ({keys});
const byNameRetaining: ListRule = {keys: ['name'], retainKeys: true};
const SET: ListRule = {keys: []};

const CONTAINER = {
  ports: by('containerPort', 'protocol'),
  env: by('name'),
  volumeMounts: by('mountPath'),
  volumeDevices: by('devicePath'),
} as const;

const CONDITIONS = {conditions: by('type')} as const;
const WEBHOOK = {matchConditions: by('name')} as const;

/** Structure -> field -> rule. Strategic merge patches look at the first key only. */
export const LIST_RULES: Readonly<Record<string, Readonly<Record<string, ListRule>>>> = {
  ObjectMeta: {ownerReferences: by('uid'), finalizers: SET},
  PodSpec: {
    volumes: byNameRetaining,
    containers: by('name'),
    initContainers: by('name'),
    ephemeralContainers: by('name'),
    imagePullSecrets: by('name'),
    hostAliases: by('ip'),
    topologySpreadConstraints: by('topologyKey', 'whenUnsatisfiable'),
    schedulingGates: by('name'),
    resourceClaims: byNameRetaining,
  },
  Container: CONTAINER,
  EphemeralContainer: CONTAINER,
  ResourceRequirements: {claims: by('name')},
  ContainerStatus: {volumeMounts: by('mountPath'), allocatedResourcesStatus: by('name')},
  PodStatus: {...CONDITIONS, podIPs: by('ip'), hostIPs: by('ip'), resourceClaimStatuses: byNameRetaining},
  NodeSpec: {podCIDRs: SET},
  NodeStatus: {...CONDITIONS, addresses: by('type')},
  NamespaceStatus: CONDITIONS,
  ServiceSpec: {ports: by('port', 'protocol')},
  ServiceStatus: CONDITIONS,
  ServiceAccount: {secrets: by('name')},
  PersistentVolumeClaimStatus: CONDITIONS,
  ReplicationControllerStatus: CONDITIONS,
  DeploymentStatus: CONDITIONS,
  ReplicaSetStatus: CONDITIONS,
  StatefulSetStatus: CONDITIONS,
  DaemonSetStatus: CONDITIONS,
  JobStatus: CONDITIONS,
  HorizontalPodAutoscalerStatus: CONDITIONS,
  PodDisruptionBudgetStatus: CONDITIONS,
  CertificateSigningRequestStatus: CONDITIONS,
  CustomResourceDefinitionStatus: CONDITIONS,
  APIServiceStatus: CONDITIONS,
  FlowSchemaStatus: CONDITIONS,
  PriorityLevelConfigurationStatus: CONDITIONS,
  MutatingWebhookConfiguration: {webhooks: by('name')},
  ValidatingWebhookConfiguration: {webhooks: by('name')},
  MutatingWebhook: WEBHOOK,
  ValidatingWebhook: WEBHOOK,
  MutatingAdmissionPolicySpec: {...WEBHOOK, variables: by('name')},
  ValidatingAdmissionPolicySpec: {...WEBHOOK, variables: by('name')},
};

/** Structures of which only the named fields stay: what decides between alternatives. */
export const RETAIN_KEYS: ReadonlySet<string> = new Set(['DeploymentSpec.strategy']);

/** What apply takes as one value. */
export const ATOMIC_STRUCTS: ReadonlySet<string> = new Set([
  'LabelSelector',
  'NodeSelector',
  'NodeSelectorTerm',
  'ScopeSelector',
  'TopologySelectorTerm',
  'LocalObjectReference',
  'ObjectReference',
  'TypedLocalObjectReference',
  'OwnerReference',
  'ConfigMapKeySelector',
  'SecretKeySelector',
  'FileKeySelector',
  'SecretReference',
  'ObjectFieldSelector',
  'ResourceFieldSelector',
  'RoleRef',
  'Subject',
  'IngressServiceBackendPort',
  'ServiceBackendPort',
]);
export const ATOMIC_MAPS: ReadonlySet<string> = new Set([
  'ServiceSpec.selector',
  'PodSpec.nodeSelector',
  'ReplicationControllerSpec.selector',
]);

/** Values that keys have when they are not given. */
export const KEY_DEFAULTS: Readonly<Record<string, unknown>> = {protocol: 'TCP'};

/** What is known of a place in a document; undefined where lists are replaced and nothing else matters (custom resources). */
export type Schema = Definition | undefined;

const structIn = (type: FieldType | undefined): Schema =>
  type?.is === 'struct' ? type.definition : type?.is === 'list' || type?.is === 'map' ? structIn(type.of) : undefined;

/** The structure that a field holds, or its elements are. */
export const structOf = (schema: Schema, key: string): Schema => structIn(schema?.fields.get(key)?.type);

/** How a field's list is merged; undefined: it stands as a whole. */
export const ruleOf = (schema: Schema, key: string): ListRule | undefined => (schema ? LIST_RULES[schema.name]?.[key] : undefined);
