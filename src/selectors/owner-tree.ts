/** Who owns whom among the learner's workloads; of many those that are looked at or not well, and how many there are besides. */
import {byText} from '../engine/api/order.ts';
import type {KubeObject, Stored} from '../engine/api/types.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {Machine} from '../engine/machine/machine.ts';
import {CAPS, firstOf, shared} from './caps.ts';
import {type Crowd, noteworthy, podCrowds, podsOf, type StoredPod} from './crowds.ts';
import type {OwnedFacts, TreeFacts} from './facts/controllers.ts';
import type {LeftOutFacts} from './facts/left-out.ts';
import {controllerOf, grouped, isSystem, keyOfRef, objectsOf, refOf, resourceOf} from './objects.ts';
import {podState} from './pod-state.ts';
import type {Ref} from './styled.ts';

type Workload = Stored<KubeObject>;

/** Kinds that own pods, directly or not. */
const ownerKinds = ['cronjobs', 'jobs', 'deployments', 'statefulsets', 'daemonsets', 'replicationcontrollers', 'replicasets'] as const;

/** What stands below an owner, or at the root. */
interface Family {
  readonly workloads: readonly Workload[];
  readonly crowds: readonly Crowd[];
}

/** An owner with what is told of below it; the root of the tree owns those that nobody owns. */
interface Branch {
  readonly object: Workload | undefined;
  below: readonly Branch[];
  leftOut: readonly LeftOutFacts[];
}

const branchOf = (object: Workload | undefined): Branch => ({object, below: [], leftOut: []});

/** Takes what is selected: it and its owners are told of before all others. The rows are in the order of a walk down the branches. */
export function ownerTree(machine: Machine, selected: Ref | undefined): TreeFacts {
  const familyOf = kinship(machine);
  const lookedAt = podsOf(machine, selected);
  const path = pathTo(machine, selected);
  const onPath = ({object}: Branch): number => (object && path.has(object.metadata.uid) ? 0 : 1);
  const room = shared(CAPS.owned);
  const root = branchOf(undefined);
  for (let level: readonly Branch[] = [root]; level.length > 0; level = level.flatMap(({below}) => below))
    for (const branch of level.toSorted((one, other) => onPath(one) - onPath(other))) {
      const family = familyOf(branch.object);
      branch.below = membersOf(family, room(sizeOf(family)), path, lookedAt).map(branchOf);
      branch.leftOut = leftOutOf(family, branch);
    }
  return rowsOf(root, -1);
}

const sizeOf = ({workloads, crowds}: Family): number => crowds.reduce((sum, {all}) => sum + all.size, workloads.length);

/** So many of a family at most, each kind in the order of its keys, pods last. */
function membersOf({workloads, crowds}: Family, most: number, path: ReadonlySet<string>, lookedAt: readonly StoredPod[]): Workload[] {
  const told = foremost(workloads, most, path);
  const pods: StoredPod[] = [];
  for (const crowd of crowds) pods.push(...noteworthy(crowd, most - told.length - pods.length, lookedAt));
  const inOrder = pods.sort((one, other) => byText(one.key, other.key));
  return [...told, ...inOrder.map(({value}) => value as Workload)];
}

/** The kinds of which the learner has something. */
export function workloadsPresent(machine: Machine): ReadonlySet<string> {
  const {kinds} = workloads(machine);
  return new Set(podCrowds(machine).all.all.size > 0 ? [...kinds, 'pods'] : kinds);
}

/** The learner's owners of pods: their kinds, their uids, and who of them owns which. */
interface Workloads {
  readonly lists: readonly (readonly Workload[])[];
  readonly kinds: readonly string[];
  readonly present: ReadonlySet<string>;
  readonly byOwner: ReadonlyMap<string, readonly Workload[]>;
}

const known = new WeakMap<Machine, Workloads>();

/** The lists of objects are others as soon as something in them changes. */
function workloads(machine: Machine): Workloads {
  const lists = ownerKinds.map(resource => objectsOf(machine, resource) as unknown as readonly Workload[]);
  const before = known.get(machine);
  if (before && lists.every((list, at) => list === before.lists[at])) return before;
  const all = lists.flat().filter(object => !isSystem(object));
  const present = new Set(all.map(({metadata}) => metadata.uid));
  const now = {
    lists,
    kinds: [...new Set(all.map(resourceOf))],
    present,
    byOwner: grouped(all, object => (present.has(controllerOf(object)) ? controllerOf(object) : '')),
  };
  known.set(machine, now);
  return now;
}

/** Looks up what an object owns. Where an owner has gone before what it owned, that stands at the root. */
function kinship(machine: Machine): (owner: Workload | undefined) => Family {
  const {present, byOwner} = workloads(machine);
  const crowds = podCrowds(machine).byOwner;
  return owner => {
    if (!owner) return {workloads: byOwner.get('') ?? [], crowds: [...crowds.values()].filter(crowd => !present.has(crowd.owner ?? ''))};
    const {uid} = owner.metadata;
    return {workloads: byOwner.get(uid) ?? [], crowds: [crowds.get(uid) ?? []].flat()};
  };
}

/** The uids of what is selected and of those who own it. */
function pathTo(machine: Machine, selected: Ref | undefined): ReadonlySet<string> {
  const path = new Set<string>();
  const key = selected?.kind === 'object' ? keyOfRef(selected) : undefined;
  let object = key === undefined ? undefined : machine.table<KeyValue<Workload>>(KV).find('key', key)?.value;
  while (object && !path.has(object.metadata.uid)) {
    const {metadata} = object;
    path.add(metadata.uid);
    const owner = metadata.ownerReferences?.find(reference => reference.controller);
    const ref = owner && refOf({...owner, metadata: {name: owner.name, namespace: metadata.namespace}} as KubeObject);
    object = ref && machine.table<KeyValue<Workload>>(KV).find('key', keyOfRef(ref) ?? '')?.value;
  }
  return path;
}

/** So many workloads at most, in their order: those on the path before those that are not as they should be, those before the others. */
function foremost(workloads: readonly Workload[], most: number, path: ReadonlySet<string>): readonly Workload[] {
  if (workloads.length <= most) return workloads;
  const ranked = workloads.map((object, place) => {
    const rank = path.has(object.metadata.uid) ? 0 : stateOf(object).healthy ? 2 : 1;
    return {object, place, rank};
  });
  return firstOf(ranked, most, (one, other) => one.rank - other.rank || one.place - other.place)
    .sort((one, other) => one.place - other.place)
    .map(({object}) => object);
}

/** What is not told of, by kind. */
function leftOutOf({workloads, crowds}: Family, {object, below}: Branch): LeftOutFacts[] {
  const counts = new Map<string, number>();
  const count = (resource: string, by: number) => counts.set(resource, (counts.get(resource) ?? 0) + by);
  for (const workload of workloads) count(resourceOf(workload), 1);
  for (const {all} of crowds) count('pods', all.size);
  for (const told of below) count(resourceOf(told.object!), -1);
  return [...counts]
    .filter(([, left]) => left > 0)
    .map(([what, left]) => ({count: left, what, command: `kubectl get ${what} ${object ? ownedBy(object) : '-A'}`.trim()}));
}

/** Where kubectl finds what an owner has: in its namespace, by its selector. */
function ownedBy(owner: Workload): string {
  const {selector = {}} = (owner as {spec?: {selector?: {matchLabels?: Record<string, string>}}}).spec ?? {};
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const {namespace = ''} = owner.metadata;
  return [namespace !== 'default' && `-n ${namespace}`, labels.length > 0 && `-l ${labels.join(',')}`].filter(Boolean).join(' ');
}

function rowsOf({object, below, leftOut}: Branch, depth: number): TreeFacts {
  const own = object ? [ownedFacts(object, depth)] : [];
  return [...own, ...below.flatMap(branch => rowsOf(branch, depth + 1)), ...leftOut.map(left => ({depth: depth + 1, ...left}))];
}

const rows = new WeakMap<Workload, OwnedFacts>();

function ownedFacts(object: Workload, depth: number): OwnedFacts {
  const made = rows.get(object);
  if (made?.depth === depth) return made;
  const facts = {depth, kind: object.kind, name: object.metadata.name, ref: refOf(object), ...stateOf(object)};
  rows.set(object, facts);
  return facts;
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
