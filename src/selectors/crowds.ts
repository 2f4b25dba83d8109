/** The learner's pods, all of them and by who owns them, kept so that the few which deserve a look are found among thousands without a look at each. */
import {byResource} from '../engine/api/kinds.ts';
import type {Pod, Stored} from '../engine/api/types.ts';
import {storagePrefix} from '../engine/apiserver/resources.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Entity} from '../engine/machine/types.ts';
import {CAPS} from './caps.ts';
import {controllerOf, isSystem, keyOfRef} from './objects.ts';
import {podState} from './pod-state.ts';
import {createRanking, type Ranking} from './ranking.ts';
import {type Account, balanceOf} from './reading.ts';
import type {Ref} from './styled.ts';

export type StoredPod = KeyValue<Stored<Pod>>;

/** Pods by when they changed, and among them those that are not well. */
export interface Crowd {
  /** Uid of the controller that owns them, '' where none does; undefined: whoever owns them. */
  readonly owner: string | undefined;
  readonly all: Ranking<StoredPod>;
  readonly unwell: Ranking<StoredPod>;
  /** How many run and are ready. */
  running: number;
}

export interface Crowds {
  readonly all: Crowd;
  /** By the uid of the controller that owns them, those of none under ''. */
  readonly byOwner: Map<string, Crowd>;
}

const PREFIX = storagePrefix(byResource('pods')!);

const lastWritten = ({modRevision}: StoredPod): number => modRevision;
const crowd = (owner?: string): Crowd => ({
  owner,
  all: createRanking(lastWritten),
  unwell: createRanking(lastWritten),
  running: 0,
});

const copyOf = ({all, unwell, ...counts}: Crowd): Crowd => ({...counts, all: all.copy(), unwell: unwell.copy()});

const learners = (entity: Entity | undefined): StoredPod | undefined => {
  const kv = entity as StoredPod | undefined;
  return kv?.key.startsWith(PREFIX) && !isSystem(kv.value) ? kv : undefined;
};

const runs = (kv: StoredPod | undefined): number => (kv && podState(kv.value).state === 'Running' ? 1 : 0);

function change(of: Crowd, slot: number, was: StoredPod | undefined, is: StoredPod | undefined): void {
  of.all.put(slot, is);
  of.unwell.put(slot, is && !podState(is.value).healthy ? is : undefined);
  of.running += runs(is) - runs(was);
}

const census: Account<Crowds> = {
  table: KV,
  begin: () => ({all: crowd(), byOwner: new Map()}),
  put(crowds, slot, old, now) {
    const [was, is] = [learners(old), learners(now)];
    if (!was && !is) return crowds;
    change(crowds.all, slot, was, is);
    const {byOwner} = crowds;
    const [before, after] = [was && controllerOf(was.value), is && controllerOf(is.value)];
    if (before !== undefined && before !== after) {
      const left = byOwner.get(before);
      if (left) change(left, slot, was, undefined);
      if (left?.all.size === 0) byOwner.delete(before);
    }
    if (after !== undefined) {
      let joined = byOwner.get(after);
      if (!joined) byOwner.set(after, (joined = crowd(after)));
      change(joined, slot, before === after ? was : undefined, is);
    }
    return crowds;
  },
  copy: ({all, byOwner}) => ({all: copyOf(all), byOwner: new Map([...byOwner].map(([owner, crowd]) => [owner, copyOf(crowd)]))}),
};

export const podCrowds = (machine: Machine): Crowds => balanceOf(machine, census);

/**
 * As many pods of a crowd as are told of, in no order: those looked at before the others, then those that are not well (half of the room at most, while others
 * ask for it), then those that changed last.
 */
export function noteworthy({owner, all, unwell}: Crowd, most: number, lookedAt: readonly StoredPod[]): StoredPod[] {
  const chosen = new Set<StoredPod>();
  const take = (pods: readonly StoredPod[], until: number): void => {
    for (const pod of pods) if (chosen.size < until) chosen.add(pod);
  };
  if (all.size > most) {
    take(owner === undefined ? lookedAt : lookedAt.filter(pod => controllerOf(pod.value) === owner), most);
    take(unwell.highest(most), Math.ceil(most / 2));
  }
  take(all.highest(most), most);
  return [...chosen];
}

/** The learner's pods that a selected row stands for: the pod itself, those of an owner, those of a node. */
export function podsOf(machine: Machine, selected: Ref | undefined): readonly StoredPod[] {
  if (selected?.kind !== 'object') return [];
  const key = keyOfRef(selected);
  const table = machine.table<StoredPod>(KV);
  const found = key === undefined ? undefined : table.find('key', key);
  if (!found) return [];
  if (selected.resource === 'pods') return learners(found) ? [found] : [];
  if (selected.resource === 'nodes') return table.all('node', selected.name).filter(learners);
  const {byOwner} = podCrowds(machine);
  const {uid} = found.value.metadata;
  const owners = byOwner.has(uid) ? [uid] : table.all('owner', uid).map(({value}) => value.metadata.uid);
  return owners.flatMap(owner => byOwner.get(owner)?.all.highest(CAPS.pods) ?? []);
}
