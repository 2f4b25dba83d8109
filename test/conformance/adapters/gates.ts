/** Conformance of the API server's gates: what a request is, who sends it, whether it may, and what admission makes of it. */
import type {FieldError} from '../../../src/engine/api/field-errors.ts';
import {byGroupResource, gvk, type Kind, kindOf} from '../../../src/engine/api/kinds.ts';
import {printResourceList} from '../../../src/engine/api/pod-resources.ts';
import {invalid} from '../../../src/engine/api/status.ts';
import type {ApiError, KubeObject, Pod, ResourceQuota, rbac, UserInfo} from '../../../src/engine/api/types.ts';
import {mutate, validate} from '../../../src/engine/apiserver/admission/chain.ts';
import {enabledPlugins} from '../../../src/engine/apiserver/admission/plugins.ts';
import {violations} from '../../../src/engine/apiserver/admission/pod-security/evaluate.ts';
import {policyOf as podSecurityPolicy} from '../../../src/engine/apiserver/admission/pod-security/policy.ts';
import {evaluatorFor} from '../../../src/engine/apiserver/admission/quota/evaluators.ts';
import type {Attributes as AdmissionAttributes, AdmissionContext} from '../../../src/engine/apiserver/admission/types.ts';
import {authenticate, union as authenticationUnion} from '../../../src/engine/apiserver/authentication/authenticate.ts';
import {impersonate, wantedUser} from '../../../src/engine/apiserver/authentication/impersonation.ts';
import {legacyMode} from '../../../src/engine/apiserver/authentication/legacy-impersonation.ts';
import {issueToken} from '../../../src/engine/apiserver/authentication/service-account.ts';
import type {AuthenticationConfig, Credentials} from '../../../src/engine/apiserver/authentication/types.ts';
import {privilegedGroups} from '../../../src/engine/apiserver/authorization/always.ts';
import {forbiddenError} from '../../../src/engine/apiserver/authorization/forbidden.ts';
import {nodeAuthorizer} from '../../../src/engine/apiserver/authorization/node.ts';
import {rbacAuthorizer} from '../../../src/engine/apiserver/authorization/rbac/authorizer.ts';
import {checkEscalation} from '../../../src/engine/apiserver/authorization/rbac/escalation.ts';
import type {Attributes, Authorizer, PolicyReader} from '../../../src/engine/apiserver/authorization/types.ts';
import {authorize, type UnionVerdict} from '../../../src/engine/apiserver/authorization/union.ts';
import {SYSTEM_PRIORITY_CLASSES} from '../../../src/engine/apiserver/bootstrap/priority-classes.ts';
import {bootstrapRbac, nodeRules} from '../../../src/engine/apiserver/bootstrap/rbac.ts';
import {decode} from '../../../src/engine/apiserver/decoding/decode.ts';
import {setDefaults} from '../../../src/engine/apiserver/defaulting/defaults.ts';
import {requestInfo} from '../../../src/engine/apiserver/request-info.ts';
import type {Strategy} from '../../../src/engine/apiserver/strategy.ts';
import {strategyFor} from '../../../src/engine/apiserver/validation/strategies.ts';
import {type Adapters, difference} from '../harness.ts';

type Request = Record<string, any>;

const refused = ({code, reason, message, status}: ApiError): Record<string, unknown> => ({
  allowed: false,
  code,
  reason,
  message,
  causes: status.details?.causes ?? [],
});

const userOf = (request: Request): UserInfo => ({username: request['user'] ?? '', groups: request['groups'] ?? []});

const attributesOf = (request: Request): Attributes => ({
  user: userOf(request),
  verb: request['verb'],
  isResourceRequest: request['path'] === undefined,
  apiGroup: request['apiGroup'] ?? '',
  resource: request['resource'] ?? '',
  subresource: request['subresource'] ?? '',
  namespace: request['namespace'] ?? '',
  name: request['name'] ?? '',
  path: request['path'] ?? '',
  fieldSelector: request['fieldSelector'] ?? '',
});

/** The objects of a case as the authorizers read them. */
function policyOf(given: readonly KubeObject[]): PolicyReader {
  const all = <T>(kind: string, namespace = ''): T[] =>
    given.filter(o => o.kind === kind && (o.metadata.namespace ?? '') === namespace) as unknown as T[];
  const find = <T>(kind: string, namespace: string, name: string): T | undefined =>
    all<KubeObject>(kind, namespace).find(o => o.metadata.name === name) as unknown as T | undefined;
  return {
    clusterRole: name => find('ClusterRole', '', name),
    role: (namespace, name) => find('Role', namespace, name),
    clusterRoleBindings: () => all<rbac.ClusterRoleBinding>('ClusterRoleBinding'),
    roleBindings: namespace => all<rbac.RoleBinding>('RoleBinding', namespace),
    podsOnNode: node => given.filter((o): o is Pod => o.kind === 'Pod' && (o as Pod).spec?.nodeName === node),
    persistentVolumes: () => all('PersistentVolume'),
    get: (resource, namespace, name) =>
      given.find(o => plural(o) === resource && (o.metadata.namespace ?? '') === namespace && o.metadata.name === name),
  };
}

const plural = (object: KubeObject): string => kindOf(object)?.resource ?? '';

/** upstream: endpoints/filters/authorization.go */
const httpStatus = ({decision, error}: UnionVerdict): number => (decision === 'Allow' ? 200 : error ? 500 : 403);

const fakeAuthorizer = (answer: Request, index: number): Authorizer => ({
  name: `fake-${index}`,
  authorize: () => ({decision: answer['decision'], reason: answer['reason'], ...(answer['error'] && {error: answer['error']})}),
});

const NODE_CHAIN = [nodeAuthorizer(nodeRules()), rbacAuthorizer];
const RBAC_CHAIN = [privilegedGroups, rbacAuthorizer];

function answerAuthz({op, given = [], request}: Request): unknown {
  if (op === 'union') {
    const verdict = authorize(request['chain'].map(fakeAuthorizer), attributesOf({verb: 'get', ...request}), policyOf([]));
    return {...verdict, httpStatus: httpStatus(verdict)};
  }
  const attributes = attributesOf(request);
  const policy = policyOf([...bootstrapRbac(), ...given]);
  const verdict = authorize(NODE_CHAIN, attributes, policy);
  const nodeReason = NODE_CHAIN[0]!.authorize(attributes, policy).reason;
  return verdict.decision === 'Allow' ? {allowed: true, code: 200} : {...refused(forbiddenError(attributes, verdict.reason)), nodeReason};
}

function answerRbac({given = [], givenSets = [], request}: Request): unknown {
  const policy = policyOf([...(givenSets.includes('bootstrap-rbac') ? bootstrapRbac() : []), ...given]);
  const attributes = attributesOf(request);
  const verdict = authorize(RBAC_CHAIN, attributes, policy);
  if (verdict.decision !== 'Allow') return refused(forbiddenError(attributes, verdict.reason));
  const code = attributes.verb === 'create' ? 201 : 200;
  if (!request['object']) return {allowed: true, code, sarReason: verdict.reason};
  const {user, resource, namespace} = attributes;
  const kind = byGroupResource(attributes.apiGroup, resource)!;
  const object = decoded(request, kind);
  const refusal = checkEscalation({user, resource, namespace, object, old: request['old']}, RBAC_CHAIN, policy);
  if (refusal) return refused(refusal);
  const errors = prepared(object, strategyFor(kind), request['old']);
  return errors.length > 0 ? refused(invalid(kind, object.metadata.name ?? '', errors)) : {allowed: true, code, object};
}

/** The body as the server has it before admission. */
function decoded(request: Request, kind: Kind): KubeObject {
  const {object} = decode(request['object'], kind, {version: kind.version, validation: 'Strict'});
  object.metadata ??= {};
  setDefaults(object);
  if (kind.namespaced) object.metadata.namespace = request['namespace'];
  return object;
}

/** What stands between the two phases: the name, the kind's own preparation, and what is invalid. */
function prepared(object: KubeObject, strategy: Strategy, old?: KubeObject, subresource = ''): readonly FieldError[] {
  if (old) {
    const {uid, creationTimestamp, resourceVersion, generation} = old.metadata;
    Object.assign(object.metadata, JSON.parse(JSON.stringify({uid, creationTimestamp, resourceVersion, generation})));
    strategy.prepareForUpdate(object, old, subresource);
    return strategy.validateUpdate(object, old, subresource);
  }
  if (!object.metadata.name && object.metadata.generateName) object.metadata.name = `${object.metadata.generateName}xxxxx`;
  strategy.prepareForCreate(object);
  return strategy.validateCreate(object);
}

/** The default chain of plugins over one request: what it leaves of the object, or who refused. */
function admit(request: Request, caseGiven: readonly KubeObject[]): Request {
  const given = [...SYSTEM_PRIORITY_CLASSES, ...caseGiven];
  const kind = byGroupResource(request['apiGroup'] ?? '', request['resource'])!;
  const object = decoded(request, kind);
  const old = request['old'] && decoded({...request, object: request['old']}, kind);
  const strategy = strategyFor(kind);
  const warnings: string[] = [];
  const used = new Map<string, unknown>();
  const {get} = policyOf(given);
  const context: AdmissionContext = {
    now: 0,
    get: (resource, namespace, name) => get(resource, namespace, name) as never,
    list: (resource, namespace) =>
      given.filter(o => plural(o) === resource && (!namespace || o.metadata.namespace === namespace)).sort(byName) as never[],
    updateStatus: (_resource, quota) => used.set(quota.metadata.name!, (quota as ResourceQuota).status?.used),
    create() {},
    authorize: () => ({decision: 'Allow', reason: ''}),
    randomSuffix: () => 'xxxxx',
    warn: text => {
      warnings.push(text);
    },
    audit() {},
  };
  const attributes: AdmissionAttributes = {
    operation: old ? 'UPDATE' : 'CREATE',
    kind: gvk(kind),
    resource: {group: kind.group, version: kind.version, resource: kind.resource},
    subresource: request['subresource'] ?? '',
    namespace: request['namespace'] ?? '',
    name: object.metadata.name ?? '',
    object,
    oldObject: old,
    user: userOf(request),
    dryRun: false,
  };
  const mutation = mutate(PLUGIN_CHAIN, attributes, context, true);
  if (mutation.denied) return {...refused(mutation.denied.error), deniedBy: mutation.denied.plugin, phase: 'mutating'};
  const errors = prepared(mutation.object!, strategy, old, request['subresource']);
  if (errors.length > 0) return {...refused(invalid(kind, mutation.object!.metadata.name ?? '', errors)), deniedBy: 'validation'};
  const admitted = {...attributes, object: mutation.object};
  const validation = validate(PLUGIN_CHAIN, admitted, context, false);
  if (validation.denied) return {...refused(validation.denied.error), deniedBy: validation.denied.plugin, phase: 'validating'};
  return {allowed: true, code: old ? 200 : 201, object: mutation.object, warnings, quotaUsedAfter: Object.fromEntries(used)};
}

const PLUGIN_CHAIN = enabledPlugins([], []);
const byName = (a: KubeObject, b: KubeObject): number => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1);

/** Ids of the checks that a pod fails at the level its namespace enforces. */
function failingChecks(request: Request, given: readonly KubeObject[]): string[] {
  const {namespace} = request;
  const object = decoded(request, byGroupResource('', 'pods')!) as Pod;
  const labels = given.find(o => o.kind === 'Namespace' && o.metadata.name === namespace)?.metadata.labels ?? {};
  return violations(podSecurityPolicy(labels).policy.enforce, object.metadata, object.spec!)
    .map(({id}) => id)
    .sort();
}

function answerUsage({object, now}: Request): unknown {
  const kind = kindOf(object)!;
  return {usage: printResourceList(evaluatorFor(kind).usage(object, Date.parse(now)))};
}

const NOW = Date.UTC(2030, 0, 1);
const SERVICE_ACCOUNTS = {issuer: 'https://kubernetes.default.svc.cluster.local', signingKey: 'conformance'};
const AUTHORITY = 'clientCA';

/** The cases describe service account tokens in words: `<jwt ...>`. This issues one of that description and says what still exists. */
function describedToken(text: string): {token: string; objects: KubeObject[]} {
  const [, namespace = 'dev', name = 'builder'] = /sub=system:serviceaccount:([^:>]+):([^:> ]+)/.exec(text) ?? [];
  const serviceAccount: KubeObject = {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name, namespace, uid: 'sa-uid'}};
  const bound = /bound to a pod/.test(text);
  const {token} = issueToken(
    {serviceAccount, expirationSeconds: 3600, now: NOW, id: 'jti', ...(bound && {pod: {name: 'web', uid: 'pod-uid'}})},
    SERVICE_ACCOUNTS,
  );
  const accountGone = /service account that no longer exists/.test(text);
  return {token, objects: accountGone ? [] : [serviceAccount]};
}

function answerAuthn({op, given = [], serverConfig, request}: Request): unknown {
  if (op === 'impersonate') return answerImpersonation(request);
  const {credentials} = request;
  if (credentials['chain']) return answerChain(credentials['chain'], serverConfig['failOnError']);
  const described = String(credentials['bearer'] ?? '').startsWith('<jwt') ? describedToken(credentials['bearer']) : undefined;
  const bearer = described?.token ?? credentials['bearer'];
  const certificate = credentials['clientCert'];
  const config: AuthenticationConfig = {
    anonymous: {enabled: serverConfig['anonymousAuth']},
    ...(serverConfig['clientCA'] && {clientCA: AUTHORITY}),
    tokens: serverConfig['tokens'] ?? {},
    serviceAccounts: SERVICE_ACCOUNTS,
  };
  const authorization = credentials['authorizationHeader'] ?? (bearer && `Bearer ${bearer}`);
  const presented: Credentials = {
    headers: {...(authorization && {authorization})},
    path: '/api',
    ...(certificate && {
      connection: {clientCertificate: {commonName: certificate.CN, organizations: certificate.O, issuer: certificate.signedBy}},
    }),
  };
  const {get} = policyOf([...given, ...(described?.objects ?? [])]);
  const result = authenticate(presented, {config, now: NOW, get});
  return 'user' in result ? {allowed: true, user: result.user} : UNAUTHORIZED;
}

const UNAUTHORIZED = {allowed: false, code: 401, reason: 'Unauthorized', message: 'Unauthorized'};

function answerChain(chain: Request[], failOnError: boolean): unknown {
  const authenticators = chain.map(({error, user, groups = []}, index) => ({
    name: `fake-${index}`,
    authenticate: () => (error ? {error} : user ? {user: {username: user, groups}} : undefined),
  }));
  const answer = authenticationUnion(authenticators, {headers: {}, path: '/'}, {config: {}, now: NOW, get: () => undefined}, failOnError);
  return answer && 'user' in answer ? {allowed: true, user: answer.user} : UNAUTHORIZED;
}

function answerImpersonation(request: Request): unknown {
  const headers = Object.fromEntries(Object.entries<any>(request['headers']).map(([name, value]) => [name.toLowerCase(), value]));
  const permitted: string[] = request['permitted'];
  const key = ({resource, namespace, name}: Attributes): string => `${resource}:${namespace ? `${namespace}/` : ''}${name}`;
  const asks: Attributes = {
    ...{user: userOf(request), verb: 'list', isResourceRequest: true, apiGroup: '', resource: 'pods'},
    ...{subresource: '', namespace: 'default', name: '', path: '/api/v1/namespaces/default/pods'},
  };
  const allows = (attributes: Attributes) => ({allowed: permitted.includes(key(attributes)), reason: ''});
  // The cases are of v1.34, which has no mode but this one, and answers 500 where v1.36 answers 400.
  const wanted = wantedUser({headers, path: '/'});
  const result = wanted?.name ? legacyMode(wanted, asks, allows) : impersonate({headers, path: '/'}, asks, allows);
  if (!result) return {allowed: true, user: userOf(request)};
  if ('user' in result) return {allowed: true, user: result.user};
  if ('error' in result) return {allowed: false, code: 500, message: result.error};
  return refused(forbiddenError(result.forbidden, result.reason));
}

export const adapters: Adapters = {
  requestinfo: {
    answer({request}) {
      const [path = '', search = ''] = request.url.split('?');
      const query: Record<string, string[]> = {};
      for (const [name, value] of new URLSearchParams(search)) (query[name] ??= []).push(value);
      try {
        return requestInfo(request.method, decodeURIComponent(path), query);
      } catch (error) {
        return {error: (error as Error).message};
      }
    },
  },
  authn: {
    answer: answerAuthn,
    differs(expect, answer) {
      const {messageContains, ...rest} = expect;
      if (messageContains && !String((answer as Request)['message']).includes(messageContains))
        return `message: expected …${messageContains}…`;
      return difference(rest, answer);
    },
  },
  authz: {answer: answerAuthz},
  rbac: {answer: answerRbac},
  limitrange: {answer: ({request, given}) => admit(request, given)},
  quota: {answer: ({op, request, given}) => (op === 'usage' ? answerUsage(request) : admit(request, given))},
  podsecurity: {answer: ({request, given}) => ({...admit(request, given), checks: failingChecks(request, given)})},
  admission: {answer: ({request, given}) => admit(request, given)},
};
