/** Deployments, ReplicaSets, DaemonSets. upstream: pkg/apis/apps/validation/validation.go, pkg/registry/apps */
import {forbiddenField, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {nameIsDNSSubdomain} from '../../../api/names.ts';
import {validatePodTemplateSpec} from '../core/pod-spec.ts';
import {validateReplicaCounts} from '../core/simple.ts';
import {templateWarnings} from '../core/template-warnings.ts';
import {type Errors, type Fields, semanticEqual} from '../fields.ts';
import {
  validateCoreObjectMeta,
  validateCoreObjectMetaUpdate,
  validateImmutable,
  validateLabelSelector,
  validateNonnegative,
} from '../meta.ts';
import type {GroupRules, KindRules} from '../rules.ts';
import {
  compile,
  intOrPercentValue,
  isEmptySelector,
  validateAtMost100Percent,
  validateNotDecremented,
  validateOwnSelector,
  validatePositiveIntOrPercent,
  validateTemplateLabels,
} from './shared.ts';
import {controllerRevision, statefulSet} from './stateful-set.ts';

/** Pods of controllers start again and have no deadline. */
function validateLongRunning(errors: Errors, template: Fields, path: string, kind: string): void {
  const {restartPolicy, activeDeadlineSeconds} = template['spec'];
  if (restartPolicy !== 'Always') errors.push(notSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always']));
  if (activeDeadlineSeconds !== undefined)
    errors.push(forbiddenField(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`));
}

function validateReplicaSetTemplate(errors: Errors, spec: Fields): void {
  const {selector, template} = spec;
  const compiled = compile(selector);
  if (!compiled) {
    errors.push(invalidValue('spec.selector', selector, 'invalid label selector'));
    return;
  }
  if (compiled.nothing || compiled.requirements.length > 0) validateTemplateLabels(errors, compiled, template, 'spec.template');
  validatePodTemplateSpec(errors, template, 'spec.template');
  validateLongRunning(errors, template, 'spec.template', 'ReplicaSet');
}

function validateDeploymentStrategy(errors: Errors, strategy: Fields): void {
  const {type, rollingUpdate} = strategy;
  const at = 'spec.strategy.rollingUpdate';
  if (type === 'Recreate') {
    if (rollingUpdate) errors.push(forbiddenField(at, "may not be specified when strategy `type` is 'Recreate'"));
  } else if (type === 'RollingUpdate') {
    if (!rollingUpdate) errors.push(required(at, 'this should be defaulted and never be nil'));
    else {
      const {maxUnavailable, maxSurge} = rollingUpdate;
      validatePositiveIntOrPercent(errors, maxUnavailable, `${at}.maxUnavailable`);
      validatePositiveIntOrPercent(errors, maxSurge, `${at}.maxSurge`);
      if (intOrPercentValue(maxUnavailable) === 0 && intOrPercentValue(maxSurge) === 0)
        errors.push(invalidValue(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
      validateAtMost100Percent(errors, maxUnavailable, `${at}.maxUnavailable`);
    }
  } else errors.push(notSupported('spec.strategy', {Type: type, RollingUpdate: rollingUpdate ?? null}, ['Recreate', 'RollingUpdate']));
}

function validateDeploymentSpec(errors: Errors, spec: Fields): void {
  const {minReadySeconds, revisionHistoryLimit, progressDeadlineSeconds: deadline} = spec;
  validateNonnegative(errors, spec['replicas'], 'spec.replicas');
  validateOwnSelector(errors, spec['selector'], 'spec.selector', 'empty selector is invalid for deployment');
  validateReplicaSetTemplate(errors, spec);
  validateDeploymentStrategy(errors, spec['strategy']);
  validateNonnegative(errors, minReadySeconds, 'spec.minReadySeconds');
  validateNonnegative(errors, revisionHistoryLimit, 'spec.revisionHistoryLimit');
  if (deadline === undefined) return;
  validateNonnegative(errors, deadline, 'spec.progressDeadlineSeconds');
  if (deadline <= (minReadySeconds ?? 0))
    errors.push(invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
}

const DEPLOYMENT_COUNTS = [
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'terminatingReplicas',
];

function validateDeploymentStatus(errors: Errors, status: Fields): void {
  for (const field of ['observedGeneration', ...DEPLOYMENT_COUNTS, 'collisionCount'])
    validateNonnegative(errors, status[field], `status.${field}`);
  const {replicas = 0, availableReplicas = 0, readyReplicas = 0} = status;
  for (const field of ['updatedReplicas', 'readyReplicas', 'availableReplicas'])
    if ((status[field] ?? 0) > replicas)
      errors.push(invalidValue(`status.${field}`, status[field], 'cannot be greater than status.replicas'));
  if (availableReplicas > readyReplicas)
    errors.push(invalidValue('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
}

/** A kind with a pod template whose selector stays what it was. */
const templated = (validateSpec: (errors: Errors, spec: Fields) => void): Pick<KindRules, 'validate' | 'validateUpdate' | 'warnings'> => ({
  validate(errors, object) {
    validateCoreObjectMeta(errors, object['metadata'], true, nameIsDNSSubdomain);
    validateSpec(errors, object['spec']);
  },
  validateUpdate(errors, object, old) {
    validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
    validateSpec(errors, object['spec']);
    validateImmutable(errors, object['spec'].selector, old['spec'].selector, 'spec.selector');
  },
  warnings: templateWarnings('spec.template'),
});

const deployment: KindRules = {
  generation: true,
  generationOf: ['spec', 'metadata.annotations'],
  ...templated(validateDeploymentSpec),
  subresources: {
    status: {
      prepare(object, old) {
        object['spec'] = old['spec'];
        if (old['metadata'].labels) object['metadata'].labels = old['metadata'].labels;
        else delete object['metadata'].labels;
      },
      validate(errors, object, old) {
        validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
        validateDeploymentStatus(errors, object['status'] ?? {});
        validateNotDecremented(errors, object['status']?.collisionCount, old['status']?.collisionCount, 'status.collisionCount');
      },
    },
  },
};

function validateReplicaSetSpec(errors: Errors, spec: Fields): void {
  validateNonnegative(errors, spec['replicas'], 'spec.replicas');
  validateNonnegative(errors, spec['minReadySeconds'], 'spec.minReadySeconds');
  validateOwnSelector(errors, spec['selector'], 'spec.selector', 'empty selector is invalid for deployment');
  validateReplicaSetTemplate(errors, spec);
}

const replicaSet: KindRules = {
  generation: true,
  newStatus: {replicas: 0},
  ...templated(validateReplicaSetSpec),
  subresources: {
    status: {
      validate(errors, object, old) {
        validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
        validateReplicaCounts(errors, object['status'] ?? {});
      },
    },
  },
};

function validateDaemonUpdateStrategy(errors: Errors, strategy: Fields): void {
  const {type, rollingUpdate} = strategy;
  const at = 'spec.updateStrategy.rollingUpdate';
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') {
    errors.push(notSupported('spec.updateStrategy', {Type: type, RollingUpdate: rollingUpdate ?? null}, ['RollingUpdate', 'OnDelete']));
    return;
  }
  if (!rollingUpdate) {
    errors.push(required(at));
    return;
  }
  for (const field of ['maxUnavailable', 'maxSurge']) validatePositiveIntOrPercent(errors, rollingUpdate[field], `${at}.${field}`);
  for (const field of ['maxUnavailable', 'maxSurge']) validateAtMost100Percent(errors, rollingUpdate[field], `${at}.${field}`);
  const unavailable = intOrPercentValue(rollingUpdate.maxUnavailable) !== 0;
  const surge = intOrPercentValue(rollingUpdate.maxSurge) !== 0;
  if (unavailable && surge)
    errors.push(invalidValue(`${at}.maxSurge`, rollingUpdate.maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (!unavailable && !surge) errors.push(required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
}

function validateDaemonSetSpec(errors: Errors, spec: Fields): void {
  const {selector, template} = spec;
  const compiled = compile(selector);
  validateLabelSelector(errors, selector, 'spec.selector');
  if (compiled) validateTemplateLabels(errors, compiled, template, 'spec.template');
  if (selector && isEmptySelector(selector))
    errors.push(invalidValue('spec.selector', selector, 'empty selector is invalid for daemonset'));
  validatePodTemplateSpec(errors, template, 'spec.template');
  validateLongRunning(errors, template, 'spec.template', 'DaemonSet');
  validateNonnegative(errors, spec['minReadySeconds'], 'spec.minReadySeconds');
  validateDaemonUpdateStrategy(errors, spec['updateStrategy']);
  validateNonnegative(errors, spec['revisionHistoryLimit'], 'spec.revisionHistoryLimit');
}

/** The first version of the API counted the template's versions; the count lives on in an annotation. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

const DAEMON_COUNTS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
];

const daemonSet: KindRules = {
  generation: true,
  newStatus: {currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0},
  prepareForCreate({metadata}) {
    metadata.annotations = {...metadata.annotations, [TEMPLATE_GENERATION]: '1'};
  },
  validate(errors, object) {
    validateCoreObjectMeta(errors, object['metadata'], true, nameIsDNSSubdomain);
    validateDaemonSetSpec(errors, object['spec']);
  },
  prepareForUpdate(object, old) {
    const before = Number(old['metadata'].annotations?.[TEMPLATE_GENERATION] ?? 0);
    const changed = !semanticEqual(object['spec'].template, old['spec'].template);
    object['metadata'].annotations = {...object['metadata'].annotations, [TEMPLATE_GENERATION]: String(changed ? before + 1 : before)};
  },
  validateUpdate(errors, object, old) {
    validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
    validateDaemonSetSpec(errors, object['spec']);
    validateImmutable(errors, object['spec'].selector, old['spec'].selector, 'spec.selector');
  },
  warnings: templateWarnings('spec.template', {named: false}),
  subresources: {
    status: {
      validate(errors, object, old) {
        validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
        for (const field of DAEMON_COUNTS) validateNonnegative(errors, object['status']?.[field], `status.${field}`);
        validateNotDecremented(errors, object['status']?.collisionCount, old['status']?.collisionCount, 'status.collisionCount');
      },
    },
  },
};

export const appsRules: GroupRules = {
  Deployment: deployment,
  ReplicaSet: replicaSet,
  DaemonSet: daemonSet,
  StatefulSet: statefulSet,
  ControllerRevision: controllerRevision,
};
