/** upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/validating */
import type {AdmissionPlugin} from '../types.ts';
import {call, webhooksFor} from './dispatch.ts';
import type {WebhookEndpoint} from './endpoint.ts';

/** Really asked all at once; the first refusal in the order of their names is told. */
export function validatingAdmissionWebhook(endpoints: readonly WebhookEndpoint[] = []): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionWebhook',
    handles: () => true,
    validate(attributes, context) {
      for (const webhook of webhooksFor('validatingwebhookconfigurations', attributes, context))
        call(webhook, endpoints, attributes, context);
    },
  };
}
