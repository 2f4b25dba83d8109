/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/scale */
import type {KubeObject} from '../../engine/api/types.ts';
import {FILE_FLAGS, type Info, lookUp, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {Failure, goErrors, joinErrors} from '../failure.ts';
import {DRY_RUN_FLAG, dryRunOf, dryRunQuery, OUTPUT_FLAGS, printDone} from '../output.ts';
import type {Effects} from '../types.ts';
import {poll} from '../watch.ts';
import {FIELD_MANAGER_FLAG} from './write-flags.ts';

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
