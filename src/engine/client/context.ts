/** What a component is given for one event: see types.ts. */

import {microTimeText, timeText} from '../api/clock.ts';
import type {Json, KubeObject} from '../api/types.ts';
import type {ClientCertificate} from '../apiserver/authentication/types.ts';
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

/** What a component may touch while it handles one event; `epoch` tells its lives apart. */
export const createContext = (tx: Tx, component: Component, instance: string, epoch: number): ComponentContext =>
  new Context(tx, component, instance, epoch);

/**
 * A class, for its getters stand on the prototype: an object literal that has some of its own is looked up in like a map, at every look, and contexts are looked
 * at by everybody.
 */
class Context implements ComponentContext {
  readonly #component: Component;
  readonly #epoch: number;
  readonly #owner: string;
  readonly #listers = new Map<string, Lister<never>>();
  #client: Client | undefined;
  #queue: WorkQueue | undefined;
  #memory: Memory | undefined;
  #events: EventRecorder | undefined;

  constructor(
    readonly tx: Tx,
    component: Component,
    readonly instance: string,
    epoch: number,
  ) {
    this.#component = component;
    this.#epoch = epoch;
    this.#owner = ownerOf(component.name, instance);
  }

  get now(): number {
    return this.tx.now;
  }

  get client(): Client {
    const component = this.#component;
    const certificate = (): ClientCertificate | undefined => component.certificate?.(this.tx, this.instance);
    return (this.#client ??= clientOf(this.tx, component.user(this.instance), component.name, certificate));
  }

  get queue(): WorkQueue {
    return (this.#queue ??= workQueueOf(this.tx, this.#owner));
  }

  get memory(): Memory {
    return (this.#memory ??= memoryOf(this.tx, this.#owner));
  }

  get events(): EventRecorder {
    return (this.#events ??= eventRecorder({
      component: this.#component.reportsAs ?? this.#component.name,
      host: this.instance,
      client: this.client,
      memory: this.memory,
      clock: this.tx,
    }));
  }

  lister<T = KubeObject>(resource: string): Lister<T> {
    let lister = this.#listers.get(resource);
    if (!lister) {
      lister = listerOf<never>(this.tx, informerOwner(this.#component, this.instance), resource);
      this.#listers.set(resource, lister);
    }
    return lister as unknown as Lister<T>;
  }

  follow(resource: string): void {
    this.tx.schedule(this.tx.now, {type: RELIST, to: this.#owner, key: resource});
  }

  time(ms = this.tx.now): string {
    return timeText(ms);
  }

  microTime(ms = this.tx.now): string {
    return microTimeText(ms);
  }

  random(): number {
    return this.tx.random();
  }

  after(ms: number, name: string, data: Json = null, options: {key?: string; periodic?: boolean} = {}): void {
    this.tx.schedule(this.tx.now + ms, {
      type: TIMER,
      to: this.#owner,
      data: {name, data, epoch: this.#epoch},
      ...(options.key !== undefined && {key: this.#timerKey(name, options.key)}),
      ...(options.periodic && {periodic: true}),
    });
  }

  cancel(name: string, key: string): boolean {
    return this.tx.cancel(TIMER, this.#owner, this.#timerKey(name, key));
  }

  dueAt(name: string, key: string): number | undefined {
    return this.tx.dueAt(TIMER, this.#owner, this.#timerKey(name, key));
  }

  trace(stage: string, subject: string, detail: string, more?: Record<string, unknown>): void {
    if (!this.tx.noting) return;
    this.tx.note({kind: 'trace', component: this.#component.name, instance: this.instance, stage, subject, detail, ...more} as TraceNote);
  }

  /** With its life in the key: what is left over from an earlier one does not stand in its way. */
  #timerKey(name: string, key: string): string {
    return `${name}\n${key}\n${this.#epoch}`;
  }
}
