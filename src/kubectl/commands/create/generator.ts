/** The common way of `kubectl create KIND NAME`: build an object, send it, print it. upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create_*.go */
import {ApiError, type KubeObject} from '../../../engine/api/types.ts';
import {inNamespace, kindOfObject} from '../../builder.ts';
import type {Command} from '../../command.ts';
import type {Context} from '../../context.ts';
import {Failure, usageError} from '../../failure.ts';
import type {FlagTable} from '../../flags.ts';
import {DRY_RUN_FLAG, dryRunOf, dryRunQuery, OUTPUT_FLAGS, printDone} from '../../output.ts';
import {withLastApplied} from '../../patch/last-applied.ts';
import type {Effects} from '../../types.ts';
import {FIELD_MANAGER_FLAG, fieldValidation, SAVE_CONFIG_FLAG, VALIDATE_FLAG} from '../write-flags.ts';

export interface Generator {
  name: string;
  aliases?: readonly string[];
  use: string;
  short: string;
  flags?: FlagTable;
  /** What stands before the server's refusal; none: it stands as it is. */
  refusal?: string | ((context: Context) => string);
  /** The object, without its namespace; a generator function where the server has to be asked first. Throws Failure. */
  build(context: Context, name: string): KubeObject | Effects<KubeObject>;
}

const isEffects = (built: KubeObject | Effects<KubeObject>): built is Effects<KubeObject> => Symbol.iterator in built;

const EXACTLY_ONE = 'exactly one NAME is required, got';

/** The one NAME argument. Throws Failure. */
export function nameArgument(context: Context): string {
  const [name] = context.args;
  const count = context.dash >= 0 ? context.dash : context.args.length;
  if (count !== 1 || !name) throw usageError(context.path, `${EXACTLY_ONE} ${count}`);
  return name;
}

/** Sends what a generator built, or only prints it. */
function* createBuilt(context: Context, built: KubeObject, refusal: string | undefined): Effects<void> {
  const {kind, version} = yield* kindOfObject(context, built, '');
  const scoped = context.config.explicitNamespace || dryRunOf(context) !== 'client' ? inNamespace(context, kind, built) : built;
  const wanted = context.flags.bool('save-config') ? withLastApplied(scoped) : scoped;
  const info = {kind, version, namespace: wanted.metadata.namespace ?? '', name: wanted.metadata.name ?? '', object: wanted};
  if (dryRunOf(context) === 'client') {
    yield* printDone(context, info, 'created');
    return;
  }
  const {name: _, ...place} = info;
  try {
    const object = yield* context.client.create<KubeObject>(place, wanted, {
      query: {
        dryRun: dryRunQuery(context),
        fieldManager: context.flags.string('field-manager') || 'kubectl-create',
        fieldValidation: fieldValidation(context),
      },
    });
    yield* printDone(context, {...info, object}, 'created');
  } catch (error) {
    throw refusal && error instanceof ApiError ? new Failure(`${refusal} ${error.message}`) : error;
  }
}

/** The command of a generator. */
export const generatorCommand = (generator: Generator): Command => ({
  name: generator.name,
  ...(generator.aliases && {aliases: generator.aliases}),
  use: `create ${generator.use}`,
  short: generator.short,
  flags: {
    ...OUTPUT_FLAGS,
    ...DRY_RUN_FLAG,
    ...VALIDATE_FLAG,
    ...SAVE_CONFIG_FLAG,
    ...FIELD_MANAGER_FLAG('kubectl-create'),
    ...generator.flags,
  },
  *run(context) {
    const name = nameArgument(context);
    const result = generator.build(context, name);
    const built = isEffects(result) ? yield* result : result;
    const refusal = typeof generator.refusal === 'function' ? generator.refusal(context) : generator.refusal;
    yield* createBuilt(context, built, refusal);
  },
});
