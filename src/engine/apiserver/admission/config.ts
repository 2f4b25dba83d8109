/** What plugins can be told: plain data, part of the API server's set-up. */
import type {DefaultTolerationSecondsConfig} from './default-toleration-seconds.ts';
import type {EventRateLimitConfig} from './event-rate-limit.ts';
import type {Initializer} from './museum/initializers.ts';
import type {PodSecurityPolicy} from './museum/pod-security-policy.ts';
import type {PodNodeSelectorConfig} from './pod-node-selector.ts';
import type {PodSecurityConfig} from './pod-security/plugin.ts';
import type {PodTolerationRestrictionConfig} from './pod-toleration-restriction.ts';
import type {ResourceQuotaConfig} from './resource-quota.ts';
import type {WebhookEndpoint} from './webhooks/endpoint.ts';

export interface AdmissionConfig {
  readonly podSecurity?: PodSecurityConfig;
  readonly defaultTolerationSeconds?: DefaultTolerationSecondsConfig;
  readonly podNodeSelector?: PodNodeSelectorConfig;
  readonly podTolerationRestriction?: PodTolerationRestrictionConfig;
  readonly eventRateLimit?: EventRateLimitConfig;
  readonly resourceQuota?: ResourceQuotaConfig;
  /** The far ends of webhooks, which are part of the simulation. */
  readonly webhookEndpoints?: readonly WebhookEndpoint[];
  /** For servers of the past. */
  readonly initializers?: readonly Initializer[];
  readonly podSecurityPolicies?: readonly PodSecurityPolicy[];
}
