/** Flags that all writing commands share. upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go */
import {goQuote} from '../../engine/api/field-errors.ts';
import {compactJson} from '../../engine/api/go-json.ts';
import type {Kind} from '../../engine/api/kinds.ts';
import type {KubeObject} from '../../engine/api/types.ts';
import type {Context} from '../context.ts';
import {stderr, stdout} from '../effects.ts';
import {Failure} from '../failure.ts';
import type {FlagTable} from '../flags.ts';
import {parseYamlDocument} from '../manifest.ts';
import {dryRunQuery} from '../output.ts';
import {applyLocally} from '../patch/client-patch.ts';
import type {Effects} from '../types.ts';

export const VALIDATE_FLAG = {
  validate: {
    type: 'string',
    value: 'strict',
    bare: 'strict',
    usage:
      'Must be one of: strict (or true), warn, ignore (or false). "true" or "strict" will use a schema to validate the input and fail the request if invalid. It will perform server side validation if ServerSideFieldValidation is enabled on the api-server, but will fall back to less reliable client-side validation if not. "warn" will warn about unknown or duplicate fields without blocking the request if server-side field validation is enabled on the API server, and behave as "ignore" otherwise. "false" or "ignore" will not perform any schema validation, silently dropping any unknown or duplicate fields.',
  },
} satisfies FlagTable;

export const FIELD_MANAGER_FLAG = (value: string) =>
  ({'field-manager': {type: 'string', value, usage: 'Name of the manager used to track field ownership.'}}) satisfies FlagTable;

export const SAVE_CONFIG_FLAG = {
  'save-config': {
    type: 'bool',
    value: 'false',
    usage:
      'If true, the configuration of current object will be saved in its annotation. Otherwise, the annotation will be unchanged. This flag is useful when you want to perform kubectl apply on this object in the future.',
  },
} satisfies FlagTable;

export const LINE_ENDINGS_FLAG = {
  'windows-line-endings': {type: 'bool', value: 'false', usage: 'Defaults to the line ending native to your platform.'},
} satisfies FlagTable;

/** The editor here knows one kind of line ending. */
export function* tellOfLineEndings(context: Context): Effects<void> {
  if (context.flags.bool('windows-line-endings'))
    yield* stderr('--windows-line-endings makes no difference here: lines of the editor end as they do everywhere else in this shell.\n');
}

export const OVERRIDE_FLAGS = {
  'override-type': {type: 'string', value: 'merge', usage: 'The method used to override the generated object: json, merge, or strategic.'},
  overrides: {type: 'string', usage: 'An inline JSON override for the generated object.'},
} satisfies FlagTable;

/** `--overrides` over what would be sent. Throws Failure where it is no JSON. */
export function overridden({flags}: Context, kind: Kind, object: KubeObject): KubeObject {
  const text = flags.string('overrides');
  if (!text) return object;
  const type = flags.string('override-type');
  if (type !== 'json' && type !== 'strategic' && type !== 'merge') throw new Failure(`invalid override type: ${type}`);
  return applyLocally(kind, type, object, parseYamlDocument(text, 'overrides'));
}

/** `--raw`: one file as it is, to a path of the server. Throws Failure. upstream: staging/src/k8s.io/kubectl/pkg/rawhttp */
export function* sendRaw(context: Context, method: 'POST' | 'PUT'): Effects<void> {
  const {flags, env} = context;
  const path = flags.string('raw');
  const files = flags.list('filename');
  if (files.length !== 1) throw new Failure('--raw can only use a single local file or stdin');
  const shown: Readonly<Record<string, string>> = {selector: 'selector (-l)'};
  for (const other of ['edit', 'selector', 'recursive'])
    if (flags.string(other) && flags.string(other) !== 'false')
      throw new Failure(`--raw and --${shown[other] ?? other} are mutually exclusive`);
  if (!path.startsWith('/')) throw new Failure(`--raw must be a valid URL path: parse ${goQuote(path)}: invalid URI for request`);
  const text = files[0] === '-' ? context.env.stdin : env.files.read(files[0]!);
  if (text === undefined) throw new Failure(`open ${files[0]}: no such file or directory`);
  const answer = yield* context.client.send<unknown>(method, path, {body: parseYamlDocument(text, files[0]!)});
  yield* stdout(typeof answer === 'string' ? answer : compactJson(answer));
}

const FIELD_VALIDATION: Readonly<Record<string, string>> = {
  strict: 'Strict',
  true: 'Strict',
  warn: 'Warn',
  ignore: 'Ignore',
  false: 'Ignore',
};

/** The query value for --validate. Throws Failure for one that there is not. */
export function fieldValidation(context: Context): string {
  const directive = FIELD_VALIDATION[context.flags.string('validate') || 'strict'];
  if (!directive)
    throw new Failure(
      `invalid - validate option ${JSON.stringify(context.flags.string('validate'))}; must be one of: strict (or true), warn, ignore (or false)`,
    );
  return directive;
}

/** What every write says about itself. */
export const writeQuery = (context: Context, fieldManager: string): Record<string, string | undefined> => ({
  dryRun: dryRunQuery(context),
  fieldManager: context.flags.string('field-manager') || fieldManager,
  fieldValidation: fieldValidation(context),
});
