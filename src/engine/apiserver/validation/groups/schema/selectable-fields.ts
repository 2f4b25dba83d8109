/** Fields of a custom resource that lists may be narrowed by. upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation ValidateCustomResourceSelectableFields */
import {duplicate, invalidValue, required, tooMany} from '../../../../api/field-errors.ts';
import type {Errors, Fields} from '../../fields.ts';
import {schemaAt} from './field-path.ts';

const MOST = 8;
const SELECTABLE = ['string', 'boolean', 'integer'];

export function validateSelectableFields(errors: Errors, fields: readonly Fields[], schema: Fields, path: string): void {
  const seen = new Set<string>();
  for (const [i, {jsonPath = ''}] of fields.entries()) {
    const at = `${path}[${i}].jsonPath`;
    if (!jsonPath) {
      errors.push(required(at));
      continue;
    }
    try {
      const {names, schema: found} = schemaAt(jsonPath, schema, {brackets: false});
      if (names[0] === 'metadata') errors.push(invalidValue(at, jsonPath, 'must not point to fields in metadata'));
      if (!SELECTABLE.includes(found?.['type']))
        errors.push(
          invalidValue(
            at,
            jsonPath,
            'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
          ),
        );
      const name = names.join('.');
      if (seen.has(name)) errors.push(duplicate(at, jsonPath));
      seen.add(name);
    } catch (error) {
      errors.push(invalidValue(at, jsonPath, `is an invalid path: ${(error as Error).message}`));
    }
  }
  if (seen.size > MOST) errors.push(tooMany(path, seen.size, MOST));
}
