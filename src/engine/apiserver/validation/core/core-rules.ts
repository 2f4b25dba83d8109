/** The core group's kinds before they are stored: a row a kind. upstream: pkg/registry/core, one folder a kind, strategy.go */
import type {Fields} from '../fields.ts';
import {validateCoreObjectMetaUpdate} from '../meta.ts';
import type {GroupRules} from '../rules.ts';
import {withBothSources, withoutFarSource} from './claim-sources.ts';
import {claimWarnings, volumeWarnings} from './claim-warnings.ts';
import {validateEvent} from './event.ts';
import {validateNode, validateNodeUpdate} from './node.ts';
import {validatePersistentVolume, validatePersistentVolumeStatusUpdate, validatePersistentVolumeUpdate} from './persistent-volume.ts';
import {validateClaim, validateClaimStatusUpdate, validateClaimUpdate} from './persistent-volume-claim.ts';
import {podRules} from './pod-rules.ts';
import {validateLimitRange, validateResourceQuota, validateResourceQuotaStatusUpdate, validateResourceQuotaUpdate} from './quota.ts';
import {serviceRules} from './service-rules.ts';
import * as simple from './simple.ts';
import {templateWarnings} from './template-warnings.ts';

const NAMESPACE_LABEL = 'kubernetes.io/metadata.name';

function labelNamespace(namespace: Fields): void {
  const {metadata} = namespace;
  if (metadata.name) metadata.labels = {...metadata.labels, [NAMESPACE_LABEL]: metadata.name};
}

export const coreRules: GroupRules = {
  Pod: podRules,
  Service: serviceRules,
  PodTemplate: {
    generation: true,
    generationOf: ['template'],
    validate: simple.validatePodTemplate,
    validateUpdate: simple.validatePodTemplateUpdate,
    warnings: templateWarnings('template', {named: false}),
  },
  ConfigMap: {validate: simple.validateConfigMap, validateUpdate: simple.validateConfigMapUpdate},
  Secret: {
    validate: simple.validateSecret,
    prepareForUpdate(secret, old) {
      secret['type'] ||= old['type'];
    },
    validateUpdate: simple.validateSecretUpdate,
  },
  ServiceAccount: {validate: simple.validateServiceAccount},
  Endpoints: {validate: simple.validateEndpoints},
  Namespace: {
    newStatus: {phase: 'Active'},
    prepareForCreate(namespace) {
      const finalizers: string[] = namespace['spec'].finalizers ?? [];
      if (!finalizers.includes('kubernetes')) namespace['spec'].finalizers = [...finalizers, 'kubernetes'];
      labelNamespace(namespace);
    },
    validate: simple.validateNamespace,
    prepareForUpdate(namespace, old) {
      namespace['spec'] = old['spec'];
      labelNamespace(namespace);
    },
    validateUpdate(errors, namespace, old) {
      simple.validateNamespace(errors, namespace);
      validateCoreObjectMetaUpdate(errors, namespace['metadata'], old['metadata']);
    },
    subresources: {
      status: {validate: simple.validateNamespaceStatusUpdate},
      finalize: {
        prepare(namespace, old) {
          const {metadata, spec} = namespace;
          for (const key of Object.keys(namespace)) delete namespace[key];
          Object.assign(namespace, old, {metadata, spec});
        },
        validate: simple.validateNamespaceFinalizeUpdate,
      },
    },
  },
  Node: {
    newStatus: 'keep',
    validate: validateNode,
    validateUpdate(errors, node, old) {
      validateNode(errors, node);
      validateNodeUpdate(errors, node, old);
    },
    subresources: {status: {validate: validateNodeUpdate}},
  },
  PersistentVolume: {
    newStatus: {phase: 'Pending'},
    validate: validatePersistentVolume,
    validateUpdate: validatePersistentVolumeUpdate,
    subresources: {status: {validate: validatePersistentVolumeStatusUpdate}},
    warnings: volumeWarnings,
  },
  PersistentVolumeClaim: {
    newStatus: {phase: 'Pending'},
    prepareForCreate(claim) {
      claim['spec'] = withBothSources(withoutFarSource(claim['spec']));
    },
    validate: (errors, claim) => validateClaim(errors, claim),
    prepareForUpdate(claim, old) {
      claim['spec'] = withBothSources(withoutFarSource(claim['spec'], old['spec']));
    },
    validateUpdate: (errors, claim, old) => validateClaimUpdate(errors, claim, {...old, spec: withBothSources(old['spec'])}),
    subresources: {status: {validate: validateClaimStatusUpdate}},
    warnings: claimWarnings,
  },
  ReplicationController: {
    newStatus: {replicas: 0},
    generation: true,
    validate: simple.validateReplicationController,
    validateUpdate(errors, controller, old) {
      simple.validateReplicationController(errors, controller);
      simple.validateReplicationControllerUpdate(errors, controller, old);
    },
    warnings: templateWarnings('spec.template'),
    subresources: {
      status: {
        validate: (errors, object) => simple.validateReplicaCounts(errors, object['status'] ?? {}),
      },
    },
  },
  ResourceQuota: {
    validate: validateResourceQuota,
    validateUpdate: validateResourceQuotaUpdate,
    subresources: {status: {validate: validateResourceQuotaStatusUpdate}},
  },
  LimitRange: {validate: validateLimitRange},
  Event: {validate: validateEvent},
};
