/** RuntimeClasses. upstream: pkg/apis/node/validation */
import {duplicate} from '../../../api/field-errors.ts';
import {nameIsDNSLabel, nameIsDNSSubdomain} from '../../../api/names.ts';
import {validateTolerations} from '../core/affinity.ts';
import {runtimeClassWarnings} from '../core/node-label-warnings.ts';
import {addInvalid, type Errors, type Fields, semanticEqual} from '../fields.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate, validateImmutable, validateLabels} from '../meta.ts';
import {validateResourceRequirements} from '../resources.ts';
import type {GroupRules} from '../rules.ts';

function validateRuntimeClass(errors: Errors, runtimeClass: Fields): void {
  const {handler = '', overhead, scheduling} = runtimeClass;
  validateCoreObjectMeta(errors, runtimeClass['metadata'], false, nameIsDNSSubdomain);
  addInvalid(errors, 'handler', handler, nameIsDNSLabel(handler, false));
  if (overhead) validateResourceRequirements(errors, {limits: overhead.podFixed}, new Set(), 'overhead');
  if (!scheduling) return;
  validateLabels(errors, scheduling.nodeSelector, 'scheduling.nodeSelector');
  validateTolerations(errors, scheduling.tolerations, 'scheduling.tolerations');
  const seen: Fields[] = [];
  for (const [i, toleration] of ((scheduling.tolerations ?? []) as Fields[]).entries()) {
    if (seen.some(other => semanticEqual(other, toleration))) errors.push(duplicate(`scheduling.tolerations[${i}]`, toleration));
    seen.push(toleration);
  }
}

export const nodeRules: GroupRules = {
  RuntimeClass: {
    warnings: runtimeClassWarnings,
    validate: validateRuntimeClass,
    validateUpdate(errors, object, old) {
      validateRuntimeClass(errors, object);
      validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
      validateImmutable(errors, object['handler'], old['handler'], 'handler');
    },
  },
};
