/** Roles and bindings. A binding that grants something else is another binding: it is to be deleted and made anew. upstream: pkg/apis/rbac/validation/validation.go */

import {invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {isValidPathSegmentName, type NameCheck, nameIsDNSSubdomain} from '../../../api/names.ts';
import {RBAC_GROUP} from '../../../api/well-known.ts';
import {addInvalid, type Errors, type Fields, has, semanticEqual} from '../fields.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate, validateLabelSelector} from '../meta.ts';
import type {GroupRules, KindRules} from '../rules.ts';

const minimalName: NameCheck = name => isValidPathSegmentName(name);

function validatePolicyRule(errors: Errors, rule: Fields, namespaced: boolean, path: string): void {
  const {verbs, nonResourceURLs: urls, apiGroups, resources, resourceNames} = rule;
  if (!has(verbs)) errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
  if (has(urls)) {
    const at = `${path}.nonResourceURLs`;
    if (namespaced) errors.push(invalidValue(at, urls, 'namespaced rules cannot apply to non-resource URLs'));
    if (has(apiGroups) || has(resources) || has(resourceNames))
      errors.push(invalidValue(at, urls, 'rules cannot apply to both regular resources and non-resource URLs'));
    return;
  }
  if (!has(apiGroups)) errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  if (!has(resources)) errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
}

function validateRole(errors: Errors, role: Fields, namespaced: boolean): void {
  validateCoreObjectMeta(errors, role['metadata'], namespaced, minimalName);
  for (const [i, rule] of ((role['rules'] ?? []) as Fields[]).entries()) validatePolicyRule(errors, rule, namespaced, `rules[${i}]`);
  const selectors: Fields[] | undefined = role['aggregationRule']?.clusterRoleSelectors;
  if (!role['aggregationRule']) return;
  if (!has(selectors))
    errors.push(
      required('aggregationRule.clusterRoleSelectors', 'at least one clusterRoleSelector required if aggregationRule is non-nil'),
    );
  for (const [i, selector] of (selectors ?? []).entries())
    validateLabelSelector(errors, selector, `aggregationRule.clusterRoleSelectors[${i}]`);
}

function validateSubject(errors: Errors, subject: Fields, namespaced: boolean, path: string): void {
  const {kind, name = '', apiGroup = '', namespace} = subject;
  if (!name) errors.push(required(`${path}.name`));
  if (kind === 'ServiceAccount') {
    if (name) addInvalid(errors, `${path}.name`, name, nameIsDNSSubdomain(name, false));
    if (apiGroup) errors.push(notSupported(`${path}.apiGroup`, apiGroup, ['']));
    if (!namespaced && !namespace) errors.push(required(`${path}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== RBAC_GROUP) errors.push(notSupported(`${path}.apiGroup`, apiGroup, [RBAC_GROUP]));
  } else errors.push(notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
}

function validateBinding(errors: Errors, binding: Fields, namespaced: boolean): void {
  validateCoreObjectMeta(errors, binding['metadata'], namespaced, minimalName);
  const {apiGroup, kind, name} = binding['roleRef'];
  if (apiGroup !== RBAC_GROUP) errors.push(notSupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP]));
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds));
  if (!name) errors.push(required('roleRef.name'));
  else addInvalid(errors, 'roleRef.name', name, isValidPathSegmentName(name));
  for (const [i, subject] of ((binding['subjects'] ?? []) as Fields[]).entries())
    validateSubject(errors, subject, namespaced, `subjects[${i}]`);
}

const role = (namespaced: boolean): KindRules => ({
  validate(errors, object) {
    validateRole(errors, object, namespaced);
  },
  validateUpdate(errors, object, old) {
    validateRole(errors, object, namespaced);
    validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
  },
});

const binding = (namespaced: boolean): KindRules => ({
  validate(errors, object) {
    validateBinding(errors, object, namespaced);
  },
  validateUpdate(errors, object, old) {
    validateBinding(errors, object, namespaced);
    validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
    const {apiGroup: APIGroup, kind: Kind, name: Name} = object['roleRef'];
    if (!semanticEqual(object['roleRef'], old['roleRef']))
      errors.push(invalidValue('roleRef', {APIGroup, Kind, Name}, 'cannot change roleRef'));
  },
});

export const rbacRules: GroupRules = {
  Role: role(true),
  ClusterRole: role(false),
  RoleBinding: binding(true),
  ClusterRoleBinding: binding(false),
};
