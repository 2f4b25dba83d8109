/** The whole way of one pod: its turn, the scheduling cycle, and the binding cycle. upstream: pkg/scheduler/schedule_one.go */

import {printGoDuration} from '../api/duration.ts';
import {ApiError, type Pod} from '../api/types.ts';
import {splitKey} from '../client/keys.ts';
import type {Client, ComponentContext} from '../client/types.ts';
import {type Outcome, schedulePod} from './cycle.ts';
import {decisionOf, successMessage} from './decision.ts';
import {bindByExtender, needsNoExtender} from './extenders/rounds.ts';
import {handleFailure, patchStatus} from './failure.ts';
import {columnsOf} from './fast/columns.ts';
import {FAST_FROM, schedulePodFast} from './fast/schedule.ts';
import {fitError} from './framework/fit-error.ts';
import {podInfo} from './framework/node-info.ts';
import {newCycle, runningAt} from './framework/runtime.ts';
import {failure, isRejected, message, nodeStatuses, type Status} from './framework/status.ts';
import type {Cycle, Framework, Plugin} from './framework/types.ts';
import {ASKED, BINDING_VOLUMES, VOLUME_BINDING, type VolumeBindingArgs} from './plugins/volume-binding.ts';
import type {Asked} from './plugins/volume-bindings.ts';
import {evict} from './preemption/execute.ts';
import type {Scheduler} from './scheduler.ts';
import {assumedBy} from './state/assumed.ts';
import type {Turn} from './state/queue.ts';
import {ASKING, type Asking, type QueueEntry} from './state/records.ts';

export const BIND_TIMEOUT = 'bindTimeout';
export const EXTENDER_TIMEOUT = 'extenderTimeout';
export const EXTENDER_BIND_TIMEOUT = 'extenderBindTimeout';
const BINDING_TIMED_OUT = `${BINDING_VOLUMES}: context deadline exceeded`;

const RESUME = 'bind ';
/** The key of the component's work queue under which a pod that waits for its volumes is looked at again. */
export const resumeKey = (key: string): string => RESUME + key;
export const keyOfResume = (key: string): string => key.slice(RESUME.length);

function cycleOf(scheduler: Scheduler, ctx: ComponentContext, framework: Framework): Cycle {
  const {cache, listersOf, extendersOf} = scheduler;
  return newCycle({
    snapshot: cache.snapshot(ctx),
    listers: listersOf(ctx),
    framework,
    now: ctx.now,
    random: () => ctx.random(),
    extenders: extendersOf(ctx),
    assumed: assumedBy(ctx, listersOf(ctx)),
  });
}

interface Turning extends Turn {
  /** It has waited for its extenders already. */
  readonly waited: boolean;
}

/** The pod whose cycle has waited for silent extenders, or the next one of the queue. */
function nextTurn({queue}: Scheduler, ctx: ComponentContext): Turning | undefined {
  const asking = ctx.memory.get<Asking>(ASKING, '');
  if (asking && ctx.now < asking.until) return undefined;
  if (asking) ctx.memory.delete(ASKING, '');
  const asked = asking && queue.take(ctx, asking.key);
  const turn = asked ?? queue.pop(ctx);
  return turn && {...turn, waited: asked !== undefined};
}

/** Takes the next pod from the queue and tries to place it. False when no pod is waiting, or one is in the middle of its cycle. */
export function scheduleNext(scheduler: Scheduler, ctx: ComponentContext): boolean {
  const next = nextTurn(scheduler, ctx);
  if (!next) return false;
  const [namespace, name] = splitKey(next.key);
  const pod = ctx.lister<Pod>('pods').get(namespace, name);
  const framework = pod && scheduler.frameworkOf(pod);
  if (!framework || pod.metadata.deletionTimestamp) {
    scheduler.queue.remove(ctx, next.key);
    if (pod)
      scheduler.record(ctx, pod, {
        type: 'Warning',
        reason: 'FailedScheduling',
        action: 'Scheduling',
        message: `skip schedule deleting pod: ${next.key}`,
      });
    return true;
  }
  return schedule(scheduler, ctx, pod, framework, next);
}

interface Decided {
  readonly outcome: Outcome;
  /** What the plugins know of it, for binding. */
  readonly cycle: Cycle;
}

/** Over columns where the cluster is large; the plain cycle where it is not, or where the columns cannot tell. */
function decide(scheduler: Scheduler, ctx: ComponentContext, pod: Pod, framework: Framework, start: number): Decided {
  const {percentageOfNodesToScore} = scheduler.settings;
  const sampling = {start, percentageOfNodesToScore};
  const table = scheduler.views.read(ctx).nodes;
  let cycle = cycleOf(scheduler, ctx, framework);
  if (table.size >= FAST_FROM && needsNoExtender(cycle, pod)) {
    const outcome = schedulePodFast(cycle, pod, columnsOf(table), sampling, ctx.tx.noting);
    if (outcome) return {outcome, cycle};
    cycle = cycleOf(scheduler, ctx, framework);
  }
  return {outcome: schedulePod(cycle, pod, sampling), cycle};
}

/** A silent extender holds up the cycle: what comes of it is found out when its time is over. */
function holdUp({queue}: Scheduler, ctx: ComponentContext, {key, entry}: Turn, ms: number): void {
  ctx.memory.put<Asking>(ASKING, '', {key, until: ctx.now + ms});
  ctx.trace('schedule', `pod/${key}`, `waits ${printGoDuration(ms)} for an extender that does not answer`);
  ctx.after(ms, EXTENDER_TIMEOUT, null, {key: EXTENDER_TIMEOUT, periodic: queue.keepsFailing(entry)});
}

/** False where the cycle is not over yet. */
function schedule(scheduler: Scheduler, ctx: ComponentContext, pod: Pod, framework: Framework, turn: Turning): boolean {
  const {key, entry} = turn;
  const start = scheduler.views.nextStart(ctx);
  const {outcome, cycle} = decide(scheduler, ctx, pod, framework, start);
  const {waitedMs} = cycle.extenders;
  if (waitedMs > 0 && !turn.waited) {
    holdUp(scheduler, ctx, turn, waitedMs);
    return false;
  }
  scheduler.views.setNextStart(ctx, outcome.nextStart);
  tell(scheduler, ctx, pod, key, outcome, cycle);
  if (outcome.node === undefined) {
    const {nominatedNode, victims} = outcome;
    handleFailure(scheduler, ctx, pod, entry, {
      status: outcome.failure!,
      plugins: [...outcome.rejectedBy].sort(),
      ...(nominatedNode !== undefined && {nominatedNode}),
    });
    if (victims) evict(scheduler, ctx, pod, victims);
    return true;
  }
  assume(scheduler, ctx, pod, key, {...entry, node: outcome.node});
  bind(scheduler, ctx, cycle, pod, key, outcome.node);
  return true;
}

function tell({decisions}: Scheduler, ctx: ComponentContext, pod: Pod, key: string, outcome: Outcome, {skipFilter}: Cycle): void {
  if (!ctx.tx.noting) return;
  const decision = decisionOf(outcome, pod, ctx.now, skipFilter);
  decisions.keep(decision);
  ctx.tx.note(decision);
  ctx.trace('schedule', `pod/${key}`, decision.message);
}

/** From here on the pod counts as being on its node, though the API server has not heard of it. */
function assume(scheduler: Scheduler, ctx: ComponentContext, pod: Pod, key: string, entry: QueueEntry): void {
  scheduler.cache.addPod(ctx, entry.node!, podInfo(pod));
  scheduler.queue.set(ctx, key, entry);
  scheduler.cache.nominate(ctx, pod, '');
}

/** The binding cycle. A PreBind plugin that waits is asked again by `resumeBinding`; `waited`: a silent extender has had its time. */
function bind(scheduler: Scheduler, ctx: ComponentContext, cycle: Cycle, pod: Pod, key: string, node: string, waited = false): void {
  const refusal = holdPlace(cycle, pod, node);
  const told = refusal ? pod : announce(ctx, cycle, pod, node);
  const status = refusal ?? runBinding(cycle, told, node, ctx.client, waited);
  if (status && 'silentMs' in status) awaitBinder(scheduler, ctx, key, status.silentMs);
  else if (status?.code === 'Wait') wait(scheduler, ctx, cycle, key);
  else if (status) forget(scheduler, ctx, told, key, node, status);
  else scheduler.record(ctx, pod, {type: 'Normal', reason: 'Scheduled', action: 'Binding', message: successMessage(pod, node)});
}

/** Reserve and Permit, to the first that has something against it. */
function holdPlace(cycle: Cycle, pod: Pod, node: string): Status | undefined {
  const {reserve, permit} = cycle.framework;
  for (const plugin of reserve) {
    const status = plugin.reserve!(cycle, pod, node);
    if (status) return runningAt('Reserve', plugin, status);
  }
  for (const plugin of permit) {
    const status = plugin.permit!(cycle, pod, node);
    if (status) return runningAt('Permit', plugin, status);
  }
  return undefined;
}

/** Where binding takes time, all may know meanwhile where the pod goes: autoscalers do not take the node away. */
function announce(ctx: ComponentContext, cycle: Cycle, pod: Pod, node: string): Pod {
  const takesTime = cycle.framework.preBind.some(plugin => plugin.preBindPreFlight?.(cycle, pod, node));
  return takesTime ? patchStatus(ctx, pod, undefined, node) : pod;
}

/** Virtual milliseconds that an extender is given to answer. */
interface Silence {
  readonly silentMs: number;
}

/** PreBind and Bind, likewise. Where an extender is silent, what comes of it is found out when its time is over. */
function runBinding(cycle: Cycle, pod: Pod, node: string, client: Client, waited: boolean): Status | Silence | undefined {
  const {preBind, bind: binders} = cycle.framework;
  for (const plugin of preBind) {
    const status = attempt('PreBind', plugin, () => plugin.preBind!(cycle, pod, node, client));
    if (status) return status;
  }
  const before = cycle.extenders.waitedMs;
  const byExtender = bindByExtender(cycle, pod);
  const silentMs = cycle.extenders.waitedMs - before;
  if (silentMs > 0 && !waited) return {silentMs};
  if (byExtender) return byExtender.status;
  const [binder] = binders;
  return attempt('Bind', binder!, () => binder!.bind!(cycle, pod, node, client));
}

/** A refusal by the API server becomes the plugin's error. */
function attempt(point: string, plugin: Plugin, run: () => Status | undefined): Status | undefined {
  try {
    const status = run();
    return status && runningAt(point, plugin, status);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return runningAt(point, plugin, failure(error.message));
  }
}

function wait({queue}: Scheduler, ctx: ComponentContext, {framework, state}: Cycle, key: string): void {
  queue.set(ctx, key, {...queue.get(ctx, key)!, waiting: state.get(ASKED) as readonly Asked[]});
  const {bindTimeoutSeconds} = framework.preBind.find(plugin => plugin.name === VOLUME_BINDING)!.args as VolumeBindingArgs;
  ctx.after(bindTimeoutSeconds * 1000, BIND_TIMEOUT, key, {key, periodic: true});
}

/** Nobody else waits for it: the pod counts as being on its node, and others have their turns. */
function awaitBinder({queue}: Scheduler, ctx: ComponentContext, key: string, ms: number): void {
  const entry = queue.get(ctx, key)!;
  queue.set(ctx, key, {...entry, unanswered: true});
  ctx.trace('bind', `pod/${key}`, `waits ${printGoDuration(ms)} for an extender that does not answer`);
  ctx.after(ms, EXTENDER_BIND_TIMEOUT, {key, uid: entry.uid}, {key: entry.uid});
}

/** Takes the assumed pod off its node again: what it took up is free for others. */
function forget(scheduler: Scheduler, ctx: ComponentContext, pod: Pod, key: string, node: string, status: Status): void {
  const entry = scheduler.queue.get(ctx, key)!;
  const [namespace, name] = splitKey(key);
  ctx.trace('bind', `pod/${key}`, message(status));
  ctx.cancel(BIND_TIMEOUT, key);
  scheduler.cache.removePod(ctx, node, {namespace, name});
  scheduler.queue.moveOn(ctx, {resource: 'AssignedPod', action: 'Delete', old: pod});
  if (!isRejected(status)) {
    handleFailure(scheduler, ctx, pod, entry, {status, plugins: [], nominatedNode: ''});
    return;
  }
  const statuses = nodeStatuses();
  statuses.explicit.set(node, status);
  const reasons = [fitError({numAllNodes: 1, statuses})];
  handleFailure(scheduler, ctx, pod, entry, {status: {...status, reasons}, plugins: [status.plugin!], nominatedNode: ''});
}

/** Goes on with a pod, if it is still this one, whose extender has had its time to bind it. */
export function resumeUnanswered(scheduler: Scheduler, ctx: ComponentContext, {key, uid}: {key: string; uid: string}): void {
  const held = scheduler.queue.get(ctx, key);
  const [namespace, name] = splitKey(key);
  const pod = ctx.lister<Pod>('pods').get(namespace, name);
  const framework = pod && scheduler.frameworkOf(pod);
  if (!held?.unanswered || held.uid !== uid || !framework) return;
  const {unanswered: _, ...entry} = held;
  scheduler.queue.set(ctx, key, entry);
  bind(scheduler, ctx, cycleOf(scheduler, ctx, framework), pod, key, entry.node!, true);
}

/** Goes on with a pod whose volumes were not ready; `late`: they have had their time. */
export function resumeBinding(scheduler: Scheduler, ctx: ComponentContext, key: string, late = false): void {
  const entry = scheduler.queue.get(ctx, key);
  const [namespace, name] = splitKey(key);
  const pod = ctx.lister<Pod>('pods').get(namespace, name);
  const framework = pod && scheduler.frameworkOf(pod);
  if (!entry?.waiting || !framework) return;
  if (late) {
    forget(scheduler, ctx, pod, key, entry.node!, failure(`running PreBind plugin "${VOLUME_BINDING}": ${BINDING_TIMED_OUT}`));
    return;
  }
  const {waiting: asked, ...resumed} = entry;
  scheduler.queue.set(ctx, key, resumed);
  const cycle = cycleOf(scheduler, ctx, framework);
  cycle.state.set(ASKED, asked);
  bind(scheduler, ctx, cycle, pod, key, entry.node!);
  if (!scheduler.queue.get(ctx, key)?.waiting) ctx.cancel(BIND_TIMEOUT, key);
}
