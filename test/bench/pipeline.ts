/** Pods a second from the request to Running, on clusters of several sizes, with the journal kept so that all of it can be undone. */
import type {Pod} from '../../src/engine/api/types.ts';
import {type Cluster, createCluster} from '../../src/engine/index.ts';
import {report, time} from './measure.ts';

const PATIENCE_MS = 600_000;

function createPods(cluster: Cluster, from: number, count: number): void {
  for (let i = from; i < from + count; i++) {
    cluster.request({
      method: 'POST',
      path: '/api/v1/namespaces/default/pods',
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {name: `web-${i}`, labels: {app: 'web'}},
        spec: {containers: [{name: 'web', image: 'registry.k8s.io/pause:3.10.1', resources: {requests: {cpu: '10m', memory: '16Mi'}}}]},
      },
    });
  }
}

const running = (cluster: Cluster): number =>
  (cluster.request({method: 'GET', path: '/api/v1/pods'}).body as {items: Pod[]}).items.filter(p => p.status?.phase === 'Running').length;

/** One size: how long until all are Running, in milliseconds, and the JSON yardstick of the same run. */
export function benchPipeline(nodes: number, pods: number): number {
  let cluster!: Cluster;
  const boot = time(() => {
    cluster = createCluster({nodes});
  });
  const start = cluster.history.position;
  const spent = time(() => {
    for (let done = 0; done < pods; done += 20) {
      createPods(cluster, done, Math.min(20, pods - done));
      cluster.advance(10);
    }
    for (const limit = cluster.now + PATIENCE_MS; running(cluster) < pods && cluster.now < limit; ) cluster.advance(1000);
  });
  const writes = cluster.machine.journal.steps.slice(start).reduce((n, s) => n + s.writes.length, 0);
  report(
    `pipeline, ${nodes} nodes, ${pods} pods`,
    `${Math.round((running(cluster) / spent) * 1000)} pods/s, ${((spent * 1000) / pods).toFixed(0)} us a pod`,
    `${(writes / pods).toFixed(0)} writes a pod; ${boot.toFixed(0)} ms to set up; ${Math.round(process.memoryUsage().heapUsed / 2 ** 20)} MiB heap`,
  );
  return spent / pods;
}
