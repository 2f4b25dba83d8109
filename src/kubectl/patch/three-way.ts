/**
 * The patch that `apply` sends: what the manifest says and the cluster does not, and what the manifest said last time and says no more.
 * upstream: apimachinery/pkg/util/strategicpatch CreateThreeWayMergePatch, apimachinery/pkg/util/jsonmergepatch
 */

import {isJsonObject} from '../../engine/api/clone.ts';
import {compactJson} from '../../engine/api/go-json.ts';
import {RETAIN_KEYS, ruleOf, type Schema, structOf} from '../../engine/apiserver/patch/list-rules.ts';

type Fields = Record<string, unknown>;

const equal = (a: unknown, b: unknown): boolean => compactJson(a) === compactJson(b);

/** A list of objects merged by key: additions and changes, `$patch: delete` for what is no longer wanted, and the order. */
function mergedList(original: unknown, modified: unknown[], current: unknown[], key: string, items: Schema, field: string): Fields {
  const find = (list: unknown, value: unknown): Fields | undefined =>
    Array.isArray(list) ? (list.find(item => isJsonObject(item) && item[key] === value) as Fields | undefined) : undefined;
  const patch: Fields[] = [];
  for (const wanted of modified) {
    if (!isJsonObject(wanted)) continue;
    const there = find(current, wanted[key]);
    if (!there) patch.push(wanted);
    else {
      const difference = threeWay(find(original, wanted[key]) ?? {}, wanted, there, items);
      if (Object.keys(difference).length > 0) patch.push({...difference, [key]: wanted[key]});
    }
  }
  for (const before of Array.isArray(original) ? original : [])
    if (isJsonObject(before) && !find(modified, before[key]) && find(current, before[key]))
      patch.push({$patch: 'delete', [key]: before[key]});
  const order = modified.filter(isJsonObject).map(item => ({[key]: item[key]}));
  const kept = current.filter(item => isJsonObject(item) && find(modified, item[key])).map(item => (item as Fields)[key]);
  const moved = !equal(
    kept,
    order.map(o => o[key]).filter(value => find(current, value)),
  );
  if (patch.length === 0 && !moved) return {};
  return {[`$setElementOrder/${field}`]: order, ...(patch.length > 0 && {[field]: patch})};
}

/** A list of texts merged as a set. */
function mergedSet(original: unknown, modified: unknown[], current: unknown[], field: string): Fields {
  const added = modified.filter(item => !current.includes(item));
  const removed = (Array.isArray(original) ? original : []).filter(item => !modified.includes(item) && current.includes(item));
  if (added.length + removed.length === 0) return {};
  return {
    ...(removed.length > 0 && {[`$deleteFromPrimitiveList/${field}`]: removed}),
    [`$setElementOrder/${field}`]: modified,
    ...(added.length > 0 && {[field]: added}),
  };
}

/** The patch, `{}` when there is nothing to do. Without a schema lists are replaced: a JSON merge patch. */
export function threeWay(original: object, modified: object, current: object, schema: Schema): Fields {
  const [before, wanted, now] = [original as Fields, modified as Fields, current as Fields];
  const patch: Fields = {};
  for (const [key, value] of Object.entries(wanted)) {
    const rule = ruleOf(schema, key);
    const field = structOf(schema, key);
    if (!(key in now)) {
      if (value !== null && value !== undefined) patch[key] = value;
    } else if (isJsonObject(value) && isJsonObject(now[key])) {
      const inner = threeWay(isJsonObject(before[key]) ? before[key] : {}, value, now[key], field);
      if (Object.keys(inner).length > 0)
        patch[key] = schema && RETAIN_KEYS.has(`${schema.name}.${key}`) ? {$retainKeys: Object.keys(value).sort(), ...inner} : inner;
    } else if (Array.isArray(value) && Array.isArray(now[key]) && rule?.keys[0] !== undefined)
      Object.assign(patch, mergedList(before[key], value, now[key], rule.keys[0], field, key));
    else if (Array.isArray(value) && Array.isArray(now[key]) && rule) Object.assign(patch, mergedSet(before[key], value, now[key], key));
    else if (!equal(value, now[key])) patch[key] = value;
  }
  for (const key of Object.keys(before)) if (!(key in wanted) && key in now) patch[key] = null;
  return patch;
}
