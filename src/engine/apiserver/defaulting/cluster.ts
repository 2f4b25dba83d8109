/** Defaults of the smaller groups: rbac, networking, storage, scheduling, discovery, and what extends the API. upstream: their v1/defaults.go */
import {RBAC_GROUP} from '../../api/well-known.ts';
import type {Fields} from '../validation/fields.ts';

export function defaultRoleBinding(binding: Fields): void {
  if (binding['roleRef']) binding['roleRef'].apiGroup ||= RBAC_GROUP;
  for (const subject of binding['subjects'] ?? [])
    if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = RBAC_GROUP;
}

export function defaultNetworkPolicy({spec}: Fields): void {
  for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
  if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
}

export function defaultIngressClass({spec}: Fields): void {
  if (spec.parameters) spec.parameters.scope ??= 'Cluster';
}

export function defaultStorageClass(storageClass: Fields): void {
  storageClass['reclaimPolicy'] ??= 'Delete';
  storageClass['volumeBindingMode'] ??= 'Immediate';
}

export function defaultCSIDriver({spec}: Fields): void {
  spec.attachRequired ??= true;
  spec.podInfoOnMount ??= false;
  spec.storageCapacity ??= false;
  spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
  spec.requiresRepublish ??= false;
  spec.seLinuxMount ??= false;
  if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
}

export function defaultPriorityClass(priorityClass: Fields): void {
  priorityClass['preemptionPolicy'] ??= 'PreemptLowerPriority';
}

export function defaultEndpointSlice(slice: Fields): void {
  for (const port of slice['ports'] ?? []) {
    port.name ??= '';
    port.protocol ??= 'TCP';
  }
}

function defaultServicePort(clientConfig: Fields | undefined): void {
  if (clientConfig?.['service']) clientConfig['service'].port ??= 443;
}

const defaultRules = (rules: readonly Fields[] | undefined): void => {
  for (const rule of rules ?? []) rule['scope'] ??= '*';
};

export function defaultWebhooks(configuration: Fields): void {
  for (const webhook of configuration['webhooks'] ?? []) {
    webhook.failurePolicy ??= 'Fail';
    webhook.matchPolicy ??= 'Equivalent';
    webhook.namespaceSelector ??= {};
    webhook.objectSelector ??= {};
    webhook.timeoutSeconds ??= 10;
    if (configuration['kind'] === 'MutatingWebhookConfiguration') webhook.reinvocationPolicy ??= 'Never';
    defaultServicePort(webhook.clientConfig);
    defaultRules(webhook.rules);
  }
}

function defaultMatchResources(match: Fields | undefined): void {
  if (!match) return;
  match['matchPolicy'] ??= 'Equivalent';
  match['namespaceSelector'] ??= {};
  match['objectSelector'] ??= {};
  defaultRules(match['resourceRules']);
  defaultRules(match['excludeResourceRules']);
}

export function defaultAdmissionPolicy({spec}: Fields): void {
  spec.failurePolicy ??= 'Fail';
  defaultMatchResources(spec.matchConstraints);
}

export function defaultAdmissionPolicyBinding({spec}: Fields): void {
  defaultMatchResources(spec.matchResources);
}

export function defaultCustomResourceDefinition({spec}: Fields): void {
  const {names} = spec;
  if (names?.kind) {
    names.singular ||= names.kind.toLowerCase();
    names.listKind ||= `${names.kind}List`;
  }
  spec.conversion ??= {strategy: 'None'};
  defaultServicePort(spec.conversion.webhook?.clientConfig);
}

export function defaultAPIService({spec}: Fields): void {
  defaultServicePort(spec);
}
