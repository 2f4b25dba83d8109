/**
 * All admission plugins, in the order in which the API server asks them.
 * upstream: pkg/kubeapiserver/options/plugins.go AllOrderedPlugins, DefaultOffAdmissionPlugins
 */
import {alwaysAdmit, alwaysDeny} from './always.ts';
import {alwaysPullImages} from './always-pull-images.ts';
import {certificateApproval, certificateSigning, certificateSubjectRestriction, clusterTrustBundleAttest} from './certificates.ts';
import type {AdmissionConfig} from './config.ts';
import {defaultIngressClass} from './default-ingress-class.ts';
import {defaultStorageClass} from './default-storage-class.ts';
import {defaultTolerationSeconds} from './default-toleration-seconds.ts';
import {denyServiceExternalIPs} from './deny-service-external-ips.ts';
import {eventRateLimit} from './event-rate-limit.ts';
import {extendedResourceToleration} from './extended-resource-toleration.ts';
import {limitRanger} from './limit-ranger.ts';
import {initializers} from './museum/initializers.ts';
import {podSecurityPolicy} from './museum/pod-security-policy.ts';
import {namespaceAutoProvision} from './namespace-auto-provision.ts';
import {namespaceExists} from './namespace-exists.ts';
import {namespaceLifecycle} from './namespace-lifecycle.ts';
import {nodeDeclaredFeatureValidator} from './node-declared-feature-validator.ts';
import {nodeRestriction} from './node-restriction.ts';
import {ownerReferencesPermissionEnforcement} from './owner-references-permission-enforcement.ts';
import {persistentVolumeClaimResize} from './persistent-volume-claim-resize.ts';
import {podNodeSelector} from './pod-node-selector.ts';
import {podResizeValidator} from './pod-resize-validator.ts';
import {podSecurity} from './pod-security/plugin.ts';
import {podTolerationRestriction} from './pod-toleration-restriction.ts';
import {podTopologyLabels} from './pod-topology-labels.ts';
import {mutatingAdmissionPolicy} from './policies/mutating-admission-policy.ts';
import {validatingAdmissionPolicy} from './policies/validating-admission-policy.ts';
import {priority} from './priority.ts';
import {resourceQuota} from './resource-quota.ts';
import {runtimeClass} from './runtime-class.ts';
import {serviceAccount} from './service-account.ts';
import {storageObjectInUseProtection} from './storage-object-in-use-protection.ts';
import {taintNodesByCondition} from './taint-nodes-by-condition.ts';
import type {AdmissionPlugin} from './types.ts';
import {mutatingAdmissionWebhook} from './webhooks/mutating.ts';
import {validatingAdmissionWebhook} from './webhooks/validating.ts';

export interface PluginRow {
  readonly name: string;
  /** On unless it is disabled. */
  readonly on: boolean;
  readonly create: (config: AdmissionConfig) => AdmissionPlugin;
}

const row = (plugin: AdmissionPlugin, on: boolean): PluginRow => ({name: plugin.name, on, create: () => plugin});

export const PLUGINS: readonly PluginRow[] = [
  row(alwaysAdmit, false),
  row(namespaceAutoProvision, false),
  row(namespaceLifecycle, true),
  row(namespaceExists, false),
  row(limitRanger, true),
  row(serviceAccount, true),
  row(nodeRestriction, false),
  row(taintNodesByCondition, true),
  row(alwaysPullImages, false),
  {name: 'PodSecurity', on: true, create: config => podSecurity(config.podSecurity)},
  {name: 'PodNodeSelector', on: false, create: config => podNodeSelector(config.podNodeSelector)},
  row(priority, true),
  {name: 'DefaultTolerationSeconds', on: true, create: config => defaultTolerationSeconds(config.defaultTolerationSeconds)},
  {name: 'PodTolerationRestriction', on: false, create: config => podTolerationRestriction(config.podTolerationRestriction)},
  {name: 'EventRateLimit', on: false, create: config => eventRateLimit(config.eventRateLimit)},
  row(extendedResourceToleration, false),
  row(defaultStorageClass, true),
  row(storageObjectInUseProtection, true),
  row(ownerReferencesPermissionEnforcement, false),
  row(persistentVolumeClaimResize, true),
  row(runtimeClass, true),
  row(certificateApproval, true),
  row(certificateSigning, true),
  row(clusterTrustBundleAttest, true),
  row(certificateSubjectRestriction, true),
  row(defaultIngressClass, true),
  row(denyServiceExternalIPs, false),
  row(podTopologyLabels, true),
  row(nodeDeclaredFeatureValidator, true),
  row(podResizeValidator, true),
  row(mutatingAdmissionPolicy, true),
  {name: 'MutatingAdmissionWebhook', on: true, create: config => mutatingAdmissionWebhook(config.webhookEndpoints)},
  row(validatingAdmissionPolicy, true),
  {name: 'ValidatingAdmissionWebhook', on: true, create: config => validatingAdmissionWebhook(config.webhookEndpoints)},
  {name: 'ResourceQuota', on: true, create: config => resourceQuota(config.resourceQuota)},
  row(alwaysDeny, false),
];

/** Plugins of the past, which only a server made to look like one of then runs. Each stood before the plugin named. */
const MUSEUM: readonly (PluginRow & {readonly before: string; readonly until: string})[] = [
  {
    name: 'PodSecurityPolicy',
    on: false,
    before: 'PodNodeSelector',
    until: 'v1.25',
    create: config => podSecurityPolicy(config.podSecurityPolicies),
  },
  {
    name: 'Initializers',
    on: false,
    before: 'MutatingAdmissionWebhook',
    until: 'v1.14',
    create: config => initializers(config.initializers),
  },
];

const ALL: readonly PluginRow[] = PLUGINS.flatMap(plugin => [...MUSEUM.filter(({before}) => before === plugin.name), plugin]);

/** The plugins that a server runs: those on by default and those of --enable-admission-plugins, without --disable-admission-plugins. */
export function enabledPlugins(enable: readonly string[], disable: readonly string[], config: AdmissionConfig = {}): AdmissionPlugin[] {
  return ALL.filter(({name, on}) => (on || enable.includes(name)) && !disable.includes(name)).map(({create}) => create(config));
}
