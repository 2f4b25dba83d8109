/** Webhook configurations and admission policies. upstream: pkg/apis/admissionregistration/validation/validation.go */
import type {GroupRules} from '../rules.ts';
import {validateBindingParts, validateMutatingPolicy, validatePolicy, validatePolicyBinding} from './admission-policies.ts';
import {webhookConfiguration} from './admission-webhooks.ts';

export const admissionRules: GroupRules = {
  MutatingWebhookConfiguration: webhookConfiguration,
  ValidatingWebhookConfiguration: webhookConfiguration,
  MutatingAdmissionPolicy: {generation: true, validate: validateMutatingPolicy},
  MutatingAdmissionPolicyBinding: {generation: true, validate: validateBindingParts},
  ValidatingAdmissionPolicy: {generation: true, validate: validatePolicy},
  ValidatingAdmissionPolicyBinding: {generation: true, validate: validatePolicyBinding},
};
