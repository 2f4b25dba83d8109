/** RFC 6902. upstream: gopkg.in/evanphx/json-patch.v4, as the API server uses it */
import {cloneJson, equalJson, isJsonObject} from '../../api/clone.ts';
import {badRequest} from '../../api/status.ts';
import {invalidPatch} from './errors.ts';

export interface JsonPatchOperation {
  readonly op: string;
  readonly path?: string;
  readonly from?: string;
  readonly value?: unknown;
}

interface Root extends Record<string, unknown> {
  document: unknown;
}

type Container = Record<string, unknown> | unknown[];

/** The document with the operations applied, one after the other. The document is not changed. Throws ApiError 422 where one cannot be. */
export function applyJsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const root = {document: cloneJson(document)};
  for (const operation of operations) apply(root, operation);
  return root.document;
}

function apply(root: Root, operation: JsonPatchOperation): void {
  if (!isJsonObject(operation)) throw badRequest('json: cannot unmarshal into Go value of type jsonpatch.Operation');
  const {op, path, from, value} = operation;
  if (typeof path !== 'string') throw invalidPatch(`${op} operation does not have a path`);
  if (!Object.hasOwn(OPERATIONS, op)) throw badRequest(`Unexpected kind: ${op}`);
  OPERATIONS[op]!(root, path, cloneJson(value), String(from ?? ''));
}

const OPERATIONS: Readonly<Record<string, (root: Root, path: string, value: unknown, from: string) => void>> = {
  add: (root, path, value) => put(root, path, value, true),
  replace(root, path, value) {
    get(root, path, 'replace');
    put(root, path, value, false);
  },
  remove,
  move(root, path, _value, from) {
    const moved = get(root, from, 'move');
    remove(root, from);
    put(root, path, moved, true);
  },
  copy: (root, path, _value, from) => put(root, path, cloneJson(get(root, from, 'copy')), true),
  test(root, path, value) {
    if (!equalJson(find(root, path) ?? null, value ?? null)) throw invalidPatch(`testing value ${path} failed: test failed`);
  },
};

const missing = (operation: string, path: string): Error =>
  invalidPatch(`${operation} operation does not apply: doc is missing key: ${path}: missing value`);

function tokens(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What holds the last token of a path; undefined where the way to it is missing. */
function parentOf(root: Root, path: string): {parent: Container; key: string} | undefined {
  const way = tokens(path);
  const key = way.pop();
  if (key === undefined) return {parent: root, key: 'document'};
  let at: unknown = root.document;
  for (const token of way) at = child(at, token);
  return at !== null && typeof at === 'object' ? {parent: at as Container, key} : undefined;
}

function child(container: unknown, token: string): unknown {
  if (Array.isArray(container)) return container[index(token, container.length)];
  return container !== null && typeof container === 'object' && Object.hasOwn(container, token)
    ? (container as Record<string, unknown>)[token]
    : undefined;
}

/** Negative numbers count from the end. */
function index(token: string, length: number): number {
  const n = /^-?\d+$/.test(token) ? Number(token) : Number.NaN;
  return n < 0 ? n + length : n;
}

function find(root: Root, path: string): unknown {
  return path === '' ? root.document : tokens(path).reduce<unknown>(child, root.document);
}

function get(root: Root, path: string, operation: string): unknown {
  const value = find(root, path);
  if (value === undefined) throw missing(operation, path);
  return value;
}

function put(root: Root, path: string, value: unknown, insert: boolean): void {
  const place = parentOf(root, path);
  if (!place) throw missing('add', path);
  const {parent, key} = place;
  if (!Array.isArray(parent)) {
    parent[key] = value;
    return;
  }
  const at = key === '-' ? parent.length : index(key, parent.length);
  if (!(at >= 0 && at <= parent.length)) throw invalidPatch(`Unable to access invalid index: ${key}: invalid index referenced`);
  parent.splice(at, insert ? 0 : 1, value);
}

function remove(root: Root, path: string): void {
  const place = parentOf(root, path);
  if (!place || child(place.parent, place.key) === undefined)
    throw invalidPatch(`remove operation does not apply: doc is missing path: ${path}: missing value`);
  if (Array.isArray(place.parent)) place.parent.splice(index(place.key, place.parent.length), 1);
  else delete place.parent[place.key];
}
