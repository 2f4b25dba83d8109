/** Places in time worth going to. */
import type {Cluster} from '../engine/cluster/cluster.ts';
import type {Step} from '../engine/machine/types.ts';
import type {TimeView} from './types.ts';

export type Unit = 'event' | 'stage' | 'revision';

/** Whether stopping after a step is worth it, by unit: anything; a request or a line of the story; a commit. */
const stops: Record<Unit, (step: Step) => boolean> = {
  event: () => true,
  stage: step => step.notes.some(n => n.kind === 'request' || n.kind === 'trace' || n.kind === 'decision'),
  revision: step => step.after.revision !== step.before.revision,
};

/** The position to go to, one unit back or forth; the ends where there is none. */
export function nextPlace(cluster: Cluster, by: 1 | -1, unit: Unit): number {
  const {history, machine} = cluster;
  const {journal} = machine;
  for (let at = history.position + by; at > history.first && at <= history.length; at += by) {
    if (stops[unit](journal.steps[at - 1 - journal.first]!)) return at;
  }
  return by < 0 ? history.first : history.length;
}

/** The learner's commands as marks on the timeline. */
export function landmarks(
  cluster: Cluster,
  entries: readonly {readonly line: string; readonly failed: boolean; readonly position: number}[],
): TimeView['marks'] {
  const {journal} = cluster.machine;
  const timeAt = (position: number): number => journal.steps[position - journal.first]?.at ?? cluster.now;
  return entries.map(e => ({step: e.position, atMs: timeAt(e.position), label: e.line, kind: e.failed ? 'error' : 'command'}));
}
