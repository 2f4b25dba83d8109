/** `patch`, `replace`, `edit`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/patch, replace, edit */

import {compactJson, prettyJson} from '../../engine/api/go-json.ts';
import {groupResourceOf} from '../../engine/api/group-version.ts';
import {withoutManagedFields} from '../../engine/api/metadata.ts';
import {ApiError, type KubeObject} from '../../engine/api/types.ts';
import {parseJson} from '../../engine/apiserver/decoding/json.ts';
import {FILE_FLAGS, type Info, manifestInfos, mustLookUp, SELECTOR_FLAG} from '../builder.ts';
import {PATCH_TYPES, type PatchType} from '../client.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {edit as openEditor, stderr, stdout} from '../effects.ts';
import {Exit, Failure, failureText, joinErrors, withSource} from '../failure.ts';
import {parseYamlDocument} from '../manifest.ts';
import {DRY_RUN_FLAG, dryRunOf, dryRunQuery, nameOf, OUTPUT_FLAGS, printDone} from '../output.ts';
import {applyLocally, changePatch, patchTypeFor} from '../patch/client-patch.ts';
import {withLastApplied} from '../patch/last-applied.ts';
import {toYaml} from '../text/yaml.ts';
import type {Effects} from '../types.ts';
import {untilDeleted} from '../watch.ts';
import {
  FIELD_MANAGER_FLAG,
  fieldValidation,
  LINE_ENDINGS_FLAG,
  SAVE_CONFIG_FLAG,
  sendRaw,
  tellOfLineEndings,
  VALIDATE_FLAG,
  writeQuery,
} from './write-flags.ts';

const TYPES: readonly PatchType[] = ['json', 'merge', 'strategic'];

/** What is sent as the patch: what looks like JSON goes as it is, good or bad; all else is read as YAML. Throws Failure. */
function patchBody(text: string): unknown {
  if (/^\s*\{/.test(text)) {
    const {error, value} = {error: undefined, value: undefined, ...parseJson(text)};
    return error === undefined ? value : text;
  }
  try {
    const parsed = parseYamlDocument(text, 'patch');
    return typeof parsed === 'object' ? parsed : JSON.stringify(parsed);
  } catch (error) {
    throw new Failure(
      `unable to parse ${JSON.stringify(text)}: ${(error as Error).message.replace(/^error parsing patch: error converting YAML to JSON: /, '')}`,
    );
  }
}

const SCALE = {group: 'autoscaling', kind: 'Scale'};

function* patched(context: Context, info: Info, type: PatchType, body: unknown): Effects<KubeObject> {
  const {flags} = context;
  const subresource = flags.string('subresource');
  try {
    return yield* context.client.patch<KubeObject>({...info, ...(subresource && {subresource})}, type, body, {
      query: {fieldManager: flags.string('field-manager'), dryRun: dryRunQuery(context)},
    });
  } catch (error) {
    if (!(error instanceof ApiError && error.reason === 'UnsupportedMediaType')) throw error;
    const {group, kind} = info.kind;
    throw new Failure(`${PATCH_TYPES[type]} is not supported by ${group}/${info.version}, Kind=${kind}: ${error.message}`);
  }
}

export const patch: Command = {
  name: 'patch',
  use: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  short: 'Update fields of a resource',
  flags: {
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    ...FIELD_MANAGER_FLAG('kubectl-patch'),
    local: {type: 'bool', value: 'false', usage: 'If true, patch will operate on the content of the file, not the server-side resource.'},
    patch: {type: 'string', short: 'p', usage: 'The patch to be applied to the resource JSON file.'},
    'patch-file': {type: 'string', usage: 'A file containing a patch to be applied to the resource.'},
    subresource: {type: 'string', usage: 'If specified, patch will operate on the subresource of the requested object.'},
    type: {type: 'string', value: 'strategic', usage: 'The type of patch being provided; one of [json merge strategic]'},
  },
  completes: 'resources',
  *run(context) {
    const {flags, args, env} = context;
    const type = flags.string('type') as PatchType;
    if (!TYPES.includes(type)) throw new Failure(`--type must be one of [json merge strategic], not "${type}"`);
    const file = flags.string('patch-file');
    const text = file ? env.files.read(file) : flags.string('patch');
    if (text === undefined) throw new Failure(`unable to read patch file: open ${file}: no such file or directory`);
    if (!text) throw new Failure('must specify --patch or --patch-file containing the contents of the patch');
    const body = patchBody(text);
    for (const info of yield* mustLookUp(context, args)) {
      if (flags.bool('local') || dryRunOf(context) === 'client') {
        if (typeof body !== 'object') throw new Failure(`unable to parse ${JSON.stringify(text)}`);
        yield* printDone(context, {...info, object: applyLocally(info.kind, type, info.object!, body)}, 'patched');
        continue;
      }
      const object = yield* patched(context, info, type, body);
      const same = compactJson(object) === compactJson(info.object);
      // A subresource may be of another kind, and is called by that.
      const kind = object.kind === 'Scale' ? SCALE : info.kind;
      yield* printDone(context, {...info, kind: {...info.kind, ...kind}, object}, same ? 'patched (no change)' : 'patched');
    }
  },
};

/** `--force`: away with what is there first. Throws ApiError. */
function* removeFirst(context: Context, info: Info): Effects<void> {
  const grace = context.flags.int('grace-period');
  try {
    const removed = yield* context.client.remove<KubeObject>(
      {...info},
      {kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', ...(grace >= 0 && {gracePeriodSeconds: grace})},
    );
    const where = info.kind.namespaced ? ` from ${info.namespace} namespace` : '';
    yield* stdout(`${nameOf(info).replace('/', ' "')}" deleted${where}\n`);
    yield* untilDeleted(context, {...info}, removed.metadata?.uid, -1);
  } catch (error) {
    if (!(error instanceof ApiError && error.reason === 'NotFound')) throw withSource('replacing', info.source, error);
  }
}

function* replaceOne(context: Context, info: Info): Effects<void> {
  const {flags} = context;
  const wanted = flags.bool('save-config') ? withLastApplied(info.object!) : info.object!;
  if (dryRunOf(context) === 'client') {
    yield* printDone(context, info, 'replaced');
    return;
  }
  const query = writeQuery(context, 'kubectl-replace');
  try {
    if (flags.bool('force')) {
      const {name: _, ...place} = info;
      const object = yield* context.client.create<KubeObject>(place, wanted, {query, manifest: info.text});
      yield* printDone(context, {...info, object}, 'replaced');
      return;
    }
    const subresource = flags.string('subresource');
    const object = yield* context.client.replace<KubeObject>({...info, ...(subresource && {subresource})}, wanted, {
      query,
      manifest: info.text,
    });
    yield* printDone(context, {...info, object}, 'replaced');
  } catch (error) {
    throw withSource('replacing', info.source, error);
  }
}

export const replace: Command = {
  name: 'replace',
  use: 'replace -f FILENAME',
  short: 'Replace a resource by file name or stdin',
  flags: {
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    ...VALIDATE_FLAG,
    ...SAVE_CONFIG_FLAG,
    ...FIELD_MANAGER_FLAG('kubectl-replace'),
    cascade: {type: 'string', value: 'background', bare: 'background', usage: 'Must be "background", "orphan", or "foreground".'},
    force: {type: 'bool', value: 'false', usage: 'If true, immediately remove resources from API and bypass graceful deletion.'},
    'grace-period': {
      type: 'int',
      value: '-1',
      usage: 'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative.',
    },
    raw: {type: 'string', usage: 'Raw URI to PUT to the server.  Uses the transport specified by the kubeconfig file.'},
    subresource: {type: 'string', usage: 'If specified, replace will operate on the subresource of the requested object.'},
    timeout: {type: 'duration', value: '0s', usage: 'The length of time to wait before giving up on a delete.'},
    wait: {type: 'bool', value: 'false', usage: 'If true, wait for resources to be gone before returning. This waits for finalizers.'},
  },
  *run(context) {
    if (context.flags.list('filename').length === 0) throw new Failure('must specify one of -f and -k');
    if (context.flags.int('grace-period') >= 0 && !context.flags.bool('force'))
      throw new Failure('--grace-period must have --force specified');
    if (context.flags.string('raw')) return yield* sendRaw(context, 'PUT');
    fieldValidation(context);
    const infos = yield* manifestInfos(context);
    if (infos.length === 0) throw new Failure('no objects passed to replace');
    const errors: unknown[] = [];
    if (context.flags.bool('force') && dryRunOf(context) !== 'client') for (const info of infos) yield* removeFirst(context, info);
    for (const info of infos) {
      try {
        yield* replaceOne(context, info);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw joinErrors(errors);
  },
};

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

const withoutComments = (text: string): string =>
  text
    .split('\n')
    .filter(line => !line.trimStart().startsWith('#'))
    .join('\n');

/** One object through the editor until it is saved, given up, or saved again as it was refused. */
function* editOne(context: Context, info: Info): Effects<void> {
  const asJson = context.flags.string('output') === 'json';
  const subresource = context.flags.string('subresource');
  const object = withoutManagedFields(subresource ? yield* context.client.get<KubeObject>({...info, subresource}) : info.object!);
  const original = asJson ? prettyJson(object) : toYaml(object);
  const file = `/tmp/kubectl-edit-${info.name}.${asJson ? 'json' : 'yaml'}`;
  let header = asJson ? '' : HEADER;
  let text = original;
  let refused: string | undefined;
  for (;;) {
    const edited = yield* openEditor(header + text, file);
    const content = withoutComments(edited ?? '');
    if (edited === undefined || content.trim() === '' || content.trim() === original.trim()) {
      yield* stderr(
        edited !== undefined && content.trim() === '' ? 'Edit cancelled, saved file was empty.\n' : 'Edit cancelled, no changes made.\n',
      );
      return;
    }
    if (refused !== undefined && content === refused) {
      yield* stderr(`A copy of your changes has been stored to "${file}"\n`);
      context.env.files.write?.(file, content);
      throw new Failure('Edit cancelled, no valid changes were saved.');
    }
    try {
      const read = parseYamlDocument(content, 'edited-file') as KubeObject;
      const wanted = context.flags.bool('save-config') ? withLastApplied(read) : read;
      const change = changePatch(info.kind, object, wanted);
      if (Object.keys(change).length === 0) {
        yield* stderr('Edit cancelled, no changes made.\n');
        return;
      }
      if (context.flags.bool('output-patch')) yield* stdout(`Patch: ${compactJson(change)}\n`);
      const saved = yield* context.client.patch<KubeObject>({...info, ...(subresource && {subresource})}, patchTypeFor(info.kind), change, {
        query: {fieldManager: context.flags.string('field-manager'), fieldValidation: fieldValidation(context)},
        manifest: {source: file, text: edited, line: 0},
      });
      yield* printDone(context, {...info, object: saved}, 'edited');
      return;
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Failure) || error instanceof Exit) throw error;
      const plural = groupResourceOf(info.kind);
      const reason = error instanceof ApiError ? `${plural} "${info.name}" was not valid:` : 'The edited file had a syntax error:';
      if (error instanceof ApiError) yield* stderr(`error: ${plural} "${info.name}" is invalid\n`);
      const lines = failureText(error).text.trimEnd().split('\n');
      header = `${HEADER}# ${reason}\n${lines.map(line => `# * ${line.replace(/^\* /, '')}`).join('\n')}\n#\n`;
      text = content;
      refused = content;
    }
  }
}

export const edit: Command = {
  name: 'edit',
  use: 'edit (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit a resource on the server',
  flags: {
    ...FILE_FLAGS,
    ...SELECTOR_FLAG,
    ...OUTPUT_FLAGS,
    ...VALIDATE_FLAG,
    ...FIELD_MANAGER_FLAG('kubectl-edit'),
    ...SAVE_CONFIG_FLAG,
    ...LINE_ENDINGS_FLAG,
    'output-patch': {type: 'bool', value: 'false', usage: 'Output the patch if the resource is edited.'},
    subresource: {type: 'string', usage: 'If specified, edit will operate on the subresource of the requested object.'},
  },
  completes: 'resources',
  *run(context) {
    const {args, flags} = context;
    const infos = yield* mustLookUp(context, args, {selector: flags.string('selector')});
    yield* tellOfLineEndings(context);
    for (const info of infos) yield* editOne(context, info);
  },
};
