/** A step of the journal in words: who did what. */
import type {RequestNote} from '../engine/apiserver/request.ts';
import {TIMER, type TraceNote} from '../engine/client/context.ts';
import type {DeliveryNote} from '../engine/client/processes.ts';
import {WORK} from '../engine/client/work-queue.ts';
import type {Control} from '../engine/cluster/control.ts';
import {CONTROL} from '../engine/cluster/control-event.ts';
import type {MachineEvent, Step} from '../engine/machine/types.ts';
import {controlText} from './control-words.ts';
import type {DecisionNote} from './notes.ts';

/** Writes that go along with something else. */
const asides = new Set(['events', 'leases']);

/** The requests of a step that say something of their own. */
export const requestsOf = (step: Step): RequestNote[] =>
  (step.notes.filter(each => each.kind === 'request') as unknown as RequestNote[]).filter(each => !asides.has(each.resource));

/** Who did what in a step. What was decided or written says more than what was noticed on the way to it. */
export function tellStep(step: Step): {actor: string; text: string} {
  const last = <T>(kind: string): T | undefined => step.notes.findLast(each => each.kind === kind) as T | undefined;
  const requests = requestsOf(step);
  const write = requests.findLast(each => each.revision !== undefined);
  const trace = last<TraceNote>('trace');
  const text =
    decisionText(last<DecisionNote>('decision')) ??
    (write && requestText(write)) ??
    (step.cause === 0 ? undefined : trace?.detail) ??
    (requests.at(-1) && requestText(requests.at(-1)!)) ??
    deliveryText(last<DeliveryNote>('delivery')) ??
    eventText(step.event);
  return {actor: actorOf(step, write ?? requests.at(-1)), text};
}

/** `kube-scheduler: chose node-2 for default/web`. */
export function stepText(step: Step): string {
  const {actor, text} = tellStep(step);
  return `${actor}: ${text}`;
}

function actorOf({event}: Step, request: RequestNote | undefined): string {
  const [component = '', instance = ''] = (event.to ?? '').split('/');
  if (component === '') return request?.user ?? (event.type === CONTROL ? 'you' : 'outside');
  return instance === '' ? component : `${component}@${instance}`;
}

function decisionText(decision: DecisionNote | undefined): string | undefined {
  if (!decision) return undefined;
  return decision.node === null ? `found no node for ${decision.pod}: ${decision.message}` : `chose ${decision.node} for ${decision.pod}`;
}

function requestText({verb, path, code, revision}: RequestNote): string {
  return `${verb} ${path}: ${code}${revision === undefined ? '' : `, revision ${revision}`}`;
}

function deliveryText(delivery: DeliveryNote | undefined): string | undefined {
  if (!delivery) return undefined;
  return `was told of ${delivery.count} change${delivery.count === 1 ? '' : 's'} of ${delivery.resource} up to revision ${delivery.revision}`;
}

/** What an event that left no note asked for. */
function eventText({type, key, data}: MachineEvent): string {
  if (type === WORK) return `took ${key ?? ''} from its queue`;
  if (type === TIMER) return `its timer rang: ${(data as {name: string}).name}`;
  return type === CONTROL ? controlText(data as Control) : type;
}
