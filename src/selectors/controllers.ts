import type {KubeObject, Stored} from '../engine/api/types.ts';
import type {RequestNote} from '../engine/apiserver/request.ts';
import {changesAfter, type OpenWatch, reachedRevision, WATCHES} from '../engine/apiserver/watch.ts';
import type {TraceNote} from '../engine/client/context.ts';
import {readMemory} from '../engine/client/memory.ts';
import {type FailureNote, PROCESSES, type Process, WATCH_LAG_MS} from '../engine/client/processes.ts';
import {WORK} from '../engine/client/work-queue.ts';
import {DUE} from '../engine/machine/due-events.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {DueEvent, Step} from '../engine/machine/types.ts';
import type {CacheFacts, ControllerFacts, EarlierTurnFacts, OwnedFacts, QueueFacts, TurnFacts} from './facts/controllers.ts';
import type {Heard, Notes} from './notes.ts';
import {isSystem, objectsOf, refOf} from './objects.ts';
import {podState} from './pods.ts';
import {balanceOf, chosen} from './reading.ts';
import {tellStep} from './step-words.ts';
import {spanText} from './time-text.ts';

const controllerManager = 'kube-controller-manager';

/** Kinds that own pods, directly or not, and pods themselves. */
const workloads = [
  'cronjobs',
  'jobs',
  'deployments',
  'statefulsets',
  'daemonsets',
  'replicationcontrollers',
  'replicasets',
  'pods',
] as const;

/** Who owns whom among the learner's workloads, the last turn of a loop, the work queues of the controllers, and what their caches know. */
export function controllerFacts(machine: Machine, notes: Notes): ControllerFacts {
  const tree = ownerTree(machine);
  const turn = lastTurn(machine, notes);
  return {tree, queues: queues(machine, notes), turn, before: turnsBefore(machine, notes, turn), caches: caches(machine, tree)};
}

const beats: readonly string[] = ['observe', 'difference', 'act'] satisfies TurnFacts['beats'][number]['beat'][];

const loopsOf = (machine: Machine): ReadonlySet<string> =>
  new Set(
    machine
      .table<Process>(PROCESSES)
      .all('program', controllerManager)
      .map(({component}) => component),
  );

/** What the loops told of their turns; what they do for the system itself is left out. */
function toldBy(loops: ReadonlySet<string>, {traces}: Notes): readonly Heard<TraceNote>[] {
  return traces.filter(({note}) => loops.has(note.component) && beats.includes(note.stage) && !note.subject.includes('/kube-system/'));
}

/** How many turns are listed below the last one. */
const listedTurns = 8;

function turnsBefore(machine: Machine, notes: Notes, last: TurnFacts | undefined): EarlierTurnFacts[] {
  const end = last && machine.journal.find(last.step);
  const begun = end ? stepsOfTurn(machine, end)[0]!.id : 0;
  const turns = new Map<string, EarlierTurnFacts>();
  for (const {step, note} of toldBy(loopsOf(machine), notes)) {
    if (note.stage !== 'act' || step.id >= begun) continue;
    const {component, detail} = note;
    const key = step.event.key ?? '';
    // What stands behind a colon is of this one try: the name of a pod that was refused.
    const same = `${component} ${key} ${detail.split(':')[0]}`;
    const times = (turns.get(same)?.times ?? 0) + 1;
    turns.delete(same);
    turns.set(same, {step: step.id, atMs: step.at, component, key, act: detail, times});
  }
  return [...turns.values()].slice(-listedTurns).reverse();
}

function lastTurn(machine: Machine, notes: Notes): TurnFacts | undefined {
  const loops = loopsOf(machine);
  const ofLoop = ({note}: Heard<{component: string}>): boolean => loops.has(note.component);
  const {failures} = notes;
  const told = toldBy(loops, notes);
  const acted = told.findLast(({note}) => note.stage !== 'observe');
  const failed = failures.findLast(ofLoop);
  const heard: Heard<TraceNote | FailureNote> | undefined =
    failed && (!acted || failed.step.id > acted.step.id) ? failed : (acted ?? told.at(-1));
  if (!heard) return undefined;
  const {step} = heard;
  const turn = stepsOfTurn(machine, step);
  const notesOfKind = <T>(kind: string): T[] => turn.flatMap(({notes: made}) => made.filter(note => note.kind === kind)) as unknown as T[];
  return {
    step: step.id,
    atMs: step.at,
    component: heard.note.component,
    key: step.event.key ?? '',
    woken: wokenBy(machine, turn[0]!),
    beats: notesOfKind<TraceNote>('trace')
      .filter(note => beats.includes(note.stage))
      .map(note => ({beat: note.stage as TurnFacts['beats'][number]['beat'], detail: note.detail})),
    requests: notesOfKind<RequestNote>('request')
      .filter(note => note.resource !== 'events')
      .map(note => ({
        verb: note.verb,
        what: `${note.path.replace(/^\/(api|apis\/[^/]+)\/[^/]+\//, '').replace(/^namespaces\/[^/]+\//, '')}`,
        code: note.code,
        reason: note.reason,
      })),
    error: notesOfKind<FailureNote>('failure').at(-1)?.message,
  };
}

/** A long turn takes several steps at one instant, each caused by the one before. */
function stepsOfTurn({journal}: Machine, last: Step): Step[] {
  const {to, key} = last.event;
  const turn = [last];
  for (;;) {
    const before = journal.find(turn[0]!.cause);
    if (before?.event.type !== WORK || before.at !== last.at || before.event.to !== to || before.event.key !== key) return turn;
    turn.unshift(before);
  }
}

function wokenBy(machine: Machine, step: Step): string {
  const cause = step.cause === 0 ? undefined : machine.journal.find(step.cause);
  if (cause?.event.type === WORK && cause.event.to === step.event.to) return `its own last try, ${spanText(step.at - cause.at)} before`;
  return cause ? tellStep(cause).text : '';
}

/** The controller manager's caches of what there is to see: the learner's kinds, and whatever is late, slowed down or cut off. */
function caches(machine: Machine, tree: readonly OwnedFacts[]): CacheFacts[] {
  const present = new Set(tree.map(({ref}) => (ref.kind === 'object' ? ref.resource : '')));
  return machine
    .table<OpenWatch>(WATCHES)
    .all('owner', `${controllerManager}/`)
    .map(watch => {
      const revision = reachedRevision(machine, watch);
      const behind = [...changesAfter(machine, watch.prefix, revision)].length;
      return {
        resource: watch.resource,
        revision: behind ? revision : machine.root.revision,
        behind,
        lagMs: watch.lag,
        stalled: watch.stalled === true,
      };
    })
    .filter(cache => present.has(cache.resource) || cache.behind > 0 || cache.stalled || cache.lagMs !== WATCH_LAG_MS)
    .sort((one, other) => (one.resource < other.resource ? -1 : 1));
}

function ownerTree(machine: Machine): OwnedFacts[] {
  const objects: Stored<KubeObject>[] = workloads
    .flatMap(resource => [...(objectsOf(machine, resource) as readonly Stored<KubeObject>[])])
    .filter(object => !isSystem(object));
  const present = new Set(objects.map(object => object.metadata.uid));
  const owned = new Map<string, Stored<KubeObject>[]>();
  const roots: Stored<KubeObject>[] = [];
  for (const object of objects) {
    const owner = object.metadata.ownerReferences?.find(reference => reference.controller)?.uid;
    if (owner === undefined || !present.has(owner)) roots.push(object);
    else owned.set(owner, [...(owned.get(owner) ?? []), object]);
  }
  const branch = (object: Stored<KubeObject>, depth: number): OwnedFacts[] => [
    {depth, kind: object.kind, name: object.metadata.name, ref: refOf(object), ...stateOf(object)},
    ...(owned.get(object.metadata.uid) ?? []).flatMap(child => branch(child, depth + 1)),
  ];
  return roots.flatMap(root => branch(root, 0));
}

interface Counts {
  spec?: {replicas?: number};
  status?: {
    replicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    desiredNumberScheduled?: number;
    numberReady?: number;
    succeeded?: number;
    active?: number;
  };
}

/** What is there of what is wanted, in the words of the kind. */
function stateOf(object: KubeObject): {state: string; healthy: boolean} {
  if (object.kind === 'Pod') return podState(object);
  const {spec = {}, status = {}} = object as Counts;
  if (object.kind === 'Job')
    return {state: `${status.succeeded ?? 0} succeeded, ${status.active ?? 0} active`, healthy: (status.active ?? 0) === 0};
  if (object.kind === 'CronJob') return {state: '', healthy: true};
  const wanted = spec.replicas ?? status.desiredNumberScheduled ?? 0;
  const ready = status.readyReplicas ?? status.numberReady ?? 0;
  return {state: `${ready}/${wanted} ready`, healthy: ready === wanted};
}

const work = chosen<DueEvent>(DUE, event => event.type === WORK);

function queues(machine: Machine, notes: Notes): QueueFacts[] {
  const due = [...balanceOf(machine, work).values()];
  const last = new Map(notes.traces.map(({note}) => [note.component, note.detail]));
  const errors = new Map(notes.failures.map(({note}) => [`${note.component} ${note.at}`, note.message]));
  return machine
    .table<Process>(PROCESSES)
    .all('program', controllerManager)
    .map(process => {
      const failures = readMemory(machine, process.owner);
      return {
        component: process.component,
        running: process.running,
        last: last.get(process.component) ?? '',
        items: due
          .filter(event => event.to === process.owner)
          .toSorted((one, other) => one.at - other.at || one.seq - other.seq)
          .map(event => ({
            key: event.key ?? '',
            inMs: Math.max(0, event.at - machine.now),
            failures: failures.get<{count: number}>('queue-failures', event.key ?? '')?.count ?? 0,
            error: failures.get('queue-failures', event.key ?? '') ? (errors.get(`${process.component} ${event.key}`) ?? '') : '',
          })),
      };
    });
}
