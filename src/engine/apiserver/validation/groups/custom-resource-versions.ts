/** The versions of a custom resource: schema, subresources, columns. upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/{validation/validation.go,v1/conversion.go} */
import {invalidValue, required} from '../../../api/field-errors.ts';
import {isDNS1035Label} from '../../../api/names.ts';
import {addJoined, type Errors, type Fields, has, semanticEqual} from '../fields.ts';
import {validateSchema} from './schema/schema.ts';
import {validateSelectableFields} from './schema/selectable-fields.ts';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

function validateColumn(errors: Errors, column: Fields, path: string): void {
  const {name, type, format, jsonPath} = column;
  if (!name) errors.push(required(`${path}.name`));
  if (!type) errors.push(required(`${path}.type`, `must be one of ${COLUMN_TYPES.join(',')}`));
  else if (!COLUMN_TYPES.includes(type)) errors.push(invalidValue(`${path}.type`, type, `must be one of ${COLUMN_TYPES.join(',')}`));
  if (format && !COLUMN_FORMATS.includes(format))
    errors.push(invalidValue(`${path}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`));
  if (!jsonPath) errors.push(required(`${path}.JSONPath`));
  else validateSimplePath(errors, jsonPath, `${path}.JSONPath`);
}

/** Returns whether it begins as one. */
function validateSimplePath(errors: Errors, value: string, path: string): boolean {
  if (value.startsWith('.')) return true;
  errors.push(invalidValue(path, value, 'must be a simple json path starting with .'));
  return false;
}

function validateSubresources(errors: Errors, subresources: Fields | undefined, path: string): void {
  const scale: Fields | undefined = subresources?.['scale'];
  if (!scale) return;
  for (const [field, root] of [
    ['specReplicasPath', '.spec.'],
    ['statusReplicasPath', '.status.'],
  ] as const) {
    const value: string = scale[field] ?? '';
    const at = `${path}.scale.${field}`;
    if (!value) errors.push(required(at));
    else if (validateSimplePath(errors, value, at) && !value.startsWith(root))
      errors.push(invalidValue(at, value, `should be a json path under ${root.slice(0, -1)}`));
  }
  const selector: string = scale['labelSelectorPath'] ?? '';
  const at = `${path}.scale.labelSelectorPath`;
  if (selector && validateSimplePath(errors, selector, at) && !/^\.(spec|status)\./.test(selector))
    errors.push(invalidValue(at, selector, 'should be a json path under either .spec or .status'));
}

const LONGEST_WARNING = 256;
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

function validateWarning(errors: Errors, {deprecated, deprecationWarning: warning}: Fields, path: string): void {
  if (warning === undefined) return;
  const wrong = (why: string): void => void errors.push(invalidValue(path, warning, why));
  if (!deprecated) wrong('can only be set for deprecated versions');
  if (warning === '') wrong('must not be an empty string');
  if (warning.length > LONGEST_WARNING) wrong(`must be <= ${LONGEST_WARNING} characters long`);
  const at = warning.search(UNPRINTABLE);
  if (at >= 0) wrong(`must only contain printable UTF-8 characters; non-printable character found at index ${at}`);
}

const PARTS = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;
type Part = (typeof PARTS)[number];

/** Where parts stand, and what is known besides. */
interface Place {
  readonly at: (part: Part) => string;
  readonly hasStatus: boolean;
  /** What the versions were. */
  readonly before: readonly Fields[];
}

function validateParts(errors: Errors, version: Fields, parts: readonly Part[], {at, hasStatus, before}: Place): void {
  const schema: Fields | undefined = version['schema']?.openAPIV3Schema;
  const unchanged = before.some(({name, schema}) => name === version['name'] && semanticEqual(schema, version['schema']));
  if (schema && parts.includes('schema')) validateSchema(errors, schema, hasStatus, unchanged, at('schema'));
  if (parts.includes('subresources')) validateSubresources(errors, version['subresources'], at('subresources'));
  if (parts.includes('additionalPrinterColumns'))
    for (const [i, column] of ((version['additionalPrinterColumns'] ?? []) as Fields[]).entries())
      validateColumn(errors, column, `${at('additionalPrinterColumns')}[${i}]`);
  if (schema && parts.includes('selectableFields') && has(version['selectableFields']))
    validateSelectableFields(errors, version['selectableFields'], schema, at('selectableFields'));
}

/** What all versions have in common. Older versions of the API had it beside them: it is found wrong there, and once. */
function sharedParts(versions: readonly Fields[]): readonly Part[] {
  const common = PARTS.filter(part => versions.every(version => semanticEqual(version[part], versions[0]![part])));
  return common.filter(part => part !== 'selectableFields' || common.includes('schema'));
}

const hasStatus = ({subresources}: Fields): boolean => subresources?.status !== undefined;

/** `before`: what they were. */
export function validateVersions(errors: Errors, versions: readonly Fields[], before: readonly Fields[], path: string): void {
  const shared = sharedParts(versions);
  const own = PARTS.filter(part => !shared.includes(part));
  for (const [i, version] of versions.entries()) {
    const at = `${path}[${i}]`;
    const {name = ''} = version;
    addJoined(errors, `${at}.name`, name, isDNS1035Label(name));
    validateWarning(errors, version, `${at}.deprecationWarning`);
    validateParts(errors, version, own, {at: part => `${at}.${part}`, hasStatus: hasStatus(version), before});
  }
  if (new Set(versions.map(v => v['name'])).size !== versions.length)
    errors.push(invalidValue(path, versions, 'must contain unique version names'));
  if (versions.filter(v => v['storage']).length !== 1)
    errors.push(invalidValue(path, versions, 'must have exactly one version marked as storage version'));
}

export function validateSharedParts(errors: Errors, versions: readonly Fields[], before: readonly Fields[], path: string): void {
  if (versions.length === 0) return;
  const at = (part: Part): string => `${path}.${part === 'schema' ? 'validation' : part}`;
  validateParts(errors, versions[0]!, sharedParts(versions), {at, hasStatus: versions.some(hasStatus), before});
}
