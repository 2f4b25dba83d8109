/** `create -f`; the generators are its subcommands. upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create.go */
import type {KubeObject} from '../../engine/api/types.ts';
import {FILE_FLAGS, type Info, manifestInfos, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {Failure, joinErrors, withSource} from '../failure.ts';
import {DRY_RUN_FLAG, dryRunOf, OUTPUT_FLAGS, printDone} from '../output.ts';
import {withLastApplied} from '../patch/last-applied.ts';
import type {Effects} from '../types.ts';
import {generators} from './create/generators.ts';
import {FIELD_MANAGER_FLAG, fieldValidation, SAVE_CONFIG_FLAG, VALIDATE_FLAG, writeQuery} from './write-flags.ts';

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
    raw: {type: 'string', usage: 'Raw URI to POST to the server.  Uses the transport specified by the kubeconfig file.'},
  },
  subcommands: generators,
  *run(context) {
    const {flags} = context;
    if (flags.list('filename').length === 0 && !flags.string('kustomize')) throw new Failure('must specify one of -f and -k');
    fieldValidation(context);
    const infos = yield* manifestInfos(context);
    const errors: unknown[] = [];
    for (const info of infos) {
      try {
        yield* printDone(context, yield* createInfo(context, info), 'created');
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw joinErrors(errors);
    if (infos.length === 0) throw new Failure('no objects passed to create');
    return 0;
  },
};
