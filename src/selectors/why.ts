import type {RequestNote} from '../engine/apiserver/request.ts';
import {KV} from '../engine/apiserver/storage.ts';
import {TIMER, type TraceNote} from '../engine/client/context.ts';
import {WORK} from '../engine/client/work-queue.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {MachineEvent, Step} from '../engine/machine/types.ts';
import type {WhyFacts} from './facts.ts';
import type {DecisionNote, DeliveryNote} from './notes.ts';
import {keyOfRef} from './objects.ts';
import type {Ref} from './styled.ts';

/** The chain of causes of what is selected: the step that wrote it last, what caused that step, and so on to the outside world. */
export function whyFacts(machine: Machine, selected: Ref | undefined): WhyFacts {
  const first = selected && stepOf(machine, selected);
  if (!selected || !first) return {subject: '', chain: []};
  const chain: WhyFacts['chain'][number][] = [];
  for (let step: Step | undefined = first; step; step = step.cause === 0 ? undefined : machine.journal.find(step.cause)) {
    const {actor, text} = tell(step);
    chain.push({step: step.id, atMs: step.at, actor, text});
  }
  return {subject: selected.kind === 'object' ? `${selected.resource}/${selected.name}` : `step ${first.id}`, chain};
}

function stepOf(machine: Machine, ref: Ref): Step | undefined {
  if (ref.kind === 'step') return machine.journal.find(ref.step);
  const key = ref.kind === 'object' ? keyOfRef(ref) : undefined;
  if (key === undefined) return undefined;
  return machine.journal
    .past()
    .findLast(step => step.writes.some(write => write.table === KV && ((write.new ?? write.old) as {key: string}).key === key));
}

/** Writes that go along with something else. */
const asides = new Set(['events', 'leases']);

/** A step in words: who did what. What was decided or written says more than what was noticed on the way to it. */
function tell(step: Step): {actor: string; text: string} {
  const last = <T>(kind: string): T | undefined => step.notes.findLast(each => each.kind === kind) as T | undefined;
  const requests = (step.notes.filter(each => each.kind === 'request') as unknown as RequestNote[]).filter(
    each => !asides.has(each.resource),
  );
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

function actorOf({event}: Step, request: RequestNote | undefined): string {
  const [component = '', instance = ''] = (event.to ?? '').split('/');
  if (component === '') return request?.user ?? (event.type === 'control' ? 'you' : 'outside');
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
  return type === 'control' ? controlText(data) : type;
}

function controlText(data: unknown): string {
  const {action, ...rest} = data as {action: string};
  return [action, ...Object.values(rest).map(String)].join(' ');
}
