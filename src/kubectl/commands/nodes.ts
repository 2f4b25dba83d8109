/** `cordon`, `uncordon`, `taint`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/drain, taint */
import {isQualifiedName, isValidLabelValue} from '../../engine/api/names.ts';
import type {core, KubeObject} from '../../engine/api/types.ts';
import {type Info, lookUp, mustLookUp, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {Failure, joinErrors, usageError} from '../failure.ts';
import {DRY_RUN_FLAG, dryRunOf, dryRunQuery, OUTPUT_FLAGS, printDone} from '../output.ts';
import type {Effects} from '../types.ts';
import {FIELD_MANAGER_FLAG, fieldValidation, VALIDATE_FLAG} from './write-flags.ts';

/** The nodes named, or selected. Throws Failure. */
export function* nodesOf(context: Context): Effects<Info[]> {
  const {args, flags} = context;
  const selector = flags.string('selector');
  if (args.length === 0 && !selector) throw usageError(context.path, `USAGE: ${context.path.replace('kubectl ', '')} NODE [flags]`);
  if (args.length > 0 && selector) throw usageError(context.path, 'error: cannot specify both a node name and a --selector option');
  return yield* mustLookUp(context, args.length > 0 ? ['nodes', ...args] : ['nodes'], {selector});
}

type Node = KubeObject & core.Node;

/** Marks a node unschedulable, or takes the mark away, and says so. */
export function* setSchedulable(context: Context, info: Info, unschedulable: boolean): Effects<void> {
  const word = unschedulable ? 'cordoned' : 'uncordoned';
  if (((info.object as Node).spec?.unschedulable ?? false) === unschedulable) {
    yield* printDone(context, info, `already ${word}`);
    return;
  }
  if (dryRunOf(context) !== 'client')
    yield* context.client.patch(
      {...info},
      'strategic',
      {spec: {unschedulable: unschedulable || null}},
      {
        query: {dryRun: dryRunQuery(context)},
      },
    );
  yield* printDone(context, info, word);
}

const marking = (name: string, short: string, unschedulable: boolean): Command => ({
  name,
  use: `${name} NODE`,
  short,
  flags: {...SELECTOR_FLAG, ...DRY_RUN_FLAG},
  completes: 'nodes',
  *run(context) {
    for (const info of yield* nodesOf(context)) yield* setSchedulable(context, info, unschedulable);
  },
});

export const cordon = marking('cordon', 'Mark node as unschedulable', true);
export const uncordon = marking('uncordon', 'Mark node as schedulable', false);

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

interface TaintChange {
  key: string;
  value: string;
  /** '' in a removal: every effect. */
  effect: string;
  remove: boolean;
}

/** `k=v:NoSchedule`, `k:NoSchedule-`, `k-`; undefined where it is none. Throws Failure. upstream: cmd/taint/utils.go parseTaints */
function parseTaint(context: Context, text: string): TaintChange | undefined {
  if (!/[=:]|-$/.test(text)) return undefined;
  const remove = text.endsWith('-');
  const spec = remove ? text.slice(0, -1) : text;
  const refuse = (problems: readonly string[] = []): never => {
    throw usageError(context.path, [`invalid taint spec: ${spec}`, problems.join('; ')].filter(Boolean).join(', '));
  };
  const [before = '', effect, ...more] = spec.split(':');
  if (more.length > 0) refuse();
  if (effect !== undefined && !EFFECTS.includes(effect))
    throw usageError(context.path, `invalid taint effect: ${effect}, unsupported taint effect`);
  const [key = '', value = '', ...others] = effect === undefined ? [before] : before.split('=');
  if (others.length > 0) refuse();
  const problems = [isValidLabelValue(value), isQualifiedName(key)].find(found => found.length > 0);
  if (problems) refuse(problems);
  if (!remove && !effect) refuse();
  return {key, value, effect: effect ?? '', remove};
}

const same = (taint: core.Taint, change: TaintChange): boolean =>
  taint.key === change.key && (change.effect === '' || taint.effect === change.effect);

/** The taints after the changes, and what kubectl calls them. Throws Failure. */
function retaint(
  context: Context,
  name: string,
  old: readonly core.Taint[],
  changes: readonly TaintChange[],
): {taints: core.Taint[]; done: string} {
  const added = changes.filter(c => !c.remove);
  const removed = changes.filter(c => c.remove);
  const clashing = added.filter(c => old.some(t => same(t, c)));
  if (clashing.length > 0 && !context.flags.bool('overwrite'))
    throw new Failure(
      `node ${name} already has ${[...new Set(clashing.map(c => c.key))].join(',')} taint(s) with same effect(s) and --overwrite is false`,
    );
  const absent = removed.filter(c => !old.some(t => same(t, c)));
  if (absent.length > 0) throw joinErrors(absent.map(c => new Failure(`taint "${c.effect ? `${c.key}:${c.effect}` : c.key}" not found`)));
  const kept = old.filter(t => !changes.some(c => same(t, c)));
  const fresh = added.map(({key, value, effect}): core.Taint => ({key, ...(value && {value}), effect}));
  const modified = context.flags.bool('overwrite') || (added.length > 0 && removed.length > 0);
  const done = modified ? 'modified' : added.length > 0 ? 'tainted' : 'untainted';
  return {taints: [...fresh, ...kept], done};
}

export const taint: Command = {
  name: 'taint',
  use: 'taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  short: 'Update the taints on one or more nodes',
  flags: {
    ...SELECTOR_FLAG,
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    ...FIELD_MANAGER_FLAG('kubectl-taint'),
    ...VALIDATE_FLAG,
    all: {type: 'bool', value: 'false', usage: 'Select all nodes in the cluster'},
    overwrite: {
      type: 'bool',
      value: 'false',
      usage: 'If true, allow taints to be overwritten, otherwise reject taint updates that overwrite existing taints.',
    },
  },
  completes: 'nodes',
  *run(context) {
    const {flags, args} = context;
    const [word = '', ...rest] = args;
    if (!/^(nodes?|no)$/.test(word.toLowerCase()) && !/^(nodes?|no)\//.test(word)) {
      if (!word) throw new Failure('one or more resources must be specified as <resource> <name>');
      throw new Failure(`invalid resource type ${word}, only node(s) is supported`);
    }
    const resources = [word];
    const changes: TaintChange[] = [];
    for (const arg of rest) {
      const change = parseTaint(context, arg);
      if (change) changes.push(change);
      else if (changes.length > 0) throw new Failure(`all resources must be specified before taint changes: ${arg}`);
      else resources.push(arg);
    }
    if (changes.length === 0) throw new Failure('at least one taint update is required');
    fieldValidation(context);
    const {infos, errors} = yield* lookUp(context, resources, {all: flags.bool('all'), selector: flags.string('selector')});
    for (const info of infos) {
      let retainted: ReturnType<typeof retaint>;
      try {
        retainted = retaint(context, info.name, (info.object as Node).spec?.taints ?? [], changes);
      } catch (error) {
        errors.push(error);
        continue;
      }
      const {taints, done} = retainted;
      if (dryRunOf(context) === 'client') {
        yield* printDone(context, info, done);
        continue;
      }
      const object = yield* context.client.patch<KubeObject>(
        {...info},
        'strategic',
        {spec: {taints: taints.length > 0 ? taints : null}},
        {
          query: {fieldManager: flags.string('field-manager'), dryRun: dryRunQuery(context)},
        },
      );
      yield* printDone(context, {...info, object}, done);
    }
    if (errors.length > 0) throw joinErrors(errors);
  },
};
