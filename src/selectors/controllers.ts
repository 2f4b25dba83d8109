import {byText} from '../engine/api/order.ts';
import type {RequestNote} from '../engine/apiserver/request.ts';
import {changesAfter, type OpenWatch, reachedRevision, WATCHES} from '../engine/apiserver/watch.ts';
import type {TraceNote} from '../engine/client/context.ts';
import {readMemory} from '../engine/client/memory.ts';
import {type FailureNote, PROCESSES, type Process, WATCH_LAG_MS} from '../engine/client/processes.ts';
import {WORK} from '../engine/client/work-queue.ts';
import {DUE} from '../engine/machine/due-events.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {DueEvent, Step} from '../engine/machine/types.ts';
import {CAPS, firstOf, shared} from './caps.ts';
import type {CacheFacts, ControllerFacts, EarlierTurnFacts, QueueFacts, TurnFacts} from './facts/controllers.ts';
import {stateOf} from './loop-state.ts';
import type {Heard, Notes} from './notes.ts';
import {ownerTree, workloadsPresent} from './owner-tree.ts';
import {balanceOf, gathered} from './reading.ts';
import {tellStep} from './step-words.ts';
import type {Ref} from './styled.ts';
import {spanText} from './time-text.ts';

const controllerManager = 'kube-controller-manager';

/** Who owns whom among the learner's workloads, the last turn of a loop, the work queues of the controllers, and what their caches know. */
export function controllerFacts(machine: Machine, notes: Notes, selected: Ref | undefined): ControllerFacts {
  const loops = loopsOf(machine);
  const turn = lastTurn(machine, notes, loops);
  return {
    tree: ownerTree(machine, selected),
    queues: queues(machine, notes),
    turn,
    before: turnsBefore(machine, notes, loops, turn),
    caches: caches(machine),
  };
}

const beats: readonly string[] = ['observe', 'difference', 'act'] satisfies TurnFacts['beats'][number]['beat'][];

const loopsOf = (machine: Machine): ReadonlySet<string> =>
  new Set(
    machine
      .table<Process>(PROCESSES)
      .all('program', controllerManager)
      .map(({component}) => component),
  );

const ofControlPlane = ({traces}: Notes): readonly Heard<TraceNote>[] => traces.get('') ?? [];

/** Whether a loop told it of one of its turns; what they do for the system itself is left out. */
const isOfTurn = (loops: ReadonlySet<string>, {stage, component, subject}: TraceNote): boolean =>
  beats.includes(stage) && loops.has(component) && !subject.includes('/kube-system/');

/** What was done before the last turn, the youngest first: what is the same is told once, with how often it was done. */
function turnsBefore(machine: Machine, notes: Notes, loops: ReadonlySet<string>, last: TurnFacts | undefined): EarlierTurnFacts[] {
  const end = last && machine.journal.find(last.step);
  const begun = end ? stepsOfTurn(machine, end)[0]!.id : 0;
  const turns = new Map<string, {turn: Omit<EarlierTurnFacts, 'times'>; times: number}>();
  const keys = new Set<string>();
  const told = ofControlPlane(notes);
  for (let at = told.length - 1; at >= 0; at--) {
    const {step, note} = told[at]!;
    if (note.stage !== 'act' || step.id >= begun) continue;
    const {key = ''} = step.event;
    const isFull = turns.size === CAPS.turns;
    if ((isFull && !keys.has(key)) || !isOfTurn(loops, note)) continue;
    const {component, detail} = note;
    // What stands behind a colon is of this one try: the name of a pod that was refused.
    const same = `${component} ${key} ${detail.split(':')[0]}`;
    const known = turns.get(same);
    if (known) known.times++;
    else if (!isFull) {
      turns.set(same, {turn: {step: step.id, atMs: step.at, component, key, act: detail}, times: 1});
      keys.add(key);
    }
  }
  return [...turns.values()].map(({turn, times}) => ({...turn, times}));
}

function lastTurn(machine: Machine, notes: Notes, loops: ReadonlySet<string>): TurnFacts | undefined {
  const {failures} = notes;
  const told = ofControlPlane(notes);
  const ofLoop = ({note}: Heard<{component: string}>): boolean => loops.has(note.component);
  const acted = told.findLast(({note}) => note.stage !== 'observe' && isOfTurn(loops, note));
  const failed = failures.findLast(ofLoop);
  const heard: Heard<TraceNote | FailureNote> | undefined =
    failed && (!acted || failed.step.id > acted.step.id) ? failed : (acted ?? told.findLast(({note}) => isOfTurn(loops, note)));
  if (!heard) return undefined;
  const {step} = heard;
  const turn = stepsOfTurn(machine, step);
  const notesOfKind = <T>(kind: string): T[] => turn.flatMap(({notes: made}) => made.filter(note => note.kind === kind)) as unknown as T[];
  const requests = notesOfKind<RequestNote>('request').filter(note => note.resource !== 'events');
  return {
    step: step.id,
    atMs: step.at,
    component: heard.note.component,
    key: step.event.key ?? '',
    woken: wokenBy(machine, turn[0]!),
    beats: notesOfKind<TraceNote>('trace')
      .filter(note => beats.includes(note.stage))
      .map(note => ({beat: note.stage as TurnFacts['beats'][number]['beat'], detail: note.detail})),
    requests: requests.slice(0, CAPS.requestsOfTurn).map(note => ({
      verb: note.verb,
      what: `${note.path.replace(/^\/(api|apis\/[^/]+)\/[^/]+\//, '').replace(/^namespaces\/[^/]+\//, '')}`,
      code: note.code,
      reason: note.reason,
    })),
    allRequests: requests.length,
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
function caches(machine: Machine): CacheFacts[] {
  const present = workloadsPresent(machine);
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
    .sort((one, other) => byText(one.resource, other.resource));
}

const work = gathered<DueEvent>(DUE, event => (event.type === WORK ? event.to : undefined));

/** The work queues; of long ones what is due next. */
function queues(machine: Machine, notes: Notes): QueueFacts[] {
  const due = balanceOf(machine, work);
  const room = shared(CAPS.queueKeys);
  const processes = machine.table<Process>(PROCESSES).all('program', controllerManager);
  const last = lastDetails(processes, notes);
  return processes.map(process => {
    const {component, owner} = process;
    const waiting = due.get(owner) ?? NONE;
    const memory = readMemory(machine, owner);
    const next = firstOf(waiting.values(), room(waiting.size), (one, other) => one.at - other.at || one.seq - other.seq);
    return {
      component,
      state: stateOf(process),
      last: last.get(component) ?? '',
      waiting: waiting.size,
      items: next.map(({key = '', at}) => {
        const failures = memory.get<{count: number}>('queue-failures', key)?.count ?? 0;
        return {key, inMs: Math.max(0, at - machine.now), failures, error: failures > 0 ? errorOf(notes, component, key) : ''};
      }),
    };
  });
}

const NONE: ReadonlyMap<number, DueEvent> = new Map();

/** What each of the loops told last. */
function lastDetails(processes: readonly Process[], notes: Notes): ReadonlyMap<string, string> {
  const traces = ofControlPlane(notes);
  const wanted = new Set(processes.map(({component}) => component));
  const last = new Map<string, string>();
  for (let at = traces.length - 1; at >= 0 && wanted.size > 0; at--) {
    const {component, detail} = traces[at]!.note;
    if (wanted.delete(component)) last.set(component, detail);
  }
  return last;
}

const errorOf = ({failures}: Notes, component: string, key: string): string =>
  failures.findLast(({note}) => note.component === component && note.at === key)?.note.message ?? '';
