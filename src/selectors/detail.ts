/** Detail views: one object in full, what its last revision changed, why it is as it is. */

import {createTwoFilesPatch} from 'diff';
import {stringify} from 'yaml';
import {withoutManagedFields} from '../engine/api/metadata.ts';
import type {KubeObject} from '../engine/api/types.ts';
import {historyEntry, type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {Cluster} from '../engine/cluster/cluster.ts';
import {keyOfRef} from './objects.ts';
import type {Ref} from './styled.ts';
import {countText} from './text.ts';
import {clockText} from './time-text.ts';
import {whyFacts} from './why.ts';

/** What can be asked of an object; `compare` is of two moments. */
export type LookKind = 'describe' | 'yaml' | 'logs' | 'diff' | 'why';
export type DetailKind = LookKind | 'compare';

export interface DetailView {
  readonly title: string;
  readonly kind: DetailKind;
  readonly lines: readonly string[];
}

type ObjectRef = Extract<Ref, {kind: 'object'}>;

/** Runs a kubectl command to its end without leaving a trace; returns what it printed. */
export type Kubectl = (line: string) => string;

type Look = (cluster: Cluster, ref: ObjectRef, kubectl: Kubectl) => string;

const inNamespace = (ref: ObjectRef): string => (ref.namespace === '' ? '' : ` -n ${ref.namespace}`);

const looks: Readonly<Record<LookKind, Look>> = {
  describe: (_cluster, ref, kubectl) => kubectl(`kubectl describe ${ref.resource} ${ref.name}${inNamespace(ref)}`),
  logs: (_cluster, ref, kubectl) =>
    ref.resource === 'pods' ? kubectl(`kubectl logs ${ref.name}${inNamespace(ref)} --all-containers`) : 'Only pods have logs.',
  yaml: (cluster, ref) => {
    const stored = storedAt(cluster, ref);
    return stored ? yamlOf(stored) : 'It is not there any more.';
  },
  diff: (cluster, ref) => lastChange(cluster, ref),
  why: (cluster, ref) =>
    whyFacts(cluster.machine, {ref, at: cluster.history.position})
      .chain.flatMap(({atMs, actor, text, skipped}) => [
        ...(skipped ? [`… ${countText(skipped)} more links`] : []),
        `${clockText(atMs)}  ${actor}  ${text}`,
      ])
      .join('\n'),
};

/** The view of an object; a moment of time has none but its chain of causes. */
export function detailOf(cluster: Cluster | undefined, ref: Ref, kind: LookKind, kubectl: Kubectl): DetailView {
  if (!cluster || ref.kind !== 'object') return {title: '', kind, lines: []};
  return {title: `${kind}: ${ref.resource}/${ref.name}`, kind, lines: looks[kind](cluster, ref, kubectl).replace(/\n$/, '').split('\n')};
}

function storedAt(cluster: Cluster, ref: ObjectRef): KeyValue<KubeObject> | undefined {
  const key = keyOfRef(ref);
  return key === undefined ? undefined : cluster.machine.table<KeyValue<KubeObject>>(KV).find('key', key);
}

/** As `kubectl get -o yaml` prints it: keys in order, without managed fields. */
function yamlOf({value}: KeyValue<KubeObject>): string {
  return stringify(withoutManagedFields(value), {sortMapEntries: true, lineWidth: 0});
}

function lastChange(cluster: Cluster, ref: ObjectRef): string {
  const stored = storedAt(cluster, ref);
  if (!stored) return 'It is not there any more.';
  const before = historyEntry(cluster.machine, stored.modRevision)?.previous as KeyValue<KubeObject> | undefined;
  if (!before) return `Created at revision ${stored.modRevision}; there was nothing before it.`;
  return createTwoFilesPatch(`revision ${before.modRevision}`, `revision ${stored.modRevision}`, yamlOf(before), yamlOf(stored), '', '', {
    context: 2,
  })
    .split('\n')
    .filter(line => !line.startsWith('==='))
    .join('\n');
}
