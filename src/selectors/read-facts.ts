import type {Cluster} from '../engine/cluster/cluster.ts';
import type {Machine} from '../engine/machine/machine.ts';
import {controllerFacts} from './controllers.ts';
import {eventFacts} from './events.ts';
import type {Facts, TrendFacts} from './facts/facts.ts';
import type {PredictedFacts} from './facts/scheduler.ts';
import {kubeletsFacts} from './kubelets.ts';
import {networkFacts} from './network.ts';
import {notesOf} from './notes.ts';
import {nothing} from './nothing.ts';
import {pipelineFacts} from './pipeline.ts';
import {podCensus, podsSeen} from './pods.ts';
import {recentRequests, requestLookedAt, requestLookedInto, underway} from './requests.ts';
import {schedulerFacts} from './scheduler.ts';
import {storeFacts} from './store.ts';
import type {Ref} from './styled.ts';
import {trendReaders} from './trends.ts';
import {type LastCommand, unsentFacts, unsentPipeline} from './unsent.ts';
import {type Question, whyFacts} from './why.ts';

export interface Gaze {
  /** Position of the journal at which the learner's time begins; nothing before it is the learner's doing. */
  readonly from: number;
  /** Steers which request and decision are looked at. */
  readonly selected: Ref | undefined;
  /** What the learner asked the cause of. */
  readonly question?: Question | undefined;
  /** The request that is being walked through, and how many of its stages it has passed: what lies behind them is not shown yet. */
  readonly walk?: {readonly request: string; readonly passed: number} | undefined;
  /** What the learner typed last; undefined: nothing, or the past is looked at. */
  readonly command?: LastCommand | undefined;
  /** What the learner has said about what comes next. */
  readonly predicted?: PredictedFacts | undefined;
}

/**
 * What can be seen of a cluster where it stands now; to be read anew after each step. Each part is computed when it is first looked at. Without a cluster there is
 * nothing to see.
 */
export function readFacts(cluster: Cluster | undefined, gaze: Gaze): Facts {
  if (!cluster) return nothing;
  const {machine} = cluster;
  const {from, selected, walk, command, predicted} = gaze;
  const look = [from, walk?.request, walk?.passed, command?.line, command?.position, predicted?.ask, predicted?.guess, predicted?.truth];
  const moment = [machine.journal.position, machine.root.step, Math.floor(machine.now / freshMs), ...look].join();
  const known = kept.get(machine);
  if (known?.moment === moment && known.selected === selected && known.question === gaze.question) return known.facts;
  const facts = seen(cluster, gaze);
  kept.set(machine, {moment, selected, question: gaze.question, facts});
  return facts;
}

/** How long, in virtual milliseconds, what was seen stays good while nothing happens: only what counts down to something changes then. */
const freshMs = 500;

const kept = new WeakMap<Machine, Pick<Gaze, 'selected' | 'question'> & {readonly moment: string; readonly facts: Facts}>();

function seen(cluster: Cluster, {from, selected, question, walk, command, predicted}: Gaze): Facts {
  const {machine} = cluster;
  const notes = notesOf(machine, from);
  const step = selected?.kind === 'step' ? selected.step : undefined;
  const object = selected?.kind === 'object' ? selected : undefined;
  const pod = object?.resource === 'pods' ? `${object.namespace}/${object.name}` : undefined;
  const node = object?.resource === 'nodes' ? object.name : undefined;
  const walked = walk && notes.requests.findLast(({note}) => note.id === walk.request);
  const unsent = walked || step !== undefined ? undefined : unsentFacts(machine, notes, command);
  const request = walked ? underway(walked, walk.passed) : unsent ? undefined : requestLookedAt(notes, step);
  return lazily<Facts>({
    now: () => machine.now,
    revision: () => machine.root.revision,
    pipeline: () => (unsent ? unsentPipeline(unsent) : pipelineFacts(machine, notes, request, walked !== undefined)),
    unsent: () => unsent,
    request: () => request && requestLookedInto(request),
    requests: () => recentRequests(notes),
    store: () => storeFacts(machine, notes),
    controllers: () => controllerFacts(machine, notes, selected),
    scheduler: () => schedulerFacts(cluster, notes, {step, pod, node, predicted}),
    kubelets: () => kubeletsFacts(machine, notes, selected),
    pods: () => podsSeen(machine, selected),
    census: () => podCensus(machine),
    network: () => networkFacts(machine, notes, selected),
    events: () => eventFacts(machine),
    why: () => whyFacts(machine, question),
    trends: () =>
      lazily<TrendFacts>({
        revisions: () => trendReaders.revisions(machine),
        work: () => trendReaders.work(machine),
        pods: () => trendReaders.pods(machine),
        cpu: () => trendReaders.cpu(machine),
      }),
  });
}

/** An object whose properties are computed when first read, and once. */
function lazily<T extends object>(parts: {readonly [K in keyof T]: () => T[K]}): T {
  const whole = {} as T;
  for (const name of Object.keys(parts) as (keyof T)[]) {
    Object.defineProperty(whole, name, {
      enumerable: true,
      configurable: true,
      get() {
        const value = parts[name]();
        Object.defineProperty(whole, name, {value, enumerable: true});
        return value;
      },
    });
  }
  return whole;
}
