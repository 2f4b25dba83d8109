/** Does a rule allow a request? upstream: pkg/apis/rbac/v1/evaluation_helpers.go, plugin/pkg/auth/authorizer/rbac/rbac.go RuleAllows */
import type {rbac} from '../../../api/types.ts';
import type {Attributes} from '../types.ts';

const ALL = '*';

export function ruleAllows(attributes: Attributes, rule: rbac.PolicyRule): boolean {
  if (!verbMatches(rule, attributes.verb)) return false;
  return attributes.isResourceRequest
    ? apiGroupMatches(rule, attributes.apiGroup) &&
        resourceMatches(rule, attributes.resource, attributes.subresource) &&
        resourceNameMatches(rule, attributes.name)
    : nonResourceURLMatches(rule, attributes.path);
}

export function rulesAllow(attributes: Attributes, rules: readonly rbac.PolicyRule[]): boolean {
  return rules.some(rule => ruleAllows(attributes, rule));
}

function verbMatches(rule: rbac.PolicyRule, verb: string): boolean {
  return rule.verbs.includes(ALL) || rule.verbs.includes(verb);
}

function apiGroupMatches({apiGroups}: rbac.PolicyRule, group: string): boolean {
  return apiGroups !== undefined && (apiGroups.includes(ALL) || apiGroups.includes(group));
}

// `pods` does not cover `pods/log`; `*/scale` covers the scale of everything.
function resourceMatches({resources}: rbac.PolicyRule, resource: string, subresource: string): boolean {
  if (!resources) return false;
  const combined = subresource ? `${resource}/${subresource}` : resource;
  return resources.some(
    candidate => candidate === ALL || candidate === combined || (subresource !== '' && candidate === `*/${subresource}`),
  );
}

/** A request without a name (list, create) never matches a rule that names objects. */
function resourceNameMatches({resourceNames}: rbac.PolicyRule, name: string): boolean {
  return !resourceNames?.length || resourceNames.includes(name);
}

function nonResourceURLMatches({nonResourceURLs}: rbac.PolicyRule, path: string): boolean {
  return nonResourceURLs?.some(url => nonResourceURLCovers(url, path)) ?? false;
}

/** A trailing star covers everything below. */
export function nonResourceURLCovers(url: string, path: string): boolean {
  return url === ALL || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, '')));
}
