/** /healthz, /livez, /readyz and each check below them. upstream: staging/src/k8s.io/apiserver/pkg/server/healthz/healthz.go */
import type {Tx} from '../machine/types.ts';
import {type ApiResponse, parameter, type Walk} from './request.ts';
import {etcdStatus} from './storage.ts';

type Endpoint = 'healthz' | 'livez' | 'readyz';

interface Check {
  readonly name: string;
  /** Where it is asked; everywhere by default. */
  readonly of?: readonly Endpoint[];
  passes?(tx: Tx): boolean;
}

const hasLeader = (tx: Tx): boolean => etcdStatus(tx).leader !== undefined;

const CHECKS: readonly Check[] = [
  {name: 'ping'},
  {name: 'log'},
  {name: 'etcd', passes: hasLeader},
  {name: 'etcd-readiness', of: ['readyz'], passes: hasLeader},
  {name: 'informer-sync', of: ['readyz']},
  {name: 'poststarthook/start-apiserver-admission-initializer'},
  {name: 'poststarthook/generic-apiserver-start-informers'},
  {name: 'poststarthook/priority-and-fairness-config-consumer'},
  {name: 'poststarthook/start-apiextensions-controllers'},
  {name: 'poststarthook/crd-informer-synced'},
  {name: 'poststarthook/rbac/bootstrap-roles'},
  {name: 'poststarthook/scheduling/bootstrap-system-priority-classes'},
  {name: 'poststarthook/apiservice-openapiv3-controller'},
  {name: 'shutdown', of: ['readyz']},
];

const text = (code: number, body: string): ApiResponse => ({
  code,
  headers: {'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff'},
  body,
});

/** Answers `/healthz`, `/livez`, `/readyz` and `/readyz/CHECK`; undefined for any other path. `?verbose` names the checks, `?exclude=` leaves one out. */
export function health({tx, request}: Walk): ApiResponse | undefined {
  const [endpoint, ...rest] = request.path.split('/').filter(Boolean) as [Endpoint, ...string[]];
  if (!['healthz', 'livez', 'readyz'].includes(endpoint)) return undefined;
  const name = rest.join('/');
  const excluded = [request.query?.['exclude'] ?? []].flat();
  const asked = CHECKS.filter(check => (check.of ?? [endpoint]).includes(endpoint) && (!name || check.name === name)).filter(
    check => !excluded.includes(check.name),
  );
  if (name && asked.length === 0) return undefined;
  const failed = asked.filter(check => check.passes?.(tx) === false);
  if (failed.length === 0 && (name || parameter(request, 'verbose') === '') && request.query?.['verbose'] === undefined)
    return text(200, 'ok');
  const lines = asked.map(check => (failed.includes(check) ? `[-]${check.name} failed: reason withheld` : `[+]${check.name} ok`));
  return text(failed.length ? 500 : 200, `${lines.join('\n')}\n${endpoint} check ${failed.length ? 'failed' : 'passed'}\n`);
}
