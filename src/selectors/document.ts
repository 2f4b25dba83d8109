/** Everything that happened in a cluster, as the one document that `podyssey run -o json` prints. */

import {EPOCH} from '../engine/api/clock.ts';
import {RELEASE} from '../engine/api/release.ts';
import type {KubeEvent, KubeObject} from '../engine/api/types.ts';
import {type RequestNote, stagesOf} from '../engine/apiserver/request.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {TraceNote} from '../engine/client/context.ts';
import type {Cluster} from '../engine/cluster/cluster.ts';
import type {Step} from '../engine/machine/types.ts';
import type {DecisionNote} from './notes.ts';

/** upstream of the shape: the project's own contract for `run -o json`. `from`: position of the journal at which the caller's time began. */
export function documentOf(cluster: Cluster, seed: number, from: number): Record<string, unknown> {
  const {machine} = cluster;
  const all = [...machine.table<KeyValue<KubeObject>>(KV).range('key', '/registry/')].map(kv => kv.value);
  const events = all.filter(o => o.kind === 'Event') as KubeEvent[];
  const steps = machine.journal.steps.slice(Math.max(0, from - machine.journal.first), machine.journal.position - machine.journal.first);
  const notes = <T>(kind: string): [Step, T][] =>
    steps.flatMap(step => step.notes.filter(n => n.kind === kind).map(n => [step, n as unknown as T] as [Step, T]));
  return {
    seed,
    version: RELEASE.gitVersion.replace(/\.0$/, ''),
    virtualTimeMs: cluster.now,
    revision: machine.root.revision,
    stateHash: cluster.hash(),
    objects: all.filter(o => o.kind !== 'Event'),
    events: events.sort((a, b) => firstSeen(a) - firstSeen(b) || Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion)),
    requests: notes<RequestNote>('request').map(([{cause}, note]) => {
      const {kind: _kind, step: _step, causes: _causes, manifest: _manifest, commit: _commit, ...shown} = note;
      return {...shown, stages: stagesOf(note), cause};
    }),
    scheduling: notes<DecisionNote>('decision').map(([, decision]) => {
      const {kind: _kind, ...shown} = decision;
      const {filters, scores, totals} = decision;
      return {...shown, filters, scores, totals};
    }),
    trace: notes<TraceNote>('trace').map(([step, {kind: _kind, instance, component, ...note}], i) => ({
      id: `${step.id}.t${i}`,
      atMs: step.at,
      component: instance ? `${component}/${instance}` : component,
      ...note,
      cause: step.cause,
    })),
  };
}

const firstSeen = (event: KubeEvent): number => Date.parse(event.firstTimestamp ?? event.metadata.creationTimestamp ?? '') - EPOCH;
