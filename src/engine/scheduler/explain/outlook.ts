/** What the scheduler would do with a pod as things stand: the whole cycle, preemption included, without anything being done. Pure. */
import type {Pod} from '../../api/types.ts';
import {schedulePod} from '../cycle.ts';
import {runPreEnqueue} from '../framework/runtime.ts';
import {message} from '../framework/status.ts';
import {cycleIn, unplaced, type World, without} from './world.ts';

export interface Outlook {
  /** Why the pod is not even let into the queue. */
  readonly gate?: string;
  /** What the event would say; empty where a node fits. */
  readonly message: string;
  /** Whom preemption would evict, and from where. */
  readonly victims?: {readonly node: string; readonly pods: readonly string[]};
}

/** `pod` may be placed already: it is looked at as if it were not. */
export function outlook(world: World, pod: Pod): Outlook {
  const fresh = unplaced(pod);
  const gate = runPreEnqueue(world.framework, fresh, world.listers);
  const {failure, victims} = schedulePod(cycleIn(without(world, pod)), fresh, {start: 0, percentageOfNodesToScore: 0});
  return {
    ...(gate && {gate: message(gate)}),
    message: message(failure),
    ...(victims && {victims: {node: victims.node, pods: victims.pods.map(p => `${p.namespace}/${p.name}`)}}),
  };
}
