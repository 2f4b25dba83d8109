/** Many clients in the middle of something, in a program that is about to be killed. */
import https from 'node:https';
import tls from 'node:tls';

const {port, token, ca, clients} = JSON.parse(process.argv[2]!) as {port: number; token: string; ca: string; clients: number};
const authorization = `Bearer ${token}`;
const head = (method: string, path: string, more = ''): string =>
  `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${authorization}\r\n${more}\r\n`;
const MAPS = '/api/v1/namespaces/default/configmaps';
const POD = '/api/v1/namespaces/default/pods/web';

/** Each leaves off at another place. */
const KINDS: readonly (() => string)[] = [
  () => `${head('POST', MAPS, 'Content-Type: application/json\r\nContent-Length: 500\r\n')}{"apiVersion":"v1","ki`,
  () => `${head('POST', MAPS, 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n')}10\r\n{"apiVer`,
  () => head('GET', `${MAPS}?watch=true`),
  () => head('GET', `${POD}/log?follow=true`),
  () => 'GET /api/v1/nam',
  () =>
    head(
      'GET',
      `${POD}/exec?command=sh&stdin=true&tty=true&stdout=true`,
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n',
    ),
];

let open = 0;
for (let i = 0; i < clients; i++) {
  const socket = tls.connect({host: '127.0.0.1', port, ca, servername: 'localhost'}, () => {
    socket.write(KINDS[i % KINDS.length]!());
    if (++open === clients) process.stdout.write('ready\n');
  });
  socket.on('error', () => {});
}
// The last one is a client that asks and goes on asking.
const agent = new https.Agent({ca, keepAlive: true});
setInterval(
  () => https.get({host: '127.0.0.1', port, path: MAPS, agent, headers: {authorization}}, r => r.resume()).on('error', () => {}),
  5,
);
