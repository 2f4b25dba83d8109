/** StatefulSets and the revisions that they and DaemonSets keep. upstream: pkg/apis/apps/validation/validation.go, pkg/registry/apps/statefulset */
import {forbiddenField, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {isDNS1123Label, nameIsDNSLabel, nameIsDNSSubdomain} from '../../../api/names.ts';
import {claimSpecWarnings} from '../core/claim-warnings.ts';
import {validatePodAnnotations} from '../core/pod-annotations.ts';
import {templateWarnings} from '../core/template-warnings.ts';
import {addInvalid, type Errors, type Fields, semanticEqual} from '../fields.ts';
import {
  validateAnnotations,
  validateCoreObjectMeta,
  validateCoreObjectMetaUpdate,
  validateImmutable,
  validateLabels,
  validateNonnegative,
} from '../meta.ts';
import type {KindRules} from '../rules.ts';
import {compile, validateNotDecremented, validateOwnSelector, validateTemplateLabels} from './shared.ts';

/** The names that the fields have inside the server. */
const inGo = ({partition = 0, maxUnavailable = null}: Fields): Fields => ({Partition: partition, MaxUnavailable: maxUnavailable});

function validateUpdateStrategy(errors: Errors, strategy: Fields): void {
  const {type, rollingUpdate} = strategy;
  const at = 'spec.updateStrategy';
  if (!type) errors.push(required(at));
  else if (type === 'OnDelete') {
    if (rollingUpdate)
      errors.push(invalidValue(`${at}.rollingUpdate`, inGo(rollingUpdate), "only allowed for updateStrategy 'RollingUpdate'"));
  } else if (type === 'RollingUpdate') {
    if (!rollingUpdate) return;
    validateNonnegative(errors, rollingUpdate.partition, `${at}.rollingUpdate.partition`);
  } else
    errors.push(
      invalidValue(at, {Type: type, RollingUpdate: rollingUpdate ? inGo(rollingUpdate) : null}, "must be 'RollingUpdate' or 'OnDelete'"),
    );
}

const RETENTION = ['Retain', 'Delete'];

/** Its pods' spec is not looked at: their volumes come from the claim templates. What is wrong there, the pods' own creation says. */
function validateTemplate(errors: Errors, spec: Fields): void {
  const {selector, template} = spec;
  const compiled = compile(selector);
  if (!compiled) {
    errors.push(invalidValue('spec.selector', selector, ''));
    return;
  }
  if (compiled.nothing || compiled.requirements.length > 0) validateTemplateLabels(errors, compiled, template, 'spec.template');
  validateLabels(errors, template.metadata?.labels, 'spec.template.labels');
  validateAnnotations(errors, template.metadata?.annotations, 'spec.template.annotations');
  validatePodAnnotations(errors, template.metadata?.annotations, template.spec, 'spec.template.annotations');
}

function validateStatefulSetSpec(errors: Errors, spec: Fields, old?: Fields): void {
  const {
    podManagementPolicy: management,
    persistentVolumeClaimRetentionPolicy: retention,
    ordinals,
    selector,
    template,
    serviceName,
  } = spec;
  if (!management) errors.push(required('spec.podManagementPolicy'));
  else if (management !== 'OrderedReady' && management !== 'Parallel')
    errors.push(invalidValue('spec.podManagementPolicy', management, "must be 'OrderedReady' or 'Parallel'"));
  validateUpdateStrategy(errors, spec['updateStrategy']);
  if (retention)
    for (const field of ['whenDeleted', 'whenScaled'])
      if (!RETENTION.includes(retention[field]))
        errors.push(notSupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, retention[field], RETENTION));
  validateNonnegative(errors, spec['replicas'], 'spec.replicas');
  validateNonnegative(errors, spec['minReadySeconds'], 'spec.minReadySeconds');
  validateNonnegative(errors, ordinals?.start, 'spec.ordinals.start');
  if (serviceName && serviceName !== old?.['serviceName']) addInvalid(errors, 'spec.serviceName', serviceName, isDNS1123Label(serviceName));
  validateOwnSelector(errors, selector, 'spec.selector', 'empty selector is invalid for statefulset');
  validateTemplate(errors, spec);
  const {restartPolicy, activeDeadlineSeconds} = template.spec;
  if (restartPolicy !== 'Always') errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  if (activeDeadlineSeconds !== undefined)
    errors.push(forbiddenField('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in StatefulSet is not Supported'));
}

/** What of its spec may change. */
const MUTABLE = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
];
const SPEC_CHANGE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

const immutablePart = (spec: Fields): Fields => Object.fromEntries(Object.entries(spec).filter(([field]) => !MUTABLE.includes(field)));

const COUNTS = [
  'replicas',
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'availableReplicas',
  'observedGeneration',
  'collisionCount',
];

function validateStatefulSetStatus(errors: Errors, status: Fields): void {
  for (const field of COUNTS) validateNonnegative(errors, status[field], `status.${field}`);
  const {replicas = 0, readyReplicas = 0, availableReplicas = 0} = status;
  for (const field of ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'])
    if ((status[field] ?? 0) > replicas)
      errors.push(invalidValue(`status.${field}`, status[field], 'cannot be greater than status.replicas'));
  if (availableReplicas > readyReplicas)
    errors.push(invalidValue('status.availableReplicas', availableReplicas, 'cannot be greater than status.readyReplicas'));
}

/** The gate MaxUnavailableStatefulSet is off in v1.36 (kubernetes#137904): what it guards is taken out unseen. */
const dropDisabledFields = (object: Fields): void => void delete object['spec'].updateStrategy?.rollingUpdate?.maxUnavailable;

const NEGATIVE_HISTORY = 'a negative value retains all historical revisions; a value >= 0 is recommended';
const ofTemplate = templateWarnings('spec.template', {named: false});

/** The path of a claim is said otherwise on a change. */
function statefulSetWarnings(object: Fields, old?: Fields): string[] {
  const {volumeClaimTemplates = [], revisionHistoryLimit} = object['spec'];
  return [
    ...ofTemplate(object, old),
    ...(volumeClaimTemplates as Fields[]).flatMap((claim, i) =>
      claimSpecWarnings(claim['spec'], `spec.volumeClaimTemplates[${i}]${old ? '.Spec' : ''}`),
    ),
    ...(revisionHistoryLimit < 0 ? [`spec.revisionHistoryLimit: ${NEGATIVE_HISTORY}`] : []),
  ];
}

export const statefulSet: KindRules = {
  generation: true,
  newStatus: {replicas: 0, availableReplicas: 0},
  prepareForCreate: dropDisabledFields,
  prepareForUpdate: dropDisabledFields,
  validate(errors, object) {
    validateCoreObjectMeta(errors, object['metadata'], true, nameIsDNSLabel);
    validateStatefulSetSpec(errors, object['spec']);
  },
  validateUpdate(errors, object, old) {
    validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
    validateStatefulSetSpec(errors, object['spec'], old['spec']);
    if (!semanticEqual(immutablePart(object['spec']), immutablePart(old['spec']))) errors.push(forbiddenField('spec', SPEC_CHANGE));
  },
  warnings: statefulSetWarnings,
  subresources: {
    status: {
      validate(errors, object, old) {
        validateStatefulSetStatus(errors, object['status'] ?? {});
        validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
        validateNotDecremented(errors, object['status']?.collisionCount, old['status']?.collisionCount, 'status.collisionCount');
      },
    },
  },
};

function validateControllerRevision(errors: Errors, revision: Fields): void {
  validateCoreObjectMeta(errors, revision['metadata'], true, nameIsDNSSubdomain);
  if (!revision['data']) errors.push(required('data', 'data is mandatory'));
  validateNonnegative(errors, revision['revision'], 'revision');
}

export const controllerRevision: KindRules = {
  validate: validateControllerRevision,
  validateUpdate(errors, revision, old) {
    validateCoreObjectMetaUpdate(errors, revision['metadata'], old['metadata']);
    validateControllerRevision(errors, revision);
    validateImmutable(errors, revision['data'], old['data'], 'data');
  },
};
