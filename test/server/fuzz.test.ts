/** Requests that nobody should send: each is answered or hung up on, none changes anything. */
import tls from 'node:tls';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {CommitNote} from '../../src/engine/apiserver/commit-note.ts';
import {scaled} from './scale.ts';
import {type Served, serve} from './world.ts';

let served: Served;
beforeAll(async () => {
  served = await serve({nodes: 0, speed: 1});
});
afterAll(() => served.close());

/** A small generator of pseudo-random numbers, so that a failure can be seen again. upstream: mulberry32 */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

type Roll = (below: number) => number;
const pick = <T>(roll: Roll, from: readonly T[]): T => from[roll(from.length)]!;
const bytes = (roll: Roll, length: number): string => Array.from({length}, () => String.fromCharCode(roll(256))).join('');

const METHODS = [
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'get',
  'G E T',
  '',
  'A'.repeat(5000),
];
const PATHS = [
  '/',
  '//',
  '/..',
  '/../../../../etc/passwd',
  '/api/v1/namespaces/../../../etc/passwd',
  '/api/v1/namespaces/%2e%2e/%2e%2e/etc/passwd',
  '/api/v1/namespaces/default/pods/%zz',
  '/api/v1/namespaces/default/pods/%00',
  '/api/v1/namespaces/default/pods?watch=true&resourceVersion=abc&timeoutSeconds=1',
  '/api/v1/namespaces/default/pods?watch=true&resourceVersion=-5&timeoutSeconds=1',
  '/api/v1/namespaces/default/pods?limit=-1&continue=%%%',
  '/api/v1/namespaces/default/pods?labelSelector=((((',
  '/api/v1/namespaces/default/pods?fieldSelector=a=b,c!!d',
  '/api/v1/namespaces/default/pods/x/log?follow=true&tailLines=x',
  '/api/v1/namespaces/default/pods/x/exec?command=ls',
  '/api/v1/proxy',
  '/api/v1/watch',
  '/apis',
  '/apis/apps',
  '/apis/apps/v2/deployments',
  '/openapi/v3/../../x',
  '/__proto__',
  '/api/v1/namespaces/__proto__/pods/constructor',
  'http://evil.example/api',
  '*',
  'x',
  '',
  `/${'a/'.repeat(2000)}`,
  `/api/v1/namespaces/default/pods?${'q=1&'.repeat(2000)}`,
];
const HEADERS = [
  'Content-Length: -1',
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: 99999999999999999999',
  'Content-Length: 10\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: gzip',
  'Transfer-Encoding: chunked, chunked',
  'Content-Type: application/vnd.kubernetes.protobuf',
  'Content-Type: application/json',
  'Content-Type: application/yaml',
  'Content-Type: application/cbor',
  'Content-Type: \x00',
  'Content-Encoding: gzip',
  'Accept: application/json;as=Table;v=v1;g=meta.k8s.io',
  'Accept: ;;;,,,',
  'Expect: 100-continue',
  'Expect: nonsense',
  'Upgrade: websocket\r\nConnection: Upgrade',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: x',
  'Upgrade: SPDY/3.1\r\nConnection: Upgrade',
  'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings',
  'Impersonate-User: \r\nImpersonate-Group: system:masters',
  'Impersonate-Group: system:masters',
  'Authorization: Bearer',
  'Authorization: Basic !!!!',
  'Authorization: Bearer a.b.c',
  'Authorization: Negotiate x',
  'X-Remote-User: kubernetes-admin\r\nX-Remote-Group: system:masters',
  'If-None-Match: "',
  'Host: a\r\nHost: b',
  ': nameless',
  'no colon',
  ' Folded: x',
];
/** Bodies of which none is an object that could be stored. */
const BODIES = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '1e999',
  '{"apiVersion":"v1","kind":"ConfigMap"',
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"UPPER CASE"}}',
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"elsewhere"}}',
  '{"__proto__":{"polluted":true},"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":""}}',
  `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  '['.repeat(50_000),
  `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"spec":{"containers":[${'{},'.repeat(5000)}{}]}}`,
  `a: &a [x,x]\n${Array.from({length: 30}, (_, i) => `${'b'.repeat(i + 1)}: &${'b'.repeat(i + 1)} [*a,*a]`).join('\n')}`,
  'k8s\0\x0a\xff\xff\xff\xff\x7f',
  `k8s\0${'\x0a\x02'.repeat(3000)}`,
  '\x1f\x8b\x08\x00bomb',
];

/** One request that is wrong somewhere. */
function nonsense(roll: Roll, token: string): {text: string; cut: boolean} {
  if (roll(8) === 0) return {text: bytes(roll, 1 + roll(400)), cut: true};
  const headers = Array.from({length: 1 + roll(4)}, () => pick(roll, HEADERS));
  if (roll(10) > 0) headers.push(`Host: ${pick(roll, ['127.0.0.1', 'localhost', 'evil.example', '', bytes(roll, 5)])}`);
  if (roll(3) > 0) headers.push(`Authorization: Bearer ${token}`);
  const body = pick(roll, BODIES);
  if (roll(3) > 0) headers.push(`Content-Length: ${Buffer.byteLength(body, 'latin1') + pick(roll, [0, 0, 0, 1, -1, 1000])}`);
  const path = roll(4) === 0 ? `/${bytes(roll, 1 + roll(60))}` : pick(roll, PATHS);
  const start = `${pick(roll, METHODS)} ${path} HTTP/${pick(roll, ['1.1', '1.1', '1.1', '1.0', '2', '9.9', 'x'])}`;
  const text = `${[start, ...headers].join('\r\n')}\r\n\r\n${body}`;
  const cut = roll(5) === 0;
  return {text: cut ? text.slice(0, roll(text.length)) : text, cut};
}

/** How many connections are used at a time. */
const AT_ONCE = 16;
const PATIENCE_MS = 20_000;

/** Whether the server answered, or hung up, within its time. */
const send = (text: string): Promise<'answered' | 'closed' | 'silent'> =>
  new Promise(resolve => {
    const socket = tls.connect(
      {host: '127.0.0.1', port: Number(new URL(served.server.url).port), ca: served.ca, servername: 'localhost'},
      () => {
        socket.end(Buffer.from(text, 'latin1'));
      },
    );
    let answered = false;
    const timer = setTimeout(() => done('silent'), PATIENCE_MS);
    const done = (how: 'answered' | 'closed' | 'silent'): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(how);
    };
    socket.on('data', chunk => {
      answered ||= chunk.toString('latin1').startsWith('HTTP/1.');
      if (answered) done('answered');
    });
    socket.on('error', () => done('closed'));
    socket.on('close', () => done('closed'));
  });

it('answers or hangs up, whatever comes, and changes nothing', async () => {
  const roll = chance(20_261_121);
  const {journal} = served.cluster.machine;
  const changes: CommitNote[] = [];
  const stop = served.cluster.subscribe(() => {
    const commits = journal.steps.at(-1)!.notes.filter(n => n.kind === 'commit') as CommitNote[];
    changes.push(...commits.filter(c => c.client === 'http'));
  });
  const counts = {answered: 0, closed: 0, silent: 0};
  const silent: string[] = [];
  const count = scaled(400, 50_000);
  let sent = 0;
  const work = async (): Promise<void> => {
    while (sent < count) {
      sent++;
      const {text} = nonsense(roll, served.token);
      const how = await send(text);
      counts[how]++;
      if (how === 'silent') silent.push(JSON.stringify(text.slice(0, 300)));
    }
  };
  await Promise.all(Array.from({length: AT_ONCE}, work));
  expect(silent).toEqual([]);
  expect(counts.answered).toBeGreaterThan(count / 3);
  stop();
  expect(changes).toEqual([]);
  expect(({} as {polluted?: boolean}).polluted).toBeUndefined();
  expect((await served.ask('GET', '/readyz')).text).toBe('ok');
  await expect.poll(() => served.server.streams).toBe(0);
}, 1_200_000);
