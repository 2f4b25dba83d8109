/** The request as webhooks and expressions get it. upstream: staging/src/k8s.io/api/admission/v1/types.go AdmissionRequest */

import {authorizerOf} from '../cel/library/authorizer.ts';
import {requestVariables} from '../cel/program.ts';
import type {CelValue} from '../cel/values.ts';
import type {AdmissionContext, Attributes} from './types.ts';

function admissionRequest({kind, resource, subresource, name, namespace, operation, user, dryRun, options}: Attributes) {
  return {
    kind,
    resource,
    ...(subresource && {subResource: subresource}),
    requestKind: kind,
    requestResource: resource,
    name,
    ...(namespace && {namespace}),
    operation,
    userInfo: {username: user.username, ...(user.uid && {uid: user.uid}), groups: user.groups, ...(user.extra && {extra: user.extra})},
    dryRun,
    ...(options && {options}),
  };
}

/** The variables of every expression about a request. */
export function variablesOf(attributes: Attributes, context: AdmissionContext): Record<string, CelValue> {
  const {namespace, object, oldObject, resource, subresource, name} = attributes;
  const about = {apiGroup: resource.group, resource: resource.resource, subresource, namespace, name};
  const authorizer = authorizerOf(wish => context.authorize(wish), about);
  const variables = requestVariables({
    object,
    oldObject,
    request: admissionRequest(attributes),
    namespaceObject: namespace ? context.get('namespaces', '', namespace) : undefined,
  });
  return {...variables, authorizer};
}
