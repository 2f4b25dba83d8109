/** `kubectl explain-scheduling`: not part of the real kubectl. Asks every plugin, and every extender, about every node, as the scheduler would, and what would have to change. */
import {prettyJson} from '../../engine/api/go-json.ts';
import {byResource} from '../../engine/api/kinds.ts';
import type {Pod} from '../../engine/api/types.ts';
import {whyNot} from '../../engine/scheduler/explain/counterfactuals.ts';
import {explain} from '../../engine/scheduler/explain/explain.ts';
import {outlook} from '../../engine/scheduler/explain/outlook.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {stdout} from '../effects.ts';
import {Failure, usageError} from '../failure.ts';
import {explanationPage, makeWinPage, nodePage} from '../scheduling/print.ts';
import {readWorld, responsibleFor} from '../scheduling/world.ts';
import {toYaml} from '../text/yaml.ts';
import type {Effects} from '../types.ts';

const OUTPUTS = ['', 'wide', 'json', 'yaml'];

function outputOf({flags}: Context): string {
  const output = flags.string('output');
  if (OUTPUTS.includes(output)) return output;
  throw new Failure(`unable to match a printer suitable for the output format "${output}", allowed formats are: json,wide,yaml`);
}

function podName({args, path}: Context): string {
  const [word, ...more] = args;
  if (word === undefined) throw usageError(path, 'POD must be specified');
  if (more.length > 0) throw usageError(path, 'only one POD may be specified');
  const [, type, name] = /^(?:([^/]*)\/)?([^/]+)$/.exec(word) ?? [];
  if (name === undefined || (type !== undefined && !['pod', 'pods', 'po'].includes(type)))
    throw new Failure(`only pods are scheduled: "${word}" is none`);
  return name;
}

/** Throws ApiError where there is no such node. */
function* nodeNamed(context: Context, flag: string): Effects<string> {
  const name = context.flags.string(flag);
  if (name) yield* context.client.get({kind: byResource('nodes')!, namespace: '', name});
  return name;
}

export const explainScheduling: Command = {
  name: 'explain-scheduling',
  use: 'explain-scheduling POD [--node=NODE | --make-win=NODE]',
  short: "Explain every scheduler plugin's verdict on every node for a pod",
  flags: {
    output: {type: 'string', short: 'o', usage: 'Output format. One of: (json, yaml, wide).'},
    node: {type: 'string', usage: "Every plugin's word on this node only."},
    'make-win': {type: 'string', usage: 'The smallest changes to the pod or to this node with which the pod would be placed there.'},
    config: {type: 'string', usage: "A file with the scheduler's KubeSchedulerConfiguration; otherwise the cluster's own."},
  },
  completes: 'pod-names',
  *run(context) {
    const output = outputOf(context);
    const name = podName(context);
    if (context.flags.string('node') && context.flags.string('make-win'))
      throw usageError(context.path, '--node and --make-win exclude each other');
    const pod = yield* context.reader.get<Pod>('v1', 'pods', context.config.namespace, name);
    const node = yield* nodeNamed(context, 'node');
    const wished = yield* nodeNamed(context, 'make-win');
    const world = yield* readWorld(context, pod, responsibleFor(context, pod));

    const explained = explain(world, pod);
    const answer = wished ? whyNot(world, pod, wished) : undefined;
    if (output === 'json' || output === 'yaml') {
      const document = {...explained, ...outlook(world, pod), ...(answer && {makeWin: documentOf(answer)})};
      yield* stdout(output === 'json' ? prettyJson(document) : toYaml(document));
    } else if (answer) yield* stdout(makeWinPage(answer, explained.best));
    else if (node) yield* stdout(nodePage(explained, node));
    else yield* stdout(explanationPage(pod, explained, outlook(world, pod), output === 'wide'));
  },
};

/** The answer without the objects that it was tried on. */
const documentOf = ({changes, ...answer}: ReturnType<typeof whyNot>): object => ({
  ...answer,
  changes: changes.map(({changes: steps, wins}) => ({changes: steps.map(({kind, text}) => ({kind, text})), wins})),
});
