/** What a component is given for one event: see types.ts. */

import {microTimeText, timeText} from '../api/clock.ts';
import type {Json, KubeObject} from '../api/types.ts';
import type {Tx} from '../machine/types.ts';
import {clientOf} from './client.ts';
import {eventRecorder} from './events.ts';
import {listerOf} from './informer.ts';
import {memoryOf} from './memory.ts';
import type {Client, Component, ComponentContext, EventRecorder, Lister, Memory, WorkQueue} from './types.ts';
import {workQueueOf} from './work-queue.ts';

export const TIMER = 'timer';
export const RELIST = 'relist';

/** One line of the story. */
export interface TraceNote {
  kind: 'trace';
  component: string;
  instance: string;
  stage: string;
  subject: string;
  detail: string;
  [more: string]: unknown;
}

/** By component and instance. */
const owners = new Map<string, Map<string, string>>();

/** `component/instance`: the owner of its watches, queue, timers and memory. Always the same text, for it stands in most of what is kept. */
export function ownerOf(component: string, instance: string): string {
  let ofComponent = owners.get(component);
  if (!ofComponent) owners.set(component, (ofComponent = new Map()));
  let owner = ofComponent.get(instance);
  if (owner === undefined) ofComponent.set(instance, (owner = `${component}/${instance}`));
  return owner;
}

/** Whose caches a component reads: its own, or those that the loops of its program share. upstream: client-go/informers SharedInformerFactory */
export const informerOwner = (component: Component, instance: string): string =>
  ownerOf(component.informers ? component.process : component.name, instance);

export function createContext(tx: Tx, component: Component, instance: string, epoch: number): ComponentContext {
  const owner = ownerOf(component.name, instance);
  let client: Client | undefined;
  let queue: WorkQueue | undefined;
  let memory: Memory | undefined;
  let events: EventRecorder | undefined;
  const listers = new Map<string, Lister<never>>();
  // With its life in the key: what is left over from an earlier one does not stand in its way.
  const timerKey = (name: string, key: string): string => `${name}\n${key}\n${epoch}`;
  const context: ComponentContext = {
    tx,
    get now() {
      return tx.now;
    },
    instance,
    get client() {
      return (client ??= clientOf(tx, component.user(instance), component.name, () => component.certificate?.(tx, instance)));
    },
    get queue() {
      return (queue ??= workQueueOf(tx, owner));
    },
    get memory() {
      return (memory ??= memoryOf(tx, owner));
    },
    get events() {
      return (events ??= eventRecorder({
        component: component.reportsAs ?? component.name,
        host: instance,
        client: context.client,
        memory: context.memory,
        clock: tx,
      }));
    },
    lister<T = KubeObject>(resource: string): Lister<T> {
      let lister = listers.get(resource);
      if (!lister) listers.set(resource, (lister = listerOf<never>(tx, informerOwner(component, instance), resource)));
      return lister as unknown as Lister<T>;
    },
    follow: resource => void tx.schedule(tx.now, {type: RELIST, to: owner, key: resource}),
    time: (ms = tx.now) => timeText(ms),
    microTime: (ms = tx.now) => microTimeText(ms),
    random: () => tx.random(),
    after(ms: number, name: string, data: Json = null, options: {key?: string; periodic?: boolean} = {}) {
      tx.schedule(tx.now + ms, {
        type: TIMER,
        to: owner,
        data: {name, data, epoch},
        ...(options.key !== undefined && {key: timerKey(name, options.key)}),
        ...(options.periodic && {periodic: true}),
      });
    },
    cancel: (name, key) => tx.cancel(TIMER, owner, timerKey(name, key)),
    dueAt: (name, key) => tx.dueAt(TIMER, owner, timerKey(name, key)),
    trace(stage, subject, detail, more) {
      if (tx.noting) tx.note({kind: 'trace', component: component.name, instance, stage, subject, detail, ...more} as TraceNote);
    },
  };
  return context;
}
