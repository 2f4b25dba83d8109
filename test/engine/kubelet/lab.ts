/** A small cluster to try pods in: manifests in, statuses, events and times out. */
import {parse} from 'yaml';
import {timeOf} from '../../../src/engine/api/clock.ts';
import {kindOf} from '../../../src/engine/api/kinds.ts';
import {pathOf} from '../../../src/engine/api/paths.ts';
import type {ContainerStatus, KubeEvent, KubeObject, Pod} from '../../../src/engine/api/types.ts';
import type {Cluster, ClusterOptions} from '../../../src/engine/index.ts';
import {clusterOf} from '../../clusters.ts';

export interface Lab {
  cluster: Cluster;
  /** Creates the object of a manifest; answers its name. */
  apply(manifest: string): string;
  pod(name: string): Pod | undefined;
  /** The state of one container in a few words: `running`, `waiting CrashLoopBackOff`, `terminated 1 Error`. */
  state(pod: string, container?: string): string;
  status(pod: string, container?: string): ContainerStatus;
  /** `reason: message` of a pod's events, in the order of their first time. */
  events(pod: string): string[];
  /** When a container's state changed, seconds after the lab began: what an observer of the API sees. */
  watch(pod: string, seconds: number): [second: number, state: string, restarts: number][];
  remove(pod: string, grace?: number): void;
  /** The lines of the story about a pod: `stage: detail`. */
  story(pod: string): string[];
  wait(seconds: number): void;
}

export function lab(options: ClusterOptions = {nodes: 1}): Lab {
  const cluster = clusterOf(options);
  const send = (method: string, path: string, body?: unknown) => cluster.request({method, path, ...(body !== undefined && {body})});
  const podPath = (name: string) => `/api/v1/namespaces/default/pods/${name}`;
  const found: Lab = {
    cluster,
    apply(manifest) {
      const object = parse(manifest) as KubeObject;
      object.metadata.namespace ??= 'default';
      if (object.kind === 'Pod')
        object['spec'] = {
          schedulerName: 'default-scheduler',
          dnsPolicy: 'ClusterFirst',
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          ...(object['spec'] as object),
        };
      const answer = send('POST', pathOf(kindOf(object)!, object.metadata.namespace), object);
      if (answer.code >= 300) throw new Error((answer.body as {message: string}).message);
      return (answer.body as KubeObject).metadata.name!;
    },
    pod(name) {
      const answer = send('GET', podPath(name));
      return answer.code === 200 ? (answer.body as Pod) : undefined;
    },
    status(name, container) {
      const status = found.pod(name)?.status;
      const all = [
        ...(status?.containerStatuses ?? []),
        ...(status?.initContainerStatuses ?? []),
        ...(status?.ephemeralContainerStatuses ?? []),
      ];
      return (container ? all.find(c => c.name === container) : all[0])!;
    },
    state: (name, container) => describeState(found.status(name, container)),
    events(name) {
      const {items} = send('GET', '/api/v1/namespaces/default/events').body as {items: KubeEvent[]};
      return items.filter(e => e.involvedObject.name === name).map(e => `${e.reason}: ${e.message}`);
    },
    watch(name, seconds) {
      const seen: [number, string, number][] = [];
      const from = cluster.now;
      for (let t = 0; t <= seconds * 10; t++) {
        const status = found.status(name);
        const state = describeState(status);
        const last = seen.at(-1);
        if (!last || last[1] !== state || last[2] !== (status?.restartCount ?? 0))
          seen.push([(cluster.now - from) / 1000, state, status?.restartCount ?? 0]);
        cluster.advance(100);
      }
      return seen;
    },
    remove(name, grace) {
      send('DELETE', podPath(name), grace === undefined ? {} : {kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: grace});
    },
    story: name =>
      cluster.machine.journal.steps.flatMap(step =>
        (step.notes as readonly {kind: string; subject?: string; stage?: string; detail?: string}[])
          .filter(n => n.kind === 'trace' && n.subject === `pod/default/${name}`)
          .map(n => `${n.stage}: ${n.detail}`),
      ),
    wait: seconds => cluster.advance(seconds * 1000),
  };
  return found;
}

function describeState(status: ContainerStatus | undefined): string {
  const {running, waiting, terminated} = status?.state ?? {};
  if (running) return 'running';
  if (terminated) return `terminated ${terminated.exitCode} ${terminated.reason}`;
  return waiting ? `waiting ${waiting.reason ?? ''}`.trim() : 'nothing';
}

/** A pod with one container that runs a shell script. */
export const scriptPod = (
  name: string,
  script: string,
  more: {restartPolicy?: string; grace?: number; image?: string; container?: string; spec?: string} = {},
): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: ${more.restartPolicy ?? 'Always'}
  terminationGracePeriodSeconds: ${more.grace ?? 30}
${(more.spec ?? '').replace(/^/gm, '  ')}
  containers:
  - name: main
    image: ${more.image ?? 'busybox:1.36'}
    imagePullPolicy: IfNotPresent
    command: [sh, -c, ${JSON.stringify(script)}]
${(more.container ?? '').replace(/^/gm, '    ')}
`;

/** Seconds of an RFC 3339 time on the cluster's clock. */
export const secondOf = (text: string | undefined): number => timeOf(text) / 1000;
