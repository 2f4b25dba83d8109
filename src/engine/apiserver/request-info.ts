/** What a path, a method and a query ask for. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go */

import {FieldSelectorError, parseFieldSelector} from '../api/fields.ts';
import {parseSelector, SelectorError} from '../api/labels.ts';
import {isValidPathSegmentName} from '../api/names.ts';

/** The query of a URL: a parameter may stand several times; the first one counts. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The first of the values of a header or a query parameter; '' where there is none. */
export const firstOf = (values: string | readonly string[] | undefined): string =>
  typeof values === 'string' ? values : (values?.[0] ?? '');

export interface RequestInfo {
  readonly isResourceRequest: boolean;
  readonly path: string;
  /** `get`, `list`, `watch`, `create` ... ; for other paths the HTTP method in lower case. */
  readonly verb: string;
  readonly apiPrefix: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** The path from the resource on; undefined for non-resource requests. */
  readonly parts?: readonly string[];
  readonly fieldSelector: string;
  readonly labelSelector: string;
}

const METHOD_VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
/** Verbs that stand in the path before the resource, a way that is deprecated. */
const PATH_VERBS = new Set(['proxy', 'watch']);
/** Without this list a subresource of a namespace would look like a resource in it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);
const SELECTING_VERBS = new Set(['list', 'watch', 'deletecollection']);

/** Reads a request's path (decoded), method and query. Throws an Error where upstream answers 500. */
export function requestInfo(method: string, path: string, query: Query = {}): RequestInfo {
  let parts = trimmed(path).split('/');
  if (parts.length < 3) return nonResource(method, path);

  // 1. The prefix, the group and the version
  const [apiPrefix = ''] = parts;
  if (apiPrefix !== 'api' && apiPrefix !== 'apis') return nonResource(method, path);
  if (apiPrefix === 'apis' && parts.length < 4) return {...nonResource(method, path), apiPrefix};
  const apiGroup = apiPrefix === 'apis' ? parts[1]! : '';
  const versionAt = apiPrefix === 'apis' ? 2 : 1;
  const apiVersion = parts[versionAt]!;
  parts = parts.slice(versionAt + 1);

  // 2. The verb, from the path or from the method
  const verbInPath = PATH_VERBS.has(parts[0]!);
  if (verbInPath && parts.length < 2) throw new Error(`unable to determine kind and namespace from url, ${path}`);
  let verb = verbInPath ? parts[0]! : (METHOD_VERBS[method] ?? '');
  if (verbInPath) parts = parts.slice(1);

  // 3. The namespace: /namespaces/NAMESPACE/RESOURCE is a resource in it, /namespaces/NAME the object itself
  let namespace = '';
  if (parts[0] === 'namespaces' && parts.length > 1) {
    namespace = parts[1]!;
    if (parts.length > 2 && !NAMESPACE_SUBRESOURCES.has(parts[2]!)) parts = parts.slice(2);
  }

  // 4. resource/name/subresource/rest
  const [resource = '', nameInPath = ''] = parts;
  const subresource = parts.length >= 3 && verb !== 'proxy' ? parts[2]! : '';
  let name = nameInPath;

  // 5. Without a name a get is a list or a watch, and a delete takes the whole collection
  if (name === '' && verb === 'get') {
    verb = isWatch(query) ? 'watch' : 'list';
    name = selectedName(query);
  }
  if (name === '' && verb === 'delete') verb = 'deletecollection';

  const selects = !verbInPath && SELECTING_VERBS.has(verb);
  return {
    isResourceRequest: true,
    path,
    verb,
    apiPrefix,
    apiGroup,
    apiVersion,
    namespace,
    resource,
    subresource,
    name,
    parts,
    fieldSelector: selects ? firstOf(query['fieldSelector']) : '',
    labelSelector: selects ? firstOf(query['labelSelector']) : '',
  };
}

/** Without the slashes around it. */
function trimmed(path: string): string {
  let [from, to] = [0, path.length];
  while (path[from] === '/') from++;
  while (to > from && path[to - 1] === '/') to--;
  return path.slice(from, to);
}

function nonResource(method: string, path: string): RequestInfo {
  return {
    isResourceRequest: false,
    path,
    verb: method.toLowerCase(),
    apiPrefix: '',
    apiGroup: '',
    apiVersion: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    fieldSelector: '',
    labelSelector: '',
  };
}

/** Whatever is not 0 or false is true, an empty value too. */
const isWatch = ({watch}: Query): boolean => watch !== undefined && !['0', 'false'].includes(firstOf(watch).toLowerCase());

/** A list of one object by `metadata.name` is authorized like a get of it. Options that cannot be read give no name. */
function selectedName(query: Query): string {
  try {
    parseSelector(firstOf(query['labelSelector']));
    const term = parseFieldSelector(firstOf(query['fieldSelector'])).find(({field, negated}) => field === 'metadata.name' && !negated);
    return term && isValidPathSegmentName(term.value).length === 0 ? term.value : '';
  } catch (error) {
    if (error instanceof FieldSelectorError || error instanceof SelectorError) return '';
    throw error;
  }
}
