/** What the API server passes on to a kubelet or to a pod. upstream: pkg/registry/core/pod/rest/{log,subresources}.go, pod/strategy.go, service/storage */
import {type FieldError, forbiddenField, invalidValue, WHOLE_OBJECT} from '../../api/field-errors.ts';
import type {PodLogOptions} from '../../api/pod-log-options.ts';
import {allContainers} from '../../api/pods.ts';
import * as status from '../../api/status.ts';
import type {core, Node, Pod, Service} from '../../api/types.ts';
import {serverConfig} from '../config.ts';
import {NodeError, nodeProxy} from '../node-proxy.ts';
import {mustRead, readObject, type StoredObject} from '../registry.ts';
import {type ApiResponse, parameter, type Walk} from '../request.ts';
import {resourceNamed} from '../resources.ts';
import {IS_NEGATIVE} from '../validation/meta.ts';
import {integerParameter} from '../verbs/options.ts';

const TEXT = 'text/plain';

const podOf = ({tx, kind, info}: Walk): Pod => mustRead(tx, kind, info.namespace, info.name) as Pod & StoredObject;

/** The container that is meant. Throws ApiError 400. upstream: pod/strategy.go validateContainer */
function containerOf(pod: Pod, wanted: string): string {
  const {name = ''} = pod.metadata;
  const all = allContainers(pod.spec).map(c => c.name);
  if (wanted) {
    if (!all.includes(wanted)) throw status.badRequest(`container ${wanted} is not valid for pod ${name}`);
    return wanted;
  }
  const regular = pod.spec?.containers ?? [];
  if (regular.length === 1) return regular[0]!.name;
  throw status.badRequest(`a container name must be specified for pod ${name}, choose one of: [${all.join(' ')}]`);
}

/** The node a pod is on. Throws ApiError 404 in the words of the request's own resource, as upstream does. */
function nodeOf({tx, info}: Walk, node: string): string {
  if (!readObject(tx, resourceNamed(tx, 'nodes'), '', node)) throw status.notFound({group: '', resource: info.resource}, node);
  return node;
}

const TOO_SMALL = 'must be greater than 0';

/** What is asked of a log. Throws ApiError 400 for what is no number, 422 for what no log has. upstream: ValidatePodLogOptions */
function logOptionsOf({request, info}: Walk): PodLogOptions {
  const [tailLines, limitBytes, sinceSeconds] = ['tailLines', 'limitBytes', 'sinceSeconds'].map(name => integerParameter(request, name));
  const sinceTime = parameter(request, 'sinceTime');
  const errors: FieldError[] = [];
  if (tailLines !== undefined && tailLines < 0) errors.push(invalidValue('tailLines', tailLines, IS_NEGATIVE));
  if (limitBytes !== undefined && limitBytes < 1) errors.push(invalidValue('limitBytes', limitBytes, TOO_SMALL));
  if (sinceSeconds !== undefined && sinceTime)
    errors.push(forbiddenField(WHOLE_OBJECT, 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else if (sinceSeconds !== undefined && sinceSeconds < 1) errors.push(invalidValue('sinceSeconds', sinceSeconds, TOO_SMALL));
  if (errors.length > 0) throw status.invalid({group: '', kind: 'PodLogOptions'}, info.name, errors);
  return {
    ...(tailLines !== undefined && {tailLines}),
    ...(sinceSeconds !== undefined && {sinceSeconds}),
    ...(limitBytes !== undefined && {limitBytes}),
    ...(sinceTime && {sinceTime}),
  };
}

/** A call of the API server's own: the stage tells whom it called, and whether it looked at the certificate it was shown. */
function calling<T>(walk: Walk, node: string, call: () => T): T {
  const {status: reported} = readObject(walk.tx, resourceNamed(walk.tx, 'nodes'), '', node) as Node & StoredObject;
  const address = reported?.addresses?.find(a => a.type === 'InternalIP')?.address ?? node;
  const verified = serverConfig(walk.tx).verifyKubelets ? 'verified' : 'not verified';
  try {
    const answer = call();
    walk.stage('kubelet', 'ok', `called https://${address}:10250, certificate ${verified}`);
    return answer;
  } catch (error) {
    if (error instanceof NodeError) walk.stage('kubelet', 'error', error.message);
    throw error;
  }
}

/** A kubelet that cannot be asked is the server's trouble (500), one that refuses the client's (400). */
function asking<T>(walk: Walk, node: string, ask: () => T): T {
  try {
    return calling(walk, node, ask);
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    throw error.unreachable ? status.plainError(error.message) : status.badRequest(error.message);
  }
}

const answered = (walk: Walk, code: number, type: string, body: unknown): ApiResponse => {
  walk.stage('response', 'ok', String(code));
  return {code, headers: {'content-type': type}, body};
};

/** GET pods/NAME/log */
export function log(walk: Walk): ApiResponse {
  const {tx, info} = walk;
  const options = logOptionsOf(walk);
  const pod = podOf(walk);
  const flag = (name: string) => parameter(walk.request, name) === 'true';
  const container = containerOf(pod, parameter(walk.request, 'container'));
  // A pod that is nowhere yet has said nothing.
  if (!pod.spec?.nodeName) return answered(walk, 204, TEXT, '');
  const node = nodeOf(walk, pod.spec.nodeName);
  const text = asking(walk, node, () =>
    nodeProxy().logs(tx, node, info.namespace, info.name, {
      container,
      previous: flag('previous'),
      timestamps: flag('timestamps'),
      ...options,
    }),
  );
  return answered(walk, 200, TEXT, text);
}

/** GET, POST pods/NAME/exec: where a real client upgrades the connection, the answer is what the command said and how it ended. */
export function exec(walk: Walk): ApiResponse {
  const {tx, info, request} = walk;
  const pod = podOf(walk);
  const container = containerOf(pod, parameter(request, 'container'));
  if (!pod.spec?.nodeName) throw status.badRequest(`pod ${info.name} does not have a host assigned`);
  const node = nodeOf(walk, pod.spec.nodeName);
  const given = request.query?.['command'];
  const command = typeof given === 'string' ? [given] : [...(given ?? [])];
  if (command.length === 0) throw status.badRequest('you must specify at least 1 command for the container');
  const stdin = parameter(request, 'stdin') === 'true' && typeof request.body === 'string' ? request.body : undefined;
  const result = asking(walk, node, () => nodeProxy().exec(tx, node, info.namespace, info.name, container, command, stdin));
  return answered(walk, 200, 'application/json', result);
}

/** What a stream's far end refuses reaches the client as the kubelet wrote it. */
function streaming<T>(walk: Walk, node: string, ask: () => T): T {
  try {
    return calling(walk, node, ask);
  } catch (error) {
    if (error instanceof NodeError) throw status.plainError(error.message);
    throw error;
  }
}

/** GET, POST pods/NAME/attach: the container whose output is to be followed. upstream: pkg/kubelet/kubelet_pods.go AttachContainer */
export function attach(walk: Walk): ApiResponse {
  const {tx, info} = walk;
  const pod = podOf(walk);
  const container = containerOf(pod, parameter(walk.request, 'container'));
  const node = pod.spec?.nodeName;
  if (!node) throw status.badRequest(`pod ${info.name} does not have a host assigned`);
  streaming(walk, node, () => nodeProxy().attach(tx, node, info.namespace, info.name, container));
  return answered(walk, 200, 'application/json', {container});
}

/** One HTTP request through a forwarded port. */
export interface ForwardedRequest {
  readonly port: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** GET, POST pods/NAME/portforward. Without a body only whether it may be done; with one, what the process behind the port answers. */
export function portForward(walk: Walk): ApiResponse {
  const {tx, info, request} = walk;
  const pod = podOf(walk);
  const node = pod.spec?.nodeName;
  if (!node) throw status.badRequest(`pod ${info.name} does not have a host assigned`);
  const forwarded = request.body as ForwardedRequest | undefined;
  const answer = streaming(walk, node, () => {
    if (!forwarded) return nodeProxy().portForward(tx, node, info.namespace, info.name, 0);
    const {port, ...rest} = forwarded;
    return nodeProxy().portForward(tx, node, info.namespace, info.name, port, rest);
  });
  return answered(walk, 200, 'application/json', answer ?? {});
}

/** `NAME`, `NAME:PORT`, `SCHEME:NAME:PORT`. upstream: staging/src/k8s.io/apimachinery/pkg/util/net SplitSchemeNamePort */
function schemeNamePort(id: string): {name: string; port: string} {
  const parts = id.split(':');
  return parts.length === 3 ? {name: parts[1]!, port: parts[2]!} : {name: parts[0]!, port: parts[1] ?? ''};
}

/** Requests to /pods/NAME:PORT/proxy/..., /services/NAME:PORT/proxy/... and /nodes/NAME/proxy/... */
export function proxy(walk: Walk): ApiResponse {
  const {tx, info, request, kind} = walk;
  const {name, port} = schemeNamePort(info.name);
  const rest = (info.parts ?? []).slice(3).join('/');
  const query = Object.entries(request.query ?? {}).map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  const path = `/${rest}${query.length > 0 ? `?${query.join('&')}` : ''}`;
  if (kind.resource === 'nodes') return kubeletAnswer(walk, path);
  const target = kind.resource === 'services' ? serviceTarget(walk, name, port) : podTarget(walk, name, port);
  try {
    const answer = nodeProxy().request(tx, target.address, target.port, {method: request.method, path, headers: {}});
    return answered(walk, answer.status, TEXT, answer.body);
  } catch (error) {
    if (error instanceof NodeError) throw status.serviceUnavailable(`error trying to reach service: ${error.message}`);
    throw error;
  }
}

/** /nodes/NAME/proxy/... is the kubelet's own port. */
function kubeletAnswer(walk: Walk, path: string): ApiResponse {
  mustRead(walk.tx, walk.kind, '', walk.info.name);
  try {
    const {status: code, body} = calling(walk, walk.info.name, () => nodeProxy().kubelet(walk.tx, walk.info.name, path));
    return answered(walk, code, typeof body === 'string' ? TEXT : 'application/json', body);
  } catch (error) {
    if (error instanceof NodeError) throw status.serviceUnavailable(`error trying to reach service: ${error.message}`);
    throw error;
  }
}

function podTarget({tx, kind, info}: Walk, name: string, wanted: string): {address: string; port: number} {
  const pod = mustRead(tx, kind, info.namespace, name) as Pod & StoredObject;
  const address = pod.status?.podIP;
  if (!address) throw status.badRequest('address not allowed');
  return {address, port: Number(wanted) || pod.spec?.containers.flatMap(c => c.ports ?? [])[0]?.containerPort || 80};
}

function serviceTarget({tx, kind, info}: Walk, name: string, wanted: string): {address: string; port: number} {
  const service = mustRead(tx, kind, info.namespace, name) as Service & StoredObject;
  const port = service.spec?.ports?.find(p => wanted === '' || p.name === wanted || String(p.port) === wanted);
  if (!port) throw status.serviceUnavailable(`no service port "${wanted}" found for service "${name}"`);
  const endpoints = readObject(tx, resourceNamed(tx, 'endpoints'), info.namespace, name) as {subsets?: core.EndpointSubset[]} | undefined;
  const subset = endpoints?.subsets?.find(s => s.addresses?.length);
  if (!subset) throw status.serviceUnavailable(`no endpoints available for service "${name}"`);
  return {
    address: subset.addresses![0]!.ip,
    port: subset.ports?.find(p => p.name === port.name)?.port ?? subset.ports?.[0]?.port ?? port.port,
  };
}
