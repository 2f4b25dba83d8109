/** Every change between releases: the same request, answered as of the release before it and as of its own. */
import {expect, it} from 'vitest';
import {CHANGES} from '../../../../src/engine/apiserver/as-of/changes.ts';
import type {Cluster, LibraryRequest} from '../../../../src/engine/cluster/cluster.ts';
import {clusterOf} from '../../../clusters.ts';

type Body = any;

interface Example {
  /** How the change's sentence begins. */
  readonly about: string;
  /** What is there before. */
  readonly given?: readonly object[];
  readonly ask: LibraryRequest;
  /** What of the answer is looked at; default: the message of a refusal. */
  readonly look?: (body: Body, headers: Record<string, unknown>) => unknown;
  readonly before: unknown;
  readonly now: unknown;
}

const GROUPS: Readonly<Record<string, string>> = {
  Deployment: '/apis/apps/v1/namespaces/default/deployments',
  StatefulSet: '/apis/apps/v1/namespaces/default/statefulsets',
  Job: '/apis/batch/v1/namespaces/default/jobs',
  CronJob: '/apis/batch/v1beta1/namespaces/default/cronjobs',
  HorizontalPodAutoscaler: '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers',
  Ingress: '/apis/networking.k8s.io/v1/namespaces/default/ingresses',
  PriorityClass: '/apis/scheduling.k8s.io/v1/priorityclasses',
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  Widget: '/apis/example.com/v1/namespaces/default/widgets',
  Namespace: '/api/v1/namespaces',
  Node: '/api/v1/nodes',
};
const collectionOf = ({kind}: Body): string => GROUPS[kind] ?? `/api/v1/namespaces/default/${kind.toLowerCase()}s`;

const object = (
  kind: string,
  name: string,
  rest: object = {},
  apiVersion = collectionOf({kind}).split('/').slice(2, 4).join('/'),
): Body => ({
  apiVersion: collectionOf({kind}).startsWith('/api/') ? 'v1' : apiVersion,
  kind,
  metadata: {name},
  ...rest,
});
const container = {name: 'c', image: 'nginx'};
const pod = (spec: object = {}, metadata: object = {}): Body => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: 'web', ...metadata},
  spec: {containers: [container], ...spec},
});
const withPorts = (...ports: object[]): Body => ({containers: [{...container, ports}]});
const template = {metadata: {labels: {app: 'web'}}, spec: {containers: [container]}};
const workload = (kind: string, spec: object = {}): Body =>
  object(kind, 'web', {spec: {selector: {matchLabels: {app: 'web'}}, template, ...spec}});
const job = object('Job', 'work', {spec: {template: {spec: {...template.spec, restartPolicy: 'Never'}}}});
const service = (spec: object = {}): Body => object('Service', 'web', {spec: {ports: [{port: 80}], selector: {app: 'web'}, ...spec}});

const size = {type: 'object', properties: {spec: {type: 'object', properties: {size: {type: 'integer'}}}}};
const widgets = object('CustomResourceDefinition', 'widgets.example.com', {
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: {plural: 'widgets', kind: 'Widget'},
    versions: [{name: 'v1', served: true, storage: true, schema: {openAPIV3Schema: size}}],
  },
});

const create = (body: Body): LibraryRequest => ({method: 'POST', path: collectionOf(body), body});
const change = (body: Body, patch: object): LibraryRequest => ({
  method: 'PATCH',
  path: `${collectionOf(body)}/${body.metadata.name}`,
  headers: {'content-type': 'application/merge-patch+json'},
  body: JSON.stringify(patch),
});
const get = (path: string): LibraryRequest => ({method: 'GET', path});

const field =
  (path: string) =>
  (body: Body): unknown =>
    path.split('.').reduce((part, name) => part?.[name], body);

const EXAMPLES: readonly Example[] = [
  {
    about: 'Addresses and blocks that can be read in two ways',
    ask: create({...service(), spec: {...service()['spec'], externalIPs: ['010.0.0.7']}}),
    look: body => body.details?.causes?.[0].message ?? body.kind,
    before: 'Service',
    now: /must not have leading 0s$/,
  },
  {
    about: 'A Service may begin with a digit',
    ask: create({...service(), metadata: {name: '1web'}}),
    look: body => body.details?.causes?.[0].message ?? body.kind,
    before: /^Invalid value: "1web": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic/,
    now: 'Service',
  },
  {
    about: 'A port name wants',
    ask: create(pod(withPorts({containerPort: 80, name: '80'}))),
    before: /must contain at least one letter or number \(a-z, 0-9\)$/,
    now: /must contain at least one letter \(a-z\)$/,
  },
  {
    about: 'Names of environment variables',
    ask: create(pod({containers: [{...container, env: [{name: '1 A', value: 'x'}], envFrom: [{prefix: '2', configMapRef: {name: 'c'}}]}]})),
    look: body => [body.kind, body.details?.causes.map((cause: Body) => cause.field)],
    before: ['Status', ['spec.containers[0].env[0].name', 'spec.containers[0].envFrom[0].prefix']],
    now: ['Pod', undefined],
  },
  {
    about: 'An autoscaler says',
    ask: create(object('HorizontalPodAutoscaler', 'h', {spec: {maxReplicas: 3, scaleTargetRef: {kind: 'Deployment', name: 'web'}}})),
    look: body => body.kind,
    before: 'HorizontalPodAutoscaler',
    now: 'Status',
  },
  {
    about: 'A subdomain where a label',
    ask: create(object('Namespace', 'a.b')),
    before: /: a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'/,
    now: /: must not contain dots/,
  },
  {
    about: "A load balancer may have the kubelets' port",
    ask: create(service({type: 'LoadBalancer', ports: [{port: 10250}]})),
    look: body => [body.kind, body.details?.causes[0].field],
    before: ['Status', 'spec.ports[0]'],
    now: ['Service', undefined],
  },
  {
    about: 'A toleration with Exists',
    ask: create(pod({tolerations: [{key: 'a', operator: 'Exists', value: 'b'}]})),
    before:
      /Invalid value: core\.Toleration\{Key:"a", Operator:"Exists", Value:"b", Effect:"", TolerationSeconds:\(\*int64\)\(nil\)\}: value/,
    now: /Invalid value: "b": value/,
  },
  {
    about: 'A request above its limit',
    ask: create(pod({containers: [{...container, resources: {requests: {cpu: '2'}, limits: {cpu: '1'}}}]})),
    before: /must be less than or equal to cpu limit$/,
    now: /must be less than or equal to cpu limit of 1$/,
  },
  {
    about: 'The allocator of cluster IPs',
    ask: create(service({clusterIP: '10.1.0.1'})),
    before: /: failed to allocated ip:10\.1\.0\.1 with error:provided IP is not in the valid range\. The range/,
    now: /: failed to allocate IP 10\.1\.0\.1: the provided IP \(10\.1\.0\.1\) is not in the valid range\. The range/,
  },
  {
    about: 'Where hostNetwork wants',
    ask: create(pod({...withPorts({containerPort: 80, hostPort: 81}), hostNetwork: true})),
    before: /ports\[0\]\.containerPort: Invalid value: 80: must match `hostPort` when/,
    now: /ports\[0\]\.hostPort: Invalid value: 81: must match `containerPort` when/,
  },
  {
    about: 'A forbidden change of a node',
    given: [object('Node', 'n', {spec: {podCIDR: '10.1.0.0/24'}})],
    ask: change(object('Node', 'n'), {spec: {podCIDR: '10.9.0.0/24', podCIDRs: ['10.9.0.0/24']}}),
    look: body => body.details.causes.map((cause: Body) => cause.field),
    before: ['spec.podCIDRs', '[]'],
    now: ['spec.podCIDRs'],
  },
  {
    about: 'A field of a custom object',
    given: [widgets],
    ask: create(object('Widget', 'w', {spec: {size: 'large'}})),
    look: body => body.details.causes[0].reason,
    before: 'FieldValueInvalid',
    now: 'FieldValueTypeInvalid',
  },
  {
    about: 'What an owner reference lacks',
    ask: create(pod({}, {ownerReferences: [{apiVersion: 'v1', kind: 'Pod', name: 'a', uid: ''}]})),
    before: /: uid must not be empty$/,
    now: /"": must not be empty$/,
  },
  {
    about: 'The keys that a secret',
    ask: create(object('Secret', 's', {type: 'kubernetes.io/basic-auth', data: {}})),
    look: body => body.details.causes[0].field,
    before: 'data[%s][username]',
    now: 'data[username]',
  },
  {
    about: 'The value of a PriorityClass',
    given: [object('PriorityClass', 'high', {value: 1000})],
    ask: change(object('PriorityClass', 'high'), {value: 2000}),
    look: body => body.details.causes[0].field,
    before: 'Value',
    now: 'value',
  },
  {
    about: 'More than image',
    given: [pod()],
    ask: change(pod(), {spec: {restartPolicy: 'Never'}}),
    before: /fields other than `spec\.containers\[\*\]\.image`, .* or `spec\.tolerations` \(only additions to existing tolerations\)\n/,
    now: /fields other than `spec\.containers\[\*\]\.image`,.*`spec\.terminationGracePeriodSeconds`/,
  },
  {
    about: 'More than replicas',
    given: [workload('StatefulSet')],
    ask: change(workload('StatefulSet'), {spec: {serviceName: 'other'}}),
    before: /fields other than 'replicas', 'template', and 'updateStrategy' are forbidden$/,
    now: /fields other than 'replicas', 'ordinals', .* are forbidden$/,
  },
  {
    about: 'A service that is replaced',
    given: [service()],
    ask: {method: 'PUT', path: '/api/v1/namespaces/default/services/web', body: service()},
    look: body => body.message ?? body.kind,
    before: 'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: []string(nil): primary clusterIP can not be unset',
    now: 'Service',
  },
  {
    about: 'The schedule of a CronJob',
    ask: create(object('CronJob', 'c', {spec: {schedule: 'every day', jobTemplate: {spec: job.spec}}})),
    before: /: Expected exactly 5 fields, found 2: every day$/,
    now: /: expected exactly 5 fields, found 2: \[every day\]$/,
  },
  {
    about: 'A namespace carries its name as a label, and',
    ask: create(object('Namespace', 'a'.repeat(64))),
    look: body => body.details.causes.map((cause: Body) => cause.field),
    before: ['metadata.name'],
    now: ['metadata.name', 'metadata.labels'],
  },
  {
    about: 'Kubernetes says that its labels',
    ask: create(object('Namespace', 'A')),
    before: /: a DNS-1123 label must consist/,
    now: /: a lowercase RFC 1123 label must consist/,
  },
  {
    about: 'Values are shown as JSON',
    given: [workload('Deployment')],
    ask: change(workload('Deployment'), {spec: {selector: {matchLabels: {app: 'other'}}}}),
    before:
      /v1\.LabelSelector\{MatchLabels:map\[string\]string\{"app":"other"\}, MatchExpressions:\[\]v1\.LabelSelectorRequirement\(nil\)\}: field is immutable/,
    now: /\{"matchLabels":\{"app":"other"\}\}: field is immutable/,
  },
  {
    about: 'Metadata of templates',
    ask: create(workload('Deployment')),
    look: field('spec.template.metadata'),
    before: {creationTimestamp: null, labels: {app: 'web'}},
    now: {labels: {app: 'web'}},
  },
  {
    about: 'The status of a pod says',
    given: [pod()],
    ask: {
      method: 'PUT',
      path: '/api/v1/namespaces/default/pods/web/status',
      body: {...pod(), status: {phase: 'Pending', observedGeneration: 1}},
    },
    look: field('status.observedGeneration'),
    before: undefined,
    now: 1,
  },
  {about: 'Pods count their generations', ask: create(pod()), look: field('metadata.generation'), before: undefined, now: 1},
  {
    about: 'Endpoints say',
    given: [service()],
    ask: get('/api/v1/namespaces/default/endpoints/web'),
    look: field('metadata.labels'),
    before: undefined,
    now: {'endpoints.kubernetes.io/managed-by': 'endpoint-controller'},
  },
  {
    about: 'Pods say whether their sandbox',
    given: [pod()],
    ask: {
      method: 'PUT',
      path: '/api/v1/namespaces/default/pods/web/status',
      body: {
        ...pod(),
        status: {conditions: [{type: 'PodReadyToStartContainers', status: 'True'}], hostIPs: [{ip: '10.0.0.1'}], hostIP: '10.0.0.1'},
      },
    },
    look: ({status}) => [status.conditions.map((condition: Body) => condition.type), status.hostIPs],
    before: [[], undefined],
    now: [['PodReadyToStartContainers'], [{ip: '10.0.0.1'}]],
  },
  {about: 'Jobs say when pods', ask: create(job), look: field('spec.podReplacementPolicy'), before: undefined, now: 'TerminatingOrFailed'},
  {
    about: 'Labels of jobs',
    ask: create(job),
    look: ({spec}) => [Object.keys(spec.selector.matchLabels), Object.keys(spec.template.metadata.labels).sort()],
    before: [['controller-uid'], ['controller-uid', 'job-name']],
    now: [
      ['batch.kubernetes.io/controller-uid'],
      ['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name', 'controller-uid', 'job-name'],
    ],
  },
  {
    about: 'StatefulSets say',
    ask: create(workload('StatefulSet')),
    look: body => 'persistentVolumeClaimRetentionPolicy' in body.spec,
    before: false,
    now: true,
  },
  {
    about: 'Discovery tells the singular',
    ask: get('/apis/apps/v1'),
    look: field('resources.0.singularName'),
    before: '',
    now: 'controllerrevision',
  },
  {
    about: 'Everybody may ask',
    ask: get('/apis/rbac.authorization.k8s.io/v1/clusterroles/system:basic-user'),
    look: body => body.rules.length,
    before: 1,
    now: 2,
  },
  {
    about: 'Jobs say how they',
    ask: create(job),
    look: ({spec}) => [spec.completionMode, spec.suspend],
    before: [undefined, undefined],
    now: ['NonIndexed', false],
  },
  {
    about: 'The bundle of authorities',
    ask: get('/api/v1/namespaces/default/configmaps/kube-root-ca.crt'),
    look: body => Object.keys(body.metadata.annotations ?? {}),
    before: [],
    now: ['kubernetes.io/description'],
  },
  {
    about: 'A TokenRequest comes back',
    ask: {
      method: 'POST',
      path: '/api/v1/namespaces/default/serviceaccounts/default/token',
      body: {apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {}},
    },
    look: field('metadata.name'),
    before: undefined,
    now: 'default',
  },
  {
    about: 'Services say where traffic',
    ask: create(service()),
    look: field('spec.internalTrafficPolicy'),
    before: undefined,
    now: 'Cluster',
  },
  {
    about: 'CronJobs of batch/v1',
    ask: create(object('CronJob', 'c', {spec: {schedule: '* * * * *', jobTemplate: {spec: job.spec}}})),
    look: field('metadata.generation'),
    before: undefined,
    now: 1,
  },
  {about: 'Services say which IP', ask: create(service()), look: field('spec.ipFamilyPolicy'), before: undefined, now: 'SingleStack'},
  {
    about: 'Namespaces carry their name',
    ask: create(object('Namespace', 'team')),
    look: field('metadata.labels'),
    before: undefined,
    now: {'kubernetes.io/metadata.name': 'team'},
  },
  {
    about: 'Services list their',
    ask: create(service({clusterIP: '10.96.0.77'})),
    look: ({spec}) => [spec.clusterIP, spec.clusterIPs],
    before: ['10.96.0.77', undefined],
    now: ['10.96.0.77', ['10.96.0.77']],
  },
  {
    about: 'Objects say who manages',
    ask: {...create(object('ConfigMap', 'c', {data: {a: 'b'}})), query: {fieldManager: 'me'}},
    look: body => 'managedFields' in body.metadata,
    before: false,
    now: true,
  },
  {
    about: 'A quota says which',
    given: [object('ResourceQuota', 'q', {spec: {hard: {'limits.memory': '1Gi', 'requests.cpu': '1'}}})],
    ask: create(pod()),
    before: /: must specify limits\.memory,requests\.cpu$/,
    now: /: must specify limits\.memory for: c; requests\.cpu for: c$/,
  },
  {
    about: 'Bodies are read by',
    ask: {...create(pod()), body: JSON.stringify(pod({hostNetwork: 'yes'}))},
    before:
      'Pod in version "v1" cannot be handled as a Pod: v1.Pod.Spec: v1.PodSpec.HostNetwork: ReadBool: expect t or f, but found ", error found in #10 byte of ...|Network":"yes"}}|..., bigger context ...|rs":[{"name":"c","image":"nginx"}],"hostNetwork":"yes"}}|...',
    now: /: json: cannot unmarshal string into Go struct field PodSpec\.spec\.hostNetwork of type bool$/,
  },
  {
    about: 'A JSON patch is counted',
    given: [pod()],
    ask: {...change(pod(), {op: 'x'}), headers: {'content-type': 'application/json-patch+json'}},
    before: 'json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    now: 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  },
  {
    about: 'Ingresses were first',
    ask: create(
      object('Ingress', 'i', {spec: {rules: [{http: {paths: [{path: '/', backend: {service: {name: 's', port: {number: 80}}}}]}}]}}),
    ),
    look: body => [body.message.split(' ')[0], body.details.group],
    before: ['Ingress.extensions', 'extensions'],
    now: ['Ingress.networking.k8s.io', 'networking.k8s.io'],
  },
  {
    about: 'Discovery answers for all',
    ask: {
      ...get('/apis'),
      headers: {accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'},
    },
    look: body => body.kind,
    before: 'APIGroupList',
    now: 'APIGroupDiscoveryList',
  },
  {
    about: 'Who writes is warned',
    ask: create(pod({nodeSelector: {'beta.kubernetes.io/os': 'linux'}})),
    look: (_body, headers) => headers['warning'],
    before: undefined,
    now: [expect.stringMatching(/^299 - "spec\.nodeSelector\[beta\.kubernetes\.io\/os\]: deprecated since v1\.14/)],
  },
  {
    about: 'Servers warn at all',
    ask: get('/apis/extensions/v1beta1/ingresses'),
    look: (_body, headers) => headers['warning'],
    before: undefined,
    now: ['299 - "extensions/v1beta1 Ingress is deprecated in v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 Ingress"'],
  },
  {
    about: 'Servers look for fields',
    ask: {...create(pod({contaners: []})), query: {fieldValidation: 'Strict'}},
    look: body => body.kind,
    before: 'Pod',
    now: 'Status',
  },
];

const base = clusterOf({nodes: 0, off: ['kube-scheduler']});

function answer(minor: number, {given = [], ask, look = body => body.message}: Example): unknown {
  const cluster: Cluster = base.history.branch();
  for (const body of given) expect(cluster.request(create(body)).code).toBe(201);
  cluster.settle(5000);
  cluster.control({action: 'configure', change: {asOf: minor}});
  const {body, headers} = cluster.request(ask);
  return look(body, headers);
}

const changeOf = (about: string) => CHANGES.filter(row => row.about.startsWith(about));

it.each(EXAMPLES)('$about ...', example => {
  const [row] = changeOf(example.about);
  const meets = (got: unknown, wanted: unknown): void =>
    wanted instanceof RegExp ? expect(got).toMatch(wanted) : expect(got).toEqual(wanted);
  meets(answer(row!.since - 1, example), example.before);
  meets(answer(row!.since, example), example.now);
});

it('who may impersonate is a question of the user alone', () => {
  const ask = (minor: number, headers: Record<string, string>): [code: number, message: string] => {
    const cluster = base.history.branch();
    cluster.control({action: 'configure', change: {asOf: minor}});
    const {code, body} = cluster.request({...get('/api/v1/namespaces/default/pods'), user: 'alice', groups: ['dev'], headers});
    return [code, (body as Body).message];
  };
  const bob = {'impersonate-user': 'bob'};
  expect(ask(35, bob)).toEqual([
    403,
    'users "bob" is forbidden: User "alice" cannot impersonate resource "users" in API group "" at the cluster scope',
  ]);
  expect(ask(36, bob)[1]).toMatch(/^pods is forbidden: User "alice" cannot impersonate-on:user-info:list resource "pods"/);
  const nobody = {'impersonate-group': 'system:masters'};
  expect(ask(35, nobody)).toEqual([500, 'requested [{Group  system:masters    }] without impersonating a user']);
  expect(ask(36, nobody)[0]).toBe(400);
});

it('options that make no sense are shown in the syntax of then, too', () => {
  const ask = (minor: number): string =>
    answer(minor, {about: '', ask: {...create(pod()), query: {dryRun: 'true'}}, before: '', now: ''}) as string;
  expect(ask(32)).toMatch(/dryRun: Unsupported value: \[\]string\{"true"\}: supported values/);
  expect(ask(33)).toMatch(/dryRun: Unsupported value: \["true"\]: supported values/);
});

it('a path that nobody answers: below the groups they answer, elsewhere the server of custom resources did', () => {
  const at = (path: string): unknown => {
    const cluster = base.history.branch();
    cluster.control({action: 'configure', change: {asOf: 22}});
    const {body} = cluster.request(get(path));
    return (body as Body).reason ?? (body as Body).paths?.[0] ?? body;
  };
  expect(['/foo', '/apis/apps/v9', '/api/v2', '/apis/nope.example.com/v1'].map(at)).toEqual([
    '/apis',
    'NotFound',
    'NotFound',
    '404 page not found\n',
  ]);
});

it('there is an example of every change, and one change to every example', () => {
  expect(EXAMPLES.map(({about}) => changeOf(about).length)).toEqual(EXAMPLES.map(() => 1));
  expect(CHANGES.filter(row => !EXAMPLES.some(({about}) => row.about.startsWith(about))).map(row => row.about)).toEqual([]);
});
