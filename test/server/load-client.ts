/**
 * The clients of the load test, a program of their own: watchers that fold every byte they are told into a digest, and writers at a steady rate. Told what to do by its
 * arguments (JSON) and standard input; reports on standard output, a line of JSON each.
 */
import {createHash} from 'node:crypto';
import https from 'node:https';
import {createInterface} from 'node:readline';

interface Wish {
  port: number;
  token: string;
  ca: string;
  path: string;
  names: string[];
  watchers: number;
  writesPerSecond: number;
  seconds: number;
}

const wish = JSON.parse(process.argv[2]!) as Wish;
const common = {host: '127.0.0.1', port: wish.port, ca: wish.ca, headers: {authorization: `Bearer ${wish.token}`}};
const report = (what: object): void => void process.stdout.write(`${JSON.stringify(what)}\n`);

const totals = Array.from({length: wish.watchers}, () => ({bytes: 0, digest: createHash('sha1'), ended: false}));
const watch = (total: (typeof totals)[number], from: string): Promise<void> =>
  new Promise((opened, failed) => {
    const request = https.get({...common, path: `${wish.path}?watch=true&resourceVersion=${from}`, agent: false}, response => {
      opened();
      response.on('data', (chunk: Buffer) => {
        total.bytes += chunk.length;
        total.digest.update(chunk);
      });
      response.on('close', () => (total.ended = true));
    });
    request.on('error', failed);
  });

const agent = new https.Agent({ca: wish.ca, keepAlive: true, maxSockets: 8});
let failures = 0;
const write = (n: number): Promise<void> =>
  new Promise(done => {
    const headers = {...common.headers, 'content-type': 'application/merge-patch+json'};
    const request = https.request(
      {...common, headers, agent, method: 'PATCH', path: `${wish.path}/${wish.names[n % wish.names.length]}`},
      response => {
        if (response.statusCode !== 200) failures++;
        response.resume();
        response.on('end', done);
      },
    );
    request.on('error', () => {
      failures++;
      done();
    });
    request.end(`{"data":{"n":"${n}"}}`);
  });

const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();
const from = (await lines.next()).value as string;
await Promise.all(totals.map(total => watch(total, from)));
report({watching: totals.length});

const began = performance.now();
const count = wish.writesPerSecond * wish.seconds;
const under: Promise<void>[] = [];
for (let sent = 0; sent < count; ) {
  const due = Math.min(count, Math.floor(((performance.now() - began) / 1000) * wish.writesPerSecond));
  while (sent < due) under.push(write(sent++));
  await new Promise(resolve => setTimeout(resolve, 5));
  if (under.length > 5000) await Promise.all(under.splice(0));
}
await Promise.all(under);
report({written: count, failures, tookMs: performance.now() - began});

const bytes = Number((await lines.next()).value);
for (const end = performance.now() + 30_000; performance.now() < end && totals.some(t => t.bytes < bytes && !t.ended); )
  await new Promise(resolve => setTimeout(resolve, 20));
report({watchers: totals.map(({bytes: got, digest, ended}) => ({bytes: got, digest: digest.digest('hex'), ended}))});
process.exit(0);
