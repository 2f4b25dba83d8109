/** A manifest in, what kubectl shows out: the refusals that learners meet. */
import {describe, expect, it} from 'vitest';
import type {FieldError} from '../../../../src/engine/api/field-errors.ts';
import {byKind} from '../../../../src/engine/api/kinds.ts';
import * as status from '../../../../src/engine/api/status.ts';
import {ApiError, type KubeObject} from '../../../../src/engine/api/types.ts';
import {decode} from '../../../../src/engine/apiserver/decoding/decode.ts';
import {setDefaults} from '../../../../src/engine/apiserver/defaulting/defaults.ts';
import {validatePodResize} from '../../../../src/engine/apiserver/validation/core/pod-resize.ts';
import {strategyFor} from '../../../../src/engine/apiserver/validation/strategies.ts';

type Json = Record<string, unknown>;

function kindOf(manifest: Json) {
  const parts = (manifest['apiVersion'] as string).split('/');
  return byKind(parts.length > 1 ? parts[0]! : '', parts.at(-1)!, manifest['kind'] as string)!;
}

function read(manifest: Json): KubeObject {
  const {object} = decode(structuredClone(manifest) as never, kindOf(manifest), {validation: 'Strict'});
  setDefaults(object);
  return object;
}

/** What a create is answered with: a refusal's text, or 'created'. */
function create(manifest: Json): string {
  try {
    const kind = kindOf(manifest);
    const object = read(manifest);
    Object.assign(object.metadata, {uid: 'f00'}, kind.namespaced && {namespace: 'default'});
    const strategy = strategyFor(kind);
    strategy.prepareForCreate(object);
    const errors = strategy.validateCreate(object);
    return errors.length ? status.invalid(kind, object.metadata.name ?? '', errors).message : 'created';
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

/** What an update of one manifest to another is answered with. */
function update(before: Json, after: Json, subresource = ''): string {
  const kind = kindOf(before);
  const meta = {uid: 'f00', resourceVersion: '1', ...(kind.namespaced && {namespace: 'default'})};
  const [old, object] = [read(before), read(after)];
  const strategy = strategyFor(kind);
  Object.assign(old.metadata, meta);
  strategy.prepareForCreate(old);
  if (before['status']) old.status = structuredClone(before['status']);
  Object.assign(object.metadata, meta, {generation: old.metadata.generation});
  strategy.prepareForUpdate(object, old, subresource);
  const errors = strategy.validateUpdate(object, old, subresource);
  return errors.length
    ? status.invalid(kind, object.metadata.name ?? '', errors).message
    : `updated, generation ${object.metadata.generation}`;
}

const template = (labels: Json, spec: Json = {}): Json => ({
  metadata: {labels},
  spec: {containers: [{name: 'app', image: 'nginx:1.27'}], ...spec},
});
const pod = (spec: Json, metadata: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: 'web', ...metadata},
  spec: {containers: [{name: 'app', image: 'nginx:1.27'}], ...spec},
});
const deployment = (spec: Json): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: 'web'},
  spec: {selector: {matchLabels: {app: 'web'}}, template: template({app: 'web'}), ...spec},
});
const job = (spec: Json): Json => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {name: 'sum'},
  spec: {template: template({}, {restartPolicy: 'Never'}), ...spec},
});
const cronJob = (spec: Json): Json => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: {name: 'tick'},
  spec: {schedule: '* * * * *', jobTemplate: {spec: {template: template({}, {restartPolicy: 'Never'})}}, ...spec},
});
const ingress = (spec: Json): Json => ({apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: {name: 'web'}, spec});

describe('a pod', () => {
  it('that is right is created', () => {
    expect(create(pod({}))).toBe('created');
  });

  it.each([
    [pod({containers: []}), 'Pod "web" is invalid: spec.containers: Required value'],
    [
      pod({}, {name: 'Web_1'}),
      /^Pod "Web_1" is invalid: metadata.name: Invalid value: "Web_1": a lowercase RFC 1123 subdomain must consist of/,
    ],
    [pod({containers: [{name: 'app', imagee: 'nginx'}]}), /strict decoding error: unknown field "spec.containers\[0\].imagee"$/],
    [pod({containers: [{name: 'app'}]}), 'Pod "web" is invalid: spec.containers[0].image: Required value'],
    [
      pod({restartPolicy: 'Sometimes'}),
      'Pod "web" is invalid: spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      pod({containers: [{name: 'app', image: 'a', volumeMounts: [{name: 'data', mountPath: '/data'}]}]}),
      'Pod "web" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "data"',
    ],
    [
      pod({containers: [{name: 'app', image: 'a', resources: {requests: {cpu: '2'}, limits: {cpu: '1'}}}]}),
      'Pod "web" is invalid: spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      pod({containers: [{name: 'app', image: 'a', ports: [{containerPort: 80_000}]}]}),
      'Pod "web" is invalid: spec.containers[0].ports[0].containerPort: Invalid value: 80000: must be between 1 and 65535, inclusive',
    ],
    [pod({os: {name: ''}}), 'Pod "web" is invalid: spec.os.name: Required value'],
    [pod({os: {name: 'windows'}, hostPID: true}), 'Pod "web" is invalid: spec.hostPID: Forbidden: cannot be set for a windows pod'],
    [pod({os: {name: 'windows'}, hostPID: false, hostIPC: false}), 'created'],
  ])('%# is answered with the words of the server', (manifest, words) => {
    if (typeof words === 'string') expect(create(manifest as Json)).toBe(words);
    else expect(create(manifest as Json)).toMatch(words);
  });

  it('may keep a node label that no node can have, where it has it already', () => {
    const bound = (value: string, spec: Json = {}) => {
      const nodeSelectorTerms = [{matchExpressions: [{key: 'disk', operator: 'In', values: [value]}]}];
      return pod({affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms}}}, ...spec});
    };
    const next = {containers: [{name: 'app', image: 'nginx:1.28'}]};
    expect(update(bound('-1'), bound('-1', next))).toBe('updated, generation 2');
    expect(update(bound('ssd'), bound('-1', next))).toMatch(/values\[0\]: Invalid value: "-1": a valid label must be/);
  });
  it('may change its image and hardly anything else', () => {
    expect(update(pod({}), pod({containers: [{name: 'app', image: 'nginx:1.28'}]}))).toBe('updated, generation 2');
    expect(update(pod({}), pod({hostNetwork: true}))).toMatch(
      /^Pod "web" is invalid: spec: Forbidden: pod updates may not change fields other than/,
    );
  });
});

describe('a deployment', () => {
  it('must select the pods it makes', () => {
    expect(create(deployment({template: template({app: 'other'})}))).toBe(
      'Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    );
  });

  it('keeps its selector', () => {
    const other = deployment({selector: {matchLabels: {app: 'b'}}, template: template({app: 'b'})});
    expect(update(deployment({}), other)).toBe(
      'Deployment.apps "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
    );
  });

  it('counts changes of its spec and annotations', () => {
    expect(update(deployment({}), deployment({replicas: 3}))).toBe('updated, generation 2');
    expect(update(deployment({}), deployment({}))).toBe('updated, generation 1');
    const annotated = {...deployment({}), metadata: {name: 'web', annotations: {a: 'b'}}};
    expect(update(deployment({}), annotated)).toBe('updated, generation 2');
  });

  it('has to move one way or the other in a rolling update', () => {
    const strategy = {type: 'RollingUpdate', rollingUpdate: {maxSurge: 0, maxUnavailable: 0}};
    expect(create(deployment({strategy}))).toBe(
      'Deployment.apps "web" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    );
  });

  it('restarts its pods', () => {
    expect(create(deployment({template: template({app: 'web'}, {restartPolicy: 'Never'})}))).toBe(
      'Deployment.apps "web" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    );
  });
});

describe('jobs', () => {
  it('are given a selector by their uid', () => {
    const object = read(job({}));
    Object.assign(object.metadata, {uid: 'f00', namespace: 'default'});
    strategyFor(kindOf(job({}))).prepareForCreate(object);
    expect(object['spec']).toMatchObject({
      selector: {matchLabels: {'batch.kubernetes.io/controller-uid': 'f00'}},
      template: {metadata: {labels: {'batch.kubernetes.io/job-name': 'sum', 'job-name': 'sum', 'controller-uid': 'f00'}}},
    });
    expect(create(job({}))).toBe('created');
  });

  it('do not restart their pods for ever', () => {
    expect(create(job({template: template({})}))).toBe(
      'Job.batch "sum" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    );
  });

  it('keep their template and their selector', () => {
    const words = update(job({}), job({template: template({}, {restartPolicy: 'OnFailure'})}));
    expect(words).toContain('spec.selector: Required value');
    expect(words).toMatch(/spec.template: Invalid value: .*: field is immutable/);
  });

  it('of a CronJob need a schedule that can be read', () => {
    expect(create(cronJob({schedule: 'soon'}))).toBe(
      'CronJob.batch "tick" is invalid: spec.schedule: Invalid value: "soon": expected exactly 5 fields, found 1: [soon]',
    );
    expect(create(cronJob({timeZone: 'Middle/Earth'}))).toBe(
      'CronJob.batch "tick" is invalid: spec.timeZone: Invalid value: "Middle/Earth": unknown time zone Middle/Earth',
    );
    // An offset is none, whatever the JavaScript engine takes for one.
    expect(create(cronJob({timeZone: '+0100'}))).toContain('unknown time zone +0100');
  });
});

describe('a stateful set', () => {
  const set = (spec: Json): Json => ({...deployment(spec), kind: 'StatefulSet'});
  it('lets only some of its fields change', () => {
    expect(update(set({serviceName: 'a'}), set({serviceName: 'a', replicas: 3}))).toBe('updated, generation 2');
    expect(update(set({serviceName: 'a'}), set({serviceName: 'b'}))).toMatch(
      /^StatefulSet.apps "web" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas'/,
    );
  });
});

describe('an ingress', () => {
  it.each([
    [{}, 'Ingress.networking.k8s.io "web" is invalid: spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
    [
      {rules: [{http: {paths: [{path: '/', backend: {service: {name: 'a', port: {number: 80}}}}]}}]},
      'Ingress.networking.k8s.io "web" is invalid: spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified',
    ],
    [
      {rules: [{host: '10.0.0.1'}]},
      'Ingress.networking.k8s.io "web" is invalid: spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
    ],
    [
      {defaultBackend: {service: {name: 'a'}}},
      'Ingress.networking.k8s.io "web" is invalid: spec.defaultBackend: Required value: port name or number is required',
    ],
  ])('%# is refused with the words of the server', (spec, words) => {
    expect(create(ingress(spec as Json))).toBe(words);
  });
});

describe('others', () => {
  it.each<[Json, string]>([
    [
      {apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: {name: 'a'}, spec: {minAvailable: '120%'}},
      'PodDisruptionBudget.policy "a" is invalid: spec.minAvailable: Invalid value: "120%": must not be greater than 100%',
    ],
    [
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: {name: 'a'},
        spec: {minReplicas: 5, maxReplicas: 2, scaleTargetRef: {apiVersion: 'apps/v1', kind: 'Deployment', name: 'web'}},
      },
      'HorizontalPodAutoscaler.autoscaling "a" is invalid: spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`',
    ],
    [
      {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: {name: 'a'}, rules: [{verbs: ['get']}]},
      'Role.rbac.authorization.k8s.io "a" is invalid: [rules[0].apiGroups: Required value: resource rules must supply at least one api group, rules[0].resources: Required value: resource rules must supply at least one resource]',
    ],
    [
      {apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: {name: 'a'}, value: 2_000_000_000},
      'PriorityClass.scheduling.k8s.io "a" is invalid: value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
    ],
    [
      {apiVersion: 'v1', kind: 'Service', metadata: {name: 'a'}, spec: {selector: {app: 'a'}}},
      'Service "a" is invalid: spec.ports: Required value',
    ],
    [
      {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'a'}, data: {'a b': 'c'}},
      `ConfigMap "a" is invalid: data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
    ],
    [
      {apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: {name: 'a'}},
      'StorageClass.storage.k8s.io "a" is invalid: provisioner: Required value',
    ],
    [
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: {name: 'cats.example.com'},
        spec: {
          group: 'example.com',
          scope: 'Namespaced',
          names: {plural: 'cats', kind: 'Cat'},
          versions: [{name: 'v1', served: true, storage: true}],
        },
      },
      'CustomResourceDefinition.apiextensions.k8s.io "cats.example.com" is invalid: spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required',
    ],
    [
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: {name: 'a'},
        spec: {podSelector: {}, ingress: [{from: [{}]}]},
      },
      'NetworkPolicy.networking.k8s.io "a" is invalid: spec.ingress[0].from[0]: Required value: must specify a peer',
    ],
  ])('%# are refused with the words of the server', (manifest, words) => {
    expect(create(manifest)).toBe(words);
  });
});

describe('a pod that is resized', () => {
  const container = (name: string, resources: Json, more: Json = {}): Json => ({name, image: 'a', resources, ...more});
  const [small, large] = [{requests: {cpu: '100m'}}, {requests: {cpu: '200m'}}];
  const withDisk = {requests: {cpu: '100m', 'ephemeral-storage': '1Gi'}};
  const sidecar = (resources: Json): Json => container('side', resources, {restartPolicy: 'Always'});
  const only = (what: Json): Json => pod({containers: [container('app', what)]});
  const beside = (init: Json): Json => pod({containers: [container('app', small)], initContainers: [init]});

  it.each<[string, Json, Json, string]>([
    ['may be given more', only(small), only(large), 'updated, generation 2'],
    ['may be given more beside its main container', beside(sidecar(small)), beside(sidecar(large)), 'updated, generation 2'],
    ['keeps its disk', only(small), only(withDisk), 'Pod "web" is invalid: spec: Forbidden: only cpu and memory resources are mutable'],
    [
      'keeps the disk of its sidecar',
      beside(sidecar(small)),
      beside(sidecar(withDisk)),
      'Pod "web" is invalid: spec.initContainers[0]: Forbidden: only cpu and memory resources for init or sidecar containers are mutable',
    ],
    ['may have its init containers resized', beside(container('init', small)), beside(container('init', large)), 'updated, generation 2'],
    [
      'may not have init containers resized that would have to restart',
      beside(container('init', small, {resizePolicy: [{resourceName: 'cpu', restartPolicy: 'RestartContainer'}]})),
      beside(container('init', large, {resizePolicy: [{resourceName: 'cpu', restartPolicy: 'RestartContainer'}]})),
      'Pod "web" is invalid: spec.initContainers[0]: Forbidden: non-sidecar init containers with a resize policy of RestartContainer cannot be resized',
    ],
    [
      'has the containers that it had, in their order',
      pod({containers: [container('a', small), container('b', small)]}),
      pod({containers: [container('b', small), container('a', small)]}),
      'Pod "web" is invalid: [spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize, spec.containers[1].name: Forbidden: containers may not be renamed or reordered on resize]',
    ],
    [
      'has as many as it had',
      pod({containers: [container('a', small), container('b', small)]}),
      pod({containers: [container('a', large)]}),
      'Pod "web" is invalid: spec.containers: Forbidden: containers may not be added or removed on resize',
    ],
    [
      'has no more init containers than it had',
      only(small),
      beside(container('init', small)),
      'Pod "web" is invalid: spec.initContainers: Forbidden: initContainers may not be added or removed on resize',
    ],
    [
      'keeps its class',
      only(small),
      only({requests: {cpu: '1', memory: '1Gi'}, limits: {cpu: '1', memory: '1Gi'}}),
      'Pod "web" is invalid: spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
    ],
    ['may be given a memory limit', only(small), only({requests: {cpu: '100m'}, limits: {memory: '1Gi'}}), 'updated, generation 2'],
    [
      'is resized as a whole',
      pod({containers: [container('app', {})], resources: {requests: {cpu: '1'}}}),
      pod({containers: [container('app', {})], resources: {requests: {cpu: '2'}}}),
      'updated, generation 2',
    ],
    [
      'as a whole keeps what it asks for',
      pod({containers: [container('app', small)], resources: {requests: {cpu: '1', memory: '1Gi'}}}),
      pod({containers: [container('app', small)], resources: {requests: {cpu: '1'}}}),
      'Pod "web" is invalid: spec.resources.requests: Forbidden: pod-level resource requests cannot be removed',
    ],
  ])('%s', (_what, before, after, words) => {
    expect(update(before, after, 'resize')).toBe(words);
  });

  it('runs on a node whose kubelet tells what containers have', () => {
    const running = (what: Json, status: Json) => ({
      ...only(what),
      status: {qosClass: 'Burstable', containerStatuses: [{name: 'app', state: {running: {}}, ...status}]},
    });
    const refusalOf = (status: Json): string[] => {
      const errors: FieldError[] = [];
      validatePodResize(errors, running(large, status), running(small, status));
      return errors.map(({field, body}) => `${field}: ${body}`).filter(text => text.startsWith('spec: '));
    };
    expect(refusalOf({})).toEqual(['spec: Forbidden: Pod running on node without support for resize']);
    expect(refusalOf({resources: {}})).toEqual([]);
  });
});

describe('a quota with a scope', () => {
  const quota = (scopeName: string, resource: string): Json => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: {name: 'a'},
    spec: {hard: {[resource]: '1'}, scopeSelector: {matchExpressions: [{scopeName, operator: 'Exists'}]}},
  });
  it.each([
    ['Terminating', 'limits.memory', true],
    ['Terminating', 'limits.ephemeral-storage', false],
    ['BestEffort', 'cpu', false],
    ['VolumeAttributesClass', 'requests.storage', true],
    ['VolumeAttributesClass', 'persistentvolumeclaims', true],
    ['VolumeAttributesClass', 'pods', false],
  ])('%s counts %s: %s', (scope, resource, counted) => {
    const words = create(quota(scope, resource));
    if (counted) expect(words).toBe('created');
    else expect(words).toMatch(/spec.scopeSelector.matchExpressions: Invalid value: .*: unsupported scope applied to resource$/);
  });
});

describe('a service', () => {
  it('may begin with a digit', () => {
    const named = (name: string): Json => ({apiVersion: 'v1', kind: 'Service', metadata: {name}, spec: {ports: [{port: 80}]}});
    expect(create(named('7eleven'))).toBe('created');
    expect(create(named('Seven_Eleven'))).toContain('metadata.name: Invalid value: "Seven_Eleven": a lowercase RFC 1123 label must');
    expect(create(named('seven.eleven'))).toContain('must not contain dots');
  });
  const warnings = (spec: Json): readonly string[] | undefined => {
    const manifest = {apiVersion: 'v1', kind: 'Service', metadata: {name: 'a'}, spec: {ports: [{port: 80}], ...spec}};
    return strategyFor(kindOf(manifest)).warningsOnCreate?.(read(manifest));
  };
  it.each<[Json, string[]]>([
    [{}, []],
    [{externalIPs: ['10.1.2.3']}, ['spec.externalIPs is deprecated and may no longer be implemented in some clusters']],
    [
      {type: 'ExternalName', externalName: 'a.b', externalIPs: ['10.1.2.3']},
      ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
    ],
    [{externalName: 'a.b'}, ['spec.externalName is ignored when spec.type is not "ExternalName"']],
    [{trafficDistribution: 'PreferClose'}, ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"']],
    [{trafficDistribution: 'PreferSameZone'}, []],
  ])('%j is answered with the warnings %j', (spec, expected) => {
    expect(warnings(spec)).toEqual(expected);
  });
});

describe('addresses', () => {
  const service = (spec: Json): Json => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name: 'web'},
    spec: {type: 'LoadBalancer', ports: [{port: 80}], ...spec},
  });
  const policy = (cidr: string): Json => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {name: 'web'},
    spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr}}]}]},
  });
  it('are written so that all read them alike', () => {
    const external = (ip: string) => create(service({externalIPs: [ip]}));
    expect(external('192.0.2.10')).toBe('created');
    expect(external('2001:DB8::01')).toBe('created');
    expect(external('192.0.2.010')).toContain('spec.externalIPs[0]: Invalid value: "192.0.2.010": must not have leading 0s');
    expect(external('::ffff:192.0.2.10')).toContain('must not be an IPv4-mapped IPv6 address');
    expect(create(pod({hostAliases: [{ip: '010.0.0.1', hostnames: ['a']}]}))).toContain(
      'spec.hostAliases[0].ip: Invalid value: "010.0.0.1"',
    );
  });
  it('of blocks are their first ones', () => {
    expect(create(policy('192.0.2.0/24'))).toBe('created');
    const at = 'spec.ingress[0].from[0].ipBlock.cidr: Invalid value:';
    expect(create(policy('192.0.2.7/24'))).toContain(`${at} "192.0.2.7/24": must not have bits set beyond the prefix length`);
    expect(create(policy('192.0.2.0/024'))).toContain(`${at} "192.0.2.0/024": must not have leading 0s in IP or prefix length`);
    expect(create(policy('::ffff:192.0.2.0/24'))).toContain('must not have an IPv4-mapped IPv6 address');
    const reserve = (cidr: string) =>
      create({apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: {name: 'more'}, spec: {cidrs: [cidr]}});
    expect(reserve('2001:db8::/64')).toBe('created');
    expect(reserve('2001:DB8::/64')).toContain('must be in canonical form ("2001:db8::/64")');
  });
  it('that were taken before the rule was there may stay, but not come anew', () => {
    const before = service({loadBalancerSourceRanges: ['192.0.2.7/24']});
    const ranges = (...loadBalancerSourceRanges: string[]) => update(before, service({loadBalancerSourceRanges}));
    expect(ranges('192.0.2.7/24', '198.51.100.0/24')).toContain('updated');
    expect(ranges('192.0.2.7/24', '198.51.100.1/24')).toMatch(/^Service "web" is invalid: spec.LoadBalancerSourceRanges\[1\]: [^,]*$/);
  });
});

describe('a limit range', () => {
  it('shows the maximum that its default goes beyond', () => {
    const limits = [{type: 'Container', max: {cpu: '1'}, default: {cpu: '2'}, defaultRequest: {cpu: '1'}}];
    expect(create({apiVersion: 'v1', kind: 'LimitRange', metadata: {name: 'a'}, spec: {limits}})).toBe(
      'LimitRange "a" is invalid: spec.limits[0].default[cpu]: Invalid value: "1": default value 2 is greater than max value 1',
    );
  });
});

describe('a volume claim', () => {
  const claim = (spec: Json = {}, status?: Json): Json => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {name: 'disk'},
    spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}, ...spec},
    ...(status && {status}),
  });
  const CLASS = 'spec.volumeAttributesClassName: Forbidden: update to';
  const APPLIED = 'is forbidden when status.currentVolumeAttributesClassName is not nil';

  it('gives its attributes class back only as long as no volume has got it', () => {
    const bound = claim({volumeAttributesClassName: 'fast'}, {phase: 'Bound'});
    const applied = claim({volumeAttributesClassName: 'fast'}, {phase: 'Bound', currentVolumeAttributesClassName: 'fast'});
    for (const to of [claim(), claim({volumeAttributesClassName: ''})]) expect(update(bound, to)).toContain('updated');
    expect(update(applied, claim())).toBe(`PersistentVolumeClaim "disk" is invalid: ${CLASS} nil ${APPLIED}`);
    expect(update(applied, claim({volumeAttributesClassName: ''}))).toContain(`${CLASS} empty string ${APPLIED}`);
    expect(update(applied, claim({volumeAttributesClassName: 'slow'}))).toContain('updated');
  });

  it('has its source under either name, also where it was stored with only one', () => {
    const source = {kind: 'PersistentVolumeClaim', name: 'origin'};
    const old = (spec: Json) => claim({...spec, volumeName: 'pv'}, {phase: 'Bound'});
    const both = old({dataSource: source, dataSourceRef: source});
    expect(update(old({dataSource: source}), both)).toContain('updated');
    expect(update(old({dataSourceRef: source}), both)).toContain('updated');
    expect(update(old({dataSource: {...source, name: 'other'}}), both)).toContain('spec: Forbidden: spec is immutable');
  });
});

describe('a config map', () => {
  it('that is too big is refused as a whole', () => {
    const object = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'big'}, data: {a: 'x'.repeat(1 << 20), b: 'y'}};
    expect(create(object)).toBe('ConfigMap "big" is invalid: []: Too long: may not be more than 1048576 bytes');
  });
});

describe('annotations of old', () => {
  const annotated = (kind: string, annotations: Json): string =>
    create(kind === 'Pod' ? pod({}, {annotations}) : {apiVersion: 'v1', kind, metadata: {name: 'n1', annotations}});
  const TOLERATIONS = 'scheduler.alpha.kubernetes.io/tolerations';

  it("still reads tolerations there, in Go's way", () => {
    expect(annotated('Pod', {[TOLERATIONS]: '[{"Key": "a", "operator": "Exists"}]'})).toBe('created');
    expect(annotated('Pod', {[TOLERATIONS]: '[{"key": "a", "operator": "Exists", "value": "b"}]'})).toContain(
      `metadata.annotations.${TOLERATIONS}[0].operator: Invalid value: "b": value must be empty when \`operator\` is 'Exists'`,
    );
    expect(annotated('Pod', {[TOLERATIONS]: '[{"key": 1}]'})).toContain(
      'json: cannot unmarshal number into Go struct field Toleration.Key of type string',
    );
    expect(annotated('Node', {'scheduler.alpha.kubernetes.io/taints': '{}'})).toContain(
      'json: cannot unmarshal object into Go value of type []core.Taint',
    );
  });

  it('takes a deletion cost only in its plain form', () => {
    const cost = (text: string): string => annotated('Pod', {'controller.kubernetes.io/pod-deletion-cost': text});
    expect(['-10', '0', '2147483647', '-007'].map(cost)).toEqual(['created', 'created', 'created', 'created']);
    for (const text of ['+10', '007', '2147483648', '']) expect(cost(text)).toContain('must be a 32bit integer');
  });
});

it('names both actions of a restart rule', () => {
  const rules = [{action: 'Stop', exitCodes: {operator: 'In', values: [3]}}];
  expect(create(pod({containers: [{name: 'a', image: 'a', restartPolicy: 'Never', restartPolicyRules: rules}]}))).toContain(
    'restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart", "RestartAllContainers"',
  );
});
