/** The recorded requests, sent one after another as they were then, and what was made of each answer. */
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Cluster} from '../../../src/engine/cluster/cluster.ts';
import type {Answer} from './judge.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = process.env['CONFORMANCE_GOLDEN'] ?? path.resolve(here, '../../../../shared/conformance/golden');
const file = path.join(folder, 'requests.json');

/** Whether the recordings are there. */
export const recorded = fs.existsSync(file);

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

export interface Entry {
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

/** Sends every recorded request to a cluster, and hands over each answer. Returns how many answers are given in the recording, of how many. */
export function replay(cluster: Cluster, judge: (entry: Entry, got: Answer) => void): string {
  const {requests} = JSON.parse(fs.readFileSync(file, 'utf8')) as {requests: Entry[]};
  const account = '/api/v1/namespaces/cfg/serviceaccounts/robot/token';
  let robot = '';
  for (const entry of requests) {
    const request = {...entry.request, body: fill(entry.request.body, alive(cluster, entry.request), entry.request.stale)};
    const got = send(cluster, request, robot);
    cluster.advance(100);
    if (request.path === account && got.code === 201) robot = got.body.status.token;
    judge(entry, got);
  }
  return `${requests.filter(({response}) => response).length} of ${requests.length}`;
}

/** An entry and what is wrong with the answer, for the report. */
export const fault = ({id, group, title, request: {user, method, path: asked}}: Entry, found: string): string =>
  `${id} ${group}: ${title}\n  ${user} ${method} ${asked}\n  ${found}`;
