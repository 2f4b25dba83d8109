/** What happened in a cluster, told line by line with virtual times. */

import {isPodReady} from '../engine/api/pods.ts';
import type {KubeObject, Pod} from '../engine/api/types.ts';
import {type RequestNote, stagesOf} from '../engine/apiserver/request.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {TraceNote} from '../engine/client/context.ts';
import type {Cluster} from '../engine/cluster/cluster.ts';
import type {Note, Step} from '../engine/machine/types.ts';

/** A line of the story; without `who` it belongs to the line before. */
export interface StoryLine {
  at: number;
  who: string;
  what: string;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Requests that are no news: heartbeats and reads. */
export const isQuiet = (r: RequestNote): boolean =>
  ['get', 'list', 'watch'].includes(r.verb) ? r.code < 400 : r.resource === 'leases' || (r.resource === 'events' && r.code < 400);

const lines: Record<string, (note: Note, at: number) => StoryLine[]> = {
  request(note, at) {
    const r = note as RequestNote;
    if (isQuiet(r)) return [];
    const object = [r.resource, [r.namespace, r.name].filter(Boolean).join('/')].filter(Boolean).join(' ');
    const ended = r.code >= 400 ? `${r.code} ${r.message}` : `${r.code}${r.revision === undefined ? '' : `, revision ${r.revision}`}`;
    const told: StoryLine[] = [{at, who: r.client, what: `${r.verb} ${object} as ${r.user} -> ${ended}`}];
    if (r.client !== 'kubectl') return told;
    for (const stage of stagesOf(r))
      told.push({at: stage.atMs, who: '', what: `  ${stage.stage.padEnd(20)} ${stage.verdict.padEnd(8)} ${stage.detail}`.trimEnd()});
    return told;
  },
  trace(note, at) {
    const t = note as TraceNote;
    return [{at, who: t.instance ? `${t.component}/${t.instance}` : t.component, what: `${t.stage} ${t.subject}: ${t.detail}`}];
  },
  decision(note, at) {
    const d = note as unknown as {pod: string; node: string | null; message: string; totals?: Record<string, number>};
    const totals = Object.entries(d.totals ?? {}).map(([node, total]) => `${node} ${total}`);
    return [
      {
        at,
        who: 'kube-scheduler',
        what: `${d.pod} -> ${d.node ?? 'nowhere'}${totals.length ? ` (${totals.join(', ')})` : ''}${d.message ? `: ${d.message}` : ''}`,
      },
    ];
  },
};

/** What a step has to tell. */
export const linesOf = (step: Step): StoryLine[] => step.notes.flatMap(note => lines[note.kind]?.(note, step.at) ?? []);

/** The story since a position of the journal, and how it ended. */
export function storyOf(cluster: Cluster, from: number): string {
  const start = stepsSince(cluster, from)[0]?.at ?? cluster.now;
  return `${[...storyLines(cluster, from, start), '', ...ending(cluster)].join('\n')}\n`;
}

const stepsSince = (cluster: Cluster, from: number): readonly Step[] => {
  const {journal} = cluster.machine;
  return journal.steps.slice(Math.max(0, from - journal.first), journal.position - journal.first);
};

/** What happened since a position of the journal, a line each; times count from `start`, in virtual milliseconds. */
export function storyLines(cluster: Cluster, from: number, start: number): string[] {
  const told = stepsSince(cluster, from).flatMap(linesOf);
  const width = Math.max(0, ...told.map(l => l.who.length));
  return told.map(l => `${`+${seconds(l.at - start)}s`.padStart(11)}  ${l.who.padEnd(width)}  ${l.what}`);
}

function ending(cluster: Cluster): string[] {
  const pods = [...cluster.machine.table<KeyValue<KubeObject>>(KV).range('key', '/registry/pods/')].map(kv => kv.value as Pod);
  return pods.map(pod => {
    const ready = isPodReady(pod);
    return `pod ${pod.metadata.namespace}/${pod.metadata.name}: ${pod.status?.phase ?? 'Pending'}${ready ? ', Ready' : ''}${pod.spec?.nodeName ? ` on ${pod.spec.nodeName}` : ''}${pod.status?.podIP ? `, ${pod.status.podIP}` : ''}`;
  });
}
