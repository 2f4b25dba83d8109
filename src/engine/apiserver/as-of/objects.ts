/** Objects that read otherwise before: what a later release gives them is left out. */
import {parseApiVersion} from '../../api/group-version.ts';
import {byGroupResource} from '../../api/kinds.ts';
import type {Fields} from '../validation/fields.ts';
import type {Change} from './types.ts';

/** A part of an object without some of its fields. */
function without(part: Fields | undefined, ...fields: readonly string[]): Fields | undefined {
  if (!part || !fields.some(field => field in part)) return part;
  return Object.fromEntries(Object.entries(part).filter(([name]) => !fields.includes(name)));
}

/** An object without some fields of one of its parts. */
const lacking =
  (part: 'metadata' | 'spec' | 'status', ...fields: readonly string[]) =>
  (object: Fields): Fields => ({...object, ...(object[part] && {[part]: without(object[part], ...fields)})});

/** Metadata without a label or an annotation; without any, when it was the only one. */
function withoutOne(metadata: Fields, map: 'labels' | 'annotations', key: string): Fields {
  if (metadata[map]?.[key] === undefined) return metadata;
  const rest = without(metadata[map], key)!;
  return Object.keys(rest).length ? {...metadata, [map]: rest} : without(metadata, map)!;
}

/** Every metadata that an object's templates hold says that it was created at no time. */
const templatesWithoutTime = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(templatesWithoutTime);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as Fields).map(([name, inner]) => [
      name,
      name === 'metadata' ? {creationTimestamp: null, ...(inner as Fields)} : templatesWithoutTime(inner),
    ]),
  );
};

const JOB_LABELS = ['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];
/** Both names of a label stand on a job's pods today; its selector takes the new one. */
const withOldJobLabels = (labels: Fields | undefined, renamed: boolean): Fields | undefined =>
  labels &&
  Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) =>
      !JOB_LABELS.includes(name) ? [[name, value]] : renamed ? [[name.replace('batch.kubernetes.io/', ''), value]] : [],
    ),
  );

const notOfOneself = ({resources}: Fields): boolean => resources?.join() !== 'selfsubjectreviews';

export const OBJECTS: readonly Change[] = [
  {
    since: 34,
    about:
      'Metadata of templates no longer says creationTimestamp: null (omitzero). upstream: apimachinery/pkg/apis/meta/v1/types.go ObjectMeta',
    of: ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ReplicationController', 'PodTemplate'],
    object: object => ({...object, ...(object['spec'] && {spec: templatesWithoutTime(object['spec'])})}),
  },
  {
    since: 34,
    about: 'The status of a pod says which generation it is of (KEP-5067).',
    of: ['Pod'],
    object: lacking('status', 'observedGeneration'),
  },
  {
    since: 33,
    about: 'Pods count their generations (KEP-5067).',
    of: ['Pod'],
    object: lacking('metadata', 'generation'),
  },
  {
    since: 33,
    about: 'Endpoints say that the controller manages them (KEP-4974, kubernetes/kubernetes#130564).',
    of: ['Endpoints'],
    object: object => ({...object, metadata: withoutOne(object['metadata'], 'labels', 'endpoints.kubernetes.io/managed-by')}),
  },
  {
    since: 29,
    about: 'Pods say whether their sandbox is ready (KEP-3085), and list the addresses of their host (KEP-2681).',
    of: ['Pod'],
    object: object => {
      const status = without(object['status'], 'hostIPs');
      const conditions = status?.['conditions']?.filter(({type}: Fields) => type !== 'PodReadyToStartContainers');
      return {...object, ...(status && {status: {...status, ...(conditions && {conditions})}})};
    },
  },
  {
    since: 29,
    about: 'Jobs say when pods are replaced (KEP-3939).',
    of: ['Job'],
    object: lacking('spec', 'podReplacementPolicy'),
  },
  {
    since: 27,
    about: 'Labels of jobs have the prefix batch.kubernetes.io. upstream: pkg/apis/batch/types.go',
    of: ['Job'],
    object: ({metadata, spec, ...object}) => ({
      metadata: metadata && {...metadata, ...(metadata.labels && {labels: withOldJobLabels(metadata.labels, false)})},
      spec: spec && {
        ...spec,
        ...(spec.selector && {selector: {...spec.selector, matchLabels: withOldJobLabels(spec.selector.matchLabels, true)}}),
        ...(spec.template && {
          template: {
            ...spec.template,
            metadata: {...spec.template.metadata, labels: withOldJobLabels(spec.template.metadata?.labels, false)},
          },
        }),
      },
      ...object,
    }),
  },
  {
    since: 27,
    about: 'StatefulSets say what becomes of their claims (KEP-1847).',
    of: ['StatefulSet'],
    object: lacking('spec', 'persistentVolumeClaimRetentionPolicy'),
  },
  {
    since: 27,
    about: 'Discovery tells the singular names of built-in resources (kubernetes/kubernetes#113542).',
    of: ['APIResource'],
    object: ({resources, ...list}) => ({
      ...list,
      resources: resources.map((resource: Fields) =>
        byGroupResource(parseApiVersion(list['groupVersion']).group, resource['name']) ? {...resource, singularName: ''} : resource,
      ),
    }),
  },
  {
    since: 27,
    about: 'Everybody may ask who they are (KEP-3325): a rule of system:basic-user, and of what one may.',
    of: ['ClusterRole', 'SelfSubjectRulesReview'],
    object: ({rules, status, ...object}) => ({
      ...object,
      ...(rules && {rules: rules.filter(notOfOneself)}),
      ...(status && {status: {...status, resourceRules: status.resourceRules?.filter(notOfOneself)}}),
    }),
  },
  {
    since: 22,
    about: 'Jobs say how they complete and whether they wait (KEP-2214, KEP-2232).',
    of: ['Job'],
    object: lacking('spec', 'completionMode', 'suspend'),
  },
  {
    since: 22,
    about: 'The bundle of authorities in every namespace is described (kubernetes/kubernetes#100926).',
    of: ['ConfigMap'],
    object: object =>
      object['metadata'].name === 'kube-root-ca.crt'
        ? {...object, metadata: withoutOne(object['metadata'], 'annotations', 'kubernetes.io/description')}
        : object,
  },
  {
    since: 22,
    about: 'A TokenRequest comes back with the name of its account. upstream: core/serviceaccount/storage/token.go',
    of: ['TokenRequest'],
    object: object => ({...object, metadata: {...without(object['metadata'], 'name', 'namespace'), creationTimestamp: null}}),
  },
  {
    since: 22,
    about: 'Services say where traffic from inside goes (KEP-2086), and whether they get node ports (KEP-1864).',
    of: ['Service'],
    object: lacking('spec', 'internalTrafficPolicy', 'allocateLoadBalancerNodePorts'),
  },
  {
    since: 21,
    about: 'CronJobs of batch/v1 count their generations (KEP-19). upstream: pkg/registry/batch/cronjob/strategy.go',
    of: ['CronJob'],
    object: lacking('metadata', 'generation'),
  },
  {
    since: 21,
    about: 'Services say which IP families they have (KEP-563, IPv6DualStack).',
    of: ['Service'],
    object: lacking('spec', 'ipFamilies', 'ipFamilyPolicy'),
  },
  {
    since: 21,
    about: 'Namespaces carry their name as a label (KEP-2161, NamespaceDefaultLabelName).',
    of: ['Namespace'],
    object: object => ({...object, metadata: withoutOne(object['metadata'], 'labels', 'kubernetes.io/metadata.name')}),
  },
  {
    since: 20,
    about: 'Services list their cluster IPs (KEP-563).',
    of: ['Service'],
    object: lacking('spec', 'clusterIPs'),
  },
  {
    since: 18,
    about: 'Objects say who manages their fields (KEP-555, ServerSideApply).',
    object: lacking('metadata', 'managedFields'),
  },
];
