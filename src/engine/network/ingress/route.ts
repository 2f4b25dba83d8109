/** Which backend an Ingress has for a request: host before path, exact before wildcard, the longest path. upstream: api/networking/v1 types.go */
import type {KubeObject, networking} from '../../api/types.ts';
import type {HttpTarget} from '../packet/connection.ts';

export type Ingress = networking.Ingress & KubeObject;

export interface Backend {
  readonly namespace: string;
  readonly service: string;
  readonly port: {readonly name?: string; readonly number?: number};
  /** The Ingress, `namespace/name`, and the rule that chose it. */
  readonly by: string;
}

type Path = networking.HTTPIngressPath;

/** `*.example.com` stands for one more label, not for several. */
const hostMatches = (pattern: string | undefined, host: string): boolean =>
  !pattern || pattern === host || (pattern.startsWith('*.') && host.slice(host.indexOf('.')) === pattern.slice(1) && host.includes('.'));

const segments = (path: string): string[] => path.split('/').filter(Boolean);

/** Prefix compares whole elements: /foo covers /foo/bar, not /foobar. */
function pathMatches({path = '/', pathType}: Path, asked: string): boolean {
  if (pathType === 'Exact') return path === asked;
  const wanted = segments(path);
  const given = segments(asked);
  return wanted.every((segment, i) => given[i] === segment);
}

const hostRank = (pattern: string | undefined): number => (!pattern ? 0 : pattern.startsWith('*') ? 1 : 2);

interface Candidate {
  readonly rank: readonly [host: number, exact: number, length: number];
  readonly backend: Backend;
}

const better = (a: Candidate, b: Candidate): number => b.rank[0] - a.rank[0] || b.rank[2] - a.rank[2] || b.rank[1] - a.rank[1];

function backendOf(ingress: Ingress, {service}: networking.IngressBackend, rule: string): Backend[] {
  const {namespace, name} = ingress.metadata;
  return service ? [{namespace: namespace!, service: service.name, port: service.port ?? {}, by: `${namespace}/${name} ${rule}`}] : [];
}

/** The backend for a request among Ingresses in the order of their creation; undefined when none has one. */
export function routeRequest(ingresses: readonly Ingress[], {host, path}: HttpTarget): Backend | undefined {
  const candidates = ingresses.flatMap(ingress =>
    (ingress.spec?.rules ?? [])
      .filter(rule => hostMatches(rule.host, host))
      .flatMap(rule =>
        (rule.http?.paths ?? [])
          .filter(each => pathMatches(each, path))
          .flatMap(each =>
            backendOf(ingress, each.backend, `${rule.host ?? '*'}${each.path ?? '/'}`).map(
              (backend): Candidate => ({
                rank: [hostRank(rule.host), each.pathType === 'Exact' ? 1 : 0, segments(each.path ?? '/').length],
                backend,
              }),
            ),
          ),
      ),
  );
  const best = candidates.sort(better)[0];
  if (best) return best.backend;
  return ingresses.flatMap(ingress =>
    ingress.spec?.defaultBackend ? backendOf(ingress, ingress.spec.defaultBackend, 'default backend') : [],
  )[0];
}
