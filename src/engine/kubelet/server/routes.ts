/** What a kubelet answers on its own port, beside logs and streams. upstream: pkg/kubelet/server/server.go */
import type {Kubelet} from '../types.ts';
import {listWorkers, podOf} from '../workers.ts';
import {statsSummary} from './stats.ts';

/** By path. Undefined: it cannot say. */
const routes: Readonly<Record<string, (kubelet: Kubelet) => unknown>> = {
  '/healthz': () => 'ok',
  '/pods': kubelet => ({
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: {},
    items: listWorkers(kubelet.ctx).flatMap(worker => podOf(kubelet, worker) ?? []),
  }),
  '/stats/summary': statsSummary,
};

/** The answer to GET of a path. */
export function answerPath(kubelet: Kubelet, path: string): {status: number; body: unknown} {
  const route = routes[path.replace(/\?.*$/, '').replace(/(.)\/$/, '$1')];
  if (!route) return {status: 404, body: '404 page not found\n'};
  const body = route(kubelet);
  return body === undefined ? {status: 500, body: 'the container runtime is down\n'} : {status: 200, body};
}
