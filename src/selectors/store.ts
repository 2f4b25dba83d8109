import type {KubeObject} from '../engine/api/types.ts';
import {etcdStatus, historyEntry, quorum} from '../engine/apiserver/storage.ts';
import {DELIVER, type OpenWatch, reachedRevision, WATCHES} from '../engine/apiserver/watch.ts';
import {DUE} from '../engine/machine/due-events.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {DueEvent} from '../engine/machine/types.ts';
import {CAPS, firstOf} from './caps.ts';
import type {StoreFacts, StoreKey} from './facts/store.ts';
import type {Notes} from './notes.ts';
import {refOf} from './objects.ts';
import {balanceOf, chosen} from './reading.ts';

/** How many revisions back keys are looked for. */
const lookedAt = 2000;

/** The keys written last with their writers, and who watches. What changed since the learner's last command is marked. */
export function storeFacts(machine: Machine, notes: Notes): StoreFacts {
  const {members, leader, raftTerm} = etcdStatus(machine);
  return {
    revision: machine.root.revision,
    keys: keysWritten(machine, notes),
    watchers: machine.table(WATCHES).count,
    ...behind(machine),
    members: members.map(({name, up}) => ({name, up, leader: name === leader})),
    quorum: quorum(members.length),
    raftTerm,
  };
}

function keysWritten(machine: Machine, {commits, outside}: Notes): StoreKey[] {
  const since = outside.commits.length === 0 ? Number.POSITIVE_INFINITY : firstOfStep(outside.commits);
  const keys = new Map<string, StoreKey>();
  const {revision} = machine.root;
  let last = commits.length - 1;
  for (let at = revision; at > Math.max(0, revision - lookedAt) && keys.size < CAPS.keys; at -= 1) {
    const entry = historyEntry(machine, at);
    if (!entry || keys.has(entry.key)) continue;
    const kv = entry.value ?? entry.previous;
    if (!kv) continue;
    // Commits come in the order of their revisions.
    while (last >= 0 && commits[last]!.note.revision > at) last -= 1;
    const commit = commits[last]?.note.revision === at ? commits[last] : undefined;
    const change = !entry.value ? 'gone' : kv.version === 1 ? 'new' : 'changed';
    keys.set(entry.key, {
      key: entry.key,
      createRevision: kv.createRevision,
      modRevision: at,
      version: kv.version,
      writer: commit?.note.user ?? '',
      atMs: entry.at,
      ...(commit && {step: commit.step.id}),
      ...((at >= since || !entry.value) && {change}),
      ...(entry.value && {ref: refOf(kv.value as KubeObject)}),
    });
  }
  return [...keys.values()];
}

/** The first revision of the learner's last command: of the step of their last write. */
function firstOfStep(commits: Notes['commits']): number {
  const command = commits.at(-1)!.step;
  return commits.find(({step}) => step === command)!.note.revision;
}

const deliveries = chosen<DueEvent>(DUE, event => event.type === DELIVER);
const stalled = chosen<OpenWatch>(WATCHES, watch => watch.stalled === true);

/** Watchers that have not been told all: what is on its way to them, or kept from them. */
function behind(machine: Machine): Pick<StoreFacts, 'behind' | 'allBehind'> {
  const watches = machine.table<OpenWatch>(WATCHES);
  const awaited = [...balanceOf(machine, deliveries).values()].map(({to = '', key = ''}) => watches.slotAt('path', to, key));
  const slots = new Set([...awaited, ...balanceOf(machine, stalled).keys()]);
  const late = [...slots].filter(slot => {
    const watch = watches.get(slot);
    return watch && reachedRevision(machine, watch) < machine.root.revision;
  });
  return {
    allBehind: late.length,
    behind: firstOf(late, CAPS.watchers, (one, other) => one - other).map(slot => {
      const watch = watches.get(slot)!;
      const [component = '', instance = ''] = watch.owner.split('/');
      return {component, instance, resource: watch.resource, revision: reachedRevision(machine, watch), stalled: watch.stalled === true};
    }),
  };
}
