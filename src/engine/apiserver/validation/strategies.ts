/**
 * What every kind does before it is stored: the common way, and where kinds differ a row in a table.
 * upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/create.go, update.go (BeforeCreate, BeforeUpdate); pkg/registry, one folder a kind
 */
import type {Kind} from '../../api/kinds.ts';
import {nameIsPathSegment} from '../../api/names.ts';
import {schemaOf} from '../resources.ts';
import type {Strategy} from '../strategy.ts';
import {coreRules} from './core/core-rules.ts';
import {customRules} from './custom-resource.ts';
import {type Errors, type Fields, semanticEqual} from './fields.ts';
import {admissionRules} from './groups/admission.ts';
import {apiregistrationRules} from './groups/apiregistration.ts';
import {appsRules} from './groups/apps.ts';
import {autoscalingRules} from './groups/autoscaling.ts';
import {batchRules} from './groups/batch.ts';
import {certificateRules} from './groups/certificates.ts';
import {coordinationRules} from './groups/coordination.ts';
import {crdRules} from './groups/custom-resource-definitions.ts';
import {discoveryRules} from './groups/discovery.ts';
import {eventsRules} from './groups/events.ts';
import {networkingRules} from './groups/networking.ts';
import {nodeRules} from './groups/node.ts';
import {policyRules} from './groups/policy.ts';
import {rbacRules} from './groups/rbac.ts';
import {schedulingRules} from './groups/scheduling.ts';
import {storageRules} from './groups/storage.ts';
import {withoutOldAddresses} from './ip.ts';
import {validateObjectMeta, validateObjectMetaUpdate} from './meta.ts';
import type {GroupRules, KindRules} from './rules.ts';
import {isCreatedByUpdate, needsVersion} from './write-ways.ts';

const RULES: Readonly<Record<string, GroupRules>> = {
  '': coreRules,
  'admissionregistration.k8s.io': admissionRules,
  'apiextensions.k8s.io': crdRules,
  'apiregistration.k8s.io': apiregistrationRules,
  apps: appsRules,
  autoscaling: autoscalingRules,
  batch: batchRules,
  'certificates.k8s.io': certificateRules,
  'coordination.k8s.io': coordinationRules,
  'discovery.k8s.io': discoveryRules,
  'events.k8s.io': eventsRules,
  'networking.k8s.io': networkingRules,
  'node.k8s.io': nodeRules,
  policy: policyRules,
  'rbac.authorization.k8s.io': rbacRules,
  'scheduling.k8s.io': schedulingRules,
  'storage.k8s.io': storageRules,
};

const NO_RULES: KindRules = {};

function rulesFor(kind: Kind): KindRules {
  const own = RULES[kind.group]?.[kind.kind];
  if (own) return own;
  const schema = schemaOf(kind);
  const hasStatus = kind.subresources.some(({name}) => name === 'status');
  return schema ? customRules(schema, hasStatus) : NO_RULES;
}

/** Everything but metadata and status becomes what it was. */
function keepOldButStatus(object: Fields, old: Fields): void {
  const {metadata, status} = object;
  for (const key of Object.keys(object)) delete object[key];
  Object.assign(object, old, {metadata});
  if (status === undefined) delete object['status'];
  else object['status'] = status;
}

/** The part of an object at a dotted path. */
const at = (object: Fields, path: string): unknown => path.split('.').reduce<Fields | undefined>((part, field) => part?.[field], object);

function build(kind: Kind): Strategy {
  const rules = rulesFor(kind);
  const hasStatus = kind.subresources.some(s => s.name === 'status');
  const watched = rules.generationOf ?? ['spec'];

  const countGeneration = (object: Fields, old: Fields): void => {
    if (!rules.generation) return;
    const before: number = old['metadata'].generation ?? 0;
    const changed = watched.some(path => !semanticEqual(at(object, path), at(old, path)));
    object['metadata'].generation = changed ? before + 1 : before;
    if (object['metadata'].generation === 0) delete object['metadata'].generation;
  };

  const subresource = (name: string) => rules.subresources?.[name];

  return {
    allowUnconditionalUpdate: !needsVersion(kind) && !schemaOf(kind),
    allowCreateOnUpdate: isCreatedByUpdate(kind),
    prepareForCreate(draft) {
      const object = draft as Fields;
      if (hasStatus && rules.newStatus !== 'keep') object['status'] = {...(rules.newStatus ?? {})};
      if (rules.generation) object['metadata'].generation = 1;
      else delete object['metadata'].generation;
      rules.prepareForCreate?.(object);
    },
    validateCreate(object) {
      const errors: Errors = [];
      rules.validate?.(errors, object);
      if (errors.length === 0) validateObjectMeta(errors, object.metadata, kind.namespaced, nameIsPathSegment);
      return errors;
    },
    prepareForUpdate(draft, old, name) {
      const object = draft as Fields;
      if (name !== '' && name !== 'approval') {
        const {prepare} = subresource(name) ?? {};
        if (prepare) prepare(object, old);
        else keepOldButStatus(object, old);
      } else if (name === '') {
        if (hasStatus) object['status'] = (old as Fields)['status'];
        if (object['status'] === undefined) delete object['status'];
        rules.prepareForUpdate?.(object, old);
      } else subresource(name)?.prepare?.(object, old);
      if (name !== 'status') countGeneration(object, old);
    },
    validateUpdate(object, old, name) {
      const errors: Errors = [];
      validateObjectMeta(errors, object.metadata, kind.namespaced, nameIsPathSegment);
      validateObjectMetaUpdate(errors, object.metadata, old.metadata);
      if (name !== '') subresource(name)?.validate?.(errors, object, old);
      else if (rules.validateUpdate) rules.validateUpdate(errors, object, old);
      else rules.validate?.(errors, object);
      return withoutOldAddresses(errors, old);
    },
    warningsOnCreate: object => rules.warnings?.(object) ?? [],
    warningsOnUpdate: (object, old) => rules.warnings?.(object, old) ?? [],
  };
}

const built = new WeakMap<Kind, Strategy>();

/** The strategy of a kind; kinds without rules of their own (custom resources) get the common one. */
export function strategyFor(kind: Kind): Strategy {
  let strategy = built.get(kind);
  if (!strategy) {
    strategy = build(kind);
    built.set(kind, strategy);
  }
  return strategy;
}
