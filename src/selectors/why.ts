import type {RequestNote} from '../engine/apiserver/request.ts';
import {KV} from '../engine/apiserver/storage.ts';
import type {TraceNote} from '../engine/client/context.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Step} from '../engine/machine/types.ts';
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

/** A step in words: who did what. What was written says more than what was noticed on the way to it. */
function tell(step: Step): {actor: string; text: string} {
  const note = <T>(kind: string): T | undefined => step.notes.findLast(each => each.kind === kind) as T | undefined;
  const requests = step.notes.filter(each => each.kind === 'request') as unknown as RequestNote[];
  const request = requests.findLast(each => each.revision !== undefined) ?? requests.at(-1);
  const [component = '', instance = ''] = (step.event.to ?? '').split('/');
  const actor = component === '' ? (request?.user ?? 'outside') : instance === '' ? component : `${component}@${instance}`;
  const decision = note<DecisionNote>('decision');
  const trace = note<TraceNote>('trace');
  const delivery = note<DeliveryNote>('delivery');
  if (decision)
    return {
      actor,
      text:
        decision.node === null ? `found no node for ${decision.pod}: ${decision.message}` : `chose ${decision.node} for ${decision.pod}`,
    };
  if (request)
    return {
      actor,
      text: `${request.verb} ${request.path}: ${request.code}${request.revision === undefined ? '' : `, revision ${request.revision}`}`,
    };
  if (trace) return {actor, text: trace.detail};
  if (delivery)
    return {
      actor,
      text: `was told of ${delivery.count} change${delivery.count === 1 ? '' : 's'} of ${delivery.resource} up to revision ${delivery.revision}`,
    };
  if (step.event.type === 'control') return {actor: 'you', text: controlText(step.event.data)};
  return {actor, text: [step.event.type, step.event.key?.replaceAll('\n', ' ')].filter(part => part).join(' ')};
}

function controlText(data: unknown): string {
  const {action, ...rest} = data as {action: string};
  return [action, ...Object.values(rest).map(String)].join(' ');
}
