/**
 * The options in a request's query: read as Go reads them, and checked before anything else of the request is looked at.
 * upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go, pkg/runtime/converter.go (Convert_Slice_string_To_int64)
 */
import {type FieldError, forbiddenField, invalidValue, notSupported, required, tooLong} from '../../api/field-errors.ts';
import * as status from '../../api/status.ts';
import {errorsAsOf} from '../as-of/lens.ts';
import {type ApiRequest, parameter} from '../request.ts';

export type WriteOptions = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions';
type Options = WriteOptions | 'DeleteOptions' | 'ListOptions';

const FIELD_MANAGER_LIMIT = 128;
const DRY_RUN_VALUES = ['All'];
const FIELD_VALIDATION_VALUES = ['', 'Ignore', 'Strict', 'Warn'];
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

const valuesOf = ({query}: ApiRequest, name: string): readonly string[] => [query?.[name] ?? []].flat();

/** What is wrong with `dryRun`. */
export const dryRunErrors = (values: readonly string[]): FieldError[] =>
  values.every(value => DRY_RUN_VALUES.includes(value)) ? [] : [notSupported('dryRun', values, DRY_RUN_VALUES)];

function fieldManagerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = [];
  if (manager.length > FIELD_MANAGER_LIMIT) errors.push(tooLong('fieldManager', FIELD_MANAGER_LIMIT));
  if (!PRINTABLE.test(manager)) errors.push(invalidValue('fieldManager', manager, 'should only contain printable characters'));
  return errors;
}

/** Refuses options of these kinds. Throws ApiError 422. */
export function refuseOptions(request: ApiRequest, kind: Options, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw status.invalid({group: 'meta.k8s.io', kind}, '', errorsAsOf({request}, errors));
}

const MATCH = 'resourceVersionMatch';
const EXACT = 'Exact';
const NOT_OLDER = 'NotOlderThan';
const INITIAL = 'sendInitialEvents';

/** upstream: apimachinery/pkg/apis/meta/internalversion/validation ValidateListOptions */
function listErrors(request: ApiRequest): FieldError[] {
  const [match, version] = [parameter(request, MATCH), parameter(request, 'resourceVersion')];
  const errors: FieldError[] = [];
  if (match) {
    if (!version) errors.push(forbiddenField(MATCH, `${MATCH} is forbidden unless resourceVersion is provided`));
    if (parameter(request, 'continue')) errors.push(forbiddenField(MATCH, `${MATCH} is forbidden when continue is provided`));
    if (match !== EXACT && match !== NOT_OLDER) errors.push(notSupported(MATCH, match, [EXACT, NOT_OLDER, '']));
    if (match === EXACT && version === '0') errors.push(forbiddenField(MATCH, `${MATCH} "exact" is forbidden for resourceVersion "0"`));
  }
  if (booleanParameter(request, INITIAL) !== undefined) errors.push(forbiddenField(INITIAL, `${INITIAL} is forbidden for list`));
  return errors;
}

/** upstream: validateWatchOptions */
function watchErrors(request: ApiRequest): FieldError[] {
  const match = parameter(request, MATCH);
  const initial = booleanParameter(request, INITIAL) !== undefined;
  const errors: FieldError[] = [];
  if (initial && match !== NOT_OLDER) errors.push(forbiddenField(MATCH, `${INITIAL} requires setting ${MATCH} to ${NOT_OLDER}`));
  if (match) {
    if (!initial) errors.push(forbiddenField(MATCH, `${MATCH} is forbidden for watch unless ${INITIAL} is provided`));
    if (match !== NOT_OLDER) errors.push(notSupported(MATCH, match, [NOT_OLDER]));
    if (parameter(request, 'continue')) errors.push(forbiddenField(MATCH, `${MATCH} is forbidden when continue is provided`));
  }
  return errors;
}

/** Checks the options of a list, a watch or a deletecollection, after those that are read as numbers. Throws ApiError 400, 422. */
export function checkListOptions(request: ApiRequest, {isWatch = false} = {}): void {
  for (const name of ['limit', 'timeoutSeconds']) integerParameter(request, name);
  refuseOptions(request, 'ListOptions', isWatch ? watchErrors(request) : listErrors(request));
}

/** Checks the options of a write. `applies`: the patch is a server-side apply. Throws ApiError 400, 422. */
export function checkWriteOptions(request: ApiRequest, kind: WriteOptions, applies = false): void {
  const errors: FieldError[] = [];
  const manager = parameter(request, 'fieldManager');
  const force = booleanParameter(request, 'force');
  if (kind === 'PatchOptions') {
    if (applies && !manager) errors.push(required('fieldManager', 'is required for apply patch'));
    if (!applies && force !== undefined) errors.push(forbiddenField('force', 'may not be specified for non-apply patch'));
  }
  errors.push(...fieldManagerErrors(manager), ...dryRunErrors(valuesOf(request, 'dryRun')));
  const validation = parameter(request, 'fieldValidation');
  if (!FIELD_VALIDATION_VALUES.includes(validation)) errors.push(notSupported('fieldValidation', validation, FIELD_VALIDATION_VALUES));
  refuseOptions(request, kind, errors);
}

/** A whole number; undefined when it is not given. Throws ApiError 400 for anything else. */
export function integerParameter(request: ApiRequest, name: string): number | undefined {
  const text = parameter(request, name);
  if (text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw status.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** Whatever is not 0 or false is true, an empty value too; undefined when it is not given. */
export function booleanParameter(request: ApiRequest, name: string): boolean | undefined {
  const [value] = valuesOf(request, name);
  return value === undefined ? undefined : !['0', 'false'].includes(value.toLowerCase());
}

/** The words for a resource version that is no number. upstream: staging/src/k8s.io/apiserver/pkg/storage/api_object_versioner.go ParseResourceVersion */
export const unparsedResourceVersion = (text: string): string =>
  `resourceVersion: Invalid value: ${JSON.stringify(text)}: ${unparsedVersion(text)}`;

/** Go's own words for it. */
export const unparsedVersion = (text: string): string => `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;

/** The revision asked for; 0 when none is; undefined when it is no number. */
export function revisionParameter(request: ApiRequest): number | undefined {
  const text = parameter(request, 'resourceVersion');
  if (text === '') return 0;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
