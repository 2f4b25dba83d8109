import type {Machine} from '../engine/machine/machine.ts';
import {controllerFacts} from './controllers.ts';
import {eventFacts} from './events.ts';
import type {Facts} from './facts.ts';
import {kubeletFacts} from './kubelets.ts';
import {networkFacts} from './network.ts';
import {notesOf} from './notes.ts';
import {pipelineFacts} from './pipeline.ts';
import {podFacts} from './pods.ts';
import {recentRequests, requestFacts, requestLookedAt} from './requests.ts';
import {schedulerFacts} from './scheduler.ts';
import {storeFacts} from './store.ts';
import type {Ref} from './styled.ts';
import {whyFacts} from './why.ts';

/**
 * What can be seen of a cluster where it stands now; to be taken anew after each step. Each part is computed when it is first read.
 * `selected` steers which request, decision and chain of causes are looked at.
 */
export function factsOf(machine: Machine, selected: Ref | undefined): Facts {
  const notes = notesOf(machine);
  const step = selected?.kind === 'step' ? selected.step : undefined;
  const pod = selected?.kind === 'object' && selected.resource === 'pods' ? `${selected.namespace}/${selected.name}` : undefined;
  const request = requestLookedAt(notes, step);
  return lazily<Facts>({
    now: () => machine.now,
    revision: () => machine.root.revision,
    pipeline: () => pipelineFacts(machine, notes, request),
    request: () => request && requestFacts(request),
    requests: () => recentRequests(notes),
    store: () => storeFacts(machine, notes),
    controllers: () => controllerFacts(machine, notes),
    scheduler: () => schedulerFacts(machine, notes, {...(step !== undefined && {step}), ...(pod !== undefined && {pod})}),
    kubelets: () => kubeletFacts(machine, notes),
    pods: () => podFacts(machine),
    network: () => networkFacts(machine),
    events: () => eventFacts(machine),
    why: () => whyFacts(machine, selected),
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
