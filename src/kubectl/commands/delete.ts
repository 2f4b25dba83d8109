/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/delete/delete.go */
import {ApiError, type KubeObject, type Status} from '../../engine/api/types.ts';
import {ALL_NAMESPACES_FLAG, FIELD_SELECTOR_FLAG, FILE_FLAGS, type Info, lookUp, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {stderr, stdout} from '../effects.ts';
import {Failure, joinErrors, withSource} from '../failure.ts';
import {DRY_RUN_FLAG, dryRunOf, kindWord, nameOf} from '../output.ts';
import type {Effects} from '../types.ts';
import {untilDeleted} from '../watch.ts';

export const DELETE_FLAGS = {
  cascade: {
    type: 'string',
    value: 'background',
    bare: 'background',
    usage:
      'Must be "background", "orphan", or "foreground". Selects the deletion cascading strategy for the dependents (e.g. Pods created by a ReplicationController). Defaults to background.',
  },
  force: {
    type: 'bool',
    value: 'false',
    usage:
      'If true, immediately remove resources from API and bypass graceful deletion. Note that immediate deletion of some resources may result in inconsistency or data loss and requires confirmation.',
  },
  'grace-period': {
    type: 'int',
    value: '-1',
    usage:
      'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative. Set to 1 for immediate shutdown. Can only be set to 0 when --force is true (force deletion).',
  },
  timeout: {
    type: 'duration',
    value: '0s',
    usage: 'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
  },
  wait: {type: 'bool', value: 'true', usage: 'If true, wait for resources to be gone before returning. This waits for finalizers.'},
} satisfies Command['flags'];

const PROPAGATION: Readonly<Record<string, string>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  true: 'Background',
  false: 'Orphan',
};

/** What --cascade comes to. Throws Failure. */
export function propagationOf({flags}: Context): string {
  const policy = PROPAGATION[flags.string('cascade')];
  if (!policy) throw new Failure(`invalid cascade value (${flags.string('cascade')}). Must be "background", "foreground", or "orphan"`);
  return policy;
}

const FORCE_WARNING =
  'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n';

/** A week: "for ever". */
const FOREVER_MS = 168 * 3600_000;

/** The grace period that the flags come to; -1 for the object's own. Throws Failure. */
export function graceOf({flags}: Context): number {
  if (flags.changed('now') && flags.bool('now')) {
    if (flags.int('grace-period') !== -1) throw new Failure('--now and --grace-period cannot be specified together');
    return 1;
  }
  const grace = flags.int('grace-period');
  if (grace > 0 && flags.bool('force')) throw new Failure('--force and --grace-period greater than 0 cannot be specified together');
  if (grace === 0 && !flags.bool('force')) return 1;
  if (flags.bool('force') && grace < 0) return 0;
  return grace;
}

function* deleteOne(context: Context, info: Info, grace: number): Effects<string | undefined> {
  const {flags} = context;
  const dryRun = dryRunOf(context);
  const propagationPolicy = propagationOf(context);
  let uid: string | undefined;
  if (dryRun !== 'client') {
    const options = {kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy, ...(grace >= 0 && {gracePeriodSeconds: grace})};
    try {
      const answer = yield* context.client.remove<KubeObject | Status>({...info}, options, {
        query: {dryRun: dryRun === 'server' ? 'All' : undefined},
      });
      uid = 'details' in answer ? (answer as Status).details?.uid : (answer as KubeObject).metadata?.uid;
    } catch (error) {
      throw withSource('deleting', info.source, error);
    }
  }
  const suffix = {none: '', client: ' (dry run)', server: ' (server dry run)'}[dryRun];
  const operation = `${grace === 0 ? 'force deleted' : 'deleted'}${suffix}`;
  const where = info.kind.namespaced ? ` from ${info.namespace} namespace` : '';
  yield* stdout(flags.string('output') === 'name' ? `${nameOf(info)}\n` : `${kindWord(info)} "${info.name}" ${operation}${where}\n`);
  return uid;
}

/** Deletes what was found, one by one, then waits for all to be gone. */
function* deleteInfos(context: Context, infos: readonly Info[], grace: number): Effects<void> {
  const {flags} = context;
  const deleted: {info: Info; uid: string | undefined}[] = [];
  const errors: unknown[] = [];
  for (const info of infos) {
    try {
      deleted.push({info, uid: yield* deleteOne(context, info, grace)});
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound' && flags.bool('ignore-not-found')) continue;
      if (!(error instanceof ApiError)) throw error;
      errors.push(error);
    }
  }
  if (errors.length > 0) throw joinErrors(errors);
  if (!flags.bool('wait') || dryRunOf(context) !== 'none') return;
  const timeout = flags.duration('timeout') || FOREVER_MS;
  const end = context.now() + timeout;
  for (const {info, uid} of deleted) {
    try {
      if (!(yield* untilDeleted(context, {...info}, uid, Math.max(end - context.now(), 0))))
        throw new Failure(`timed out waiting for the condition on ${info.kind.resource}/${info.name}`);
    } catch (error) {
      if (error instanceof ApiError && (error.reason === 'Forbidden' || error.reason === 'MethodNotAllowed')) continue;
      throw error;
    }
  }
}

export const deleteCommand: Command = {
  name: 'delete',
  use: 'delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  flags: {
    ...FILE_FLAGS,
    ...SELECTOR_FLAG,
    ...DRY_RUN_FLAG,
    ...DELETE_FLAGS,
    all: {type: 'bool', value: 'false', usage: 'Delete all resources, in the namespace of the specified resource types.'},
    ...ALL_NAMESPACES_FLAG,
    ...FIELD_SELECTOR_FLAG,
    'ignore-not-found': {
      type: 'bool',
      value: 'false',
      usage: 'Treat "resource not found" as a successful delete. Defaults to "true" when --all is specified.',
    },
    interactive: {type: 'bool', short: 'i', value: 'false', usage: 'If true, delete resource only when user confirms.'},
    now: {type: 'bool', value: 'false', usage: 'If true, resources are signaled for immediate shutdown (same as --grace-period=1).'},
    output: {type: 'string', short: 'o', usage: 'Output mode. Use "-o name" for shorter output (resource/name).'},
    raw: {type: 'string', usage: 'Raw URI to DELETE to the server.  Uses the transport specified by the kubeconfig file.'},
  },
  completes: 'resources',
  *run(context) {
    const {args, flags} = context;
    if (flags.string('raw')) {
      const answer = yield* context.client.send<unknown>('DELETE', flags.string('raw'));
      yield* stdout(typeof answer === 'string' ? answer : JSON.stringify(answer));
      return;
    }
    if (flags.bool('all') && flags.string('selector')) throw new Failure("setting 'all' parameter but found a non empty selector. ");
    if (flags.bool('all') && flags.string('field-selector')) throw new Failure('cannot set --all and --field-selector at the same time');
    if (!['', 'name'].includes(flags.string('output')))
      throw new Failure(`unexpected -o output mode: ${flags.string('output')}. We only support '-o name'`);
    const grace = graceOf(context);
    const {infos, errors} = yield* lookUp(context, args, {
      all: flags.bool('all'),
      allNamespaces: flags.bool('all-namespaces'),
      selector: flags.string('selector'),
      fieldSelector: flags.string('field-selector'),
      ignoreNotFound: flags.bool('ignore-not-found') || flags.bool('all'),
      withoutObjects: true,
    });
    if (errors.length > 0) throw joinErrors(errors);
    if (grace === 0) yield* stderr(FORCE_WARNING);
    yield* deleteInfos(context, infos, grace);
    if (infos.length === 0) yield* stdout('No resources found\n');
  },
};
