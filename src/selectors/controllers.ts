import type {KubeObject, Stored} from '../engine/api/types.ts';
import {readMemory} from '../engine/client/memory.ts';
import {PROCESSES, type Process} from '../engine/client/processes.ts';
import {WORK} from '../engine/client/work-queue.ts';
import {DUE, type Machine} from '../engine/machine/machine.ts';
import type {DueEvent} from '../engine/machine/types.ts';
import type {ControllerFacts, OwnedFacts, QueueFacts} from './facts.ts';
import type {Notes} from './notes.ts';
import {isSystem, objectsOf, refOf} from './objects.ts';
import {podState} from './pods.ts';

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

/** Who owns whom among the learner's workloads, and the work queues of the controllers. */
export function controllerFacts(machine: Machine, notes: Notes): ControllerFacts {
  return {tree: ownerTree(machine), queues: queues(machine, notes)};
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

function queues(machine: Machine, notes: Notes): QueueFacts[] {
  const due = new Map<string, DueEvent[]>();
  for (const [, event] of machine.table<DueEvent>(DUE).entries()) {
    if (event.type === WORK && event.to !== undefined) due.set(event.to, [...(due.get(event.to) ?? []), event]);
  }
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
        items: (due.get(process.owner) ?? [])
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
