/**
 * What the server puts right about its default roles and bindings whenever it starts: what is missing is made again, what has lost a rule or a subject gets it
 * back, what was added stays. An object that says `rbac.authorization.kubernetes.io/autoupdate: "false"` is left alone.
 * upstream: pkg/registry/rbac/rest/storage_rbac.go, pkg/registry/rbac/reconciliation
 */
import {equalJson} from '../../api/clone.ts';
import type {KubeObject, rbac} from '../../api/types.ts';
import {uncovered} from '../authorization/rbac/covers.ts';

const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

export type Repair = {readonly action: 'create' | 'update' | 'replace'; readonly object: KubeObject};

type RbacObject = KubeObject & {
  rules?: rbac.PolicyRule[];
  subjects?: rbac.Subject[];
  roleRef?: rbac.RoleRef;
  aggregationRule?: rbac.AggregationRule;
};

/** What has to be done so that an object is (at least) what it is by default; undefined when nothing has. */
export function repairOf(wanted: KubeObject, found: KubeObject | undefined): Repair | undefined {
  if (!found) return {action: 'create', object: wanted};
  if (found.metadata.annotations?.[AUTO_UPDATE] === 'false') return undefined;
  const [is, should] = [found as RbacObject, wanted as RbacObject];
  // A reference cannot be changed: such a binding is made anew.
  if (should.roleRef && !equalJson(should.roleRef, is.roleRef)) return {action: 'replace', object: wanted};
  const object: RbacObject = {
    ...is,
    metadata: {
      ...is.metadata,
      labels: {...is.metadata.labels, ...should.metadata.labels},
      annotations: {...is.metadata.annotations, ...should.metadata.annotations},
    },
    // The rules of an aggregated role are its controller's matter.
    ...(should.rules && !should.aggregationRule && {rules: withMissing(is.rules, uncovered(is.rules ?? [], should.rules))}),
    ...(should.subjects && {subjects: withMissing(is.subjects, missingSubjects(should.subjects, is.subjects))}),
  };
  return equalJson(object, is) ? undefined : {action: 'update', object};
}

const withMissing = <T>(now: readonly T[] | undefined, missing: readonly T[]): T[] => [...(now ?? []), ...missing];

const missingSubjects = (wanted: readonly rbac.Subject[], now: readonly rbac.Subject[] = []): rbac.Subject[] =>
  wanted.filter(
    ({kind, name, namespace}) => !now.some(s => s.kind === kind && s.name === name && (s.namespace ?? '') === (namespace ?? '')),
  );
