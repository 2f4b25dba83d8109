/** How the fields of an object and the items of a list are merged, and what that asks of them. upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation */
import {forbiddenField, invalidValue, notSupported, required} from '../../../../api/field-errors.ts';
import {type Errors, entryOf, type Fields, has} from '../../fields.ts';
import {itemsOf} from './structural.ts';

const MAP_TYPE = 'x-kubernetes-map-type';
const LIST_TYPE = 'x-kubernetes-list-type';
const KEYS = 'x-kubernetes-list-map-keys';
const MAP_TYPES = ['atomic', 'granular'];
const LIST_TYPES = ['atomic', 'set', 'map'];

function requireType(errors: Errors, {type}: Fields, wanted: string, extension: string, path: string): void {
  const why = `must be ${wanted} if ${extension} is specified`;
  if (type !== wanted) errors.push(type ? invalidValue(`${path}.type`, type, why) : required(`${path}.type`, why));
}

export function validateMapType(errors: Errors, schema: Fields, path: string): void {
  const mapType = schema[MAP_TYPE];
  if (mapType === undefined) return;
  requireType(errors, schema, 'object', MAP_TYPE, path);
  if (!MAP_TYPES.includes(mapType)) errors.push(notSupported(`${path}.${MAP_TYPE}`, mapType, MAP_TYPES));
}

export function validateListType(errors: Errors, schema: Fields, path: string): void {
  const {[LIST_TYPE]: listType, [KEYS]: keys} = schema;
  const items = itemsOf(schema);
  if (listType !== undefined) {
    requireType(errors, schema, 'array', LIST_TYPE, path);
    if (listType === 'set' && schema['type'] === 'array' && items) validateSetItems(errors, items, `${path}.items`);
    if (!LIST_TYPES.includes(listType)) errors.push(notSupported(`${path}.${LIST_TYPE}`, listType, LIST_TYPES));
  }
  if (has(keys) && listType !== 'map') {
    const why = `must be map if ${KEYS} is non-empty`;
    errors.push(listType === undefined ? required(`${path}.${LIST_TYPE}`, why) : invalidValue(`${path}.${LIST_TYPE}`, listType, why));
  }
  if (listType === 'map') validateMapItems(errors, schema, path);
  if (!items || (listType !== 'set' && listType !== 'map')) return;
  if (items['nullable']) errors.push(forbiddenField(`${path}.items.nullable`, `cannot be nullable when ${LIST_TYPE} is ${listType}`));
  if (listType === 'map') validateKeyProperties(errors, items, keys ?? [], path);
}

/** Members of a set are compared as wholes. */
function validateSetItems(errors: Errors, items: Fields, path: string): void {
  const why = `must be atomic as item of a list with ${LIST_TYPE}=set`;
  const {type, [LIST_TYPE]: listType = null, [MAP_TYPE]: mapType} = items;
  if (type === 'array' && listType !== null && listType !== 'atomic') errors.push(invalidValue(`${path}.${LIST_TYPE}`, listType, why));
  if (type === 'object' && mapType !== 'atomic') errors.push(invalidValue(`${path}.${MAP_TYPE}`, listType, why));
}

function validateMapItems(errors: Errors, schema: Fields, path: string): void {
  const keys: readonly string[] = schema[KEYS] ?? [];
  const items = itemsOf(schema);
  const wrong = (field: string, value: unknown, why: string): void => void errors.push(invalidValue(`${path}.${field}`, value, why));
  if (keys.length === 0) errors.push(required(`${path}.${KEYS}`, `must not be empty if ${LIST_TYPE} is map`));
  if (!schema['items']) errors.push(required(`${path}.items`, `must have a schema if ${LIST_TYPE} is map`));
  else if (!items) wrong('items', schema['items'], `must only have a single schema if ${LIST_TYPE} is map`);
  if (!items) return;
  if (items['type'] !== 'object') {
    wrong('items.type', items['type'] ?? '', `must be object if parent array's ${LIST_TYPE} is map`);
    return;
  }
  for (const [i, key] of keys.entries()) {
    const property: Fields | undefined = entryOf(items['properties'], key);
    const type = property?.['type'];
    if (!property) wrong(KEYS, keys, 'entries must all be names of item properties');
    else if (type === 'array' || type === 'object')
      wrong(`items.properties[${key}].type`, items['type'], `must be a scalar type if parent array's ${LIST_TYPE} is map`);
    if (keys.indexOf(key) < i) wrong(KEYS, keys, 'must not contain duplicate entries');
  }
}

/** Every item has its keys. */
function validateKeyProperties(
  errors: Errors,
  {properties = {}, required: always = []}: Fields,
  keys: readonly string[],
  path: string,
): void {
  for (const key of keys) {
    const property: Fields | undefined = entryOf(properties, key);
    const at = `${path}.items.properties[${key}]`;
    if (!property) continue;
    if (!always.includes(key) && property['default'] === undefined)
      errors.push(required(`${at}.default`, `this property is in ${KEYS}, so it must have a default or be a required property`));
    if (property['nullable']) errors.push(forbiddenField(`${at}.nullable`, `this property is in ${KEYS}, so it cannot be nullable`));
  }
}
