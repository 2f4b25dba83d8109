/** upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/mutating */
import {applyJsonPatch} from '../../patch/json-patch.ts';
import {replaceObject} from '../replace.ts';
import type {AdmissionPlugin, Attributes} from '../types.ts';
import {call, type Webhook, webhooksFor} from './dispatch.ts';
import type {WebhookEndpoint} from './endpoint.ts';

/** Asks one after the other, each about the object as the one before left it; those that wish so once more when a later one changed it. */
export function mutatingAdmissionWebhook(endpoints: readonly WebhookEndpoint[] = []): AdmissionPlugin {
  return {
    name: 'MutatingAdmissionWebhook',
    handles: () => true,
    mayChange: context => context.list('mutatingwebhookconfigurations').length > 0,
    admit(attributes, context) {
      const asked: {webhook: Webhook; after: number}[] = [];
      let changes = 0;
      for (const webhook of webhooksFor('mutatingwebhookconfigurations', attributes, context)) {
        if (change(attributes, call(webhook, endpoints, attributes, context)?.patch)) changes++;
        asked.push({webhook, after: changes});
      }
      for (const {webhook, after} of asked)
        if ('reinvocationPolicy' in webhook && webhook.reinvocationPolicy === 'IfNeeded' && changes > after)
          change(attributes, call(webhook, endpoints, attributes, context)?.patch);
    },
  };
}

function change({object}: Attributes, patch: Parameters<typeof applyJsonPatch>[1] | undefined): boolean {
  if (!object || !patch?.length) return false;
  return replaceObject(object, applyJsonPatch(object, patch));
}
