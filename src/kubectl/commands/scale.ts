/** `scale`, `autoscale`, `expose`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/scale, autoscale, expose */
import {apiVersionOf} from '../../engine/api/group-version.ts';
import type {KubeObject} from '../../engine/api/types.ts';
import {FILE_FLAGS, type Info, inNamespace, lookUp, mustLookUp, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {stderr} from '../effects.ts';
import {Failure, goErrors, joinErrors} from '../failure.ts';
import {DRY_RUN_FLAG, dryRunOf, dryRunQuery, OUTPUT_FLAGS, printDone} from '../output.ts';
import type {Effects} from '../types.ts';
import {poll} from '../watch.ts';
import {selectorOf} from '../workload-pods.ts';
import {parseLabels} from './run.ts';
import {FIELD_MANAGER_FLAG, OVERRIDE_FLAGS, overridden, SAVE_CONFIG_FLAG} from './write-flags.ts';

type Scale = KubeObject & {spec?: {replicas?: number}; status?: {replicas?: number}};

function* scaleOne(context: Context, info: Info): Effects<void> {
  const {flags} = context;
  const replicas = flags.int('replicas');
  const expected = flags.int('current-replicas');
  const version = flags.string('resource-version');
  const place = {...info, subresource: 'scale'};
  if (dryRunOf(context) === 'client') return;
  if (expected >= 0 || version) {
    const current = yield* context.client.get<Scale>(place);
    const now = current.spec?.replicas ?? 0;
    if (expected >= 0 && now !== expected) throw new Failure(`Expected replicas to be ${expected}, was ${now}`);
    if (version && current.metadata.resourceVersion !== version)
      throw new Failure(`Expected resource version to be ${version}, was ${current.metadata.resourceVersion}`);
    yield* context.client.replace(place, {...current, spec: {...current.spec, replicas}}, {query: {dryRun: dryRunQuery(context)}});
  } else
    yield* context.client.patch(
      place,
      'merge',
      {spec: {replicas}},
      {query: {dryRun: dryRunQuery(context), fieldManager: flags.string('field-manager')}},
    );
  if (flags.duration('timeout') === 0) return;
  const reached = yield* poll(
    context,
    function* () {
      const {status} = yield* context.client.get<Scale>(place);
      return status?.replicas === replicas ? true : undefined;
    },
    flags.duration('timeout'),
  );
  if (!reached) throw new Failure('timed out waiting for the condition');
}

export const scale: Command = {
  name: 'scale',
  use: 'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  short: 'Set a new size for a deployment, replica set, or replication controller',
  flags: {
    ...FILE_FLAGS,
    ...SELECTOR_FLAG,
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    ...FIELD_MANAGER_FLAG('kubectl-scale'),
    all: {type: 'bool', value: 'false', usage: 'Select all resources in the namespace of the specified resource types'},
    'current-replicas': {
      type: 'int',
      value: '-1',
      usage:
        'Precondition for current size. Requires that the current size of the resource match this value in order to scale. -1 (default) for no condition.',
    },
    replicas: {type: 'int', value: '0', usage: 'The new desired number of replicas. Required.', required: true},
    'resource-version': {
      type: 'string',
      usage: 'Precondition for resource version. Requires that the current resource version match this value in order to scale.',
    },
    timeout: {
      type: 'duration',
      value: '0s',
      usage:
        "The length of time to wait before giving up on a scale operation, zero means don't wait. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).",
    },
  },
  completes: 'resources',
  *run(context) {
    const {flags, args} = context;
    if (flags.int('replicas') < 0) throw new Failure('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    const {infos, errors} = yield* lookUp(context, args, {selector: flags.string('selector'), all: flags.bool('all')});
    if (infos.length === 0) throw new Failure(`no objects passed to scale ${goErrors(errors)}`.trimEnd());
    for (const info of infos) {
      yield* scaleOne(context, info);
      yield* printDone(context, info, 'scaled');
    }
    if (errors.length > 0) throw joinErrors(errors);
  },
};

interface Metric {
  type: 'Resource';
  resource: {name: string; target: {type: string; averageUtilization?: number; averageValue?: string}};
}

/** `70%` is a share of the request, anything else a quantity. */
const metricOf = (name: string, text: string): Metric =>
  text.endsWith('%') || /^\d+$/.test(text)
    ? {type: 'Resource', resource: {name, target: {type: 'Utilization', averageUtilization: Number(text.replace('%', ''))}}}
    : {type: 'Resource', resource: {name, target: {type: 'AverageValue', averageValue: text}}};

const CPU_PERCENT_DEPRECATED =
  "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n";

function* createObject(context: Context, kindName: string, object: KubeObject, done: string, manager: string): Effects<void> {
  const kind = yield* context.kind(kindName);
  const wanted = inNamespace(context, kind, object);
  const info: Info = {
    kind,
    version: kind.version,
    namespace: wanted.metadata.namespace ?? '',
    name: wanted.metadata.name ?? '',
    object: wanted,
  };
  if (dryRunOf(context) === 'client') {
    // What nobody sends has the namespace only where a service's was asked for.
    const {namespace: _, ...metadata} = wanted.metadata;
    const keeps = kindName === 'services' && context.config.explicitNamespace;
    yield* printDone(context, keeps ? info : {...info, object: {...wanted, metadata}}, done);
    return;
  }
  const {name: _, ...place} = info;
  const created = yield* context.client.create<KubeObject>(place, wanted, {query: {fieldManager: manager, dryRun: dryRunQuery(context)}});
  yield* printDone(context, {...info, object: created}, done);
}

export const autoscale: Command = {
  name: 'autoscale',
  use: 'autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY] [flags]',
  short: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  flags: {
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    ...SAVE_CONFIG_FLAG,
    ...FIELD_MANAGER_FLAG('kubectl-autoscale'),
    cpu: {
      type: 'string',
      usage:
        'Target CPU utilization over all the pods. When specified as a percentage (e.g. "70%" for 70% of requested CPU) it will target average utilization. When specified as quantity (e.g. "500m" for 500 milliCPU) it will target average value.',
    },
    'cpu-percent': {
      type: 'int',
      value: '-1',
      usage: 'The target average CPU utilization (represented as a percent of requested CPU) over all the pods.',
      hidden: true,
    },
    max: {
      type: 'int',
      value: '-1',
      usage: 'The upper limit for the number of pods that can be set by the autoscaler. Required.',
      required: true,
    },
    memory: {
      type: 'string',
      usage:
        'Target memory utilization over all the pods. When specified as a percentage (e.g. "60%" for 60% of requested memory) it will target average utilization. When specified as quantity (e.g. "200Mi" for 200 MiB, "1Gi" for 1 GiB) it will target average value.',
    },
    min: {
      type: 'int',
      value: '-1',
      usage:
        "The lower limit for the number of pods that can be set by the autoscaler. If it's not specified or negative, the server will apply a default value.",
    },
    name: {type: 'string', usage: 'The name for the newly created object. If not specified, the name of the input resource will be used.'},
  },
  completes: 'resources',
  *run(context) {
    const {flags, args} = context;
    if (flags.changed('cpu-percent')) yield* stderr(CPU_PERCENT_DEPRECATED);
    const [min, max] = [flags.int('min'), flags.int('max')];
    if (max < 1) throw new Failure(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
    if (max < min) throw new Failure(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
    const cpu = flags.string('cpu') || (flags.int('cpu-percent') >= 0 ? `${flags.int('cpu-percent')}%` : '');
    const metrics = [
      ...(cpu ? [metricOf('cpu', cpu)] : []),
      ...(flags.string('memory') ? [metricOf('memory', flags.string('memory'))] : []),
    ];
    for (const info of yield* mustLookUp(context, args)) {
      const {kind, version, name} = info;
      if (!kind.subresources.some(s => s.name === 'scale'))
        throw new Failure(
          `cannot autoscale a ${kind.kind}: could not find scale subresource for ${kind.group}/${version}, Resource=${kind.resource} in discovery information`,
        );
      const object: KubeObject = {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: {name: flags.string('name') || name, namespace: info.namespace},
        spec: {
          maxReplicas: max,
          ...(metrics.length > 0 && {metrics}),
          ...(min > 0 && {minReplicas: min}),
          scaleTargetRef: {apiVersion: apiVersionOf({group: kind.group, version}), kind: kind.kind, name},
        },
      };
      yield* createObject(context, 'horizontalpodautoscalers', object, 'autoscaled', flags.string('field-manager'));
    }
  },
};

interface Workload {
  spec?: {
    template?: {spec?: {containers?: Container[]}};
    containers?: Container[];
    ports?: {port: number; protocol?: string}[];
    selector?: unknown;
  };
}

interface Container {
  ports?: {containerPort: number; protocol?: string}[];
}

const portsOf = ({spec}: Workload): {port: number; protocol: string}[] => {
  if (spec?.ports) return spec.ports.map(({port, protocol = 'TCP'}) => ({port, protocol}));
  const containers = spec?.template?.spec?.containers ?? spec?.containers ?? [];
  return containers.flatMap(c => (c.ports ?? []).map(({containerPort, protocol = 'TCP'}) => ({port: containerPort, protocol})));
};

const EXPOSABLE = ['ReplicationController', 'Service', 'Pod', 'Deployment', 'ReplicaSet'];

/** What the service selects: what was asked for, the workload's selector, or a pod's labels. Throws Failure. */
function selectorFor(context: Context, {object, kind}: Info): Record<string, string> {
  if (context.flags.string('selector')) return parseLabels(context.flags.string('selector'));
  if (!EXPOSABLE.includes(kind.kind)) throw new Failure(`cannot expose a ${kind.group ? `${kind.kind}.${kind.group}` : kind.kind}`);
  if (kind.kind === 'Pod') {
    if (Object.keys(object!.metadata.labels ?? {}).length === 0)
      throw new Failure("couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed");
    return object!.metadata.labels!;
  }
  const text = selectorOf(object!) ?? '';
  if (!text && kind.kind === 'Service')
    throw new Failure("couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set");
  if (!text || /[!()]| in | notin /.test(text))
    throw new Failure(
      "couldn't retrieve selectors via --selector flag or introspection: invalid deployment: no selectors, therefore cannot be exposed",
    );
  return parseLabels(text);
}

export const expose: Command = {
  name: 'expose',
  use: 'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  flags: {
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    ...SAVE_CONFIG_FLAG,
    ...FIELD_MANAGER_FLAG('kubectl-expose'),
    ...OVERRIDE_FLAGS,
    'cluster-ip': {
      type: 'string',
      usage: "ClusterIP to be assigned to the service. Leave empty to auto-allocate, or set to 'None' to create a headless service.",
    },
    'external-ip': {type: 'string', usage: 'Additional external IP address (not managed by Kubernetes) to accept for the service.'},
    labels: {type: 'string', short: 'l', usage: 'Labels to apply to the service created by this call.'},
    'load-balancer-ip': {
      type: 'string',
      usage: 'IP to assign to the LoadBalancer. If empty, an ephemeral IP will be created and used (cloud-provider specific).',
    },
    name: {type: 'string', usage: 'The name for the newly created object.'},
    port: {type: 'string', usage: 'The port that the service should serve on. Copied from the resource being exposed, if unspecified'},
    protocol: {type: 'string', usage: "The network protocol for the service to be created. Default is 'TCP'."},
    selector: {type: 'string', usage: 'A label selector to use for this service. Only equality-based selector requirements are supported.'},
    'session-affinity': {
      type: 'string',
      usage: "If non-empty, set the session affinity for the service to this; legal values: 'None', 'ClientIP'",
    },
    'target-port': {
      type: 'string',
      usage: 'Name or number for the port on the container that the service should direct traffic to. Optional.',
    },
    type: {type: 'string', usage: "Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName. Default is 'ClusterIP'."},
  },
  completes: 'resources',
  *run(context) {
    const {flags, args} = context;
    for (const info of yield* mustLookUp(context, args)) {
      const found = portsOf(info.object as Workload);
      const asked = flags.string('port').split(',').filter(Boolean).map(Number);
      const wrong = flags
        .string('port')
        .split(',')
        .find(port => port !== '' && !/^[+-]?\d+$/.test(port));
      if (wrong !== undefined) throw new Failure(`strconv.Atoi: parsing "${wrong}": invalid syntax`);
      const numbers = asked.length > 0 ? asked : found.map(p => p.port);
      const headless = flags.string('cluster-ip') === 'None';
      if (numbers.length === 0 && !headless)
        throw new Failure("couldn't find port via --port flag or introspection\nSee 'kubectl expose -h' for help and examples");
      const target = flags.string('target-port');
      const ports = numbers.map((port, i) => ({
        ...(numbers.length > 1 && {name: `port-${i + 1}`}),
        port,
        protocol: flags.string('protocol').toUpperCase() || found.find(p => p.port === port)?.protocol || 'TCP',
        targetPort: target ? (/^\d+$/.test(target) ? Number(target) : target) : port,
      }));
      const labels = flags.string('labels') ? parseLabels(flags.string('labels')) : info.object!.metadata.labels;
      const object: KubeObject = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {name: flags.string('name') || info.name, namespace: info.namespace, ...(labels && {labels})},
        spec: {
          ...(flags.string('cluster-ip') && {clusterIP: flags.string('cluster-ip')}),
          ...(flags.string('external-ip') && {externalIPs: [flags.string('external-ip')]}),
          ...(flags.string('load-balancer-ip') && {loadBalancerIP: flags.string('load-balancer-ip')}),
          ...(ports.length > 0 && {ports}),
          selector: selectorFor(context, info),
          ...(flags.string('session-affinity') && {sessionAffinity: flags.string('session-affinity')}),
          ...(flags.string('type') && {type: flags.string('type')}),
        },
        status: {loadBalancer: {}},
      };
      const wanted = overridden(context, yield* context.kind('services'), object);
      yield* createObject(context, 'services', wanted, 'exposed', flags.string('field-manager'));
    }
  },
};
