/** /healthz, /livez, /readyz: their checks one by one. upstream: staging/src/k8s.io/apiserver/pkg/server/healthz/healthz.go */
import type {Tx} from '../machine/types.ts';
import {healthAsOf} from './as-of/paths.ts';
import type {ApiResponse, Walk} from './request.ts';
import {etcdStatus} from './storage.ts';

const text = (code: number, body: string): ApiResponse => ({
  code,
  headers: {'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff'},
  body,
});

const POST_START_HOOKS = `
  start-apiserver-admission-initializer generic-apiserver-start-informers priority-and-fairness-config-consumer priority-and-fairness-filter
  storage-object-count-tracker-hook start-apiextensions-informers start-apiextensions-controllers crd-informer-synced
  start-system-namespaces-controller start-cluster-authentication-info-controller start-kube-apiserver-identity-lease-controller
  start-kube-apiserver-identity-lease-garbage-collector start-legacy-token-tracking-controller start-service-ip-repair-controllers
  rbac/bootstrap-roles scheduling/bootstrap-system-priority-classes priority-and-fairness-config-producer bootstrap-controller
  start-kubernetes-service-cidr-controller aggregator-reload-proxy-client-cert start-kube-aggregator-informers
  apiservice-status-local-available-controller apiservice-status-remote-available-controller apiservice-registration-controller
  apiservice-discovery-controller kube-apiserver-autoregistration`
  .trim()
  .split(/\s+/)
  .map(name => `poststarthook/${name}`);
const LAST = ['autoregister-completion', 'poststarthook/apiservice-openapi-controller', 'poststarthook/apiservice-openapiv3-controller'];

/** In the order in which they are asked. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  healthz: ['ping', 'log', 'etcd', ...POST_START_HOOKS, ...LAST],
  livez: ['ping', 'log', 'etcd', ...POST_START_HOOKS, ...LAST],
  readyz: ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...POST_START_HOOKS, ...LAST, 'shutdown'],
};

/** Only the store can be ill while the server answers. */
const isHealthy = (tx: Tx, check: string): boolean => !check.startsWith('etcd') || etcdStatus(tx).leader !== undefined;

/** The paths that are served, for the index. */
export const healthPaths = (): string[] =>
  Object.entries(CHECKS).flatMap(([root, checks]) => [`/${root}`, ...checks.map(check => `/${root}/${check}`)]);

/** Answers a health path; undefined for any other. */
export function health({tx, request}: Walk): ApiResponse | undefined {
  const [, root = '', check = ''] = /^\/([^/]+)(?:\/(.+?))?\/*$/.exec(request.path) ?? [];
  const checks = (request.asOf ? healthAsOf(request.asOf.minor) : CHECKS)[root];
  if (!checks || (check && !checks.includes(check))) return undefined;
  if (check) return isHealthy(tx, check) ? text(200, 'ok') : text(500, `internal server error: ${check} failed`);
  const excluded = new Set([request.query?.['exclude'] ?? []].flat());
  const asked = checks.filter(name => !excluded.has(name));
  const lines = asked.map(name => (isHealthy(tx, name) ? `[+]${name} ok` : `[-]${name} failed: reason withheld`));
  const well = asked.every(name => isHealthy(tx, name));
  if (!well) return text(500, `${lines.join('\n')}\n${root} check failed\n`);
  return text(200, request.query?.['verbose'] === undefined ? 'ok' : `${lines.join('\n')}\n${root} check passed\n`);
}
