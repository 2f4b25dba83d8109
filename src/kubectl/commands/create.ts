/** `create -f`; the generators are its subcommands. upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create.go */
import type {KubeObject} from '../../engine/api/types.ts';
import {FILE_FLAGS, type Info, inNamespace, kindOfObject, manifestInfos, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {edit, stderr} from '../effects.ts';
import {Failure, joinErrors, withSource} from '../failure.ts';
import {parseYamlDocument} from '../manifest.ts';
import {DRY_RUN_FLAG, dryRunOf, OUTPUT_FLAGS, printDone} from '../output.ts';
import {withLastApplied} from '../patch/last-applied.ts';
import {toYaml} from '../text/yaml.ts';
import type {Effects} from '../types.ts';
import {generators} from './create/generators.ts';
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

function* createInfo(context: Context, info: Info): Effects<Info> {
  const object = context.flags.bool('save-config') ? withLastApplied(info.object!) : info.object!;
  if (dryRunOf(context) === 'client') return {...info, object};
  const {name: _, ...place} = info;
  try {
    const created = yield* context.client.create<KubeObject>(place, object, {
      query: writeQuery(context, 'kubectl-create'),
      manifest: info.text,
    });
    return {...info, name: created.metadata.name ?? info.name, object: created};
  } catch (error) {
    throw withSource('creating', info.source, error);
  }
}

/** As it was left in the editor; undefined where nothing was changed. */
function* editedInfo(context: Context, info: Info): Effects<Info | undefined> {
  const before = toYaml(info.object);
  const after = yield* edit(before, `/tmp/kubectl-edit-${info.name}.yaml`);
  if (after !== undefined && after.trim() !== before.trim())
    return yield* infoOf(context, parseYamlDocument(after, 'edited-file') as KubeObject);
  yield* stderr('Edit cancelled, no changes made.\n');
  return undefined;
}

function* infoOf(context: Context, object: KubeObject): Effects<Info> {
  const {kind, version} = yield* kindOfObject(context, object, '');
  const placed = inNamespace(context, kind, object);
  return {kind, version, namespace: placed.metadata.namespace ?? '', name: placed.metadata.name ?? '', object: placed};
}

export const create: Command = {
  name: 'create',
  use: 'create -f FILENAME',
  short: 'Create a resource from a file or from stdin',
  flags: {
    ...FILE_FLAGS,
    ...SELECTOR_FLAG,
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    ...VALIDATE_FLAG,
    ...SAVE_CONFIG_FLAG,
    ...FIELD_MANAGER_FLAG('kubectl-create'),
    edit: {type: 'bool', value: 'false', usage: 'Edit the API resource before creating'},
    ...LINE_ENDINGS_FLAG,
    raw: {type: 'string', usage: 'Raw URI to POST to the server.  Uses the transport specified by the kubeconfig file.'},
  },
  subcommands: generators,
  *run(context) {
    const {flags} = context;
    if (flags.string('raw')) {
      yield* sendRaw(context, 'POST');
      return 0;
    }
    if (flags.list('filename').length === 0 && !flags.string('kustomize')) throw new Failure('must specify one of -f and -k');
    fieldValidation(context);
    const infos = yield* manifestInfos(context);
    const errors: unknown[] = [];
    yield* tellOfLineEndings(context);
    for (const given of infos) {
      try {
        const info = flags.bool('edit') ? yield* editedInfo(context, given) : given;
        if (info) yield* printDone(context, yield* createInfo(context, info), 'created');
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw joinErrors(errors);
    if (infos.length === 0) throw new Failure('no objects passed to create');
    return 0;
  },
};
