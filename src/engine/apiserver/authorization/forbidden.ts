/** How a refusal is worded. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go */
import {goQuote} from '../../api/field-errors.ts';
import {forbidden} from '../../api/status.ts';
import type {ApiError} from '../../api/types.ts';
import type {Attributes} from './types.ts';

const HTML: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;'};

/** e.g. `User "alice" cannot get resource "pods" in API group "" in the namespace "dev"`, and the authorizers' reason after a colon. */
export function forbiddenText(attributes: Attributes, reason: string): string {
  const text = refusal(attributes).replace(/[&<>]/g, character => HTML[character]!);
  return reason ? `${text}: ${reason}` : text;
}

/** The 403 for a request that no authorizer allowed. */
export function forbiddenError(attributes: Attributes, reason: string): ApiError {
  const {apiGroup: group, resource, name} = attributes;
  return forbidden({group, resource}, name, forbiddenText(attributes, reason));
}

function refusal({user, verb, isResourceRequest, path, resource, subresource, apiGroup, namespace}: Attributes): string {
  const who = `User ${goQuote(user.username)} cannot ${verb}`;
  if (!isResourceRequest) return `${who} path ${goQuote(path)}`;
  const where = namespace ? `in the namespace ${goQuote(namespace)}` : 'at the cluster scope';
  return `${who} resource ${goQuote(subresource ? `${resource}/${subresource}` : resource)} in API group ${goQuote(apiGroup)} ${where}`;
}
