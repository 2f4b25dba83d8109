/** Kubernetes' own kind of patch: it knows by which field the elements of a list are told apart. upstream: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go */
import {cloneJson, equalJson, isJsonObject} from '../../api/clone.ts';
import {badRequest} from '../../api/status.ts';
import type {Definition} from '../decoding/schema.ts';
import {invalidPatch} from './errors.ts';
import {ruleOf, type Schema, structOf} from './list-rules.ts';

type Json = Record<string, unknown>;

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';

/** The document as the patch wants it; neither is changed. Throws ApiError 400 or 422. */
export function applyStrategicMergePatch(document: Json, patch: Json, definition: Definition): Json {
  return mergeObject(document, cloneJson(patch), definition);
}

/** What the patch does not name is shared with the document. */
function mergeObject(document: Json, patch: Json, schema: Schema): Json {
  if (DIRECTIVE in patch) return wholeObject(patch);
  const original = {...document};
  retainKeys(original, patch);
  setOrders(original, patch, schema);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_FROM)) deleteFromList(original, key.slice(DELETE_FROM.length), value);
    else mergeField(original, key, value, schema);
  }
  return original;
}

/** `$patch: replace` or `delete` on a structure. */
function wholeObject({[DIRECTIVE]: directive, ...rest}: Json): Json {
  if (directive === 'replace') return rest;
  if (directive === 'delete') return {};
  throw badRequest(`unknown patch type found: ${directive}`);
}

function retainKeys(original: Json, patch: Json): void {
  const retained = patch[RETAIN_KEYS];
  if (retained === undefined) return;
  delete patch[RETAIN_KEYS];
  if (!Array.isArray(retained)) throw badRequest('invalid patch format of retainKeys');
  for (const key of Object.keys(original)) if (!retained.includes(key)) delete original[key];
}

function deleteFromList(original: Json, key: string, values: unknown): void {
  if (!Array.isArray(values)) throw badRequest('invalid patch format of primitive list');
  const list = original[key];
  if (Array.isArray(list)) original[key] = list.filter(item => !values.includes(item));
}

function mergeField(original: Json, key: string, value: unknown, schema: Schema): void {
  if (value === null) {
    delete original[key];
    return;
  }
  const known = original[key];
  if (isJsonObject(known) && isJsonObject(value)) original[key] = mergeObject(known, value, structOf(schema, key));
  else if (Array.isArray(known) && Array.isArray(value)) original[key] = mergeList(known, value, schema, key);
  else original[key] = withoutDirectives(value);
}

/** What is taken over as a whole: nulls and directives are instructions, not content. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value))
    return value.filter(item => !(isJsonObject(item) && item[DIRECTIVE] === 'delete') && !isMarker(item)).map(withoutDirectives);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([key, field]) =>
      field !== null && key !== DIRECTIVE && key !== RETAIN_KEYS && !key.startsWith(DELETE_FROM) && !key.startsWith(SET_ORDER),
  );
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutDirectives(field)]));
}

/** An element that only says how the list is to be taken. */
const isMarker = (item: unknown): boolean => isJsonObject(item) && DIRECTIVE in item && Object.keys(item).length === 1;

function mergeList(original: readonly unknown[], patch: readonly unknown[], schema: Schema, key: string): unknown[] {
  const rule = ruleOf(schema, key);
  if (!rule) return withoutDirectives(patch) as unknown[];
  const [mergeKey] = rule.keys;
  if (mergeKey === undefined) return inOrder([...new Set([...original, ...patch])], patch, original, undefined);
  const {remaining, changes, replaced} = takeDirectives(original as Json[], patch as Json[], mergeKey);
  if (replaced) return changes.map(change => withoutDirectives(change));
  const merged = [...remaining];
  for (const change of changes) {
    const at = merged.findIndex(item => equalJson(item[mergeKey], change[mergeKey]));
    if (at >= 0) merged[at] = mergeObject(merged[at]!, change, structOf(schema, key));
    else merged.push(withoutDirectives(change) as Json);
  }
  return inOrder(merged, changes, remaining, mergeKey);
}

/** Elements with `$patch: delete` take theirs away; one with `$patch: replace` makes the patch the whole list. */
function takeDirectives(original: readonly Json[], patch: readonly Json[], mergeKey: string) {
  let remaining = original;
  let replaced = false;
  const changes: Json[] = [];
  for (const item of patch) {
    if (!isJsonObject(item)) throw invalidPatch('a list of structures holds something else');
    const directive = item[DIRECTIVE];
    if (directive === 'replace') replaced = true;
    if (directive === 'replace' && isMarker(item)) continue;
    if (directive !== undefined && directive !== 'replace' && directive !== 'delete')
      throw badRequest(`unknown patch type found: ${directive}`);
    if (!(mergeKey in item)) throw invalidPatch(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    if (directive === 'delete') remaining = remaining.filter(known => !equalJson(known[mergeKey], item[mergeKey]));
    else changes.push(item);
  }
  return {remaining, changes, replaced};
}

/** `$setElementOrder/LIST`: the order in which a client has its elements; those only the server has stay around them. */
function setOrders(original: Json, patch: Json, schema: Schema): void {
  for (const directive of Object.keys(patch).filter(key => key.startsWith(SET_ORDER))) {
    const order = patch[directive];
    const key = directive.slice(SET_ORDER.length);
    delete patch[directive];
    if (!Array.isArray(order)) throw badRequest('invalid patch format of setElementOrder list');
    const known = original[key] as unknown[] | undefined;
    const change = patch[key] as unknown[] | undefined;
    if (known === undefined && change === undefined) continue;
    const merged = !change ? known! : known ? mergeList(known, change, schema, key) : (withoutDirectives(change) as unknown[]);
    delete patch[key];
    original[key] = inOrder(merged, order, known ?? [], ruleOf(schema, key)?.keys[0]);
  }
}

/** The patch's elements in its order, the server's own in theirs; between the two, the server's order where it knows both, else the patch's first. */
function inOrder(
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const same = (a: unknown, b: unknown): boolean => equalJson(mergeKey ? (a as Json)[mergeKey] : a, mergeKey ? (b as Json)[mergeKey] : b);
  const indexIn = (order: readonly unknown[], item: unknown): number => order.findIndex(other => same(other, item));
  const sortBy = (items: readonly unknown[], order: readonly unknown[]): unknown[] => {
    const place = (item: unknown): number => {
      const at = indexIn(order, item);
      return at < 0 ? Number.POSITIVE_INFINITY : at;
    };
    return [...items].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
  };
  const left = sortBy(
    merged.filter(item => indexIn(patchOrder, item) < 0),
    serverOrder,
  );
  const right = sortBy(
    merged.filter(item => indexIn(patchOrder, item) >= 0),
    patchOrder,
  );
  const result: unknown[] = [];
  while (left.length > 0 && right.length > 0) {
    const [l, r] = [indexIn(serverOrder, left[0]), indexIn(serverOrder, right[0])];
    result.push(l >= 0 && r >= 0 && l < r ? left.shift() : right.shift());
  }
  return [...result, ...left, ...right];
}
