/** upstream: client-go/util/flowcontrol/backoff.go */

import type {ComponentContext} from '../../client/types.ts';
import {forgetAll} from './memory.ts';

const KIND = 'backoff';

interface Entry {
  delay: number;
  at: number;
}

/** Milliseconds that are left of an id's backoff; 0 when it may go on. */
export function backoffLeft(ctx: ComponentContext, id: string): number {
  const entry = ctx.memory.get<Entry>(KIND, id);
  return entry ? Math.max(0, entry.at + entry.delay - ctx.now) : 0;
}

/** Doubles an id's delay, from `initial` to at most `max`; one that has been quiet for twice `max` begins anew. */
export function backOff(ctx: ComponentContext, id: string, initial: number, max: number): void {
  const entry = ctx.memory.get<Entry>(KIND, id);
  const delay = entry && ctx.now - entry.at <= 2 * max ? Math.min(entry.delay * 2, max) : initial;
  ctx.memory.put<Entry>(KIND, id, {delay, at: ctx.now});
}

/** They live in the program's memory: a restart forgets them. */
export const forgetBackoffs = ({memory}: ComponentContext): void => forgetAll(memory, KIND);
