/** The API over HTTP, as facts that any client could see. */
import fs from 'node:fs';
import https from 'node:https';
import tls from 'node:tls';
import {gunzipSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {MOST_STREAMS, TOO_MANY_STREAMS} from '../../src/server/listener.ts';
import {FULL} from './scale.ts';
import {type Answer, type Served, serve} from './world.ts';

const PODS = '/api/v1/namespaces/default/pods';
const MAPS = '/api/v1/namespaces/default/configmaps';
const map = (name: string, data = {a: 'b'}) => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}, data});

let served: Served;
beforeAll(async () => {
  served = await serve({nodes: 1, speed: 'max'});
});
afterAll(() => served.close());

/** Bytes as they are, on a connection of their own. */
const raw = (bytes: string): Promise<string> =>
  new Promise(resolve => {
    const {port} = new URL(served.server.url);
    const socket = tls.connect({host: '127.0.0.1', port: Number(port), ca: served.ca, servername: 'localhost'}, () => socket.write(bytes));
    let text = '';
    socket.on('data', chunk => (text += chunk));
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
    setTimeout(() => socket.destroy(), 20_000).unref();
  });

describe('who comes in', () => {
  it('anonymous is nobody, a wrong token is refused, the token is the administrator', async () => {
    expect((await served.ask('GET', PODS, {token: ''})).body).toMatchObject({
      code: 403,
      message: expect.stringContaining('system:anonymous'),
    });
    expect((await served.ask('GET', PODS, {token: 'wrong'})).body).toMatchObject({code: 401, reason: 'Unauthorized'});
    expect((await served.ask('GET', PODS)).code).toBe(200);
    expect((await served.ask('GET', '/version', {token: ''})).body).toMatchObject({gitVersion: 'v1.36.0'});
  });

  it("keeps the kubeconfig to its owner, and no other file's place", () => {
    expect(fs.statSync(served.server.kubeconfig).mode & 0o777).toBe(0o600);
  });

  it('listens on loopback only, and under no other name', async () => {
    expect(new URL(served.server.url).hostname).toBe('127.0.0.1');
    const called = (host: string) => raw(`GET /version HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    for (const host of ['evil.example', '192.168.0.2:6443', '127.0.0.1.evil.example', ''])
      expect(await called(host), host).toMatch(/^HTTP\/1\.1 403 [\s\S]*"reason":"Forbidden"/);
    expect(await called('localhost:1')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('does not believe a certificate of another authority', async () => {
    const {createAuthority} = await import('../../src/server/certificates.ts');
    const other = await (await createAuthority()).client('kubernetes-admin', ['system:masters']);
    const agent = new https.Agent({ca: served.ca, cert: other.certificate, key: other.key});
    expect((await served.ask('GET', PODS, {token: '', agent})).code).toBe(401);
    agent.destroy();
  });

  it('acts for several groups at once', async () => {
    const headers = {'impersonate-user': 'carol', 'impersonate-group': 'system:masters'};
    const answer = await served.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      headers,
      body: {apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview'},
    });
    expect(answer.body.status.userInfo).toMatchObject({username: 'carol', groups: expect.arrayContaining(['system:masters'])});
  });
});

describe('an answer', () => {
  it('is JSON or YAML, as asked; what cannot be served is 406', async () => {
    await served.ask('POST', MAPS, {body: map('forms')});
    expect((await served.ask('GET', `${MAPS}/forms`, {headers: {accept: 'application/yaml'}})).text).toContain('kind: ConfigMap\n');
    expect((await served.ask('GET', `${MAPS}/forms`, {headers: {accept: 'application/xml'}})).body).toMatchObject({
      code: 406,
      reason: 'NotAcceptable',
    });
    const table = await served.ask('GET', MAPS, {headers: {accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'}});
    expect(table.body).toMatchObject({kind: 'Table', columnDefinitions: [{name: 'Name'}, {name: 'Data'}, {name: 'Age'}]});
  });

  it('is compressed where it is large', async () => {
    const small = await served.ask('GET', '/version', {headers: {'accept-encoding': 'gzip'}});
    expect(small.headers['content-encoding']).toBeUndefined();
    const large = await new Promise<{encoding: unknown; bytes: Buffer}>(resolve => {
      const {port} = new URL(served.server.url);
      const headers = {authorization: `Bearer ${served.token}`, 'accept-encoding': 'gzip'};
      https.get({host: '127.0.0.1', port, path: '/openapi/v3/api/v1', ca: served.ca, headers}, response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () => resolve({encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks)}));
      });
    });
    expect(large.encoding).toBe('gzip');
    expect(JSON.parse(gunzipSync(large.bytes).toString()).openapi).toBe('3.0.0');
  });

  it('is not sent again to who still has it', async () => {
    const headers = {accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'};
    const first = await served.ask('GET', '/apis', {headers});
    expect(first.body.kind).toBe('APIGroupDiscoveryList');
    const again = await served.ask('GET', '/apis', {headers: {...headers, 'if-none-match': String(first.headers['etag'])}});
    expect(again).toMatchObject({code: 304, text: ''});
    expect((await served.ask('GET', '/apis')).body.kind).toBe('APIGroupList');
  });

  it('tells warnings', async () => {
    const answer = await served.ask('POST', MAPS, {body: {...map('warned'), nope: 1}});
    expect(answer.headers['warning']).toBe('299 - "unknown field \\"nope\\""');
  });

  it('comes in pages', async () => {
    for (const name of ['p1', 'p2', 'p3']) await served.ask('POST', MAPS, {body: map(name)});
    const first = (await served.ask('GET', `${MAPS}?limit=2`)).body;
    expect(first.items).toHaveLength(2);
    const rest = (await served.ask('GET', `${MAPS}?limit=50&continue=${encodeURIComponent(first.metadata.continue)}`)).body;
    expect(rest.items.length).toBe(first.metadata.remainingItemCount);
  });

  it.each([
    ['application/json-patch+json', '[{"op":"replace","path":"/data/a","value":"1"}]'],
    ['application/merge-patch+json', '{"data":{"a":"1"}}'],
    ['application/strategic-merge-patch+json', '{"data":{"a":"1"}}'],
    ['application/apply-patch+yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: patched}\ndata: {a: "1"}\n'],
  ])('patches by %s', async (type, body) => {
    await served.ask('DELETE', `${MAPS}/patched`);
    await served.ask('POST', MAPS, {body: map('patched')});
    const query = type.includes('apply') ? '?fieldManager=me&force=true' : '';
    const answer = await served.ask('PATCH', `${MAPS}/patched${query}`, {headers: {'content-type': type}, body});
    expect(answer.body.data).toEqual({a: '1'});
  });

  it('tells how it is', async () => {
    expect((await served.ask('GET', '/readyz?verbose')).text).toMatch(/^\[\+\]ping ok\n[\s\S]*readyz check passed\n$/);
    expect((await served.ask('GET', '/livez/etcd')).text).toBe('ok');
    const {text} = await served.ask('GET', '/metrics');
    expect(text).toMatch(/apiserver_storage_objects\{resource="namespaces"\} 4\n/);
    expect(text).toMatch(/apiserver_request_total\{code="201",resource="configmaps",subresource="",verb="CREATE"\} \d+\n/);
  });
});

describe('a body', () => {
  it('may be 3 MiB and no more', async () => {
    const large = map('large', {a: 'x'.repeat(3 * 1024 * 1024)});
    expect((await served.ask('POST', MAPS, {body: large})).body).toMatchObject({code: 413, reason: 'RequestEntityTooLarge'});
  });

  it('may be protobuf', async () => {
    const answer = await served.ask('POST', '/api/v1/namespaces', {
      headers: {'content-type': 'application/vnd.kubernetes.protobuf'},
      // What kubectl sends for `kubectl create ns vns`.
      body: Buffer.from('azhzAAoPCgJ2MRIJTmFtZXNwYWNlEhsKEwoDdm5zEgAaACIAKgAyADgAQgASABoCCgAaACIA', 'base64'),
    });
    expect(answer.body).toMatchObject({kind: 'Namespace', metadata: {name: 'vns'}});
    const broken = await served.ask('POST', '/api/v1/namespaces', {
      headers: {'content-type': 'application/vnd.kubernetes.protobuf'},
      body: Buffer.from('k8s\0\x0a\x7f'),
    });
    expect(broken.body).toMatchObject({code: 400, reason: 'BadRequest'});
  });

  it('that is no JSON is a 400', async () => {
    expect((await served.ask('POST', PODS)).body.message).toContain('unexpected end of JSON input (<empty>)');
    expect((await served.ask('POST', MAPS, {body: '{"a'})).body).toMatchObject({code: 400, reason: 'BadRequest'});
  });
});

describe('a watch', () => {
  it('goes on from where it was left, and is told when it cannot', async () => {
    const {resourceVersion} = (await served.ask('GET', MAPS)).body.metadata;
    await served.ask('POST', MAPS, {body: map('w1')});
    const watch = await served.stream(`${MAPS}?watch=true&resourceVersion=${resourceVersion}`);
    await watch.until(lines => lines.some(e => e.object.metadata.name === 'w1'));
    await served.ask('DELETE', `${MAPS}/w1`);
    await watch.until(lines => lines.length === 2);
    expect(watch.lines.map(e => [e.type, e.object.metadata.name])).toEqual([
      ['ADDED', 'w1'],
      ['DELETED', 'w1'],
    ]);
    watch.close();
    expect((await served.ask('GET', `${MAPS}?watch=true&resourceVersion=99999999`)).body).toMatchObject({code: 410, reason: 'Expired'});
  });

  it('begins with what there is, marked by a bookmark where that was asked for', async () => {
    const watch = await served.stream(
      `${MAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    );
    await watch.until(lines => lines.some(e => e.type === 'BOOKMARK'));
    expect(watch.lines.at(-1).object.metadata.annotations).toEqual({'k8s.io/initial-events-end': 'true'});
    expect(watch.lines.slice(0, -1).every(e => e.type === 'ADDED')).toBe(true);
    watch.close();
  });

  it('goes on when its client may not watch any more, and is then refused', async () => {
    const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings';
    const [roleRef, subjects] = [{apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view'}, [{kind: 'User', name: 'eve'}]];
    await served.ask('POST', bindings, {body: {metadata: {name: 'eve'}, roleRef, subjects}});
    const headers = {'impersonate-user': 'eve'};
    const {resourceVersion} = (await served.ask('GET', MAPS, {headers})).body.metadata;
    const from = `${MAPS}?watch=true&resourceVersion=${resourceVersion}`;
    const watch = await served.stream(from, {headers});
    await served.ask('DELETE', `${bindings}/eve`);
    await served.ask('POST', MAPS, {body: map('unseen')});
    await watch.until(lines => lines.some(e => e.object.metadata.name === 'unseen'));
    expect(watch.lines.map(e => e.type)).toEqual(['ADDED']);
    watch.close();
    expect((await served.ask('GET', from, {headers})).code).toBe(403);
  });

  it('of rows names the columns once to each client', async () => {
    const headers = {accept: 'application/json;as=Table;v=v1;g=meta.k8s.io'};
    const {resourceVersion} = (await served.ask('GET', MAPS)).body.metadata;
    const early = await served.stream(`${MAPS}?watch=true&resourceVersion=${resourceVersion}`, {headers});
    for (const name of ['row1', 'row2']) {
      await served.ask('POST', MAPS, {body: map(name)});
      await early.until(lines => lines.some(e => e.object.rows[0].cells[0] === name));
    }
    const late = await served.stream(
      `${MAPS}?watch=true&resourceVersion=${(await served.ask('GET', MAPS)).body.metadata.resourceVersion}`,
      {headers},
    );
    const whole = await served.stream(`${MAPS}?watch=true&resourceVersion=${resourceVersion}`, {headers});
    await served.ask('POST', MAPS, {body: map('row3')});
    for (const watch of [early, late, whole]) await watch.until(lines => lines.some(e => e.object.rows[0].cells[0] === 'row3'));
    const told = ({lines}: {lines: any[]}) =>
      lines.map(({object}) => object.columnDefinitions?.map(({name}: {name: string}) => name) ?? null);
    const columns = ['Name', 'Data', 'Age'];
    expect([told(early), told(late), told(whole)]).toEqual([[columns, null, null], [columns], [columns, null, null]]);
    for (const watch of [early, late, whole]) watch.close();
  });

  it('ends when its time is over', async () => {
    const watch = await served.stream(`${MAPS}?watch=true&timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=0`);
    await watch.ended;
    expect(watch.lines.at(-1)).toMatchObject({type: 'BOOKMARK', object: {kind: 'ConfigMap'}});
  });

  it('is refused when there are too many, and forgotten when its client goes', async () => {
    const watches = await Promise.all(Array.from({length: MOST_STREAMS}, () => served.stream(`${PODS}?watch=true`)));
    expect(served.server.streams).toBe(MOST_STREAMS);
    const refused = await served.ask('GET', `${PODS}?watch=true`);
    expect(refused.body).toMatchObject({code: 429, reason: 'TooManyRequests', message: TOO_MANY_STREAMS});
    expect(refused.headers['retry-after']).toBe('1');
    for (const watch of watches) watch.close();
    await Promise.all(watches.map(w => w.ended));
    await expect.poll(() => served.server.streams).toBe(0);
  });
});

describe('what is no HTTP', () => {
  it('is told so, once', async () => {
    expect(await raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 BadRequest[\s\S]*"reason":"BadRequest"/);
    expect(await raw(`GET /version HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(1_200_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it.runIf(FULL)(
    'is hung up on when it takes too long to say what it wants',
    async () => {
      const {port} = new URL(served.server.url);
      const began = performance.now();
      const text = await new Promise<string>(resolve => {
        let said = '';
        const socket = tls.connect({host: '127.0.0.1', port: Number(port), ca: served.ca, servername: 'localhost'}, () =>
          socket.write('GET /version HT'),
        );
        socket.on('data', chunk => (said += chunk));
        socket.on('error', () => {});
        socket.on('close', () => resolve(said));
      });
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
      expect(performance.now() - began).toBeLessThan(20_000);
    },
    40_000,
  );

  it('exec without an upgrade is a 400; SPDY is declined with a word', async () => {
    expect((await served.ask('POST', `${PODS}/x/exec?command=ls`)).body).toMatchObject({code: 404, reason: 'NotFound'});
    const pod = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'x'}, spec: {containers: [{name: 'c', image: 'nginx'}]}};
    expect((await served.ask('POST', PODS, {body: pod})).code).toBe(201);
    expect((await served.ask('POST', `${PODS}/x/exec?command=ls`)).body.message).toBe('Upgrade request required');
    const spdy = await raw(
      `POST ${PODS}/x/exec?command=ls HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${served.token}\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n`,
    );
    expect(spdy).toMatch(/^HTTP\/1\.1 400 [\s\S]*WebSockets only/);
  });
});

describe('in front of the server', () => {
  const put = (front: object) => served.cluster.control({action: 'configure', change: {front}});
  const seen = async (): Promise<Answer | string> => {
    const agent = new https.Agent({ca: served.ca});
    try {
      return await served.ask('GET', '/version', {agent});
    } catch (error) {
      return (error as Error).message;
    } finally {
      agent.destroy();
    }
  };

  it('a load balancer answers for it, or is slow', async () => {
    put({unavailable: true});
    expect(await seen()).toMatchObject({code: 503, body: {reason: 'ServiceUnavailable'}});
    put({slowMs: 300});
    const began = performance.now();
    expect(await seen()).toMatchObject({code: 200});
    expect(performance.now() - began).toBeGreaterThan(290);
    put({});
  });

  it('a certificate has run out, or is of an unknown authority; and is good again', async () => {
    put({certificate: 'expired'});
    await expect.poll(seen).toBe('certificate has expired');
    put({certificate: 'wrong-ca'});
    await expect.poll(seen).toMatch(/unable to (verify|get local issuer)/);
    put({});
    await expect.poll(seen).toMatchObject({code: 200});
  });

  it('nothing listens while the program is stopped', async () => {
    served.cluster.control({action: 'stop', program: 'kube-apiserver'});
    await expect.poll(seen).toMatch(/ECONNREFUSED/);
    served.cluster.control({action: 'start', program: 'kube-apiserver'});
    await expect.poll(seen).toMatchObject({code: 200});
  });
});
