/** The third source of pods: manifests behind a URL, asked for every twenty seconds. upstream: pkg/kubelet/config/http.go, httpCheckFrequency */
import type {Json, Pod} from '../../api/types.ts';
import {parseYaml} from '../../api/yaml.ts';
import type {ComponentContext} from '../../client/types.ts';
import {type Kubelet, MANIFESTS} from '../types.ts';
import type {Manifest} from './static-pods.ts';

const HTTP_CHECK_MS = 20_000;
export const HTTP_SOURCE = 'http-source';

const isFetched = (path: string): boolean => /^https?:\/\//.test(path);

/** The body at an address, or why there is none. */
function fetchBody({dial}: Kubelet, url: string): {body: string} | {error: string} {
  let target: URL;
  try {
    target = new URL(url);
  } catch {
    return {error: `parse "${url}": invalid URI for request`};
  }
  const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
  const answer = dial?.http(target.hostname, port, {path: target.pathname + target.search, headers: {Host: target.host}});
  if (!answer || 'error' in answer) return {error: `Get "${url}": dial tcp ${target.hostname}:${port}: ${answer?.error ?? 'unreachable'}`};
  const {status, body} = answer.ok;
  if (status !== 200) return {error: `${url}: ${status}`};
  return body === '' ? {error: `zero-length data received from ${url}`} : {body};
}

/** The pods of a body: one, or a list of them. */
function podsIn(body: string): Pod[] | undefined {
  let parsed: unknown;
  try {
    parsed = parseYaml(body);
  } catch {
    return undefined;
  }
  const object = parsed as {kind?: string; items?: Pod[]} | null;
  const pods = object?.kind === 'PodList' || object?.kind === 'List' ? (object.items ?? []) : [object as Pod];
  return pods.every(pod => typeof pod === 'object' && pod?.metadata && pod.spec) ? pods : undefined;
}

/** Asks once. A source that fails changes nothing; `changed` hears of other manifests than before. */
export function checkHttpSource(kubelet: Kubelet, changed: () => void): void {
  const {ctx, host, node} = kubelet;
  const url = host.kubelet?.staticPodURL;
  const known = ctx.memory.list<Manifest>(MANIFESTS).filter(([path]) => isFetched(path));
  if (!url) {
    for (const [path] of known) ctx.memory.delete(MANIFESTS, path);
    if (known.length > 0) changed();
    return;
  }
  ctx.after(HTTP_CHECK_MS, HTTP_SOURCE, null, {key: '', periodic: true});
  const answer = fetchBody(kubelet, url);
  const pods = 'body' in answer ? podsIn(answer.body) : undefined;
  if (!pods) {
    ctx.trace('Source', `node/${node}`, `http: ${'error' in answer ? answer.error : `${url}: the body is no pod`}`);
    return;
  }
  const wanted = new Map(pods.map((pod, i) => [pods.length === 1 ? url : `${url}#${i}`, JSON.stringify(pod)]));
  const same = wanted.size === known.length && known.every(([path, {text}]) => wanted.get(path) === text);
  if (same) return;
  for (const [path] of known) ctx.memory.delete(MANIFESTS, path);
  for (const [path, text] of wanted) ctx.memory.put<Manifest>(MANIFESTS, path, {text, source: 'http'});
  ctx.trace('Source', `node/${node}`, `http: ${pods.length} ${pods.length === 1 ? 'pod' : 'pods'} from ${url}`);
  changed();
}

/** Begins to ask, if there is anybody to ask, or forgets what an earlier configuration fetched. */
export const startHttpSource = (ctx: ComponentContext): void => ctx.after(0, HTTP_SOURCE, null as Json, {key: ''});
