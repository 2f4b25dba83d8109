/** All that is asked of the schema of a custom resource. upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation validateCustomResourceDefinitionValidation */

import {equalJson} from '../../../../api/clone.ts';
import {invalidValue} from '../../../../api/field-errors.ts';
import {pruned} from '../../custom/conform.ts';
import {type Schema, withoutOwn} from '../../custom/schema.ts';
import {validateValue} from '../../custom-resource.ts';
import {type Errors, type Fields, keysOf} from '../../fields.ts';
import {newBill} from './cost-bill.ts';
import {openApiErrors, validateRoot} from './open-api.ts';
import {itemsOf, structuralErrors} from './structural.ts';

/** `path`: where `openAPIV3Schema` stands; `unchanged`: it was let in before. Defaults are looked at only in a structural schema, rules only where those hold. */
export function validateSchema(errors: Errors, schema: Fields, hasStatus: boolean, unchanged: boolean, path: string): void {
  const at = `${path}.openAPIV3Schema`;
  validateRoot(errors, schema, hasStatus, at);
  const problems = structuralErrors(schema, at);
  if (problems.length === 0) validateDefaults(problems, {...schema, properties: withoutOwn(schema as Schema)}, at);
  errors.push(...problems, ...openApiErrors(schema, at, problems.length === 0 ? newBill(unchanged) : undefined));
}

/** A default is a value that the schema itself would let in. */
function validateDefaults(errors: Errors, schema: Fields, path: string): void {
  const value = schema['default'];
  if (value !== undefined) {
    const at = `${path}.default`;
    if (!equalJson(pruned(schema as Schema, value), value)) errors.push(invalidValue(at, value, 'must not have unknown fields'));
    validateValue(errors, schema as Schema, value, at);
  }
  const items = itemsOf(schema);
  if (items) validateDefaults(errors, items, `${path}.items`);
  for (const name of keysOf(schema['properties'])) validateDefaults(errors, schema['properties'][name], `${path}.properties[${name}]`);
}
