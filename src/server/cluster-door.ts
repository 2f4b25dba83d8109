/** A cluster that nobody looks at, with a clock of its own: what `podyssey serve` serves. */
import type {ApiRequest, ApiResponse} from '../engine/apiserver/request.ts';
import {type Cluster, sendRequest} from '../engine/cluster/cluster.ts';
import {DUE} from '../engine/machine/due-events.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {DueEvent} from '../engine/machine/types.ts';
import {type Door, onlyReads} from '../session/outside/door.ts';

/** Virtual milliseconds a real one; `max`: as fast as can be, and standing still when there is nothing to do. */
export type Speed = number | 'max';

export interface ClusterDoor extends Door {
  stop(): void;
}

/** How often the cluster is moved on, and how long that may take at a time. */
const SLICE_MS = 10;
const BUDGET_MS = 8;
/**
 * What a request caused has come to rest when nothing is to happen for longer than a pod may take to say goodbye; deadlines and clean-ups further off (a rollout's ten
 * minutes, the collector's forty seconds) are not waited for. Virtual milliseconds.
 */
const QUIET_MS = 31_000;
/** What never comes to rest (a container that works on and on) is not waited for either. */
const LONGEST_MS = 120_000;

interface Unsettled {
  readonly until: number;
  answer(): void;
}

/** When the next thing is due that does not come again for ever. */
function awaitedAt({idle, table}: Machine): number {
  if (idle) return Number.POSITIVE_INFINITY;
  let earliest = Number.POSITIVE_INFINITY;
  for (const [, {at, periodic}] of table<DueEvent>(DUE).entries()) if (!periodic && at < earliest) earliest = at;
  return earliest;
}

/** The door of `serve`: a cluster whose clock ticks, or (speed `max`) one that is run until it rests. */
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

  /** When something happened last that was not to happen anyway. */
  let activeAt = machine.now;
  const rests = (): boolean => {
    const next = machine.next();
    return !next || (next.at > machine.now && awaitedAt(machine) - activeAt > QUIET_MS);
  };

  /** Moves the cluster on until it rests, in slices, and answers those who have waited for it. */
  const settle = (): void => {
    settling = undefined;
    const started = performance.now();
    let resting = rests();
    while (!resting && performance.now() - started < BUDGET_MS) {
      const {periodic} = machine.next()!;
      machine.step();
      if (!periodic) activeAt = machine.now;
      resting = rests();
    }
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
      activeAt = machine.now;
      const waiting: Unsettled = {until: machine.now + LONGEST_MS, answer: () => answered(response)};
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
