/**
 * One request from its arrival to its answer, read top to bottom in the order in which kube-apiserver does it.
 * upstream: staging/src/k8s.io/apiserver/pkg/server/config.go DefaultBuildHandlerChain, pkg/endpoints/installer.go
 */
import {apiVersionOf} from '../api/group-version.ts';
import type {Kind} from '../api/kinds.ts';
import * as status from '../api/status.ts';
import {ApiError, type Status} from '../api/types.ts';
import type {Tx} from '../machine/types.ts';
import {isMetrics, metrics} from './aggregation/metrics.ts';
import {wasServed} from './as-of/kinds.ts';
import {answered, asked} from './as-of/lens.ts';
import {componentStatuses} from './component-status.ts';
import {serverConfig} from './config.ts';
import {deprecations} from './deprecation.ts';
import {flowSchemaOf} from './flow-control.ts';
import {authenticate, authorize, impersonate} from './gates.ts';
import {nonResource} from './non-resource.ts';
import {checkAcceptable} from './presentation.ts';
import type {ApiRequest, ApiResponse, RequestNote, Walk} from './request.ts';
import {likeTheLast, startWalk, warningHeader} from './request.ts';
import {requestInfo} from './request-info.ts';
import {findResource, kindIn} from './resources.ts';
import {reviews} from './reviews.ts';
import {subresources} from './subresources/table.ts';
import {create} from './verbs/create.ts';
import {deleteCollection, deleteOne} from './verbs/delete.ts';
import {get, list} from './verbs/get.ts';
import {patch} from './verbs/patch.ts';
import {update} from './verbs/update.ts';
import {watch} from './verbs/watch.ts';

const verbs: Record<string, (walk: Walk) => ApiResponse> = {
  get,
  list,
  watch,
  create,
  update,
  patch,
  delete: deleteOne,
  deletecollection: deleteCollection,
};

/** Answers a request within the step of `tx`. Whatever is refused is answered with a Status; nothing is thrown. */
export function handle(tx: Tx, given: ApiRequest): ApiResponse {
  const request = asked(given);
  const walk = startWalk(tx, request, requestInfo(request.method, request.path, request.query));
  let response: ApiResponse;
  try {
    response = serve(walk);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    response = {code: error.code, headers: {'content-type': 'application/json'}, body: error.status};
    if (walk.warnings.length) response.headers['warning'] = warningHeader(walk.warnings);
    walk.stage('response', 'denied', `${error.code} ${error.reason}`);
  }
  response = answered(walk, response);
  remember(walk, response);
  return response;
}

function serve(walk: Walk): ApiResponse {
  const {tx, request, info} = walk;

  // 1. The connection
  if (!serverConfig(tx).running) throw status.serviceUnavailable('the apiserver is not running');
  walk.stage('tls', 'ok', request.clientCertificate ? `client certificate ${request.clientCertificate.commonName}` : 'connected');

  // 2. Who is it (401)
  authenticate(walk);
  walk.stage('audit', 'ok', whatWasAsked);
  impersonate(walk);
  walk.stage('flow-control', 'ok', flowSchemaOf(walk.user, info));

  // 3. May they (403)
  authorize(walk);

  // 4. Which handler (404, 405)
  if (!info.isResourceRequest) {
    walk.stage('routing', 'ok', request.path);
    return nonResource(walk);
  }
  walk.kind = route(walk);

  // 5. The handler (406)
  walk.warnings.push(...deprecations(walk));
  checkAcceptable(walk);
  if (isMetrics(walk.kind)) return metrics(walk);
  if (walk.kind.kind === 'ComponentStatus') return componentStatuses(walk);
  const review = reviews[walk.kind.kind];
  if (review && walk.kind.etcdPrefix === undefined) return review(walk);
  if (info.subresource && info.subresource !== 'status') return subresources[info.subresource]!(walk);
  return verbs[info.verb]!(walk);
}

const whatWasAsked = ({verb, path}: RequestNote): string => `${verb} ${path}`;

/** The row of the kinds table that the path means. Throws ApiError 404 for no such path, 405 for a verb that it does not know. */
function route(walk: Walk): Kind {
  const {tx, info} = walk;
  const found = findResource(tx, info.apiGroup, info.resource);
  const kind = found && kindIn(found, info.apiVersion);
  const sub = kind && info.subresource ? kind.subresources.find(s => s.name === info.subresource) : undefined;
  // The name that a list's selector gives does not stand in the path.
  const misplaced =
    kind && (kind.namespaced ? !info.namespace && Boolean(info.parts?.[1]) : Boolean(info.namespace) && kind.resource !== 'namespaces');
  if (!kind?.versions.includes(info.apiVersion) || (info.subresource && !sub) || misplaced || !servedThen(walk, kind)) {
    walk.stage('routing', 'denied', `no handler for ${info.path}`);
    throw status.resourceNotServed();
  }
  const known =
    (sub?.verbs ?? kind.verbs).includes(info.verb) &&
    (sub ? subresources[sub.name] || sub.name === 'status' : verbs[info.verb] || kind.etcdPrefix === undefined);
  if (!known || !hasItsPlace(walk, kind)) throw status.methodNotAllowed();
  walk.stage(
    'routing',
    'ok',
    `${info.apiGroup || 'core'}/${info.apiVersion} ${kind.resource}${info.subresource && `/${info.subresource}`}`,
  );
  return kind;
}

/** A version that had not come yet is not there, unless it stands for one that is gone. */
const servedThen = ({request: {asOf}, info}: Walk, {group, kind}: Kind): boolean =>
  !asOf || asOf.apiVersion !== undefined || wasServed(asOf.minor, apiVersionOf({group, version: info.apiVersion}), kind);

/** New objects are posted to the collection, and only one with a name can be changed; across namespaces there are only lists. */
function hasItsPlace({info}: Walk, {namespaced}: Kind): boolean {
  if (info.subresource) return true;
  if (namespaced && !info.namespace) return info.verb === 'list' || info.verb === 'watch';
  if (info.verb === 'create') return info.name === '';
  return (info.verb !== 'update' && info.verb !== 'patch') || info.name !== '';
}

/** The step last seen and its requests so far, to number them. */
const numbered = new WeakMap<Tx, {step: number; count: number}>();

function numberOf(tx: Tx): string {
  const last = numbered.get(tx);
  const count = last?.step === tx.step ? last.count + 1 : 1;
  numbered.set(tx, {step: tx.step, count});
  return `${tx.step}.${count}`;
}

function remember(walk: Walk, response: ApiResponse): void {
  const {tx, request, info, user} = walk;
  if (!tx.noting) return;
  const failed = response.code >= 400 ? (response.body as Partial<Status>) : {};
  const object = response.body as {metadata?: {name?: string}} | undefined;
  const note = {
    kind: 'request',
    id: numberOf(tx),
    atMs: tx.now,
    client: request.client ?? 'http',
    user: user.username,
    groups: user.groups,
    verb: info.verb,
    method: request.method,
    path: request.path,
    resource: info.resource + (info.subresource && `/${info.subresource}`),
    namespace: info.namespace,
    name: info.name || (info.verb === 'create' ? (object?.metadata?.name ?? '') : ''),
    code: response.code,
    reason: failed.reason ?? '',
    message: failed.message ?? '',
    ...(walk.revision !== undefined && {revision: walk.revision}),
    ...(walk.commits.length > 0 && {commit: walk.commits[0]!}),
    step: tx.step,
    stages: walk.stages.slice(),
    ...(failed.details?.causes && {causes: failed.details.causes}),
    ...(response.code >= 400 && request.manifest && {manifest: request.manifest}),
  } as RequestNote;
  tx.note(likeTheLast(note));
}
