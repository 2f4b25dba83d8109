/** Many watchers and many writes: nothing lost, nothing out of order; clients that are killed leave nothing behind. */
import {type ChildProcess, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import v8 from 'node:v8';
import vm from 'node:vm';
import {afterEach, expect, it} from 'vitest';
import type {CommitNote} from '../../src/engine/apiserver/commit-note.ts';
import {FULL, scaled} from './scale.ts';
import {type Served, serve} from './world.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const MAPS = '/api/v1/namespaces/default/configmaps';
const KEYS = '/registry/configmaps/default/';

let served: Served | undefined;
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.kill('SIGKILL');
  await served?.close();
  served = child = undefined;
});

/** A client program, and the lines it prints. */
function program(file: string, wish: object): {child: ChildProcess; next(): Promise<string>} {
  const started = spawn(process.execPath, ['--import', 'tsx', path.join(here, file), JSON.stringify(wish)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({input: started.stdout!})[Symbol.asyncIterator]();
  return {child: started, next: async () => String((await lines.next()).value)};
}

const where = ({server, token, ca}: Served) => ({port: Number(new URL(server.url).port), token, ca: ca.toString()});

const collectGarbage: () => void = (() => {
  v8.setFlagsFromString('--expose-gc');
  return vm.runInNewContext('gc') as () => void;
})();

/** What every watcher must have been told, made from the journal as it grows. */
function chronicle({cluster}: Served) {
  const {journal} = cluster.machine;
  const digest = createHash('sha1');
  const told = {bytes: 0, events: 0};
  let seen = journal.length;
  const stop = cluster.subscribe(() => {
    for (; seen < journal.length; seen++) {
      const {notes, writes} = journal.steps[seen - journal.first]!;
      for (const {key, type} of notes.filter(n => n.kind === 'commit') as CommitNote[]) {
        if (!key.startsWith(KEYS)) continue;
        const {new: now} = writes.findLast(w => w.table === 'etcd' && (w.new as {key?: string} | undefined)?.key === key)!;
        const event = {
          type: {create: 'ADDED', update: 'MODIFIED', delete: 'DELETED'}[type],
          object: (now as unknown as {value: object}).value,
        };
        const line = `${JSON.stringify(event)}\n`;
        told.bytes += Buffer.byteLength(line);
        told.events++;
        digest.update(line);
      }
    }
  });
  const end = (): string => {
    stop();
    return digest.digest('hex');
  };
  return {told, end};
}

it('tells every watcher every change once, in order, at any rate', async () => {
  served = await serve({nodes: 1, speed: 1, maxSteps: 4000});
  const names = Array.from({length: 100}, (_, i) => `map-${i}`);
  for (const name of names) await served.ask('POST', MAPS, {body: {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}, data: {}}});
  const {resourceVersion} = (await served.ask('GET', MAPS)).body.metadata;

  const wish = {path: MAPS, names, watchers: scaled(40, 200), writesPerSecond: scaled(400, 1000), seconds: scaled(2, 60)};
  const clients = program('load-client.ts', {...where(served), ...wish});
  child = clients.child;
  child.stdin!.write(`${resourceVersion}\n`);
  expect(JSON.parse(await clients.next())).toEqual({watching: wish.watchers});

  const journal = chronicle(served);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const written = JSON.parse(await clients.next());
  collectGarbage();
  const grown = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  expect(written).toMatchObject({written: wish.writesPerSecond * wish.seconds, failures: 0});
  expect(journal.told.events).toBe(written.written);

  child.stdin!.write(`${journal.told.bytes}\n`);
  const {watchers} = JSON.parse(await clients.next());
  const digest = journal.end();
  expect(watchers).toHaveLength(wish.watchers);
  expect(watchers.filter((w: object) => JSON.stringify(w) !== JSON.stringify({bytes: journal.told.bytes, digest, ended: false}))).toEqual(
    [],
  );
  console.log(
    `load: ${wish.watchers} watchers, ${written.written} writes in ${(written.tookMs / 1000).toFixed(1)} s (${Math.round((written.written / written.tookMs) * 1000)}/s), heap +${grown.toFixed(0)} MiB`,
  );
  // The store keeps 16,384 changes, the journal its last steps: neither grows with time.
  expect(grown).toBeLessThan(200);
  if (FULL) expect(written.written / (written.tookMs / 1000)).toBeGreaterThan(950);
}, 180_000);

it('keeps nothing of clients that are killed', async () => {
  served = await serve({nodes: 1, speed: 'max'});
  const pod = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'web'}, spec: {containers: [{name: 'c', image: 'nginx'}]}};
  expect((await served.ask('POST', '/api/v1/namespaces/default/pods', {body: pod})).code).toBe(201);
  const {revision} = served.cluster.machine.root;
  const own = served.server.connections;
  for (let killed = 0; killed < scaled(100, 1000); killed += 50) {
    const doomed = program('doomed-clients.ts', {...where(served), clients: 49});
    child = doomed.child;
    expect(await doomed.next()).toBe('ready');
    await expect.poll(() => served!.server.connections).toBeGreaterThanOrEqual(own + 50);
    await expect.poll(() => served!.server.streams).toBeGreaterThan(20);
    child.kill('SIGKILL');
    await expect.poll(() => [served!.server.connections, served!.server.streams]).toEqual([own, 0]);
  }
  expect(served.cluster.machine.root.revision).toBe(revision);
  expect((await served.ask('GET', '/readyz')).text).toBe('ok');
}, 180_000);
