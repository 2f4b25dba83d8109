/** Asking a webhook, and what its silence means. upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go */
import {LABEL_SERVICE_NAME} from '../../../api/endpoint-slice.ts';
import {internalError} from '../../../api/status.ts';
import {ApiError, type admissionregistration, type core, type KubeObject} from '../../../api/types.ts';
import {type Constraints, matchesConditions, matchesConstraints} from '../match-constraints.ts';
import {refusal} from '../refusal.ts';
import type {AdmissionContext, Attributes} from '../types.ts';
import {answerOf, type EndpointRule, type WebhookEndpoint} from './endpoint.ts';

export type Webhook = admissionregistration.MutatingWebhook | admissionregistration.ValidatingWebhook;
interface Configuration extends KubeObject {
  webhooks?: Webhook[];
}

const DEFAULT_TIMEOUT_SECONDS = 10;

/** The webhooks of all configurations, in name order, that are about a request and whose conditions hold. */
export function webhooksFor(resource: string, attributes: Attributes, context: AdmissionContext): Webhook[] {
  const configurations = context.list<Configuration>(resource);
  return configurations
    .flatMap(({webhooks = []}) => webhooks)
    .filter(webhook => {
      if (!matchesConstraints(webhook as Constraints, attributes, context)) return false;
      const {matches, error} = matchesConditions(webhook.matchConditions, attributes, context);
      if (error && webhook.failurePolicy !== 'Ignore') throw refusal(attributes, error);
      return matches;
    });
}

/** The answer of the far end; undefined when it gave none and the policy is to ignore that. Throws ApiError where it refuses or must not be silent. */
export function call(
  webhook: Webhook,
  endpoints: readonly WebhookEndpoint[],
  attributes: Attributes,
  context: AdmissionContext,
): EndpointRule | undefined {
  const failure = connectionFailure(webhook, endpoints, context);
  if (failure) {
    if (webhook.failurePolicy === 'Ignore') {
      context.audit(`failed-open.webhook.admission.k8s.io/${webhook.name}`, failure);
      return undefined;
    }
    throw internalError(`failed calling webhook "${webhook.name}": failed to call webhook: ${failure}`);
  }
  const endpoint = endpoints.find(({at}) => at === addressOf(webhook))!;
  const answer = answerOf(endpoint, attributes, context);
  for (const warning of answer.warnings ?? []) context.warn(warning);
  if (answer.deny) throw denial(webhook.name, answer.deny);
  return answer;
}

/** `namespace/name` of a service, or the URL. */
function addressOf({clientConfig}: Webhook): string {
  return clientConfig.service ? `${clientConfig.service.namespace}/${clientConfig.service.name}` : (clientConfig.url ?? '');
}

function connectionFailure(webhook: Webhook, endpoints: readonly WebhookEndpoint[], context: AdmissionContext): string | undefined {
  const {clientConfig, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS} = webhook;
  const {service} = clientConfig;
  const base = service
    ? `https://${service.name}.${service.namespace}.svc:${service.port ?? 443}${service.path ?? '/'}`
    : (clientConfig.url ?? '');
  const post = `Post "${base}?timeout=${timeoutSeconds}s"`;
  const endpoint = endpoints.find(({at}) => at === addressOf(webhook));
  if (!endpoint && !service) return `${post}: no such host`;
  const front = service && context.get<core.Service & KubeObject>('services', service.namespace, service.name);
  if (service && !front && (!endpoint || endpoint.inPods)) return `${post}: service "${service.name}" not found`;
  if (!endpoint) return `${post}: dial tcp ${front!.spec?.clusterIP}:${service!.port ?? 443}: connect: connection refused`;
  if (endpoint.down || (endpoint.inPods && !hasReadyPod(service!, context)))
    return service ? `${post}: no endpoints available for service "${service.name}"` : `${post}: connect: connection refused`;
  return (endpoint.latencyMs ?? 0) > timeoutSeconds * 1000 ? `${post}: context deadline exceeded` : undefined;
}

/** Whether any endpoint of a Service takes connections. */
const hasReadyPod = ({namespace, name}: {namespace: string; name: string}, context: AdmissionContext): boolean =>
  context
    .list<KubeObject & {endpoints?: {conditions?: {ready?: boolean}}[]}>('endpointslices', namespace)
    .filter(({metadata}) => metadata.labels?.[LABEL_SERVICE_NAME] === name)
    .some(({endpoints = []}) => endpoints.some(({conditions}) => conditions?.ready !== false));

/** upstream: apiserver/pkg/admission/plugin/webhook/errors/statuserror.go ToStatusErr */
function denial(name: string, {message, code = 403, reason}: NonNullable<EndpointRule['deny']>): ApiError {
  const why = message || reason;
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `admission webhook "${name}" denied the request${why ? `: ${why}` : ' without explanation'}`,
    ...((reason || code === 403) && {reason: reason ?? 'Forbidden'}),
    code,
  });
}
