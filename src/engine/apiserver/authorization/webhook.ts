/** An authorizer outside the API server. upstream: staging/src/k8s.io/apiserver/plugin/pkg/authorizer/webhook/webhook.go */
import type {Attributes, Authorizer, Verdict} from './types.ts';

/** What the far end answers for requests that match. A field that is not given matches everything. */
export interface WebhookRule {
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly answer: 'allow' | 'deny' | 'no opinion';
  readonly reason?: string;
}

/** A far end that is part of the simulation: a function of declared rules, the first that matches answers. */
export interface AuthorizationWebhook {
  readonly name: string;
  readonly rules: readonly WebhookRule[];
  /** It does not answer. */
  readonly down?: boolean;
  /** upstream: AuthorizationConfiguration failurePolicy. */
  readonly failurePolicy?: 'NoOpinion' | 'Deny';
}

const ANSWERS = {allow: 'Allow', deny: 'Deny', 'no opinion': 'NoOpinion'} as const;

export function webhookAuthorizer(webhook: AuthorizationWebhook): Authorizer {
  return {
    name: webhook.name,
    authorize(attributes): Verdict {
      if (webhook.down)
        return {
          decision: webhook.failurePolicy === 'Deny' ? 'Deny' : 'NoOpinion',
          reason: '',
          error: `Post "https://${webhook.name}/authorize?timeout=30s": context deadline exceeded`,
        };
      const rule = webhook.rules.find(candidate => matches(candidate, attributes));
      return {decision: ANSWERS[rule?.answer ?? 'no opinion'], reason: rule?.reason ?? ''};
    },
  };
}

function matches(rule: WebhookRule, {user, verb, resource, subresource, namespace}: Attributes): boolean {
  const has = (list: readonly string[] | undefined, value: string): boolean => !list || list.includes('*') || list.includes(value);
  return (
    has(rule.users, user.username) &&
    (!rule.groups || user.groups.some(group => rule.groups!.includes(group))) &&
    has(rule.verbs, verb) &&
    has(rule.resources, subresource ? `${resource}/${subresource}` : resource) &&
    has(rule.namespaces, namespace)
  );
}
