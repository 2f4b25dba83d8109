/** The scheduler's queues, its last decision, and what would have made another node win. */

import {byResource} from '../engine/api/kinds.ts';
import {byText} from '../engine/api/order.ts';
import type {Pod} from '../engine/api/types.ts';
import {storagePrefix} from '../engine/apiserver/resources.ts';
import {type OpenWatch, objectAt, WATCHES} from '../engine/apiserver/watch.ts';
import {splitKey} from '../engine/client/keys.ts';
import {MEMORY, type MemoryEntry, readMemory} from '../engine/client/memory.ts';
import type {Cluster} from '../engine/cluster/cluster.ts';
import type {Machine} from '../engine/machine/machine.ts';
import {readConfiguration, type SchedulerSettings} from '../engine/scheduler/config/configuration.ts';
import type {KubeSchedulerConfiguration} from '../engine/scheduler/config/types.ts';
import {whyNot} from '../engine/scheduler/explain/counterfactuals.ts';
import {worldOf} from '../engine/scheduler/explain/world.ts';
import {EXTENDER_NAME} from '../engine/scheduler/extenders/extender.ts';
import {extendersAsked} from '../engine/scheduler/extenders/send.ts';
import {wakingEvents} from '../engine/scheduler/framework/hints.ts';
import type {Framework} from '../engine/scheduler/framework/types.ts';
import {MAX_UNSCHEDULABLE_MS} from '../engine/scheduler/state/queue.ts';
import {MARK, type Place, QUEUE, type QueueEntry, STATE} from '../engine/scheduler/state/records.ts';
import {CAPS, firstOf, shared} from './caps.ts';
import {decisionFacts} from './decision.ts';
import type {PredictedFacts, QueuedFacts, SchedulerFacts, WhyNotFacts} from './facts/scheduler.ts';
import {loopState} from './loop-state.ts';
import type {Notes} from './notes.ts';
import {objectsOf} from './objects.ts';
import {balanceOf, gathered} from './reading.ts';

const program = 'kube-scheduler';
const owner = `${program}/`;

/** The queues as they are named on the panel, each with the places of the scheduler's own records that it stands for. */
const queueNames: readonly {readonly name: string; readonly places: readonly Place[]}[] = [
  {name: 'active', places: ['active']},
  {name: 'backoff', places: ['backoff', 'errorBackoff']},
  {name: 'unschedulable', places: ['unschedulable']},
  {name: 'gated', places: ['gated']},
  {name: 'binding', places: ['binding']},
];

/** What steers which decision is looked at, and what is asked about it. */
export interface SchedulerGaze {
  readonly step?: number | undefined;
  /** `namespace/name` */
  readonly pod?: string | undefined;
  readonly node?: string | undefined;
  readonly predicted?: PredictedFacts | undefined;
}

/** The scheduler's queues, and its last decision (that of the selected pod or step, if it has one). */
export function schedulerFacts(cluster: Cluster, {decisions}: Notes, {step, pod, node, predicted}: SchedulerGaze = {}): SchedulerFacts {
  const {machine} = cluster;
  const found = decisions.findLast(heard => heard.step.id === step) ?? decisions.findLast(({note}) => note.pod === pod) ?? decisions.at(-1);
  const decision = found && decisionFacts(found);
  const {frameworks, extenders} = settingsOf(cluster);
  const filters = (key: string): string[] => [
    ...profileOf(frameworks, podAt(machine, key)).filter.map(plugin => plugin.name),
    ...(extenders.some(({verbs}) => verbs.filter) ? [EXTENDER_NAME] : []),
  ];
  return {
    state: loopState(machine, program, program),
    queues: queues(machine, frameworks),
    decision,
    filters: decision ? filters(decision.pod) : [],
    predicted,
    whyNot: decision && node !== undefined ? whyNotFacts(cluster, decision.pod, node) : undefined,
  };
}

type Frameworks = ReadonlyMap<string, Framework>;
const known = new WeakMap<Cluster, SchedulerSettings>();

function settingsOf(cluster: Cluster): SchedulerSettings {
  const kept = known.get(cluster);
  if (kept) return kept;
  const settings = readConfiguration(cluster.schedulerConfiguration as KubeSchedulerConfiguration | undefined);
  known.set(cluster, settings);
  return settings;
}

/** The profile of the pod, or the first one where the pod is gone. */
const profileOf = (frameworks: Frameworks, pod: Pod | undefined): Framework =>
  frameworks.get(pod?.spec?.schedulerName ?? '') ?? [...frameworks.values()][0]!;

const podsBelow = storagePrefix(byResource('pods')!);
const podAt = (machine: Machine, key: string): Pod | undefined =>
  objectAt(machine, podsBelow + key, machine.root.revision) as Pod | undefined;

const waiting = gathered<MemoryEntry>(MEMORY, ({owner: whose, kind, value}) =>
  whose === owner && kind === QUEUE ? (value as QueueEntry).place : undefined,
);

function queues(machine: Machine, frameworks: Frameworks): SchedulerFacts['queues'] {
  const byPlace = balanceOf(machine, waiting);
  const room = shared(CAPS.queuedPods);
  const order = (one: MemoryEntry, other: MemoryEntry): number =>
    (one.value as QueueEntry).seq - (other.value as QueueEntry).seq || byText(one.id, other.id);
  return queueNames.map(({name, places}) => {
    const entries = places.flatMap(place => [...(byPlace.get(place)?.values() ?? [])]);
    const next = firstOf(entries, room(entries.length), order);
    return {name, waiting: entries.length, items: next.map(({id, value}) => queued(machine, frameworks, id, value as QueueEntry))};
  });
}

function queued(machine: Machine, frameworks: Frameworks, key: string, entry: QueueEntry): QueuedFacts {
  const {place, plugins, attempts, node = ''} = entry;
  const waits = place === 'unschedulable' || place === 'gated';
  const [namespace, name] = splitKey(key);
  return {
    pod: key,
    attempts,
    plugins,
    leftMs: leftOf(entry, machine.now),
    wakes: waits ? wakingEvents(profileOf(frameworks, podAt(machine, key)), plugins) : [],
    node,
    ref: {kind: 'object', resource: 'pods', namespace, name},
  };
}

function leftOf({place, backoffUntil, timestamp}: QueueEntry, now: number): number | undefined {
  if (place === 'backoff' || place === 'errorBackoff') return Math.max(0, backoffUntil - now);
  return place === 'unschedulable' ? Math.max(0, timestamp + MAX_UNSCHEDULABLE_MS - now) : undefined;
}

/** More nodes than this take too long to be tried over and over while somebody moves a cursor. */
const MOST_NODES = 200;

const answers = new WeakMap<Machine, {readonly sources: readonly unknown[]; readonly answer: WhyNotFacts}>();

/** Tried anew only where something has changed that a plugin may look at: heartbeats and events are none of it. */
function whyNotFacts(cluster: Cluster, key: string, node: string): WhyNotFacts | undefined {
  const {machine} = cluster;
  const {frameworks, extenders} = settingsOf(cluster);
  const pod = podAt(machine, key);
  if (!pod || objectsOf(machine, 'nodes').length > MOST_NODES) return undefined;
  const sources = [key, node, readMemory(machine, owner).get(STATE, MARK), ...watched(machine)];
  const known = answers.get(machine);
  if (known && sources.every((source, at) => source === known.sources[at])) return known.answer;
  const {obstacles, behind, changes} = whyNot(
    {...worldOf(machine, owner, profileOf(frameworks, pod)), extenders: extendersAsked(extenders, cluster.postFromScheduler)},
    pod,
    node,
  );
  const answer = {
    node,
    obstacles,
    behind,
    changes: changes.map(({changes: steps, wins}) => ({text: steps.map(step => step.text).join('; '), wins})),
  };
  answers.set(machine, {sources, answer});
  return answer;
}

/** The lists of all that the scheduler watches: others as soon as something in them changes. */
const watched = (machine: Machine): readonly unknown[] =>
  machine
    .table<OpenWatch>(WATCHES)
    .all('owner', owner)
    .map(({resource}) => objectsOf(machine, resource));
