/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/describe/describe.go */
import {ApiError} from '../../engine/api/types.ts';
import {ALL_NAMESPACES_FLAG, CHUNK_SIZE_FLAG, FILE_FLAGS, type Info, lookUp, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {describeObject} from '../describe/describe.ts';
import {stderr, stdout} from '../effects.ts';
import {Failure, joinErrors} from '../failure.ts';
import type {Effects} from '../types.ts';

/** Two words, of which something was not found: the second may be the beginning of names. upstream: DescribeMatchingResources */
function* byPrefix(context: Context, cause: unknown): Effects<Info[]> {
  const [type, prefix] = context.args as [string, string];
  const {infos, errors} = yield* lookUp(context, [type], {optionalNames: true});
  if (errors.length > 0) throw joinErrors(errors);
  const found = infos.filter(info => info.name.startsWith(prefix));
  if (found.length === 0) throw cause;
  return found;
}

export const describe: Command = {
  name: 'describe',
  use: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  short: 'Show details of a specific resource or group of resources',
  flags: {
    ...FILE_FLAGS,
    ...SELECTOR_FLAG,
    ...ALL_NAMESPACES_FLAG,
    ...CHUNK_SIZE_FLAG,
    'show-events': {type: 'bool', value: 'true', usage: 'If true, display events related to the described object.'},
  },
  completes: 'resources',
  *run(context) {
    const {args, flags} = context;
    if (args.length === 0 && flags.list('filename').length === 0)
      throw new Failure(
        'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
      );
    const looked = yield* lookUp(context, args, {
      optionalNames: true,
      allNamespaces: flags.bool('all-namespaces'),
      selector: flags.string('selector'),
    });
    const [only] = looked.errors;
    const isPrefix = args.length === 2 && looked.errors.length === 1 && only instanceof ApiError && only.reason === 'NotFound';
    const infos = isPrefix ? yield* byPrefix(context, only) : looked.infos;
    const errors = isPrefix ? [] : [...looked.errors];
    const pages: string[] = [];
    for (const {object} of infos) {
      try {
        pages.push(yield* describeObject(object!, context.now(), {reader: context.reader, showEvents: flags.bool('show-events')}));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        errors.push(error);
      }
    }
    yield* stdout(pages.join('\n\n'));
    if (errors.length > 0) throw joinErrors(errors);
    if (infos.length > 0) return;
    const namespaced = !flags.bool('all-namespaces');
    yield* stderr(namespaced ? `No resources found in ${context.config.namespace} namespace.\n` : 'No resources found\n');
  },
};
