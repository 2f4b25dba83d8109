/** Flags that all writing commands share. upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go */
import type {Context} from '../context.ts';
import {Failure} from '../failure.ts';
import type {FlagTable} from '../flags.ts';
import {dryRunOf} from '../output.ts';

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
  dryRun: dryRunOf(context) === 'server' ? 'All' : undefined,
  fieldManager: context.flags.string('field-manager') || fieldManager,
  fieldValidation: fieldValidation(context),
});
