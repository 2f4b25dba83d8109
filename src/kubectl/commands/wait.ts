/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/wait */

import {findJsonPath, relaxedJsonPath, valueText} from '../../engine/api/json-path.ts';
import {ApiError, type KubeObject} from '../../engine/api/types.ts';
import {FILE_FLAGS, type Info, lookUp, mustLookUp, parseNames, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {Failure, joinErrors} from '../failure.ts';
import {OUTPUT_FLAGS, printDone} from '../output.ts';
import type {Effects} from '../types.ts';
import {poll, untilDeleted} from '../watch.ts';

const WEEK_MS = 168 * 3600_000;

type Test = (object: KubeObject) => boolean;

interface Conditioned {
  metadata: {generation?: number};
  status?: {observedGeneration?: number; conditions?: {type: string; status: string; observedGeneration?: number}[]};
}

/** `condition=Ready`, `condition=Ready=False`: whatever the case. */
function conditionTest(text: string): Test {
  const [type = '', wanted = 'true'] = text.split('=');
  return object => {
    const {metadata, status} = object as unknown as Conditioned;
    const found = status?.conditions?.find(c => c.type.toLowerCase() === type.toLowerCase());
    if (!found) return false;
    const observed = found.observedGeneration ?? status?.observedGeneration;
    if (metadata.generation && observed !== undefined && observed < metadata.generation) return false;
    return found.status.toLowerCase() === wanted.toLowerCase();
  };
}

/** `jsonpath='{.status.phase}'=Running`; without a value, it is enough that there is one. Throws Failure. */
function jsonPathTest(text: string): Test {
  const equals = text.lastIndexOf('}') >= 0 ? text.indexOf('=', text.lastIndexOf('}')) : text.indexOf('=');
  const path = equals < 0 ? text : text.slice(0, equals);
  const value =
    equals < 0
      ? undefined
      : text
          .slice(equals + 1)
          .replace(/^=/, '')
          .replace(/^(["'])(.*)\1$/s, '$2');
  if (!path) throw new Failure('jsonpath expression cannot be empty');
  if (equals >= 0 && value === '') throw new Failure('jsonpath wait has to have a value after equal sign');
  const strict = relaxedJsonPath(path.replace(/^(["'])(.*)\1$/s, '$2'));
  return object => {
    const found = findJsonPath(strict, object, {allowMissingKeys: true}).flat();
    if (found.length === 0) return false;
    if (found.length > 1) throw new Failure('given jsonpath expression matches more than one value');
    if (typeof found[0] === 'object' && found[0] !== null && value !== undefined)
      throw new Failure('jsonpath leads to a nested object or list which is not supported');
    return value === undefined || valueText(found[0]).trim() === value.trim();
  };
}

/** Every test before the condition: `condition=`, `jsonpath=`, `delete`, `create`. Throws Failure. */
function testOf(text: string): Test | 'delete' | 'create' {
  const lower = text.toLowerCase();
  if (lower === 'delete' || lower === 'create') return lower;
  if (lower.startsWith('condition=')) return conditionTest(text.slice('condition='.length));
  if (lower.startsWith('jsonpath=')) return jsonPathTest(text.slice('jsonpath='.length));
  throw new Failure(`unrecognized condition: "${text}"`);
}

const timedOut = ({kind, name}: Info): Failure => new Failure(`timed out waiting for the condition on ${kind.resource}/${name}`);

function* waitForObject(context: Context, info: Info, test: Test, timeoutMs: number): Effects<void> {
  let seen: KubeObject | undefined = info.object;
  const met = yield* poll(
    context,
    function* () {
      try {
        seen = yield* context.client.get({...info});
      } catch (error) {
        if (error instanceof ApiError && error.reason === 'NotFound') throw new Failure(`${info.kind.resource} "${info.name}" not found`);
        throw error;
      }
      return test(seen!) ? seen : undefined;
    },
    timeoutMs,
  );
  if (!met) throw timedOut(info);
  yield* printDone(context, {...info, object: met}, 'condition met');
}

function* waitForCreation(context: Context, timeoutMs: number): Effects<void> {
  const {pairs = [], kinds = [], names = []} = yield* parseNames(context, context.args);
  const wanted = pairs.length > 0 ? pairs : kinds.flatMap(kind => names.map(name => ({kind, name})));
  if (wanted.length === 0) yield* mustLookUp(context, context.args);
  for (const {kind, name} of wanted) {
    const info: Info = {kind, version: kind.version, namespace: kind.namespaced ? context.config.namespace : '', name};
    const object = yield* poll(
      context,
      function* () {
        try {
          return yield* context.client.get<KubeObject>({...info});
        } catch (error) {
          if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
          throw error;
        }
      },
      timeoutMs,
    );
    if (!object) throw new Failure('timed out waiting for the condition');
    yield* printDone(context, {...info, object}, 'condition met');
  }
}

export const wait: Command = {
  name: 'wait',
  use: "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  short: 'Wait for a specific condition on one or many resources',
  flags: {
    ...FILE_FLAGS,
    ...SELECTOR_FLAG,
    ...OUTPUT_FLAGS,
    all: {type: 'bool', value: 'false', usage: 'Select all resources in the namespace of the specified resource types'},
    'all-namespaces': {type: 'bool', short: 'A', value: 'false', usage: 'If present, list the requested object(s) across all namespaces.'},
    'field-selector': {type: 'string', usage: "Selector (field query) to filter on, supports '=', '==', and '!='."},
    for: {
      type: 'string',
      usage:
        "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]]. The default condition-value is true.",
    },
    local: {type: 'bool', value: 'false', usage: 'If true, annotation will NOT contact api-server but run locally.'},
    timeout: {
      type: 'duration',
      value: '30s',
      usage: "The length of time to wait before giving up. Zero means check once and don't wait, negative means wait for a week.",
    },
  },
  completes: 'resources',
  *run(context) {
    const {flags, args} = context;
    const test = testOf(flags.string('for'));
    const asked = flags.duration('timeout');
    const end = context.now() + (asked < 0 ? WEEK_MS : asked);
    const left = (): number => Math.max(end - context.now(), 0);
    if (test === 'create') {
      yield* waitForCreation(context, left());
      return;
    }
    const {infos, errors} = yield* lookUp(context, args, {
      all: flags.bool('all'),
      allNamespaces: flags.bool('all-namespaces'),
      selector: flags.string('selector'),
      fieldSelector: flags.string('field-selector'),
      ignoreNotFound: test === 'delete',
    });
    if (errors.length > 0) throw joinErrors(errors);
    if (infos.length === 0 && test !== 'delete') throw new Failure('no matching resources found');
    const failed: unknown[] = [];
    for (const info of infos) {
      try {
        if (test !== 'delete') yield* waitForObject(context, info, test, left());
        else if (yield* untilDeleted(context, {...info}, info.object?.metadata.uid, left()))
          yield* printDone(context, info, 'condition met');
        else throw timedOut(info);
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length > 0) throw joinErrors(failed);
  },
};
