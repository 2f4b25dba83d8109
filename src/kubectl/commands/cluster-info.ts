/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/clusterinfo */
import {initAndRegularContainers} from '../../engine/api/pods.ts';
import {ApiError, type core, type KubeObject, type Pod} from '../../engine/api/types.ts';
import {pathOf} from '../client.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {stdout} from '../effects.ts';
import {Failure} from '../failure.ts';
import {OUTPUT_FLAGS, printerFor} from '../output.ts';
import type {Effects} from '../types.ts';
import {readLog} from './logs.ts';

/** What is dumped of a namespace, under its name as a file. */
const DUMPED: readonly (readonly [resource: string, file: string])[] = [
  ['events', 'events'],
  ['replicationcontrollers', 'replication-controllers'],
  ['services', 'services'],
  ['daemonsets', 'daemonsets'],
  ['deployments', 'deployments'],
  ['replicasets', 'replicasets'],
  ['pods', 'pods'],
];

interface Dump {
  /** The list, as it would be printed. */
  put(file: string, list: object): Effects<void>;
  /** Text of a file of its own. */
  log(file: string, text: string): Effects<void>;
}

/** To standard output, or as files below a folder. Throws Failure for a format that there is not. */
function dumpTo(context: Context, folder: string): Dump {
  const {flags, env} = context;
  const format = flags.string('output');
  const print = printerFor(context)!;
  const extension = format === 'json' ? '.json' : format === 'yaml' ? '.yaml' : '.txt';
  const written: Record<string, string> = {};
  const write = function* (file: string, text: string): Effects<void> {
    if (!folder || folder === '-') return yield* stdout(text);
    if (!env.files.write) throw new Failure(`open ${folder}/${file}: read-only file system`);
    written[file] = (written[file] ?? '') + text;
    env.files.write(`${folder}/${file}`, written[file]);
  };
  return {put: (file, list) => write(file + extension, print(list)), log: write};
}

function* logsOf(context: Context, dump: Dump, pod: Pod): Effects<void> {
  const {namespace = '', name = ''} = pod.metadata;
  const kind = yield* context.kind('pods');
  for (const container of initAndRegularContainers(pod.spec)) {
    const subject = `logs for container ${container.name} of pod ${namespace}/${name} ====\n`;
    let text: string;
    try {
      text = yield* readLog(context, {kind, version: kind.version, namespace, name}, {container: container.name});
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      text = `Request log error: ${error.message}\n`;
    }
    yield* dump.log(`${namespace}/${name}/logs.txt`, `==== START ${subject}${text}==== END ${subject}`);
  }
}

const dump: Command = {
  name: 'dump',
  use: 'cluster-info dump [flags]',
  short: 'Dump relevant information for debugging and diagnosis',
  flags: {
    ...OUTPUT_FLAGS,
    output: {...OUTPUT_FLAGS.output, value: 'json'},
    'all-namespaces': {
      type: 'bool',
      short: 'A',
      value: 'false',
      usage: 'If true, dump all namespaces.  If true, --namespaces is ignored.',
    },
    namespaces: {type: 'list', usage: 'A comma separated list of namespaces to dump.'},
    'output-directory': {
      type: 'string',
      usage: "Where to output the files.  If empty or '-' uses stdout, otherwise creates a directory hierarchy in that directory",
    },
    'pod-running-timeout': {
      type: 'duration',
      value: '20s',
      usage: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
  },
  *run(context) {
    const {flags, client} = context;
    const folder = flags.string('output-directory').replace(/\/$/, '');
    const out = dumpTo(context, folder);
    const listOf = function* (resource: string, namespace: string): Effects<{items?: KubeObject[]}> {
      const {code, body} = yield* client.raw('GET', pathOf({kind: yield* context.kind(resource), namespace}));
      if (code >= 400) throw new ApiError(body as ApiError['status']);
      return body as {items?: KubeObject[]};
    };
    yield* out.put('nodes', yield* listOf('nodes', ''));
    const chosen = flags.list('namespaces');
    const namespaces = flags.bool('all-namespaces')
      ? ((yield* listOf('namespaces', '')).items ?? []).map(({metadata}) => metadata.name!)
      : chosen.length > 0
        ? chosen
        : ['kube-system', context.config.namespace];
    for (const namespace of namespaces) {
      let pods: Pod[] = [];
      for (const [resource, file] of DUMPED) {
        const list = yield* listOf(resource, namespace);
        yield* out.put(`${namespace}/${file}`, list);
        pods = (list.items ?? []) as Pod[];
      }
      for (const pod of pods) yield* logsOf(context, out, pod);
    }
    if (folder && folder !== '-') yield* stdout(`Cluster info dumped to ${folder}\n`);
  },
};

export const clusterInfo: Command = {
  name: 'cluster-info',
  use: 'cluster-info [flags]',
  short: 'Display cluster information',
  subcommands: [dump],
  heedless: true,
  *run(context) {
    const services = yield* context.reader.list<core.Service & KubeObject>('v1', 'services', {
      namespace: 'kube-system',
      labelSelector: 'kubernetes.io/cluster-service=true',
    });
    const {server} = context.config;
    yield* stdout(`Kubernetes control plane is running at ${server}\n`);
    for (const service of services) {
      const {name = '', labels = {}} = service.metadata;
      const ingress = service.status?.loadBalancer?.ingress?.[0];
      const port = service.spec?.ports?.[0];
      const link = ingress
        ? `http://${ingress.ip ?? ingress.hostname}:${port?.port}`
        : `${server}/api/v1/namespaces/kube-system/services/${port?.name ? `${name}:${port.name}` : name}/proxy`;
      yield* stdout(`${labels['kubernetes.io/name'] ?? name} is running at ${link}\n`);
    }
    yield* stdout("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
  },
};
