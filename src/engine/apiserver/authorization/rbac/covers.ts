/** Do the rules somebody holds cover the rules they want to hand out? upstream: component-helpers/auth/rbac/validation/policy_comparator.go */
import {goQuotedList} from '../../../api/go-text.ts';
import type {rbac} from '../../../api/types.ts';
import {nonResourceURLCovers} from './rules.ts';

type Rule = rbac.PolicyRule;

/** The smallest rules of `wanted` that no single rule of `held` covers. */
export function uncovered(held: readonly Rule[], wanted: readonly Rule[]): Rule[] {
  return wanted.flatMap(breakDown).filter(part => !held.some(rule => covers(rule, part)));
}

/** One rule a combination of group, resource, verb and name. */
function breakDown(rule: Rule): Rule[] {
  const parts: Rule[] = [];
  for (const group of rule.apiGroups ?? [])
    for (const resource of rule.resources ?? [])
      for (const verb of rule.verbs) {
        const part = {apiGroups: [group], resources: [resource], verbs: [verb]};
        if (rule.resourceNames?.length) parts.push(...rule.resourceNames.map(name => ({...part, resourceNames: [name]})));
        else parts.push(part);
      }
  for (const url of rule.nonResourceURLs ?? []) for (const verb of rule.verbs) parts.push({nonResourceURLs: [url], verbs: [verb]});
  return parts;
}

function covers(held: Rule, part: Rule): boolean {
  return (
    hasAll(held.verbs, part.verbs) &&
    hasAll(held.apiGroups ?? [], part.apiGroups ?? []) &&
    (part.resources ?? []).every(resource => resourceCovered(held.resources ?? [], resource)) &&
    (part.nonResourceURLs ?? []).every(url => held.nonResourceURLs?.some(own => own === url || nonResourceURLCovers(own, url)) ?? false) &&
    (!held.resourceNames?.length || (!!part.resourceNames?.length && part.resourceNames.every(name => held.resourceNames!.includes(name))))
  );
}

const hasAll = (held: readonly string[], wanted: readonly string[]): boolean =>
  held.includes('*') || wanted.every(one => held.includes(one));

function resourceCovered(held: readonly string[], resource: string): boolean {
  if (held.includes('*') || held.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && held.includes(`*${resource.slice(slash)}`);
}

/** Puts together the verbs of rules about the same thing. upstream: component-helpers/auth/rbac/validation/policy_compact.go */
export function compact(rules: readonly Rule[]): Rule[] {
  const complex: Rule[] = [];
  const simple = new Map<string, Rule>();
  for (const rule of rules) {
    const key = simpleKey(rule);
    if (key === undefined) complex.push(rule);
    else {
      const known = simple.get(key);
      simple.set(key, known ? {...known, verbs: [...new Set([...known.verbs, ...rule.verbs])]} : rule);
    }
  }
  return [...complex, ...simple.values()];
}

/** Only rules for one group, one resource and at most one name are put together. */
function simpleKey(rule: Rule): string | undefined {
  const names = rule.resourceNames ?? [];
  if (names.length > 1 || rule.nonResourceURLs?.length || rule.apiGroups?.length !== 1 || rule.resources?.length !== 1) return undefined;
  return JSON.stringify([rule.apiGroups[0], rule.resources[0], names]);
}

/** e.g. `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}`. upstream: pkg/apis/rbac/v1/helpers.go CompactString */
export function describeRule(rule: Rule): string {
  const parts: [string, readonly string[] | undefined][] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ];
  return `{${parts
    .filter(([, values]) => values?.length)
    .map(([name, values]) => `${name}:${goQuotedList(values!)}`)
    .join(', ')}}`;
}
