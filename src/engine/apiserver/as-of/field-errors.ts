/** Field errors that read otherwise before. upstream: pkg/apis/GROUP/validation, staging/src/k8s.io/apimachinery/pkg/util/validation (the releases named) */
import {forbiddenField, GoValue, invalidValue, printValue} from '../../api/field-errors.ts';
import {isDNS1123Label, isEnvVarName, nameIsDNS1035Label} from '../../api/names.ts';
import {type Definition, definitionOfKind, type FieldType} from '../decoding/schema.ts';
import type {Fields} from '../validation/fields.ts';
import {refusesAmbiguity} from '../validation/ip.ts';
import {type GoType, goValue, structType, typeAt} from './go-syntax.ts';
import {podSpecPath} from './manifest.ts';
import {partAt} from './parts.ts';
import type {Change, ShownError, Validated} from './types.ts';

type Then = NonNullable<Change['error']>;

/** Words that were others: what today's say, what then's said. */
const reworded =
  (today: string | RegExp, then: string): Then =>
  error => ({...error, body: error.body.replace(today, then)});

/** Errors of one kind alone. */
const ofKind =
  (kind: string, then: Then): Then =>
  (error, validated) =>
    validated.kind?.kind === kind ? then(error, validated) : error;

const parentOf = (path: string): string => path.replace(/\.[^.]+$/, '');

const POD_UPDATES = /^(Forbidden: pod updates may not change fields other than )[^\n]*/;
const POD_UPDATES_THEN =
  '$1`spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)';
const STATEFUL_SET_UPDATES = /(updates to statefulset spec for fields other than ).*( are forbidden)$/;
const PRIORITY_UPDATE = 'Forbidden: may not be changed in an update.';
const NODE_UPDATES =
  'node updates may only change labels, taints, or capacity (or configSource, if the DynamicKubeletConfig feature gate is enabled)';

const KUBELET_PORT = 10_250;

function kubeletPortErrors({spec}: Fields): ShownError[] {
  if (spec.type !== 'LoadBalancer') return [];
  return ((spec.ports ?? []) as Fields[]).flatMap(({port}, i) =>
    port === KUBELET_PORT
      ? [invalidValue(`spec.ports[${i}]`, port, `may not expose port ${KUBELET_PORT} externally since it is used by kubelet`)]
      : [],
  );
}

const NAMES = [
  ['generateName', true],
  ['name', false],
] as const;

/** What was wrong with a Service's names while they had to begin with a letter. */
const serviceNameErrors = ({metadata}: Fields): ShownError[] =>
  NAMES.filter(([field]) => metadata[field]).flatMap(([field, prefix]) =>
    nameIsDNS1035Label(metadata[field], prefix).map(message => invalidValue(`metadata.${field}`, metadata[field], message)),
  );

export const FIELD_ERRORS: readonly Change[] = [
  {
    since: 36,
    about: 'Addresses and blocks that can be read in two ways are refused (KEP-4858, StrictIPCIDRValidation).',
    error: error => (refusesAmbiguity(error.body) ? undefined : error),
  },
  {
    since: 36,
    about: 'A Service may begin with a digit (KEP-5311, RelaxedServiceNameValidation); its name was a label of RFC 1035.',
    error: ofKind('Service', error =>
      /^metadata\.(generateN|n)ame$/.test(error.field) && error.body.startsWith('Invalid value') ? undefined : error,
    ),
    more: (_errors, {kind, object}) => (kind?.kind === 'Service' ? serviceNameErrors(object as Fields) : []),
  },
  {
    since: 34,
    about:
      'A port name wants a letter, and is told so; it used to be told that a number would do. upstream: util/validation IsValidPortName',
    error: reworded('must contain at least one letter (a-z)', 'must contain at least one letter or number (a-z, 0-9)'),
  },
  {
    since: 34,
    about: 'Names of environment variables may be nearly anything (KEP-4369, RelaxedEnvironmentVariableValidation).',
    more: (_errors, {kind, object}) => envErrors(kind?.kind ?? '', object),
  },
  {
    since: 34,
    about: 'An autoscaler says in which API group its target is (kubernetes/kubernetes#132537).',
    error: ofKind('HorizontalPodAutoscaler', error =>
      /\.(scaleTargetRef|describedObject)\.apiVersion$/.test(error.field) ? undefined : error,
    ),
  },
  {
    since: 33,
    about:
      'A subdomain where a label is wanted is told that it has dots, instead of all that a label is. upstream: util/validation IsDNS1123Label',
    error: reworded('must not contain dots', isDNS1123Label('-')[0]!),
  },
  {
    since: 33,
    about:
      "A load balancer may have the kubelets' port (kubernetes/kubernetes#129174): clouds open no more of their firewalls than they should.",
    more: (_errors, {kind, object}) => (kind?.kind === 'Service' ? kubeletPortErrors(object as Fields) : []),
  },
  {
    since: 30,
    about: 'A toleration with Exists and a value is shown by its value, no longer whole. upstream: core/validation ValidateTolerations',
    error: (error, {object}) =>
      /^Invalid value: .*: value must be empty when `operator` is 'Exists'$/.test(error.body)
        ? {
            ...invalidValue(error.field, partAt(object, parentOf(error.field)), "value must be empty when `operator` is 'Exists'"),
            shows: 'core/v1.Toleration',
          }
        : error,
  },
  {
    since: 27,
    about: 'A request above its limit is told the limit (kubernetes/kubernetes#112925).',
    error: reworded(/(must be (?:less than or )?equal to .* limit) of [^ ]+$/, '$1'),
  },
  {
    since: 27,
    about:
      'The allocator of cluster IPs, rewritten upon IPAddress objects (KEP-1880), words its refusals otherwise. upstream: core/service/storage/alloc.go',
    error: reworded(/failed to allocate IP ([^ ]+): (?:the (provided IP) \([^ ]+\))?/, 'failed to allocated ip:$1 with error:$2'),
  },
  {
    since: 26,
    about: 'Where hostNetwork wants host port and container port alike, the host port is at fault, no longer the container port.',
    error: (error, {object}) =>
      error.body.endsWith('must match `containerPort` when `hostNetwork` is true')
        ? invalidValue(
            error.field.replace(/hostPort$/, 'containerPort'),
            partAt(object, error.field.replace(/hostPort$/, 'containerPort')),
            'must match `hostPort` when `hostNetwork` is true',
          )
        : error,
  },
  {
    since: 26,
    about: 'A forbidden change of a node is named once; until DynamicKubeletConfig was gone a second error spoke of all that may change.',
    more: (errors, {kind}) =>
      kind?.kind === 'Node' && errors.some(({field, type}) => type === 'FieldValueForbidden' && field.startsWith('spec.p'))
        ? [forbiddenField('[]', NODE_UPDATES)]
        : [],
  },
  {
    since: 25,
    about:
      'A field of a custom object that has another type is blamed for that, no longer for its value. upstream: apiextensions-apiserver/pkg/apiserver/validation',
    error: error => (error.type === 'FieldValueTypeInvalid' ? {...error, type: 'FieldValueInvalid'} : error),
  },
  {
    since: 24,
    about: 'What an owner reference lacks is no longer named a second time. upstream: apimachinery/pkg/api/validation/objectmeta.go',
    error: error => {
      const [, field] = /^metadata\.ownerReferences\.(kind|name|uid)$/.exec(error.field) ?? [];
      return field ? {...error, body: error.body.replace(/: must not be empty$/, `: ${field} must not be empty`)} : error;
    },
  },
  {
    since: 24,
    about: 'The keys that a secret must have are under data; a misprint had them under data[%s] (kubernetes/kubernetes#106179).',
    error: ofKind('Secret', (error, {object}) =>
      ['kubernetes.io/basic-auth', 'kubernetes.io/ssh-auth'].includes(object['type'])
        ? {...error, field: error.field.replace(/^data\[/, 'data[%s][')}
        : error,
    ),
  },
  {
    since: 24,
    about: 'The value of a PriorityClass is spelt as in a manifest. upstream: scheduling/validation ValidatePriorityClassUpdate',
    error: ofKind('PriorityClass', error => (error.body === PRIORITY_UPDATE ? {...error, field: 'Value'} : error)),
  },
  {
    since: 22,
    about:
      'More than image, deadline and tolerations of a pod may change: a negative grace period. upstream: core/validation ValidatePodUpdate',
    error: ofKind('Pod', reworded(POD_UPDATES, POD_UPDATES_THEN)),
  },
  {
    since: 22,
    about:
      'More than replicas, template and updateStrategy of a StatefulSet may change. upstream: apps/validation ValidateStatefulSetUpdate',
    error: ofKind('StatefulSet', reworded(STATEFUL_SET_UPDATES, "$1'replicas', 'template', and 'updateStrategy'$2")),
  },
  {
    since: 22,
    about:
      'A service that is replaced without its cluster IP keeps it. upstream: pkg/registry/core/service/strategy.go patchAllocatedValues',
    more: (_errors, {kind, replaces, object, old, written}) =>
      kind?.kind === 'Service' &&
      replaces &&
      old?.['spec'].clusterIP &&
      object['spec'].type !== 'ExternalName' &&
      !written('spec.clusterIP')
        ? [invalidValue('spec.clusterIPs[0]', null, 'primary clusterIP can not be unset')]
        : [],
  },
  {
    since: 21,
    about: 'The schedule of a CronJob is read by cron of version 3 (CronJobControllerV2), which counts fields in other words.',
    error: ofKind('CronJob', reworded(/expected exactly 5 fields, found (\d+): \[(.*)\]$/, 'Expected exactly 5 fields, found $1: $2')),
  },
  {
    since: 21,
    about: 'A namespace carries its name as a label, and a name that is no label is refused twice (KEP-2161).',
    error: ofKind('Namespace', (error, {object}) =>
      error.field === 'metadata.labels' && error.value === object['metadata'].name ? undefined : error,
    ),
  },
  {
    since: 20,
    about: 'Kubernetes says that its labels are RFC 1123 in lower case, no longer DNS-1123 (kubernetes/kubernetes#94182).',
    error: reworded('a lowercase RFC 1123 ', 'a DNS-1123 '),
  },
  {
    since: 33,
    about:
      'Values are shown as JSON, no longer in the syntax of Go. upstream: apimachinery/pkg/util/validation/field/errors.go ErrorBody. Last: it prints what the others leave.',
    error: inGo,
  },
];

/** Errors of variables, and of prefixes of variables, whose names were none. */
function envErrors(kind: string, object: Fields): ShownError[] {
  const path = podSpecPath(kind).join('.');
  const spec = path ? (partAt(object, path) as Fields | undefined) : undefined;
  const wrong = (name: string | undefined, at: string): ShownError[] =>
    name ? isEnvVarName(name).map(why => invalidValue(at, name, why)) : [];
  return ['initContainers', 'containers'].flatMap(list =>
    ((spec?.[list] ?? []) as Fields[]).flatMap(({env = [], envFrom = []}, i) => [
      ...(env as Fields[]).flatMap(({name}, j) => wrong(name, `${path}.${list}[${i}].env[${j}].name`)),
      ...(envFrom as Fields[]).flatMap(({prefix}, j) => wrong(prefix, `${path}.${list}[${i}].envFrom[${j}].prefix`)),
    ]),
  );
}

/** What nobody requests is a copy of its limit, as that was written. */
function inGo(error: ShownError, {kind, written}: Validated): ShownError {
  if (!('value' in error) || error.value instanceof GoValue) return error;
  const definition = kind && definitionOfKind(kind);
  const type = error.shows ? structType(error.shows) : definition && shownType(definition, error);
  if (type && isText(type.type, error)) return error;
  const shown = printValue(error.value);
  return {
    ...error,
    body: error.body.replace(shown, () =>
      goValue(error.value, type, written(error.field) ?? written(error.field.replace('.requests[', '.limits['))),
    ),
  };
}

/** The type of what is shown at a field: where it is the list that the field is an item of, the list's. */
function shownType(definition: Definition, {field, value}: ShownError): GoType | undefined {
  const type = typeAt(definition, field);
  const isList = value === null || value === undefined || Array.isArray(value);
  return isList && type && type.type.is !== 'list' && field.endsWith(']')
    ? typeAt(definition, field.slice(0, field.lastIndexOf('[')))
    : type;
}

/** Whether a validator handed over the text of a quantity, or the number or name of a port, not the structure. */
function isText({is}: FieldType, {body, field}: ShownError): boolean {
  if (is === 'quantity') return !/: (must be an integer|must be positive)$| is (greater|less) than /.test(body);
  return (
    is === 'intOrString' &&
    (!/\.(maxUnavailable|maxSurge|minAvailable)$/.test(field) || body.endsWith('must be greater than or equal to 0'))
  );
}
