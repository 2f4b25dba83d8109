/** upstream: kubectl/pkg/describe RoleDescriber..., kubectl/pkg/util/rbac/rbac.go */
import {goList} from '../../engine/api/go-text.ts';
import {byText} from '../../engine/api/order.ts';
import type {rbac} from '../../engine/api/types.ts';
import {still} from './describer.ts';
import {type Page, writeAnnotations, writeLabels} from './page.ts';

type Rule = rbac.PolicyRule;

/** A rule as many, each of one verb, one resource and at most one name. */
function breakDown(rule: Rule): Rule[] {
  const resources = (rule.apiGroups ?? []).flatMap(group =>
    (rule.resources ?? []).flatMap(resource =>
      rule.verbs.flatMap((verb): Rule[] => {
        const one: Rule = {apiGroups: [group], resources: [resource], verbs: [verb]};
        return rule.resourceNames?.length ? rule.resourceNames.map(name => ({...one, resourceNames: [name]})) : [one];
      }),
    ),
  );
  const urls = (rule.nonResourceURLs ?? []).flatMap(url => rule.verbs.map((verb): Rule => ({nonResourceURLs: [url], verbs: [verb]})));
  return [...resources, ...urls];
}

/** Go's String() of a PolicyRule, which is what upstream sorts by. */
const sortKey = (rule: Rule): string =>
  `&PolicyRule{Verbs:${goList(rule.verbs)},APIGroups:${goList(rule.apiGroups)},Resources:${goList(rule.resources)},` +
  `ResourceNames:${goList(rule.resourceNames)},NonResourceURLs:${goList(rule.nonResourceURLs)},}`;

/** Rules broken down, then joined where they differ only by verb, and sorted. */
export function compactRules(rules: readonly Rule[]): Rule[] {
  const compacted: Rule[] = [];
  const simple = new Map<string, Rule>();
  for (const rule of rules.flatMap(breakDown)) {
    if (rule.nonResourceURLs) {
      compacted.push(rule);
      continue;
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    const known = simple.get(key);
    if (!known) simple.set(key, rule);
    else if (!known.verbs.includes(rule.verbs[0]!)) simple.set(key, {...known, verbs: [...known.verbs, ...rule.verbs]});
  }
  return [...compacted, ...simple.values()].sort((a, b) => byText(sortKey(a), sortKey(b)));
}

/** `pods`, `deployments.apps/scale`. upstream: CombineResourceGroup */
function resourceText(rule: Rule): string {
  const [resource] = rule.resources ?? [];
  if (resource === undefined) return '';
  const [, plural, subresource] = /^([^/]*)(\/.*)?$/s.exec(resource)!;
  const group = rule.apiGroups?.[0];
  return `${plural}${group ? `.${group}` : ''}${subresource ?? ''}`;
}

/** The four cells of a rule: resources, URLs, names, verbs. */
export const ruleCells = (rule: Rule): string =>
  [resourceText(rule), goList(rule.nonResourceURLs), goList(rule.resourceNames), goList(rule.verbs)].join('\t');

interface Named {
  metadata?: {name?: string; labels?: Record<string, string>; annotations?: Record<string, string>};
}

function writeHead(page: Page, {metadata}: Named): void {
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
}

export const describeRole = still<rbac.Role | rbac.ClusterRole>((role, page) => {
  writeHead(page, role);
  page.write(0, 'PolicyRule:\n');
  page.write(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs\n');
  page.write(1, '---------\t-----------------\t--------------\t-----\n');
  for (const rule of compactRules(role.rules ?? [])) page.write(1, `${ruleCells(rule)}\n`);
});

export const describeBinding = still<rbac.RoleBinding | rbac.ClusterRoleBinding>((binding, page) => {
  writeHead(page, binding);
  page.write(0, 'Role:\n');
  page.write(1, `Kind:\t${binding.roleRef.kind}\n`);
  page.write(1, `Name:\t${binding.roleRef.name}\n`);
  page.write(0, 'Subjects:\n');
  page.write(1, 'Kind\tName\tNamespace\n');
  page.write(1, '----\t----\t---------\n');
  for (const subject of binding.subjects ?? []) page.write(1, `${subject.kind}\t${subject.name}\t${subject.namespace ?? ''}\n`);
});
