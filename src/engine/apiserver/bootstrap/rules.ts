/**
 * A notation for policy rules: `VERBS GROUPS:RESOURCES[NAMES]` or `VERBS PATHS`, lists with commas, the core group written `core`.
 * Short for verbs: `read` (get, list, watch), `write` (all that change) and `manage` (both). `events` alone is the right to record events.
 */
import type {rbac} from '../../api/types.ts';

const VERBS: Readonly<Record<string, readonly string[]>> = {
  read: ['get', 'list', 'watch'],
  write: ['create', 'delete', 'deletecollection', 'patch', 'update'],
  manage: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
};
const EVENTS = 'create,patch,update core,events.k8s.io:events';
const NOTATION = /^(?<verbs>\S+) (?:(?<paths>\/\S*|\*)|(?<groups>[^:]+):(?<resources>[^[]+)(?:\[(?<names>.*)\])?)$/;

/** Reads one rule. Throws on text that is no rule. */
export function parseRule(text: string): rbac.PolicyRule {
  const parts = NOTATION.exec(text === 'events' ? EVENTS : text)?.groups;
  if (!parts) throw new Error(`not a policy rule: ${text}`);
  const verbs = [...(VERBS[parts['verbs']!] ?? parts['verbs']!.split(','))];
  if (parts['paths']) return {verbs, nonResourceURLs: parts['paths'].split(',')};
  return {
    verbs,
    apiGroups: parts['groups']!.split(',').map(group => (group === 'core' ? '' : group)),
    resources: parts['resources']!.split(','),
    ...(parts['names'] && {resourceNames: parts['names'].split(',')}),
  };
}
