/** `label` and `annotate`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/label, annotate */
import {isValidLabelValue} from '../../engine/api/names.ts';
import type {KubeObject} from '../../engine/api/types.ts';
import {FIELD_SELECTOR_FLAG, FILE_FLAGS, lookUp, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {stdout} from '../effects.ts';
import {Failure, joinErrors} from '../failure.ts';
import {DRY_RUN_FLAG, dryRunOf, dryRunQuery, nameOf, OUTPUT_FLAGS, printDone} from '../output.ts';
import type {Effects} from '../types.ts';
import {FIELD_MANAGER_FLAG} from './write-flags.ts';

type Field = 'labels' | 'annotations';

interface Changes {
  resources: string[];
  set: Map<string, string>;
  remove: string[];
}

/** Resources first, then `key=value` and `key-`. Throws Failure. */
function parseChanges({args}: Context, word: string): Changes {
  const changes: Changes = {resources: [], set: new Map(), remove: []};
  for (const arg of args) {
    const isChange = arg.includes('=') || arg.endsWith('-');
    const begun = changes.set.size + changes.remove.length > 0;
    if (!begun && !isChange) changes.resources.push(arg);
    else if (!isChange) throw new Failure(`all resources must be specified before ${word} changes: ${arg}`);
    else if (arg.includes('=')) {
      const equals = arg.indexOf('=');
      changes.set.set(arg.slice(0, equals), arg.slice(equals + 1));
    } else changes.remove.push(arg.slice(0, -1));
  }
  const both = changes.remove.filter(key => changes.set.has(key));
  if (both.length > 0) throw new Failure(`can not both modify and remove a ${word} in the same command`);
  return changes;
}

function checkValues(set: ReadonlyMap<string, string>): void {
  for (const [key, value] of set) {
    const problems = isValidLabelValue(value);
    if (problems.length > 0) throw new Failure(`invalid label value: "${key}=${value}": ${problems.join(';')}`);
  }
}

interface Kind {
  field: Field;
  word: string;
  /** Refusal of a key that has another value already. */
  taken(pairs: readonly [key: string, value: string][]): string;
  done(changes: Changes, changed: boolean): string;
}

const LABEL: Kind = {
  field: 'labels',
  word: 'label',
  taken: pairs => pairs.map(([key, value]) => `'${key}' already has a value (${value}), and --overwrite is false`).join('; '),
  done: ({set, remove}, changed) => (!changed ? 'not labeled' : set.size === 0 && remove.length > 0 ? 'unlabeled' : 'labeled'),
};

const ANNOTATION: Kind = {
  field: 'annotations',
  word: 'annotation',
  taken: pairs =>
    `--overwrite is false but found the following declared annotation(s): ${pairs.map(([key, value]) => `'${key}' already has a value (${value})`).join('; ')}`,
  done: () => 'annotated',
};

function* change(context: Context, {field, word, taken, done}: Kind): Effects<void> {
  const {flags} = context;
  const changes = parseChanges(context, word);
  const listing = flags.bool('list');
  if (changes.resources.length === 0 && flags.list('filename').length === 0)
    throw new Failure('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (changes.set.size + changes.remove.length === 0 && !listing) throw new Failure(`at least one ${word} update is required`);
  if (field === 'labels') checkValues(changes.set);
  const {infos, errors} = yield* lookUp(context, changes.resources, {
    all: flags.bool('all'),
    allNamespaces: flags.bool('all-namespaces'),
    selector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
  });
  for (const info of infos) {
    const current = info.object!.metadata[field] ?? {};
    if (listing) {
      yield* stdout(
        Object.keys(current)
          .sort()
          .map(key => `${key}=${current[key]}\n`)
          .join(''),
      );
      if (changes.set.size + changes.remove.length === 0) continue;
    }
    const clashing = [...changes.set].filter(([key, value]) => current[key] !== undefined && current[key] !== value);
    if (!flags.bool('overwrite') && clashing.length > 0) throw new Failure(taken(clashing.map(([key]) => [key, current[key]!])));
    if (field === 'labels') for (const key of changes.remove) if (current[key] === undefined) yield* stdout(`label "${key}" not found.\n`);
    const next: Record<string, string> = {...current, ...Object.fromEntries(changes.set)};
    for (const key of changes.remove) delete next[key];
    const patch: Record<string, string | null> = {};
    for (const key of new Set([...Object.keys(current), ...Object.keys(next)]))
      if (current[key] !== next[key]) patch[key] = next[key] ?? null;
    const changed = Object.keys(patch).length > 0;
    let object: KubeObject = {...info.object!, metadata: {...info.object!.metadata, [field]: next}};
    if (!flags.bool('local') && dryRunOf(context) !== 'client' && (changed || field === 'annotations')) {
      const version = flags.string('resource-version');
      object = yield* context.client.patch<KubeObject>(
        {...info},
        'merge',
        {metadata: {[field]: patch, ...(version && {resourceVersion: version})}},
        {query: {fieldManager: flags.string('field-manager'), dryRun: dryRunQuery(context)}},
      );
    }
    if (listing) yield* stdout(`${nameOf(info)} ${done(changes, changed)}\n`);
    else yield* printDone(context, {...info, object}, done(changes, changed));
  }
  if (errors.length > 0) throw joinErrors(errors);
}

const flagsFor = (word: string) =>
  ({
    ...FILE_FLAGS,
    ...SELECTOR_FLAG,
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    ...FIELD_MANAGER_FLAG(`kubectl-${word}`),
    all: {type: 'bool', value: 'false', usage: 'Select all resources, in the namespace of the specified resource types'},
    'all-namespaces': {type: 'bool', short: 'A', value: 'false', usage: 'If true, check the specified action in all namespaces.'},
    ...FIELD_SELECTOR_FLAG,
    list: {type: 'bool', value: 'false', usage: `If true, display the ${word}s for a given resource.`},
    local: {type: 'bool', value: 'false', usage: `If true, ${word} will NOT contact api-server but run locally.`},
    overwrite: {
      type: 'bool',
      value: 'false',
      usage: `If true, allow ${word}s to be overwritten, otherwise reject ${word} updates that overwrite existing ${word}s.`,
    },
    'resource-version': {
      type: 'string',
      usage: `If non-empty, the ${word}s update will only succeed if this is the current resource-version for the object. Only valid when specifying a single resource.`,
    },
  }) satisfies Command['flags'];

export const label: Command = {
  name: 'label',
  use: 'label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  short: 'Update the labels on a resource',
  flags: flagsFor('label'),
  completes: 'resources',
  run: context => change(context, LABEL),
};

export const annotate: Command = {
  name: 'annotate',
  use: 'annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  short: 'Update the annotations on a resource',
  flags: flagsFor('annotate'),
  completes: 'resources',
  run: context => change(context, ANNOTATION),
};
