/** Paths that are no resources: version, health, discovery. */
import {groups} from '../api/kinds.ts';
import {RELEASE} from '../api/release.ts';
import * as status from '../api/status.ts';
import {indexAsOf, unansweredAsOf, versionAsOf} from './as-of/paths.ts';
import {discovery} from './discovery.ts';
import {health, healthPaths} from './health.ts';
import {metrics} from './metrics.ts';
import {openapi} from './openapi.ts';
import {openapiV2} from './openapi-v2.ts';
import type {ApiResponse, Walk} from './request.ts';
import {servedTo} from './resources.ts';

const {major, minor, ...build} = RELEASE;

/** What the server says of itself: what it emulates is what it is. */
const VERSION = {
  major,
  minor,
  emulationMajor: major,
  emulationMinor: minor,
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  ...build,
};

const text = (code: number, body: string): ApiResponse => ({code, headers: {'content-type': 'text/plain; charset=utf-8'}, body});

const json = (code: number, body: unknown): ApiResponse => ({code, headers: {'content-type': 'application/json'}, body});

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

const paths: Record<string, (walk: Walk) => ApiResponse> = {
  '': walk => json(200, {paths: rootPaths(walk)}),
  '/version': ({request: {asOf}}) => json(200, asOf ? versionAsOf(asOf.minor) : VERSION),
  '/metrics': metrics,
};

/** The minor release that brought version 2 of the API's description. */
const V2_SINCE = 10;

const description = (walk: Walk): ApiResponse | undefined => {
  const {path, asOf: {minor: then} = {}} = walk.request;
  return path === '/openapi/v2' && (then ?? V2_SINCE) >= V2_SINCE ? json(200, openapiV2(servedTo(walk), then)) : openapi(walk);
};

/** What there is below `/`. upstream: staging/src/k8s.io/apiserver/pkg/server/routes/index.go */
function rootPaths(walk: Walk): string[] {
  const {asOf} = walk.request;
  if (asOf) return indexAsOf(asOf.minor, servedTo(walk));
  const served = groups(servedTo(walk)).flatMap(({group, versions}) =>
    group ? [`/apis/${group}`, ...versions.map(version => `/apis/${group}/${version}`)] : versions.map(version => `/api/${version}`),
  );
  return [
    '/api',
    '/apis',
    '/apis/',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    ...Object.keys(paths).filter(Boolean),
    ...healthPaths(),
    ...served,
  ].sort();
}

const BUILT_IN_GROUPS = new Set(groups().map(({group}) => group));

/** Below `/api` and below a built-in group, the handler of that API answers for what it does not serve. upstream: staging/src/k8s.io/apiserver/pkg/server/handler.go director */
function isOfAnApi(path: string): boolean {
  const [, root, group = ''] = path.split('/');
  return root === 'api' || (root === 'apis' && group !== '' && BUILT_IN_GROUPS.has(group));
}

function unanswered(walk: Walk): ApiResponse {
  const {asOf, path} = walk.request;
  if (isOfAnApi(path)) throw status.resourceNotServed();
  const index = asOf && unansweredAsOf(asOf.minor, path, servedTo(walk));
  return index ? json(404, {paths: index}) : text(404, status.PATH_NOT_FOUND);
}

/** Answers a path that is no resource. Health can be asked in any way, everything else only be read. */
export function nonResource(walk: Walk): ApiResponse {
  const healthy = health(walk);
  if (healthy) return healthy;
  const found = paths[walk.request.path.replace(/\/+$/, '')];
  const response = found ? found(walk) : (discovery(walk) ?? description(walk));
  if (!response) return unanswered(walk);
  if (!READS.has(walk.request.method)) throw status.methodNotAllowed();
  return response;
}
