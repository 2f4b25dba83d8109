/** Requests that a real API server answered, in order: what ours answers, through the library. */
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, it} from 'vitest';
import {type Cluster, createCluster} from '../../src/engine/cluster/cluster.ts';
import {type Answer, difference, type Leniency} from './golden/judge.ts';
import {comparable} from './golden/today.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = process.env['CONFORMANCE_GOLDEN'] ?? path.resolve(here, '../../../shared/conformance/golden');
const file = path.join(folder, 'requests.json');

/** At least this part of the answers that today's version would give alike. */
const ALIKE = 0.95;

interface Recorded {
  user: string;
  method: string;
  path: string;
  headers?: Record<string, string>;
  contentType?: string;
  body?: unknown;
  /** The field that was out of date when this was sent. */
  stale?: string;
}

interface Entry {
  id: string;
  group: string;
  title: string;
  request: Recorded;
  response?: Answer;
  /** False where the answer hung on the moment of the recording. */
  judge?: boolean;
  today?: {differs: boolean; notes: string[]};
}

const AUTHENTICATED = 'system:authenticated';
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  admin: ['system:masters', AUTHENTICATED],
  alice: ['dev', AUTHENTICATED],
  bob: ['ops', AUTHENTICATED],
  carol: [AUTHENTICATED],
  'system:kube-scheduler': [AUTHENTICATED],
  'system:node:node-1': ['system:nodes', AUTHENTICATED],
};
const ROBOT = /service account token/;
const NOBODYS_UID = '00000000-0000-4000-8000-000000000000';

/** Who sends it, as the library takes it. A header of credentials goes through the authenticators instead. */
function sender({user, headers}: Recorded, robot: string): {user?: string; groups?: readonly string[]; headers: Record<string, string>} {
  const lower = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  if (lower['authorization']) return {headers: lower};
  if (user === 'bad') return {headers: {...lower, authorization: 'Bearer wrong-token'}};
  if (ROBOT.test(user)) return {headers: {...lower, authorization: `Bearer ${robot}`}};
  if (user === 'anonymous') return {user: 'system:anonymous', groups: ['system:unauthenticated'], headers: lower};
  return {user, groups: GROUPS[user]!, headers: lower};
}

function send(cluster: Cluster, request: Recorded, robot = ''): Answer {
  const [pathname = '', search = ''] = request.path.split('?');
  const {headers, ...who} = sender(request, robot);
  const {code, body} = cluster.request({
    ...who,
    method: request.method,
    path: decodeURIComponent(pathname),
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: {...headers, ...(request.body != null && {'content-type': request.contentType ?? 'application/json'})},
    ...(request.body != null && {body: typeof request.body === 'string' ? request.body : JSON.stringify(request.body)}),
  });
  return {code, body};
}

/** Puts what is alive now where the recorder left a placeholder; the field that was stale stays so. */
function fill(value: unknown, live: any, stale: string | undefined, key = ''): unknown {
  if (typeof value === 'string') {
    const [, count, letter] = /^<(\d+) times (.)>$/.exec(value) ?? [];
    if (count) return letter!.repeat(Number(count));
    if (!/<[a-z.0-9A-Z]+>/.test(value)) return value;
    if (value === '<stripped>') return undefined;
    const old = key === 'uid' ? NOBODYS_UID : key === 'resourceVersion' ? '1' : value;
    return stale !== key && (typeof live === 'string' || typeof live === 'number') ? live : old;
  }
  if (Array.isArray(value)) return value.map((item, index) => fill(item, live?.[index], stale));
  if (value === null || typeof value !== 'object') return value;
  const filled = Object.entries(value).map(([name, inner]) => [name, fill(inner, live?.[name], stale, name)] as const);
  return Object.fromEntries(filled.filter(([, inner]) => inner !== undefined));
}

function alive(cluster: Cluster, {method, path: asked}: Recorded): unknown {
  if (method === 'POST') return undefined;
  return send(cluster, {user: 'admin', method: 'GET', path: asked.replace(/\?.*/, '').replace(/\/(status|scale|finalize)$/, '')}).body;
}

/** How to judge it by what is known to differ today; undefined where nothing is left to compare. */
const leniency = ({id, judge, today, response}: Entry): Leniency | undefined =>
  response && judge !== false ? comparable(id, today?.notes ?? []) : undefined;

it.skipIf(!fs.existsSync(file))('answers recorded requests as the real one did', {timeout: 120_000}, () => {
  const {requests} = JSON.parse(fs.readFileSync(file, 'utf8')) as {requests: Entry[]};
  const cluster = createCluster({nodes: 0, off: ['kube-scheduler']});
  const account = '/api/v1/namespaces/cfg/serviceaccounts/robot/token';
  let robot = '';
  let judged = 0;
  const failed: string[] = [];
  for (const entry of requests) {
    const request = {...entry.request, body: fill(entry.request.body, alive(cluster, entry.request), entry.request.stale)};
    const got = send(cluster, request, robot);
    cluster.advance(100);
    if (request.path === account && got.code === 201) robot = got.body.status.token;
    const how = leniency(entry);
    if (!how) continue;
    judged++;
    const found = difference(entry.response!, got, how);
    if (found) failed.push(`${entry.id} ${entry.group}: ${entry.title}\n  ${request.user} ${request.method} ${request.path}\n  ${found}`);
  }
  const given = requests.filter(({response}) => response).length;
  console.log(
    `golden requests ${judged - failed.length}/${judged} (answers given: ${given} of ${requests.length}; the rest differs today, see golden/today.ts)`,
  );
  if (failed.length > 0) console.log(failed.join('\n'));
  expect((judged - failed.length) / judged).toBeGreaterThanOrEqual(ALIKE);
});
