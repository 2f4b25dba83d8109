/** Figures over the youngest past, read backwards from the journal: what stands now, less what each step changed. */

import {MEMORY, type MemoryEntry} from '../engine/client/memory.ts';
import {WORK} from '../engine/client/work-queue.ts';
import {DUE} from '../engine/machine/due-events.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {DueEvent, Entity, Step} from '../engine/machine/types.ts';
import {PODS, type PodRecord} from '../engine/runtime/types.ts';
import {cpuInUse} from '../engine/runtime/usage.ts';
import {QUEUE, type QueueEntry} from '../engine/scheduler/state/records.ts';
import type {Trend, TrendFacts} from './facts/facts.ts';
import {type Account, balanceOf, type Reading, type Readings, recall, stepAt} from './reading.ts';

/** How far trends reach back, in slices of virtual time. */
const slices = 30;
const sliceMs = 1000;

/** How many steps are read at most: on a large cluster the trend is shorter, not the look slower. */
const reach = 5000;

/** How much an entity counts for a figure; undefined stands for an empty slot. */
type Weight = (entity: Entity | undefined) => number;

/** By how much a step changes a figure. */
interface Figure {
  by(step: Step): number;
}

/** The sum of a table's weights. */
interface Sum extends Figure, Account<number> {}

const sumOf = (table: string, weight: Weight): Sum => ({
  table,
  begin: () => 0,
  put: (sum, _slot, old, now) => sum + weight(now) - weight(old),
  copy: sum => sum,
  by({writes}) {
    let by = 0;
    for (const write of writes) if (write.table === table) by += weight(write.new) - weight(write.old);
    return by;
  },
});

const revisionsWritten: Figure = {by: ({revisionBefore, after}) => after.revision - revisionBefore};

const memory =
  <T extends object>(kind: string, ownedBy: (owner: string) => boolean, weight: (value: T) => number): Weight =>
  entity => {
    const entry = entity as MemoryEntry | undefined;
    return entry && entry.kind === kind && ownedBy(entry.owner) ? weight(entry.value as T) : 0;
  };

const workWaiting = sumOf(DUE, entity => ((entity as DueEvent | undefined)?.type === WORK ? 1 : 0));

const podsWaiting = sumOf(
  MEMORY,
  memory<QueueEntry>(
    QUEUE,
    owner => owner === 'kube-scheduler/',
    entry => (entry.place === 'binding' ? 0 : 1),
  ),
);

/** A pod's class of service by how the path of its cgroup begins. upstream: pkg/kubelet/cm/pod_container_manager_linux.go GetPodContainerName */
const classes = [
  {name: 'Guaranteed', below: '/kubepods.slice/kubepods-pod'},
  {name: 'Burstable', below: '/kubepods.slice/kubepods-burstable.slice/'},
  {name: 'BestEffort', below: '/kubepods.slice/kubepods-besteffort.slice/'},
] as const;

const cpuOf = (below: string): Sum =>
  sumOf(
    MEMORY,
    memory<PodRecord>(
      PODS,
      owner => owner.startsWith('cri/'),
      pod => {
        const parent = pod.sandboxes[0]?.config.linux.cgroupParent ?? '';
        if (!parent.startsWith(below)) return 0;
        return pod.containers.reduce((sum, c) => sum + cpuInUse(c), 0);
      },
    ),
  );
const cpuOfClasses = classes.map(({name, below}) => ({name, figure: cpuOf(below)}));

/** Slices end on whole seconds, so that a trend at rest changes once a second. */
const sliceOf = (machine: Machine, at: number): number => slices - 1 - (Math.floor(machine.now / sliceMs) - Math.floor(at / sliceMs));

/** A step that changed a figure: where it stands, when it was, by how much. */
interface Change {
  readonly position: number;
  readonly at: number;
  readonly by: number;
}

interface Changes extends Reading {
  from: number;
  list: Change[];
}

const changes: Readings<Changes> = new WeakMap();

/** The changes of a figure, youngest first, as far back as trends reach. */
function* changesOf({journal}: Machine, figure: Figure): IterableIterator<Change> {
  const from = Math.max(journal.first, journal.position - reach);
  const begin = (): Changes => ({from, list: [], read: from, last: stepAt(journal, from - 1)});
  const known = recall(changes, journal, figure, begin);
  if (known.from > from || known.read < from) Object.assign(known, begin());
  for (; known.read < journal.position; known.read++) {
    const step = stepAt(journal, known.read)!;
    const by = figure.by(step);
    if (by !== 0) known.list.push({position: known.read, at: step.at, by});
    known.last = step;
  }
  const {list} = known;
  if (list.length > 2 * reach) {
    list.splice(0, list.length - reach);
    known.from = list[0]!.position;
  }
  for (let i = list.length - 1; i >= 0 && list[i]!.position >= from; i--) if (list[i]!.position < journal.position) yield list[i]!;
}

/** The highest level within each slice. */
function level(machine: Machine, figure: Sum): Trend {
  const now = balanceOf(machine, figure);
  const values = new Array<number>(slices).fill(0);
  const raise = (from: number, to: number, height: number): void => {
    for (let slice = Math.max(0, from); slice <= to; slice++) values[slice] = Math.max(values[slice]!, height);
  };
  let height = now;
  let until = slices - 1;
  for (const {at, by} of changesOf(machine, figure)) {
    const slice = sliceOf(machine, at);
    if (slice < 0) break;
    raise(slice, until, height);
    height -= by;
    until = slice;
  }
  raise(0, until, height);
  return {values, now, sliceMs};
}

/** Revisions written in each slice. */
function revisions(machine: Machine): Trend {
  const values = new Array<number>(slices).fill(0);
  for (const {at, by} of changesOf(machine, revisionsWritten)) {
    const slice = sliceOf(machine, at);
    if (slice < 0) break;
    values[slice]! += by;
  }
  return {values, now: values.at(-1)!, sliceMs};
}

/** Each figure with how it is computed; a panel pays only for what it shows. */
export const trendReaders = {
  revisions,
  work: (machine: Machine) => level(machine, workWaiting),
  pods: (machine: Machine) => level(machine, podsWaiting),
  cpu: (machine: Machine) => cpuOfClasses.map(({name, figure: cpu}) => ({name, trend: level(machine, cpu)})),
} satisfies {[K in keyof TrendFacts]: (machine: Machine) => TrendFacts[K]};
