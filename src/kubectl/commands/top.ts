/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/top, pkg/metricsutil/metrics_printer.go */

import {printGoDuration} from '../../engine/api/duration.ts';
import {byText} from '../../engine/api/order.ts';
import {parseQuantity, type Quantity} from '../../engine/api/quantity.ts';
import type {core, KubeObject} from '../../engine/api/types.ts';
import {SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {stderr, stdout} from '../effects.ts';
import {Failure, usageError} from '../failure.ts';
import {alignRows} from '../text/tab-writer.ts';
import type {Effects} from '../types.ts';

const METRICS = '/apis/metrics.k8s.io/v1beta1';
const NOT_AVAILABLE = 'Metrics API not available';

type Usage = Record<string, string>;
type NodeMetrics = KubeObject & {usage: Usage};
type PodMetrics = KubeObject & {containers: {name: string; usage: Usage}[]};

/** Throws Failure where the server has no metrics. */
function* requireMetrics(context: Context): Effects<void> {
  const groups = yield* context.kinds(true);
  if (!groups.some(kind => kind.group === 'metrics.k8s.io')) throw new Failure(NOT_AVAILABLE);
}

const cpu = (usage: Usage): Quantity => parseQuantity(usage['cpu'] ?? '0');
const memory = (usage: Usage): Quantity => parseQuantity(usage['memory'] ?? '0');
const MEBI = 1024 * 1024;
const cells = (milli: number, bytes: number): [string, string] => [`${milli}m`, `${Math.trunc(bytes / MEBI)}Mi`];
const percent = (part: number, whole: number): string => (whole === 0 ? '<unknown>' : `${Math.trunc((part / whole) * 100)}%`);

const SORTS = ['', 'cpu', 'memory'];

function checkSort(context: Context): string {
  const by = context.flags.string('sort-by');
  if (!SORTS.includes(by)) throw new Failure('--sort-by accepts only cpu or memory');
  return by;
}

const FLAGS = {
  ...SELECTOR_FLAG,
  'use-protocol-buffers': {type: 'bool', value: 'true', usage: 'Enables using protocol-buffers to access Metrics API.'},
  'no-headers': {type: 'bool', value: 'false', usage: 'If present, print output without headers'},
  'sort-by': {type: 'string', usage: "If non-empty, sort the list using specified field. The field can be either 'cpu' or 'memory'."},
} satisfies Command['flags'];

interface Row {
  cells: string[];
  cpu: number;
  memory: number;
  name: string;
}

const ordered = (rows: readonly Row[], by: string): Row[] =>
  [...rows].sort((a, b) => (by ? b[by as 'cpu' | 'memory'] - a[by as 'cpu' | 'memory'] : 0) || byText(a.name, b.name));

/** Throws Failure where more than one is named. */
function onlyOne({args, path}: Context, what: string): void {
  if (args.length > 1) throw usageError(path, `${what} [NAME | -l label]`);
}

const node: Command = {
  name: 'node',
  aliases: ['nodes', 'no'],
  use: 'top node [NAME | -l label]',
  short: 'Display resource (CPU/memory) usage of nodes',
  flags: {
    ...FLAGS,
    'show-capacity': {
      type: 'bool',
      value: 'false',
      usage: 'Print node resources based on Capacity instead of Allocatable(default) of the nodes.',
    },
  },
  completes: 'nodes',
  *run(context) {
    onlyOne(context, 'node');
    const by = checkSort(context);
    yield* requireMetrics(context);
    const [name] = context.args;
    const query = {labelSelector: context.flags.string('selector') || undefined};
    const metrics = name
      ? [yield* context.client.send<NodeMetrics>('GET', `${METRICS}/nodes/${name}`)]
      : (yield* context.client.send<{items: NodeMetrics[]}>('GET', `${METRICS}/nodes`, {query})).items;
    const nodes = yield* context.reader.list<core.Node & KubeObject>('v1', 'nodes');
    const rows = metrics.map((m): Row => {
      const status = nodes.find(n => n.metadata.name === m.metadata.name)?.status;
      const whole = (context.flags.bool('show-capacity') ? status?.capacity : status?.allocatable) ?? {};
      const [milli, bytes] = [cpu(m.usage).milli, memory(m.usage).value];
      const [cpuText, memoryText] = cells(milli, bytes);
      return {
        name: m.metadata.name ?? '',
        cpu: milli,
        memory: bytes,
        cells: [m.metadata.name ?? '', cpuText, percent(milli, cpu(whole).milli), memoryText, percent(bytes, memory(whole).value)],
      };
    });
    if (rows.length === 0) throw new Failure('metrics not available yet');
    const header = context.flags.bool('no-headers') ? [] : [['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)']];
    yield* stdout(alignRows([...header, ...ordered(rows, by).map(r => r.cells)]));
  },
};

/** How long a pod may be without figures before that is strange. upstream: metricsCreationDelay */
const CREATION_DELAY_MS = 120_000;

/** No figures: because there are no pods, or because they are too young. Throws Failure where there are pods. upstream: verifyEmptyMetrics */
function* explainNothing(context: Context, all: boolean, query: Record<string, string | undefined>): Effects<void> {
  const scope = all ? '' : `/namespaces/${context.config.namespace}`;
  const {items} = yield* context.client.send<{items: KubeObject[]}>('GET', `/api/v1${scope}/pods`, {query});
  if (items.length === 0) return;
  for (const {metadata} of items) {
    const age = context.now() - Date.parse(metadata.creationTimestamp!);
    if (age > CREATION_DELAY_MS)
      throw new Failure(`Metrics not available for pod ${metadata.namespace}/${metadata.name}, age: ${printGoDuration(age)}`);
  }
  throw new Failure('metrics not available yet');
}

const pod: Command = {
  name: 'pod',
  aliases: ['pods', 'po'],
  use: 'top pod [NAME | -l label]',
  short: 'Display resource (CPU/memory) usage of pods',
  flags: {
    ...FLAGS,
    'all-namespaces': {type: 'bool', short: 'A', value: 'false', usage: 'If present, list the requested object(s) across all namespaces.'},
    containers: {type: 'bool', value: 'false', usage: 'If present, print usage of containers within a pod.'},
    'field-selector': {type: 'string', usage: "Selector (field query) to filter on, supports '=', '==', and '!='."},
    sum: {type: 'bool', value: 'false', usage: 'Print the sum of the resource usage'},
  },
  completes: 'pods',
  *run(context) {
    const {flags} = context;
    onlyOne(context, 'pod');
    const by = checkSort(context);
    yield* requireMetrics(context);
    const [name] = context.args;
    const all = flags.bool('all-namespaces');
    const scope = all ? '' : `/namespaces/${context.config.namespace}`;
    const query = {labelSelector: flags.string('selector') || undefined, fieldSelector: flags.string('field-selector') || undefined};
    const metrics = name
      ? [yield* context.client.send<PodMetrics>('GET', `${METRICS}${scope}/pods/${name}`)]
      : (yield* context.client.send<{items: PodMetrics[]}>('GET', `${METRICS}${scope}/pods`, {query})).items;
    if (metrics.length === 0) {
      yield* explainNothing(context, all, query);
      yield* stderr(all ? 'No resources found\n' : `No resources found in ${context.config.namespace} namespace.\n`);
      return;
    }
    const rows = metrics.flatMap((m): Row[] => {
      const lead = [...(all ? [m.metadata.namespace ?? ''] : []), m.metadata.name ?? ''];
      const usages = flags.bool('containers')
        ? m.containers.map(c => ({lead: [...lead, c.name], usage: [c.usage]}))
        : [{lead, usage: m.containers.map(c => c.usage)}];
      return usages.map(({lead: first, usage}) => {
        const milli = usage.reduce((sum, u) => sum + cpu(u).milli, 0);
        const bytes = usage.reduce((sum, u) => sum + memory(u).value, 0);
        return {name: first.join('/'), cpu: milli, memory: bytes, cells: [...first, ...cells(milli, bytes)]};
      });
    });
    const header = [
      ...(all ? ['NAMESPACE'] : []),
      ...(flags.bool('containers') ? ['POD', 'NAME'] : ['NAME']),
      'CPU(cores)',
      'MEMORY(bytes)',
    ];
    yield* stdout(alignRows([...(flags.bool('no-headers') ? [] : [header]), ...ordered(rows, by).map(r => r.cells)]));
  },
};

export const top: Command = {
  name: 'top',
  use: 'top',
  short: 'Display resource (CPU/memory) usage',
  subcommands: [node, pod],
};
