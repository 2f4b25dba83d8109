/** What an object loses and gains by the schema of its definition. upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/{pruning,defaulting} */
import {cloneJson, isJsonObject} from '../../../api/clone.ts';
import {byKey} from '../../../api/order.ts';
import type {Fields} from '../fields.ts';
import {isKnown, OWN, partOf, type Schema} from './schema.ts';

/** The value without fields that the schema does not know. upstream: schema/pruning */
export function pruned(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) return schema.items ? value.map(item => pruned(schema.items!, item)) : value;
  if (!isJsonObject(value)) return value;
  const kept: Fields = {};
  for (const [field, part] of Object.entries(value)) {
    const inner = partOf(schema, field);
    if (inner) kept[field] = pruned(inner, part);
    else if (isKnown(schema, field) || (schema['x-kubernetes-embedded-resource'] && OWN.has(field))) kept[field] = part;
  }
  return kept;
}

/** The paths of those fields, in order. upstream: PruneWithOptions (TrackUnknownFieldPaths) */
export function unknownFields(schema: Schema, value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return schema.items ? value.flatMap((item, i) => unknownFields(schema.items!, item, `${path}[${i}]`)) : [];
  if (!isJsonObject(value)) return [];
  return Object.entries(value)
    .sort(byKey)
    .flatMap(([field, part]) => {
      const at = path === '' ? field : `${path}.${field}`;
      const inner = partOf(schema, field);
      if (inner) return unknownFields(inner, part, at);
      return isKnown(schema, field) || (schema['x-kubernetes-embedded-resource'] && OWN.has(field)) ? [] : [at];
    });
}

/** A null where none may be is as good as nothing: it gives way to the default. upstream: schema/defaulting */
export function withDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) return schema.items ? value.map(item => withDefaults(schema.items!, item)) : value;
  if (!isJsonObject(value)) return value;
  const filled: Fields = {};
  for (const [field, part] of Object.entries(value)) {
    const inner = partOf(schema, field);
    if (part !== null || !inner || inner.nullable) filled[field] = part;
  }
  for (const [field, inner] of Object.entries(schema.properties ?? {}))
    if (inner.default !== undefined && filled[field] === undefined) filled[field] = cloneJson(inner.default);
  for (const [field, part] of Object.entries(filled)) {
    const inner = partOf(schema, field);
    if (inner) filled[field] = withDefaults(inner, part);
  }
  return filled;
}
