/** How custom resources are merged: what their schema says of lists, maps and fields. upstream: apimachinery/pkg/util/managedfields/internal, kube-openapi/pkg/schemaconv/openapi.go */
import {definitionOf} from '../decoding/schema.ts';
import type {Schema} from '../validation/custom/schema.ts';
import {OWN} from '../validation/custom/schema.ts';
import {ATOMIC, type Shape} from './field-set.ts';

/** What no schema tells of: objects by field, lists as a whole. */
const DEDUCED: Shape = {
  is: 'map',
  get of() {
    return DEDUCED;
  },
};

function shapeOf(schema: Schema): Shape {
  const {type, properties, additionalProperties, items} = schema;
  if (schema['x-kubernetes-int-or-string']) return ATOMIC;
  if (type === 'array') {
    if (schema['x-kubernetes-list-type'] === 'set') return {is: 'list', keys: [], of: ATOMIC};
    const keys = schema['x-kubernetes-list-map-keys'];
    return schema['x-kubernetes-list-type'] === 'map' && keys && items ? {is: 'list', keys, of: shapeOf(items)} : ATOMIC;
  }
  if (schema['x-kubernetes-map-type'] === 'atomic') return ATOMIC;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (type !== 'object') return isOpen ? DEDUCED : ATOMIC;
  const others =
    typeof additionalProperties === 'object' ? shapeOf(additionalProperties) : additionalProperties || isOpen ? DEDUCED : undefined;
  if (!properties && others) return {is: 'map', of: others};
  const own: [string, Shape][] = schema['x-kubernetes-embedded-resource'] ? [...OWN].map(name => [name, DEDUCED]) : [];
  const fields = new Map([...own, ...Object.entries(properties ?? {}).map(([name, part]): [string, Shape] => [name, shapeOf(part)])]);
  return {is: 'fields', fields, ...(others && {others})};
}

const known = new WeakMap<object, Shape>();

/** The shape of a whole custom resource. Remembered by the schema, which never changes. */
export function customShape(schema: Schema): Shape {
  let shape = known.get(schema);
  if (shape) return shape;
  const content = shapeOf({...schema, type: 'object', properties: schema.properties ?? {}}) as Shape & {is: 'fields'};
  const metadata: Shape = {is: 'struct', definition: definitionOf('meta/v1.ObjectMeta')!};
  shape = {...content, fields: new Map([...content.fields, ['apiVersion', ATOMIC], ['kind', ATOMIC], ['metadata', metadata]])};
  known.set(schema, shape);
  return shape;
}
