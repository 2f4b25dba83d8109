/** A turn that is too long for one step goes on in others at the same instant: what is still to be done waits in the loop's memory. */

import type {ComponentContext} from '../../client/types.ts';
import {forgetAll} from './memory.ts';

/** So many pods are made, removed or let go of in a step: each is a request of its own. */
export const PODS_A_STEP = 8;

/** What is left of turns, by the key that they are about. */
export interface Unfinished<T> {
  of(ctx: ComponentContext, key: string): T | undefined;
  /** This is left; another step of the turn follows. */
  goOn(ctx: ComponentContext, key: string, left: T): void;
  /** The turn is over, or has lost its point. */
  forget(ctx: ComponentContext, key: string): void;
  /** Those of an earlier life. */
  forgetAll(ctx: ComponentContext): void;
}

export const unfinished = <T extends object>(kind: string): Unfinished<T> => ({
  of: (ctx, key) => ctx.memory.get<T>(kind, key),
  goOn(ctx, key, left) {
    ctx.memory.put<T>(kind, key, left);
    ctx.queue.goOn(key);
  },
  forget: (ctx, key) => ctx.memory.delete(kind, key),
  forgetAll: ({memory}) => forgetAll(memory, kind),
});
