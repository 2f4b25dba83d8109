/** A cluster that nobody looks at, with a clock of its own: what `podyssey serve` serves. */
import type {ApiRequest, ApiResponse} from '../engine/apiserver/request.ts';
import {type Cluster, sendRequest} from '../engine/cluster/cluster.ts';
import {type Door, onlyReads} from '../session/door.ts';

/** Virtual milliseconds a real one; `max`: as fast as can be, and standing still when there is nothing to do. */
export type Speed = number | 'max';

export interface ClusterDoor extends Door {
  stop(): void;
}

/** How often the cluster is moved on, and how long that may take at a time. */
const SLICE_MS = 10;
const BUDGET_MS = 8;
/** Virtual time in which what a request caused comes to rest; what never does (a container that crashes again and again) is not waited for. */
const REST_MS = 120_000;

interface Unsettled {
  readonly until: number;
  answer(): void;
}

export function createClusterDoor(cluster: Cluster, speed: Speed, kubeconfig: string): ClusterDoor {
  const {machine} = cluster;
  const unsettled = new Set<Unsettled>();
  let settling: NodeJS.Immediate | undefined;
  let last = performance.now();

  const flow = (): void => {
    if (speed === 'max') return;
    const now = performance.now();
    const target = machine.now + (now - last) * speed;
    last = now;
    machine.runUntil(target, () => performance.now() - now > BUDGET_MS);
  };

  /** Moves the cluster on until it rests, in slices, and answers those who have waited for it. */
  const settle = (): void => {
    settling = undefined;
    const started = performance.now();
    const latest = Math.max(...[...unsettled].map(u => u.until));
    while (!machine.idle && machine.next()!.at <= latest && performance.now() - started < BUDGET_MS) machine.step();
    const resting = machine.idle || machine.next()!.at > latest;
    for (const waiting of unsettled) {
      if (!resting && machine.now < waiting.until) continue;
      unsettled.delete(waiting);
      waiting.answer();
    }
    if (unsettled.size > 0) settling = setImmediate(settle);
  };

  const timer = speed === 'max' ? undefined : setInterval(flow, SLICE_MS);
  return {
    cluster: () => cluster,
    kubeconfig: () => kubeconfig,
    send(request: ApiRequest, answered: (response: ApiResponse) => void) {
      flow();
      const response = sendRequest(machine, request);
      if (speed !== 'max' || onlyReads(request)) {
        answered(response);
        return () => {};
      }
      const waiting: Unsettled = {until: machine.now + REST_MS, answer: () => answered(response)};
      unsettled.add(waiting);
      settling ??= setImmediate(settle);
      return () => unsettled.delete(waiting);
    },
    stop() {
      clearInterval(timer);
      if (settling) clearImmediate(settling);
    },
  };
}
