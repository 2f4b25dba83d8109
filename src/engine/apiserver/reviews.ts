/** Kinds that are asked and never stored. upstream: pkg/registry/authorization, pkg/registry/authentication */
import {EPOCH} from '../api/clock.ts';
import {invalidValue} from '../api/field-errors.ts';
import * as status from '../api/status.ts';
import type {KubeObject, UserInfo} from '../api/types.ts';
import {errorsAsOf} from './as-of/lens.ts';
import {authenticate} from './authentication/authenticate.ts';
import {rulesFor} from './authorization/rbac/resolver.ts';
import type {Attributes} from './authorization/types.ts';
import {authorize} from './authorization/union.ts';
import {decodeBody} from './body.ts';
import {serverConfig} from './config.ts';
import {authorizers, policyOf, readerOf} from './gates.ts';
import type {ApiResponse, Walk} from './request.ts';
import {bindByName} from './subresources/binding.ts';
import {answer} from './verbs/answer.ts';

interface ResourceAttributes {
  namespace?: string;
  verb?: string;
  group?: string;
  version?: string;
  resource?: string;
  subresource?: string;
  name?: string;
}

interface AccessReviewSpec {
  user?: string;
  groups?: string[];
  uid?: string;
  extra?: Record<string, string[]>;
  resourceAttributes?: ResourceAttributes;
  nonResourceAttributes?: {path?: string; verb?: string};
}

/** Upstream takes the kind's name from an object that has none by then. */
const UNNAMED = {group: 'authorization.k8s.io', kind: ''};

const bodyOf = <T>(walk: Walk): KubeObject & {spec: T} => {
  const body = decodeBody(walk, walk.kind) as KubeObject & {spec: T};
  body.spec ??= {} as T;
  return body;
};

function attributesOf({resourceAttributes: resource, nonResourceAttributes: path}: AccessReviewSpec, user: UserInfo): Attributes {
  return {
    user,
    verb: resource?.verb ?? path?.verb ?? '',
    isResourceRequest: resource !== undefined,
    apiGroup: resource?.group ?? '',
    apiVersion: resource?.version ?? '',
    resource: resource?.resource ?? '',
    subresource: resource?.subresource ?? '',
    namespace: resource?.namespace ?? '',
    name: resource?.name ?? '',
    path: path?.path ?? '',
  };
}

/** What the chain says of somebody's wish. */
function review(walk: Walk, body: KubeObject & {spec: AccessReviewSpec}, user: UserInfo): ApiResponse {
  const {resourceAttributes, nonResourceAttributes} = body.spec;
  if (!resourceAttributes === !nonResourceAttributes) {
    const why = resourceAttributes
      ? 'cannot be specified in combination with nonResourceAttributes'
      : 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    throw status.invalid(UNNAMED, '', errorsAsOf(walk, [invalidValue('spec.resourceAttributes', resourceAttributes ?? null, why)], body));
  }
  const verdict = authorize(authorizers(serverConfig(walk.tx)), attributesOf(body.spec, user), policyOf(walk.tx));
  const said = {
    allowed: verdict.decision === 'Allow',
    ...(verdict.decision === 'Deny' && {denied: true}),
    ...(verdict.reason && {reason: verdict.reason}),
    ...(verdict.error && {evaluationError: verdict.error}),
  };
  return answer(walk, 201, {...body, status: said});
}

const userOf = ({user = '', groups = [], uid, extra}: AccessReviewSpec): UserInfo => ({
  username: user,
  groups,
  ...(uid && {uid}),
  ...(extra && {extra}),
});

const isNothing = (spec: AccessReviewSpec): boolean => !spec.user && !spec.groups?.length;

/** The answers of kinds that are never stored; each takes the place of the verb's handler. */
export const reviews: Record<string, (walk: Walk) => ApiResponse> = {
  Binding: bindByName,

  SelfSubjectAccessReview: walk => review(walk, bodyOf<AccessReviewSpec>(walk), walk.user),

  SubjectAccessReview(walk) {
    const body = bodyOf<AccessReviewSpec>(walk);
    if (isNothing(body.spec)) {
      throw status.invalid(UNNAMED, '', [
        {type: 'FieldValueInvalid', field: 'spec.user', body: 'Invalid value: "": at least one of user or group must be specified'},
      ]);
    }
    return review(walk, body, userOf(body.spec));
  },

  LocalSubjectAccessReview(walk) {
    const body = bodyOf<AccessReviewSpec>(walk);
    const namespace = body.spec.resourceAttributes?.namespace ?? '';
    if (namespace !== walk.info.namespace) {
      throw status.badRequest(`namespace on request (${walk.info.namespace}) does not match the namespace in the spec (${namespace})`);
    }
    return review(walk, body, userOf(body.spec));
  },

  SelfSubjectRulesReview(walk) {
    const body = bodyOf<{namespace?: string}>(walk);
    if (!body.spec.namespace) throw status.badRequest('no namespace on request');
    const {rules, errors} = rulesFor(walk.user, body.spec.namespace, policyOf(walk.tx));
    const named = rules.filter(r => r.resources?.length);
    const paths = rules.filter(r => r.nonResourceURLs?.length);
    return answer(walk, 201, {
      ...body,
      status: {
        resourceRules: named.map(({verbs, apiGroups, resources, resourceNames}) => ({
          verbs,
          apiGroups,
          resources,
          ...(resourceNames?.length && {resourceNames}),
        })),
        nonResourceRules: paths.map(({verbs, nonResourceURLs}) => ({verbs, nonResourceURLs})),
        incomplete: errors.length > 0,
        ...(errors.length && {evaluationError: errors.join(', ')}),
      },
    });
  },

  SelfSubjectReview(walk) {
    const body = decodeBody(walk, walk.kind);
    const {username, uid, groups, extra} = walk.user;
    return answer(walk, 201, {...body, status: {userInfo: {username, ...(uid && {uid}), groups, ...(extra && {extra})}}});
  },

  TokenReview(walk) {
    const body = bodyOf<{token?: string}>(walk);
    const config = serverConfig(walk.tx).authentication;
    const found = authenticate(
      {headers: {authorization: `Bearer ${body.spec.token ?? ''}`}, path: ''},
      {config: {...config, anonymous: {enabled: false}}, now: EPOCH + walk.tx.now, get: readerOf(walk.tx)},
    );
    const said =
      'user' in found
        ? {
            authenticated: true,
            user: {username: found.user.username, groups: found.user.groups, ...(found.user.uid && {uid: found.user.uid})},
          }
        : {error: found.error, user: {}};
    return answer(walk, 201, {...body, status: said});
  },
};
