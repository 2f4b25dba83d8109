/** upstream: pkg/apis/rbac/validation/validation.go */
import {GoValue, invalidValue, notSupported, required} from '../../api/field-errors.ts';
import {nameIsDNSSubdomain, nameIsPathSegment} from '../../api/names.ts';
import {addInvalid, type Errors, type Fields, has, semanticEqual} from './fields.ts';
import {validateObjectMeta} from './meta.ts';
import type {KindRules} from './rules.ts';

const GROUP = 'rbac.authorization.k8s.io';

function validateRule(errors: Errors, rule: Fields, namespaced: boolean, path: string): void {
  if (!has(rule['verbs'])) errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
  const urls: string[] = rule['nonResourceURLs'] ?? [];
  if (urls.length > 0) {
    const refuse = (why: string): void => void errors.push(invalidValue(`${path}.nonResourceURLs`, urls, why));
    if (namespaced) refuse('namespaced rules cannot apply to non-resource URLs');
    if (has(rule['apiGroups']) || has(rule['resources']) || has(rule['resourceNames']))
      refuse('rules cannot apply to both regular resources and non-resource URLs');
    return;
  }
  if (!has(rule['apiGroups'])) errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  if (!has(rule['resources'])) errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
}

const validateRole =
  (namespaced: boolean) =>
  (errors: Errors, role: Fields): void => {
    validateObjectMeta(errors, role['metadata'], namespaced, nameIsPathSegment);
    (role['rules'] ?? []).forEach((rule: Fields, i: number) => {
      validateRule(errors, rule, namespaced, `rules[${i}]`);
    });
    if (role['aggregationRule'] && !has(role['aggregationRule'].clusterRoleSelectors))
      errors.push(
        required('aggregationRule.clusterRoleSelectors', 'at least one clusterRoleSelector required if aggregationRule is non-nil'),
      );
  };

function validateSubject(errors: Errors, subject: Fields, namespaced: boolean, path: string): void {
  const {name = '', kind = '', apiGroup = '', namespace = ''} = subject;
  if (!name) errors.push(required(`${path}.name`));
  switch (kind) {
    case 'ServiceAccount':
      if (name) addInvalid(errors, `${path}.name`, name, nameIsDNSSubdomain(name, false));
      if (apiGroup) errors.push(notSupported(`${path}.apiGroup`, apiGroup, ['']));
      if (!namespaced && !namespace) errors.push(required(`${path}.namespace`));
      return;
    case 'User':
    case 'Group':
      if (apiGroup !== GROUP) errors.push(notSupported(`${path}.apiGroup`, apiGroup, [GROUP]));
      return;
    default:
      errors.push(notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
  }
}

const validateBinding =
  (namespaced: boolean) =>
  (errors: Errors, binding: Fields): void => {
    validateObjectMeta(errors, binding['metadata'], namespaced, nameIsPathSegment);
    const {apiGroup = '', kind = '', name = ''} = binding['roleRef'] ?? {};
    const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
    if (apiGroup !== GROUP) errors.push(notSupported('roleRef.apiGroup', apiGroup, [GROUP]));
    if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds));
    if (!name) errors.push(required('roleRef.name'));
    else addInvalid(errors, 'roleRef.name', name, nameIsPathSegment(name, false));
    (binding['subjects'] ?? []).forEach((subject: Fields, i: number) => {
      validateSubject(errors, subject, namespaced, `subjects[${i}]`);
    });
  };

/** A binding that grants something else is another binding: it is to be deleted and made anew. */
function keepsRole(errors: Errors, binding: Fields, old: Fields): void {
  const {apiGroup: APIGroup, kind: Kind, name: Name} = binding['roleRef'] ?? {};
  if (!semanticEqual(binding['roleRef'], old['roleRef']))
    errors.push(invalidValue('roleRef', new GoValue(JSON.stringify({APIGroup, Kind, Name})), 'cannot change roleRef'));
}

const roleRules = (namespaced: boolean): KindRules => ({validate: validateRole(namespaced)});

const bindingRules = (namespaced: boolean): KindRules => ({
  validate: validateBinding(namespaced),
  validateUpdate(errors, binding, old) {
    validateBinding(namespaced)(errors, binding);
    keepsRole(errors, binding, old);
  },
});

export const rbacRules: Readonly<Record<string, KindRules>> = {
  Role: roleRules(true),
  ClusterRole: roleRules(false),
  RoleBinding: bindingRules(true),
  ClusterRoleBinding: bindingRules(false),
};
