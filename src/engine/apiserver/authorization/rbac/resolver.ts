/** Which rules apply to a user. upstream: pkg/registry/rbac/validation/rule.go DefaultRuleResolver */
import type {rbac, UserInfo} from '../../../api/types.ts';
import type {PolicyReader} from '../types.ts';

type Binding = rbac.ClusterRoleBinding | rbac.RoleBinding;

/** A binding that applies, and the subject by which it does. */
export interface AppliedBinding {
  readonly binding: Binding;
  readonly subject: rbac.Subject;
}

/**
 * Subjects of one list of bindings -> positions in it: an answer without walking all of them. Keys are `u` + user name and `g` + group.
 * Derived from an immutable list, so it is cached by the list's identity.
 */
interface BindingIndex {
  readonly bySubject: ReadonlyMap<string, readonly number[]>;
  /** What was asked before, by user and groups. */
  readonly answers: Map<string, readonly AppliedBinding[]>;
}

const indexes = new WeakMap<readonly Binding[], BindingIndex>();

/** The bindings of a list that apply to a user, in the list's order. `namespace` is the list's ('' for cluster role bindings). */
function bindingsFor(user: UserInfo, bindings: readonly Binding[], namespace: string): readonly AppliedBinding[] {
  let index = indexes.get(bindings);
  if (!index) indexes.set(bindings, (index = indexBindings(bindings, namespace)));
  const key = `${user.username}\n${user.groups.join('\n')}`;
  let answer = index.answers.get(key);
  if (!answer) index.answers.set(key, (answer = lookUp(user, bindings, index, namespace)));
  return answer;
}

function indexBindings(bindings: readonly Binding[], namespace: string): BindingIndex {
  const bySubject = new Map<string, number[]>();
  bindings.forEach((binding, position) => {
    for (const subject of binding.subjects ?? []) {
      const key = subjectKey(subject, namespace);
      if (key === undefined) continue;
      const positions = bySubject.get(key);
      if (!positions) bySubject.set(key, [position]);
      else if (positions.at(-1) !== position) positions.push(position);
    }
  });
  return {bySubject, answers: new Map()};
}

function lookUp(user: UserInfo, bindings: readonly Binding[], index: BindingIndex, namespace: string): AppliedBinding[] {
  const keys = new Set([`u${user.username}`, ...user.groups.map(group => `g${group}`)]);
  const positions = new Set([...keys].flatMap(key => index.bySubject.get(key) ?? []));
  return [...positions]
    .sort((a, b) => a - b)
    .map(position => {
      const binding = bindings[position]!;
      const subject = binding.subjects!.find(candidate => keys.has(subjectKey(candidate, namespace) ?? ''))!;
      return {binding, subject};
    });
}

/** A service account is a user with a long name; without a namespace of its own it is one of the binding's namespace. */
function subjectKey(subject: rbac.Subject, namespace: string): string | undefined {
  switch (subject.kind) {
    case 'User':
      return `u${subject.name}`;
    case 'Group':
      return `g${subject.name}`;
    case 'ServiceAccount': {
      const home = subject.namespace || namespace;
      return home ? `usystem:serviceaccount:${home}:${subject.name}` : undefined;
    }
    default:
      return undefined;
  }
}

const NO_RULES: readonly rbac.PolicyRule[] = [];

const roleNotFound = (name: string): string => `role.rbac.authorization.k8s.io "${name}" not found`;
const clusterRoleNotFound = (name: string): string => `clusterrole.rbac.authorization.k8s.io "${name}" not found`;

/** The rules of the role a binding refers to, or an error text. `namespace` is the binding's. */
export function roleReferenceRules(roleRef: rbac.RoleRef, namespace: string, policy: PolicyReader): readonly rbac.PolicyRule[] | string {
  switch (roleRef.kind) {
    case 'Role': {
      const role = policy.role(namespace, roleRef.name);
      return role ? (role.rules ?? NO_RULES) : roleNotFound(roleRef.name);
    }
    case 'ClusterRole': {
      const role = policy.clusterRole(roleRef.name);
      return role ? (role.rules ?? NO_RULES) : clusterRoleNotFound(roleRef.name);
    }
    default:
      return `unsupported role reference kind: "${roleRef.kind}"`;
  }
}

/**
 * Walks all rules that apply to a user: cluster role bindings first, then those of the namespace ('' = none). `visit` gets a rule and its
 * binding, or an error text; returning false ends the walk.
 */
export function visitRulesFor(
  user: UserInfo,
  namespace: string,
  policy: PolicyReader,
  visit: (rule: rbac.PolicyRule | undefined, source: AppliedBinding, error?: string) => boolean,
): void {
  if (!visitBindings(bindingsFor(user, policy.clusterRoleBindings(), ''), '', policy, visit)) return;
  if (namespace) visitBindings(bindingsFor(user, policy.roleBindings(namespace), namespace), namespace, policy, visit);
}

function visitBindings(
  applied: readonly AppliedBinding[],
  namespace: string,
  policy: PolicyReader,
  visit: (rule: rbac.PolicyRule | undefined, source: AppliedBinding, error?: string) => boolean,
): boolean {
  for (const source of applied) {
    const rules = roleReferenceRules(source.binding.roleRef, namespace, policy);
    if (typeof rules === 'string') {
      if (!visit(undefined, source, rules)) return false;
      continue;
    }
    for (const rule of rules) if (!visit(rule, source)) return false;
  }
  return true;
}

/** All rules that hold for a user, and what could not be resolved. */
export function rulesFor(user: UserInfo, namespace: string, policy: PolicyReader): {rules: rbac.PolicyRule[]; errors: string[]} {
  const rules: rbac.PolicyRule[] = [];
  const errors: string[] = [];
  visitRulesFor(user, namespace, policy, (rule, _source, error) => {
    if (rule) rules.push(rule);
    if (error) errors.push(error);
    return true;
  });
  return {rules, errors};
}
