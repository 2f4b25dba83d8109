/**
 * Which FlowSchema a request falls under: the first that matches, in the order of their precedence. Nobody waits here, but the name tells whose share a request takes.
 * upstream: staging/src/k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap/default.go
 */

import type {UserInfo} from '../api/types.ts';
import {NODES_GROUP, SYSTEM_PRIVILEGED_GROUP} from '../api/well-known.ts';
import {serviceAccountUsername} from './authentication/service-account.ts';
import type {RequestInfo} from './request-info.ts';

const SYSTEM_ACCOUNTS = 'system:serviceaccounts:kube-system';
const ACCOUNTS = 'system:serviceaccounts';
const CONTROLLER_MANAGER = 'system:kube-controller-manager';
const SCHEDULER = 'system:kube-scheduler';

const LEADERS: ReadonlySet<string> = new Set([CONTROLLER_MANAGER, SCHEDULER]);
const WRITERS_OF_ENDPOINTS: ReadonlySet<string> = new Set([
  CONTROLLER_MANAGER,
  ...['endpoint-controller', 'endpointslicemirroring-controller'].map(name => serviceAccountUsername('kube-system', name)),
]);

const PROBES: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz']);
const LEADER_VERBS: ReadonlySet<string> = new Set(['get', 'create', 'update']);

const isLease = ({apiGroup, resource, verb}: RequestInfo): boolean =>
  apiGroup === 'coordination.k8s.io' && resource === 'leases' && LEADER_VERBS.has(verb);
const isOfNode = ({apiGroup, resource, subresource}: RequestInfo): boolean =>
  apiGroup === '' && resource === 'nodes' && (subresource === '' || subresource === 'status');

interface FlowSchema {
  readonly name: string;
  matches(user: UserInfo, info: RequestInfo): boolean;
}

const inGroup = (group: string) => (user: UserInfo) => user.groups.includes(group);
const isUser = (name: string) => (user: UserInfo) => user.username === name;

const schemas: readonly FlowSchema[] = [
  {name: 'exempt', matches: inGroup(SYSTEM_PRIVILEGED_GROUP)},
  {name: 'probes', matches: (_user, info) => !info.isResourceRequest && PROBES.has(info.path)},
  {
    name: 'system-leader-election',
    matches: (user, info) => isLease(info) && (LEADERS.has(user.username) || user.groups.includes(SYSTEM_ACCOUNTS)),
  },
  {
    name: 'endpoint-controller',
    matches: ({username}, {apiGroup, resource, verb}) =>
      resource === 'endpoints' && apiGroup === '' && WRITERS_OF_ENDPOINTS.has(username) && LEADER_VERBS.has(verb),
  },
  {
    name: 'system-node-high',
    matches: (user, info) => user.groups.includes(NODES_GROUP) && (isOfNode(info) || info.resource === 'leases'),
  },
  {name: 'system-nodes', matches: inGroup(NODES_GROUP)},
  {name: 'kube-controller-manager', matches: isUser(CONTROLLER_MANAGER)},
  {name: 'kube-scheduler', matches: isUser(SCHEDULER)},
  {name: 'kube-system-service-accounts', matches: inGroup(SYSTEM_ACCOUNTS)},
  {name: 'service-accounts', matches: inGroup(ACCOUNTS)},
  {name: 'global-default', matches: inGroup('system:authenticated')},
];

/** The name of the schema; `catch-all` is everybody else's. */
export const flowSchemaOf = (user: UserInfo, info: RequestInfo): string =>
  schemas.find(schema => schema.matches(user, info))?.name ?? 'catch-all';
