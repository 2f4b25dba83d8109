/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/expose */
import type {KubeObject} from '../../engine/api/types.ts';
import {FILE_FLAGS, type Info, mustLookUp} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {Failure} from '../failure.ts';
import {DRY_RUN_FLAG, OUTPUT_FLAGS} from '../output.ts';
import {selectorOf} from '../workload-pods.ts';
import {createObject} from './create-object.ts';
import {parseLabels} from './run.ts';
import {FIELD_MANAGER_FLAG, OVERRIDE_FLAGS, overridden, SAVE_CONFIG_FLAG} from './write-flags.ts';

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
