/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/apply/apply.go */

import {compactJson, prettyJson} from '../../engine/api/go-json.ts';
import {ApiError, type KubeObject} from '../../engine/api/types.ts';
import {LAST_APPLIED_ANNOTATION} from '../../engine/api/well-known.ts';
import {FILE_FLAGS, type Info, lookUp, manifestInfos, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {edit, sleep, stderr, stdout} from '../effects.ts';
import {Failure, joinErrors, withSource} from '../failure.ts';
import {parseYamlDocument} from '../manifest.ts';
import {DRY_RUN_FLAG, dryRunOf, dryRunQuery, listOf, OUTPUT_FLAGS, printDone, printerFor} from '../output.ts';
import {applyLocally, patchTypeFor, schemaFor} from '../patch/client-patch.ts';
import {lastApplied, withLastApplied} from '../patch/last-applied.ts';
import {threeWay} from '../patch/three-way.ts';
import {toYaml} from '../text/yaml.ts';
import type {Effects} from '../types.ts';
import {DELETE_FLAGS} from './delete.ts';
import {ALLOWLIST_FLAG, leftOver, prunedKinds} from './prune.ts';
import {FIELD_MANAGER_FLAG, fieldValidation, LINE_ENDINGS_FLAG, tellOfLineEndings, VALIDATE_FLAG} from './write-flags.ts';

const CLIENT_SIDE = 'kubectl-client-side-apply';
const RETRIES = 5;

const missingAnnotation = ({kind, name}: Info): string =>
  `Warning: resource ${kind.resource}/${name} is missing the ${LAST_APPLIED_ANNOTATION} annotation which is required by kubectl apply. ` +
  'kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. ' +
  'The missing annotation will be patched automatically.\n';

function* read(context: Context, info: Info): Effects<KubeObject | undefined> {
  if (!info.name) return undefined;
  try {
    return yield* context.client.get({...info});
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
    throw withSource(`retrieving current configuration of:\n${infoText(info)}\nfrom server for:`, info.source, error);
  }
}

function* createNew(context: Context, info: Info): Effects<KubeObject> {
  const object = withLastApplied(info.object!);
  if (dryRunOf(context) === 'client') return object;
  const {name: _, ...place} = info;
  try {
    return yield* context.client.create<KubeObject>(place, object, {
      query: {
        dryRun: dryRunQuery(context),
        fieldManager: context.flags.string('field-manager') || CLIENT_SIDE,
        fieldValidation: fieldValidation(context),
      },
      manifest: info.text,
    });
  } catch (error) {
    throw withSource('creating', info.source, error);
  }
}

/** upstream: cli-runtime/pkg/resource Info.String */
const infoText = ({kind, version, name, namespace}: Info): string =>
  `Resource: "${kind.group}/${version}, Resource=${kind.resource}", GroupVersionKind: "${kind.group}/${version}, Kind=${kind.kind}"\nName: "${name}", Namespace: "${namespace}"`;

/** Patches what is there towards the manifest; undefined where it is so already. Conflicts are tried again. */
function* patchExisting(context: Context, info: Info, live: KubeObject): Effects<KubeObject | undefined> {
  const {kind} = info;
  const modified = withLastApplied(info.object!);
  let current = live;
  for (let attempt = 0; ; attempt++) {
    const patch = threeWay(lastApplied(current) ?? {}, modified, current, schemaFor(kind));
    if (Object.keys(patch).length === 0) return undefined;
    if (dryRunOf(context) === 'client') return applyLocally(kind, patchTypeFor(kind), current, patch);
    try {
      return yield* context.client.patch<KubeObject>({...info}, patchTypeFor(kind), patch, {
        query: {
          dryRun: dryRunQuery(context),
          fieldManager: context.flags.string('field-manager') || CLIENT_SIDE,
          fieldValidation: fieldValidation(context),
        },
        manifest: info.text,
      });
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'Conflict' && attempt < RETRIES) {
        yield* sleep(1000);
        current = yield* context.client.get({...info});
        continue;
      }
      if (context.flags.bool('force') && error instanceof ApiError && ['Conflict', 'Invalid'].includes(error.reason))
        return yield* recreate(context, info, modified);
      throw withSource(`applying patch:\n${compactJson(patch)}\nto:\n${infoText(info)}\nfor:`, info.source, error);
    }
  }
}

/** `--force`: away with it, and again. */
function* recreate(context: Context, info: Info, modified: KubeObject): Effects<KubeObject> {
  yield* context.client.remove({...info}, {kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background'});
  const {name: _, ...place} = info;
  return yield* context.client.create<KubeObject>(place, modified, {manifest: info.text});
}

interface Applied {
  object: KubeObject;
  done: 'created' | 'configured' | 'unchanged' | 'serverside-applied';
}

function* applyClientSide(context: Context, info: Info): Effects<Applied> {
  const live = yield* read(context, info);
  if (!live) return {object: yield* createNew(context, info), done: 'created'};
  if (!lastApplied(live) && dryRunOf(context) !== 'client') yield* stderr(missingAnnotation(info));
  const object = yield* patchExisting(context, info, live);
  return object ? {object, done: 'configured'} : {object: live, done: 'unchanged'};
}

const CONFLICT_ADVICE = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

function* applyServerSide(context: Context, info: Info): Effects<Applied> {
  const {flags} = context;
  try {
    const subresource = flags.string('subresource');
    const object = yield* context.client.patch<KubeObject>({...info, ...(subresource && {subresource})}, 'apply', info.object, {
      query: {
        dryRun: dryRunQuery(context),
        fieldManager: flags.string('field-manager') || 'kubectl',
        fieldValidation: fieldValidation(context),
        force: String(flags.bool('force-conflicts')),
      },
      manifest: info.text,
    });
    return {object, done: 'serverside-applied'};
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'Conflict') throw new Failure(`${error.message}\n${CONFLICT_ADVICE}`);
    throw error;
  }
}

/** `--prune`: away with what is left over. */
function* prune(context: Context, kept: readonly Info[]): Effects<void> {
  for (const info of yield* leftOver(context, kept)) {
    if (dryRunOf(context) !== 'client')
      yield* context.client.remove({...info}, {kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background'});
    yield* printDone(context, info, 'pruned');
  }
}

const apply: Command = {
  name: 'apply',
  use: 'apply (-f FILENAME | -k DIRECTORY)',
  short: 'Apply a configuration to a resource by file name or stdin',
  flags: {
    ...FILE_FLAGS,
    ...SELECTOR_FLAG,
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    ...DELETE_FLAGS,
    ...VALIDATE_FLAG,
    ...FIELD_MANAGER_FLAG(''),
    all: {type: 'bool', value: 'false', usage: 'Select all resources in the namespace of the specified resource types.'},
    'force-conflicts': {type: 'bool', value: 'false', usage: 'If true, server-side apply will force the changes against conflicts.'},
    overwrite: {
      type: 'bool',
      value: 'true',
      usage: 'Automatically resolve conflicts between the modified and live configuration by using values from the modified configuration',
    },
    prune: {
      type: 'bool',
      value: 'false',
      usage:
        'Automatically delete resource objects, that do not appear in the configs and are created by either apply or create --save-config. Should be used with either -l or --all.',
    },
    ...ALLOWLIST_FLAG,
    'openapi-patch': {
      type: 'bool',
      value: 'true',
      usage: 'If true, use openapi to calculate diff when the openapi presents and the resource can be found in the openapi spec.',
    },
    subresource: {type: 'string', usage: 'If specified, apply will operate on the subresource of the requested object.'},
    'server-side': {type: 'bool', value: 'false', usage: 'If true, apply runs in the server instead of the client.'},
    wait: {...DELETE_FLAGS.wait, value: 'false'},
  },
  *run(context) {
    const {flags} = context;
    if (flags.list('filename').length === 0 && !flags.string('kustomize')) throw new Failure('must specify one of -f and -k');
    if (flags.bool('force-conflicts') && !flags.bool('server-side')) throw new Failure('--force-conflicts only works with --server-side');
    if (flags.bool('server-side') && dryRunOf(context) === 'client')
      throw new Failure("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
    if (flags.bool('prune') && !flags.string('selector') && !flags.bool('all'))
      throw new Failure(
        'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
      );
    if (flags.string('subresource') && !flags.bool('server-side'))
      throw new Failure('--subresource can only be specified for --server-side');
    if (flags.bool('prune')) prunedKinds(context);
    fieldValidation(context);
    const infos = yield* manifestInfos(context);
    if (infos.length === 0) throw new Failure('no objects passed to apply');
    const errors: unknown[] = [];
    const applied: KubeObject[] = [];
    const gathers = printerFor(context) !== undefined;
    for (const info of infos) {
      try {
        if (!info.name && info.object?.metadata.generateName)
          throw new Failure(`from ${info.object.metadata.generateName}: cannot use generate name with apply`);
        const {object, done} = yield* flags.bool('server-side') ? applyServerSide(context, info) : applyClientSide(context, info);
        applied.push(object);
        if (!gathers) yield* printDone(context, {...info, name: object.metadata.name ?? info.name, object}, done);
      } catch (error) {
        errors.push(error);
      }
    }
    const print = printerFor(context);
    if (print && applied.length > 0) yield* stdout(print(applied.length === 1 ? applied[0] : listOf(applied)));
    if (errors.length > 0) throw joinErrors(errors);
    if (flags.bool('prune')) yield* prune(context, infos);
  },
};

const APPLIED_OUTPUT = {
  output: {type: 'string', short: 'o', value: 'yaml', usage: 'Output format. Must be one of (yaml, json)'},
} satisfies Command['flags'];

const NO_ANNOTATION = (info: Info): Failure => new Failure(`no last-applied-configuration annotation found on resource: ${info.name}`);

const viewLastApplied: Command = {
  name: 'view-last-applied',
  use: 'apply view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  short: 'View the latest last-applied-configuration annotations of a resource/object',
  flags: {
    ...FILE_FLAGS,
    ...SELECTOR_FLAG,
    ...APPLIED_OUTPUT,
    all: {type: 'bool', value: 'false', usage: 'Select all resources in the namespace of the specified resource types'},
  },
  *run(context) {
    const {infos, errors} = yield* lookUp(context, context.args, {
      selector: context.flags.string('selector'),
      all: context.flags.bool('all'),
    });
    if (errors.length > 0) throw joinErrors(errors);
    for (const info of infos) {
      const configuration = lastApplied(info.object!);
      // Nothing is said of an object that was named and was never applied: the error that kubectl wraps here is none.
      if (!configuration && !info.source) return;
      if (!configuration) throw NO_ANNOTATION(info);
      yield* stdout(context.flags.string('output') === 'json' ? prettyJson(configuration) : toYaml(configuration));
    }
  },
};

const setLastApplied: Command = {
  name: 'set-last-applied',
  use: 'apply set-last-applied -f FILENAME',
  short: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
  flags: {
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    'create-annotation': {
      type: 'bool',
      value: 'false',
      usage: "Will create 'last-applied-configuration' annotations if current objects doesn't have one",
    },
  },
  *run(context) {
    for (const info of yield* manifestInfos(context)) {
      const live = yield* context.client.get({...info});
      if (!lastApplied(live) && !context.flags.bool('create-annotation')) throw NO_ANNOTATION(info);
      const annotation = withLastApplied(info.object!).metadata.annotations![LAST_APPLIED_ANNOTATION];
      const object = yield* context.client.patch<KubeObject>({...info}, 'merge', {
        metadata: {annotations: {[LAST_APPLIED_ANNOTATION]: annotation}},
      });
      yield* printDone(context, {...info, object}, 'configured');
    }
  },
};

const editLastApplied: Command = {
  name: 'edit-last-applied',
  use: 'apply edit-last-applied (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit latest last-applied-configuration annotations of a resource/object',
  flags: {...FILE_FLAGS, ...OUTPUT_FLAGS, ...VALIDATE_FLAG, ...FIELD_MANAGER_FLAG('kubectl-client-side-apply'), ...LINE_ENDINGS_FLAG},
  *run(context) {
    const query = {fieldManager: context.flags.string('field-manager'), fieldValidation: fieldValidation(context)};
    yield* tellOfLineEndings(context);
    const {infos, errors} = yield* lookUp(context, context.args);
    if (errors.length > 0) throw joinErrors(errors);
    for (const info of infos) {
      const configuration = lastApplied(info.object!);
      if (!configuration) throw NO_ANNOTATION(info);
      const before = toYaml(configuration);
      const after = yield* edit(before, `kubectl-edit-${info.name}.yaml`);
      if (after === undefined || after === before) {
        yield* stderr('Edit cancelled, no changes made.\n');
        return;
      }
      const annotation = withLastApplied(parseYamlDocument(after, 'edited-file') as KubeObject).metadata.annotations![
        LAST_APPLIED_ANNOTATION
      ];
      const object = yield* context.client.patch<KubeObject>(
        {...info},
        'merge',
        {
          metadata: {annotations: {[LAST_APPLIED_ANNOTATION]: annotation}},
        },
        {query},
      );
      yield* printDone(context, {...info, object}, 'edited');
    }
  },
};

/** The command with its own subcommands. */
export const applyCommand: Command = {...apply, subcommands: [editLastApplied, setLastApplied, viewLastApplied]};
