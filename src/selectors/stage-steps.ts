/** Which steps of the journal are a stage of the pipeline: for stopping at it, and for telling where one stands. */
import {type RequestNote, STAGES, toldStages} from '../engine/apiserver/request.ts';
import type {TraceNote} from '../engine/client/context.ts';
import {type DeliveryNote, findProcess} from '../engine/client/processes.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Step} from '../engine/machine/types.ts';
import type {DecisionNote} from './notes.ts';
import {served, stageIds} from './stages.ts';
import {isQuiet, linesOf} from './story.ts';

/** What was found: in words; within the API server also the request, and how many of its stages it has passed there. */
export interface Reached {
  readonly text: string;
  readonly request?: RequestNote;
  readonly passed?: number;
}

type Find = (step: Step, machine: Machine) => Reached | undefined;

const notesIn = <T>(step: Step, kind: string): T[] => step.notes.filter(note => note.kind === kind) as T[];

/** A stage within the API server; heartbeats, discovery and the reads of components are no news, the learner's own reads are. */
const within =
  (names: readonly string[]): Find =>
  step => {
    const news = notesIn<RequestNote>(step, 'request').filter(each => each.resource !== '' && (step.cause === 0 || !isQuiet(each)));
    const request = news.find(each => each.stages.some(({stage}) => names.includes(stage)));
    if (!request) return undefined;
    const last = request.stages.findLastIndex(({stage}) => names.includes(stage));
    const {stage, verdict, detail} = toldStages(request)[last]!;
    return {request, passed: last + 1, text: `${request.verb} ${request.path} by ${request.user}: ${stage} ${verdict}, ${detail}`};
  };

const traced =
  (matches: (note: TraceNote) => boolean): Find =>
  step => {
    const note = notesIn<TraceNote>(step, 'trace').find(matches);
    return note && {text: `${note.component}${note.instance ? `@${note.instance}` : ''}: ${note.stage} ${note.subject}: ${note.detail}`};
  };

/** What comes after the answer. */
const later: Readonly<Record<string, Find>> = {
  kubectl: step => {
    const request = notesIn<RequestNote>(step, 'request').find(each => each.client === 'kubectl' && each.resource !== '');
    return step.cause === 0 && request ? {request, passed: 0, text: `kubectl sends ${request.method} ${request.path}`} : undefined;
  },
  watch: step => {
    const note = notesIn<DeliveryNote>(step, 'delivery').find(each => each.resource !== 'leases' && each.resource !== 'events');
    return note && {text: `${note.component} is told of ${note.resource} up to revision ${note.revision}`};
  },
  controllers: (step, machine) => {
    const line = findProcess(machine, step.event.to ?? '')?.program === 'kube-controller-manager' ? linesOf(step)[0] : undefined;
    return line && {text: `${line.who}: ${line.what}`};
  },
  scheduler: step => {
    const note = notesIn<DecisionNote>(step, 'decision')[0];
    return note && {text: note.node === null ? `no node for ${note.pod}: ${note.message}` : `${note.node} for ${note.pod}`};
  },
  kubelet: traced(note => note.component === 'kubelet'),
  sandbox: traced(note => note.stage === 'CRI' && note.detail.startsWith('RunPodSandbox')),
  CNI: traced(note => note.stage === 'CNI'),
  containers: traced(note => note.stage === 'CRI' && /^(CreateContainer|StartContainer)/.test(note.detail)),
  status: traced(note => note.component === 'kubelet' && note.stage === 'Status'),
};

/** Every stage there is a name for: those of the strip, and those of a request by their full names. */
export const breakableStages: readonly string[] = [...new Set<string>([...stageIds, ...Object.keys(STAGES)])];

const finders: Readonly<Record<string, Find>> = {
  ...Object.fromEntries(Object.keys(STAGES).map(name => [name, within([name])])),
  ...Object.fromEntries(served.map(({id, of}) => [id, within(of)])),
  ...later,
};

/** What in a step is this stage; undefined where nothing is. */
export const stageIn = (step: Step, stage: string, machine: Machine): Reached | undefined => finders[stage]?.(step, machine);
