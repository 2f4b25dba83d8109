/** What all of `kubectl set` share: objects are found, changed and sent one by one. upstream: staging/src/k8s.io/kubectl/pkg/cmd/set/set.go */
import {ApiError, type core, type KubeObject} from '../../../engine/api/types.ts';
import {decode} from '../../../engine/apiserver/decoding/decode.ts';
import {FILE_FLAGS, type Info, mustLookUp, NOTHING_NAMED, SELECTOR_FLAG} from '../../builder.ts';
import type {Command} from '../../command.ts';
import type {Context} from '../../context.ts';
import {Failure, joinErrors} from '../../failure.ts';
import {DRY_RUN_FLAG, dryRunOf, dryRunQuery, OUTPUT_FLAGS, printDone} from '../../output.ts';
import {changePatch, patchTypeFor} from '../../patch/client-patch.ts';
import type {Effects} from '../../types.ts';
import {FIELD_MANAGER_FLAG} from '../write-flags.ts';

export const SET_FLAGS = {
  ...FILE_FLAGS,
  ...SELECTOR_FLAG,
  ...OUTPUT_FLAGS,
  ...DRY_RUN_FLAG,
  ...FIELD_MANAGER_FLAG('kubectl-set'),
  all: {type: 'bool', value: 'false', usage: 'If true, select all resources in the namespace of the specified resource types'},
  local: {type: 'bool', value: 'false', usage: 'If true, set will NOT contact api-server but run locally.'},
} satisfies Command['flags'];

export const CONTAINERS_FLAG = {
  containers: {
    type: 'string',
    short: 'c',
    value: '*',
    usage: 'The names of containers in the selected pod templates to change - may use wildcards',
  },
} satisfies Command['flags'];

interface Templated {
  spec?: {template?: {spec?: core.PodSpec}; jobTemplate?: {spec?: {template?: {spec?: core.PodSpec}}}} & core.PodSpec;
}

/** The pod spec within an object; undefined for kinds that have none. */
export function podSpecOf(object: KubeObject): core.PodSpec | undefined {
  const {spec} = object as Templated;
  return object.kind === 'Pod' ? spec : (spec?.template?.spec ?? spec?.jobTemplate?.spec?.template?.spec);
}

/** Containers whose names match, the ordinary ones first. */
export const selected = (podSpec: core.PodSpec, pattern: string): core.Container[] => {
  const test = new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  return [...podSpec.containers, ...(podSpec.initContainers ?? [])].filter(c => test.test(c.name));
};

/** What one command of these says. */
export interface Words {
  done: string;
  /** Before the server's refusal. */
  refused: string;
}

/** Changes every object's pod spec and sends the differences. A change may tell of what it could not find. */
export const update = (
  context: Context,
  infos: readonly Info[],
  words: Words,
  change: (podSpec: core.PodSpec, info: Info) => readonly string[],
): Effects<void> =>
  updateObjects(context, infos, words, (copy, info) => {
    const podSpec = podSpecOf(copy);
    if (!podSpec)
      throw new Failure(`${infoName(info)} the object is not a pod or does not have a pod template: *${info.version}.${info.kind.kind}`);
    return change(podSpec, info);
  });

/** `deployments/web`. upstream: cli-runtime Info.ObjectName */
export const infoName = ({kind, name}: Info): string => `${kind.resource}/${name}`;

/** Changes a copy of every object and sends the differences. What failed is told at the end. */
export function* updateObjects(
  context: Context,
  infos: readonly Info[],
  {done, refused}: Words,
  change: (copy: KubeObject, info: Info) => readonly string[],
): Effects<void> {
  const errors: unknown[] = [];
  for (const info of infos) {
    try {
      const copy = JSON.parse(JSON.stringify(info.object)) as KubeObject;
      errors.push(...change(copy, info).map(missing => new Failure(missing)));
      const patch = changePatch(info.kind, info.object!, copy);
      if (Object.keys(patch).length === 0) continue;
      if (context.flags.bool('local') || dryRunOf(context) === 'client') {
        yield* printDone(context, {...info, object: copy}, done);
        continue;
      }
      const object = yield* sent(context, info, patch, refused);
      yield* printDone(context, {...info, object}, done);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw joinErrors(errors);
  // Each is an error of its own in kubectl, and says so.
  if (errors.length > 1)
    throw new AggregateError(errors.map(error => (error instanceof Failure ? new Failure(`error: ${error.message}`) : error)));
}

function* sent(context: Context, info: Info, patch: unknown, refused: string): Effects<KubeObject> {
  try {
    return yield* context.client.patch<KubeObject>({...info}, patchTypeFor(info.kind), patch, {
      query: {fieldManager: context.flags.string('field-manager'), dryRun: dryRunQuery(context)},
    });
  } catch (error) {
    if (!refused || !(error instanceof ApiError)) throw error;
    throw new Failure(`${refused} ${error.message}`);
  }
}

/** Who asks no server reads a file as its kind, and so writes down what a structure of Go's always has. */
function typed(info: Info): Info {
  const {object} = decode(info.object, info.kind, {version: info.version, validation: 'Ignore'});
  return {...info, object};
}

/** Who asks no server can only read files. upstream: cli-runtime LocalResourceError */
export const LOCAL_RESOURCE = `you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`;

/** The objects that are named. `nothing`: the words where --local stands beside names. Throws Failure. */
export function* find(context: Context, resources: readonly string[], nothing = NOTHING_NAMED): Effects<Info[]> {
  if (context.flags.bool('local') && context.flags.list('filename').length === 0)
    throw new Failure(resources.length > 0 ? nothing : NOTHING_NAMED);
  const infos = yield* mustLookUp(context, resources, {selector: context.flags.string('selector'), all: context.flags.bool('all')});
  return context.flags.bool('local') ? infos.map(typed) : infos;
}

/** Resources, and the changes behind them. Throws Failure where they are mixed. upstream: GetResourcesAndPairs */
export function resourcesAndPairs(
  args: readonly string[],
  isPair: (arg: string) => boolean,
): {resources: string[]; pairs: string[]; late?: string} {
  const first = args.findIndex(isPair);
  const end = first < 0 ? args.length : first;
  const late = args.slice(end).find(arg => !isPair(arg));
  return {resources: args.slice(0, end), pairs: args.slice(end), ...(late !== undefined && {late})};
}
