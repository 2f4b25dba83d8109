/**
 * The table of all kinds: everything the REST API, discovery, kubectl and storage know of a kind before its fields.
 * upstream: pkg/registry/<group>/rest, pkg/kubeapiserver/default_storage_factory_builder.go (etcd prefixes), pkg/controlplane (order of groups)
 */
import {groupResourceOf, parseApiVersion} from './group-version.ts';
import {byKey} from './order.ts';
import type {GroupVersionKind} from './types.ts';
import {compareVersions} from './version-order.ts';

/** A path below an object (`pods/status`). Its kind is the parent's unless it says otherwise. */
export interface Subresource {
  readonly name: string;
  readonly verbs: readonly string[];
  readonly kind: string;
  readonly group: string;
  readonly version: string;
}

export interface Kind {
  /** '' is the core group. */
  readonly group: string;
  /** The preferred version, which is also the one stored. */
  readonly version: string;
  /** All served versions, preferred first. */
  readonly versions: readonly string[];
  readonly kind: string;
  /** Plural name, as it stands in paths. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
  /** Under `/registry/`; undefined for kinds that are answered and never stored (reviews). */
  readonly etcdPrefix: string | undefined;
}

const STANDARD = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;
const NO_DELETECOLLECTION = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'] as const;
const CREATE = ['create'] as const;
const MODIFY = ['get', 'patch', 'update'] as const;
const PROXY = ['create', 'delete', 'get', 'patch', 'update'] as const;
const STREAM = ['create', 'get'] as const;

interface SubresourceRow {
  verbs: readonly string[];
  kind?: string;
  group?: string;
  version?: string;
}

const STATUS = {status: {verbs: MODIFY}} satisfies Record<string, SubresourceRow>;
const SCALE = {scale: {verbs: MODIFY, kind: 'Scale', group: 'autoscaling', version: 'v1'}} satisfies Record<string, SubresourceRow>;

interface Row {
  versions?: readonly string[];
  short?: readonly string[];
  /** Member of the category `all`. */
  all?: true;
  categories?: readonly string[];
  cluster?: true;
  verbs?: readonly string[];
  sub?: Readonly<Record<string, SubresourceRow>>;
  prefix?: string;
  virtual?: true;
}

const define =
  (group: string) =>
  (kind: string, resource: string, row: Row = {}): Kind => {
    const versions = row.versions ?? ['v1'];
    const version = versions[0]!;
    return {
      group,
      version,
      versions,
      kind,
      resource,
      singular: kind.toLowerCase(),
      shortNames: row.short ?? [],
      categories: row.categories ?? (row.all ? ['all'] : []),
      namespaced: !row.cluster,
      verbs: row.verbs ?? (row.virtual ? CREATE : STANDARD),
      subresources: Object.entries(row.sub ?? {})
        .sort(byKey)
        .map(([name, s]) => ({name, verbs: s.verbs, kind: s.kind ?? kind, group: s.group ?? group, version: s.version ?? version})),
      etcdPrefix: row.virtual ? undefined : (row.prefix ?? resource),
    };
  };

const core = define('');
const apiregistration = define('apiregistration.k8s.io');
const apps = define('apps');
const events = define('events.k8s.io');
const authentication = define('authentication.k8s.io');
const authorization = define('authorization.k8s.io');
const autoscaling = define('autoscaling');
const batch = define('batch');
const certificates = define('certificates.k8s.io');
const networking = define('networking.k8s.io');
const policy = define('policy');
const rbac = define('rbac.authorization.k8s.io');
const storage = define('storage.k8s.io');
const admissionregistration = define('admissionregistration.k8s.io');
const apiextensions = define('apiextensions.k8s.io');
const scheduling = define('scheduling.k8s.io');
const coordination = define('coordination.k8s.io');
const node = define('node.k8s.io');
const discovery = define('discovery.k8s.io');

/** In the order in which a real server's discovery lists groups, resources by name within a group. */
export const kinds: readonly Kind[] = [
  core('Binding', 'bindings', {virtual: true}),
  core('ComponentStatus', 'componentstatuses', {short: ['cs'], cluster: true, virtual: true, verbs: ['get', 'list']}),
  core('ConfigMap', 'configmaps', {short: ['cm']}),
  core('Endpoints', 'endpoints', {short: ['ep'], prefix: 'services/endpoints'}),
  core('Event', 'events', {short: ['ev']}),
  core('LimitRange', 'limitranges', {short: ['limits']}),
  core('Namespace', 'namespaces', {
    short: ['ns'],
    cluster: true,
    verbs: NO_DELETECOLLECTION,
    sub: {...STATUS, finalize: {verbs: ['update']}},
  }),
  core('Node', 'nodes', {
    short: ['no'],
    cluster: true,
    prefix: 'minions',
    sub: {...STATUS, proxy: {verbs: PROXY, kind: 'NodeProxyOptions'}},
  }),
  core('PersistentVolumeClaim', 'persistentvolumeclaims', {short: ['pvc'], sub: STATUS}),
  core('PersistentVolume', 'persistentvolumes', {short: ['pv'], cluster: true, sub: STATUS}),
  core('Pod', 'pods', {
    short: ['po'],
    all: true,
    sub: {
      ...STATUS,
      attach: {verbs: STREAM, kind: 'PodAttachOptions'},
      binding: {verbs: CREATE, kind: 'Binding'},
      ephemeralcontainers: {verbs: MODIFY},
      eviction: {verbs: CREATE, kind: 'Eviction', group: 'policy'},
      exec: {verbs: STREAM, kind: 'PodExecOptions'},
      log: {verbs: ['get']},
      portforward: {verbs: STREAM, kind: 'PodPortForwardOptions'},
      proxy: {verbs: PROXY, kind: 'PodProxyOptions'},
      resize: {verbs: MODIFY},
    },
  }),
  core('PodTemplate', 'podtemplates'),
  core('ReplicationController', 'replicationcontrollers', {short: ['rc'], all: true, prefix: 'controllers', sub: {...STATUS, ...SCALE}}),
  core('ResourceQuota', 'resourcequotas', {short: ['quota'], sub: STATUS}),
  core('Secret', 'secrets'),
  core('ServiceAccount', 'serviceaccounts', {
    short: ['sa'],
    sub: {token: {verbs: CREATE, kind: 'TokenRequest', group: 'authentication.k8s.io'}},
  }),
  core('Service', 'services', {
    short: ['svc'],
    all: true,
    prefix: 'services/specs',
    sub: {...STATUS, proxy: {verbs: PROXY, kind: 'ServiceProxyOptions'}},
  }),

  apiregistration('APIService', 'apiservices', {cluster: true, categories: ['api-extensions'], sub: STATUS}),

  apps('ControllerRevision', 'controllerrevisions'),
  apps('DaemonSet', 'daemonsets', {short: ['ds'], all: true, sub: STATUS}),
  apps('Deployment', 'deployments', {short: ['deploy'], all: true, sub: {...STATUS, ...SCALE}}),
  apps('ReplicaSet', 'replicasets', {short: ['rs'], all: true, sub: {...STATUS, ...SCALE}}),
  apps('StatefulSet', 'statefulsets', {short: ['sts'], all: true, sub: {...STATUS, ...SCALE}}),

  events('Event', 'events', {short: ['ev']}),

  authentication('SelfSubjectReview', 'selfsubjectreviews', {cluster: true, virtual: true}),
  authentication('TokenReview', 'tokenreviews', {cluster: true, virtual: true}),

  authorization('LocalSubjectAccessReview', 'localsubjectaccessreviews', {virtual: true}),
  authorization('SelfSubjectAccessReview', 'selfsubjectaccessreviews', {cluster: true, virtual: true}),
  authorization('SelfSubjectRulesReview', 'selfsubjectrulesreviews', {cluster: true, virtual: true}),
  authorization('SubjectAccessReview', 'subjectaccessreviews', {cluster: true, virtual: true}),

  autoscaling('HorizontalPodAutoscaler', 'horizontalpodautoscalers', {versions: ['v2', 'v1'], short: ['hpa'], all: true, sub: STATUS}),

  batch('CronJob', 'cronjobs', {short: ['cj'], all: true, sub: STATUS}),
  batch('Job', 'jobs', {all: true, sub: STATUS}),

  certificates('CertificateSigningRequest', 'certificatesigningrequests', {
    short: ['csr'],
    cluster: true,
    sub: {...STATUS, approval: {verbs: MODIFY}},
  }),

  networking('IngressClass', 'ingressclasses', {cluster: true}),
  networking('Ingress', 'ingresses', {short: ['ing'], prefix: 'ingress', sub: STATUS}),
  networking('IPAddress', 'ipaddresses', {short: ['ip'], cluster: true}),
  networking('NetworkPolicy', 'networkpolicies', {short: ['netpol']}),
  networking('ServiceCIDR', 'servicecidrs', {cluster: true, sub: STATUS}),

  policy('PodDisruptionBudget', 'poddisruptionbudgets', {short: ['pdb'], sub: STATUS}),

  rbac('ClusterRoleBinding', 'clusterrolebindings', {cluster: true}),
  rbac('ClusterRole', 'clusterroles', {cluster: true}),
  rbac('RoleBinding', 'rolebindings'),
  rbac('Role', 'roles'),

  storage('CSIDriver', 'csidrivers', {cluster: true}),
  storage('CSINode', 'csinodes', {cluster: true}),
  storage('CSIStorageCapacity', 'csistoragecapacities'),
  storage('StorageClass', 'storageclasses', {short: ['sc'], cluster: true}),
  storage('VolumeAttachment', 'volumeattachments', {cluster: true, sub: STATUS}),

  admissionregistration('MutatingAdmissionPolicy', 'mutatingadmissionpolicies', {cluster: true, categories: ['api-extensions']}),
  admissionregistration('MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings', {
    cluster: true,
    categories: ['api-extensions'],
  }),
  admissionregistration('MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', {cluster: true, categories: ['api-extensions']}),
  admissionregistration('ValidatingAdmissionPolicy', 'validatingadmissionpolicies', {
    cluster: true,
    categories: ['api-extensions'],
    sub: STATUS,
  }),
  admissionregistration('ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings', {
    cluster: true,
    categories: ['api-extensions'],
  }),
  admissionregistration('ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', {
    cluster: true,
    categories: ['api-extensions'],
  }),

  apiextensions('CustomResourceDefinition', 'customresourcedefinitions', {
    short: ['crd', 'crds'],
    cluster: true,
    categories: ['api-extensions'],
    sub: STATUS,
  }),

  scheduling('PriorityClass', 'priorityclasses', {short: ['pc'], cluster: true}),

  coordination('Lease', 'leases'),

  node('RuntimeClass', 'runtimeclasses', {cluster: true}),

  discovery('EndpointSlice', 'endpointslices'),
];

const metrics = define('metrics.k8s.io');

/** Kinds that another server answers for, where an APIService says so. */
export const aggregatedKinds: readonly Kind[] = [
  metrics('NodeMetrics', 'nodes', {versions: ['v1beta1'], cluster: true, virtual: true, verbs: ['get', 'list']}),
  metrics('PodMetrics', 'pods', {versions: ['v1beta1'], virtual: true, verbs: ['get', 'list']}),
];

/** Kinds that are only ever bodies of a subresource. */
const subresourceKinds: readonly Kind[] = [
  policy('Eviction', 'evictions', {virtual: true}),
  autoscaling('Scale', 'scales', {virtual: true}),
  authentication('TokenRequest', 'tokenrequests', {virtual: true}),
];

const resources = new Map<string, Kind>();
for (const k of kinds) {
  resources.set(groupResourceOf(k), k);
  if (!resources.has(k.resource)) resources.set(k.resource, k);
}

/** The kind with this plural name: `pods`, or `events.events.k8s.io` where the bare name means another group's. */
export const byResource = (resource: string): Kind | undefined => resources.get(resource);

const groupResources = new Map(kinds.map(k => [`${k.group}/${k.resource}`, k]));

/** The kind behind `/apis/GROUP/.../RESOURCE`. */
export const byGroupResource = (group: string, resource: string): Kind | undefined => groupResources.get(`${group}/${resource}`);

const groupKinds = new Map([...kinds, ...subresourceKinds].map(k => [`${k.group}/${k.kind}`, k]));

/** The kind with this group, version and name; any version when it is ''. */
export function byKind(group: string, version: string, kind: string): Kind | undefined {
  const found = groupKinds.get(`${group}/${kind}`);
  return found && (version === '' || found.versions.includes(version)) ? found : undefined;
}

/** The table's row for an object's apiVersion and kind. */
export function kindOf(object: {apiVersion?: string; kind?: string}): Kind | undefined {
  const {group, version} = parseApiVersion(object.apiVersion ?? '');
  return byKind(group, version, object.kind ?? '');
}

/** A kind's group, version and name. */
export const gvk = (k: Kind, version = k.version): GroupVersionKind => ({group: k.group, version, kind: k.kind});

const inTable: ReadonlySet<string> = new Set(kinds.map(k => k.group));

/** Groups in discovery order, each with its versions, preferred first: those of definitions by maturity. */
export function groups(table: readonly Kind[] = kinds): {group: string; versions: string[]}[] {
  const found = new Map<string, string[]>();
  for (const k of table) {
    const versions = found.get(k.group) ?? [];
    found.set(k.group, versions.concat(k.versions.filter(v => !versions.includes(v))));
  }
  return [...found].map(([group, versions]) => ({
    group,
    versions: inTable.has(group) ? versions : versions.sort((a, b) => compareVersions(b, a)),
  }));
}

const named = (k: Kind, word: string): boolean => k.resource === word || k.singular === word || k.shortNames.includes(word);

/**
 * What kubectl understands by a word: plural, singular or short name, alone or with `.group` (or its beginning) or `.version.group`. A plural wins over a short name.
 * `table` may hold the rows of custom resources too. upstream: cli-runtime/pkg/resource/builder.go mappingFor, restmapper/shortcut.go
 */
export function resolve(word: string, table: readonly Kind[] = kinds): Kind | undefined {
  const [name, ...rest] = word.toLowerCase().split('.');
  const candidates = table.filter(k => named(k, name!));
  const exactFirst = [...candidates].sort((a, b) => Number(b.resource === name) - Number(a.resource === name));
  if (rest.length === 0) return exactFirst[0];
  const tail = rest.join('.');
  return exactFirst.find(
    k => (k.group !== '' && tail !== '' && k.group.startsWith(tail)) || k.versions.some(version => tail === `${version}.${k.group}`),
  );
}

/** The members of a category (`all`), in table order; [] when there is no such category. */
export const inCategory = (category: string, table: readonly Kind[] = kinds): Kind[] => table.filter(k => k.categories.includes(category));
