/** Conformance of refusals. The cases tell in prose what happened; each prose is one row here, which calls what the server calls then. */
import {invalidValue, notSupported, required} from '../../../src/engine/api/field-errors.ts';
import {byKind} from '../../../src/engine/api/kinds.ts';
import * as status from '../../../src/engine/api/status.ts';
import {ApiError, type KubeObject, type PodDisruptionBudget, type Status} from '../../../src/engine/api/types.ts';
import {decodeText} from '../../../src/engine/apiserver/decoding/decode.ts';
import {refusalOf} from '../../../src/engine/apiserver/subresources/eviction.ts';
import {checkNames} from '../../../src/engine/apiserver/verbs/update.ts';
import {type Adapters, difference} from '../harness.ts';

const pods = {group: '', resource: 'pods'};
const deployments = {group: 'apps', resource: 'deployments'};
const podKind = byKind('', 'v1', 'Pod')!;
const KEY = '/registry/pods/default/web';

/** What decoding a body for pods says against it. */
function decoded(text: string): ApiError {
  try {
    decodeText(text, podKind, {version: 'v1', validation: 'Strict'});
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('decoded');
}

const container = {name: 'a', image: 'i'};
const body = (more: object): string =>
  JSON.stringify({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'web'}, spec: {containers: [container]}, ...more});

function misnamed(): ApiError {
  const walk = {info: {name: 'web', namespace: 'default'}, kind: podKind} as unknown as Parameters<typeof checkNames>[0];
  try {
    checkNames(walk, {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'web2'}} as KubeObject);
  } catch (error) {
    if (error instanceof ApiError) return error;
  }
  throw new Error('agreed');
}

const budget = (name: string, healthy: object): PodDisruptionBudget =>
  ({apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: {name}, status: healthy}) as PodDisruptionBudget;

const image = required('spec.containers[0].image');
const PATCH_TYPES = ['json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json', 'apply-patch+yaml', 'apply-patch+cbor'];

/** Where the prose fits more than one resource, all of its answers. */
const WHEN: readonly [RegExp, (match: RegExpMatchArray) => ApiError | Status | readonly ApiError[]][] = [
  [/^GET pods\/web that/, () => status.notFound(pods, 'web')],
  [/^GET apps deployments\/web that/, () => status.notFound(deployments, 'web')],
  [/namespace that does not exist/, () => status.notFound({group: '', resource: 'namespaces'}, 'ghost')],
  [/^POST a pod whose name exists/, () => status.alreadyExists(pods, 'web')],
  [/^POST a deployment whose name exists/, () => status.alreadyExists(deployments, 'web')],
  [/^generateName collided/, () => status.generateNameConflict(pods, 'web-abcde')],
  [/^PUT with an old metadata.resourceVersion/, () => [pods, deployments].map(q => status.staleResourceVersion(q, 'web'))],
  [/uid of another incarnation/, () => status.uidPrecondition(pods, 'web', KEY, 'b', 'a')],
  [/^POST an object whose metadata.resourceVersion is set/, () => status.plainError(status.CREATE_WITH_RESOURCE_VERSION)],
  [
    /binding for a pod that has a node/,
    () => status.conflict({group: '', resource: 'pods/binding'}, 'web', 'pod web is already assigned to node "node-1"'),
  ],
  [
    /binding for a pod with a deletionTimestamp/,
    () => status.conflict({group: '', resource: 'pods/binding'}, 'web', 'pod web is being deleted, cannot be assigned to a host'),
  ],
  [/^422 with one cause/, () => status.invalid({group: '', kind: 'Pod'}, 'web', [image])],
  [
    /^422 with two causes/,
    () =>
      status.invalid({group: '', kind: 'Pod'}, 'web', [image, notSupported('spec.restartPolicy', 'x', ['Always', 'OnFailure', 'Never'])]),
  ],
  [/^same error twice/, () => status.invalid({group: '', kind: 'Pod'}, 'web', [required('spec.a'), required('spec.a')])],
  [
    /^kind of a named group/,
    () =>
      status.invalid({group: 'apps', kind: 'Deployment'}, 'web', [
        invalidValue('spec.template.metadata.labels', {app: 'b'}, '`selector` does not match template `labels`'),
      ]),
  ],
  [
    /^admission denial of a named object/,
    () => status.forbidden(pods, 'web', 'exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1'),
  ],
  [
    /^authorization denial without an object name/,
    () => status.forbidden(pods, '', 'User "alice" cannot list resource "pods" in API group "" in the namespace "dev"'),
  ],
  [/^resource of a named group/, () => status.forbidden(deployments, 'web', 'x')],
  [
    /^authorization denial of a path/,
    () => status.forbidden({group: '', resource: ''}, '', 'User "system:anonymous" cannot get path "/metrics"'),
  ],
  [/^no or bad credentials/, () => status.unauthorized()],
  [/^constructor default/, () => status.unauthorized('')],
  [/^body that cannot be decoded/, () => decoded(body({spec: {containers: [container], foo: 1}}))],
  [/^PUT pods\/web with metadata.name web2/, misnamed],
  [/with metadata.namespace prod/, () => status.badRequest(status.NAMESPACE_MISMATCH)],
  [/^POST a Service body/, () => decoded(JSON.stringify({apiVersion: 'v1', kind: 'Service'}))],
  [/^POST a pod body with apiVersion (\S+)/, ([, apiVersion]) => decoded(body({apiVersion}))],
  [/^POST text that is no JSON/, () => decoded('hello')],
  [/^POST cut JSON/, () => decoded(body({}).slice(0, 50))],
  [/^unknown field/, () => decoded(body({spec: {replicas: 1, containers: [{...container, nam: 'x'}]}}))],
  [/^duplicate field/, () => decoded('{"apiVersion":"v1","kind":"Pod","spec":{"nodeName":"a","nodeName":"b"}}')],
  [/^field in the wrong case/, () => decoded('{"apiVersion":"v1","kind":"Pod","Spec":{}}')],
  [/^verb the resource has not/, () => status.methodNotSupported(pods, 'patch')],
  [/^list continue token too old/, () => status.expired(status.CONTINUE_EXPIRED)],
  [/^watch from a compacted/, () => status.tooOldResourceVersion(5, 120)],
  [/resourceVersion beyond current/, () => status.tooLargeResourceVersion(120, 100)],
  [/^flow control rejection/, () => status.tooManyRequests()],
  [/^eviction blocked/, () => refusalOf(budget('web', {desiredHealthy: 2, currentHealthy: 2}))!],
  [/^panic or plugin failure/, () => status.internalError('boom')],
  [/^an error that is no Status/, () => status.plainError('something odd')],
  [/^request deadline/, () => status.timeout(status.REQUEST_TIMEOUT)],
  [/^storage timeout/, () => status.serverTimeout(pods, 'list', 2)],
  [/^aggregated API down/, () => status.serviceUnavailable('service unavailable')],
  [/^body over 3 MiB/, () => status.requestEntityTooLarge(`limit is ${status.BODY_LIMIT}`)],
  [/^PATCH with application\/json/, () => status.unsupportedMediaType(PATCH_TYPES.map(t => `application/${t}`))],
  [/^Accept header/, () => status.notAcceptable(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'])],
  [/^client-go sees 404/, () => status.genericServerResponse(404, 'GET', {group: '', resource: 'widgets'}, '', '404 page not found')],
  [/^client-go sees a 403/, () => status.genericServerResponse(403, 'GET', pods, 'web', 'no')],
  [
    /^server-side apply over a field/,
    () => status.applyConflict([{message: 'conflict with "kubectl-client-side-apply" using apps/v1', field: '.spec.replicas'}]),
  ],
  [/^DELETE of an object removed immediately/, () => status.deleteSuccess({group: '', resource: 'configmaps'}, 'web', '…')],
];

const said = (what: ApiError | Status): object =>
  what instanceof ApiError
    ? {allowed: false, code: what.code, reason: what.reason ?? '', message: what.message, status: what.status}
    : {allowed: true, code: 200, reason: '', message: '', status: what};

export const adapters: Adapters = {
  status: {
    answer({request}) {
      const prose: string = (request as {when: string}).when;
      for (const [pattern, make] of WHEN) {
        const match = pattern.exec(prose);
        if (match) return [make(match)].flat().map(what => said(what as ApiError | Status));
      }
      throw new Error(`nothing known of: ${prose}`);
    },
    differs(want, answers: readonly object[]) {
      const found = answers.map(answer => difference(want, answer));
      return found.includes(undefined) ? undefined : found[0];
    },
  },
};
