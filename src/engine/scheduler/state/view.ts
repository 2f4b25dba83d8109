/**
 * What is derived from the scheduler's records and kept beside them, because looking it up each time would take a walk over all nodes or pods.
 * A mark in the memory tells whether it still belongs to the state: it is replaced in every step that changes a record, so going back in time (or to a
 * branch) brings back a mark that the view does not know, and the view is made anew from the records.
 */
import type {ComponentContext} from '../../client/types.ts';
import type {Tx} from '../../machine/types.ts';
import type {QueuedPod} from '../framework/types.ts';
import {createNodeTable, type NodeTable} from './node-table.ts';
import {createQueueIndex, type QueueIndex} from './queue-index.ts';
import {type CachedNode, MARK, type Mark, NODE, QUEUE, type QueueEntry, STATE} from './records.ts';

export interface View {
  readonly nodes: NodeTable;
  readonly queue: QueueIndex;
}

export interface ViewKeeper {
  read(ctx: ComponentContext): View;
  /** The view, by somebody who is about to change records and the view alike. */
  write(ctx: ComponentContext): View;
  /** Where the next search through the nodes begins. */
  nextStart(ctx: ComponentContext): number;
  setNextStart(ctx: ComponentContext, nextStart: number): void;
}

interface Kept {
  readonly view: View;
  mark: Mark | undefined;
  /** In which the mark was put. */
  step: number;
}

export function createViewKeeper(less: (a: QueuedPod, b: QueuedPod) => boolean): ViewKeeper {
  /** Of each machine: what happens on a branch leaves the view of the main line as it is. */
  const views = new WeakMap<Tx, Kept>();

  const kept = (ctx: ComponentContext): Kept => {
    const mark = ctx.memory.get<Mark>(STATE, MARK);
    const known = views.get(ctx.tx);
    if (known && known.mark === mark) return known;
    const view = {
      nodes: createNodeTable(ctx.memory.list<CachedNode>(NODE)),
      queue: createQueueIndex(ctx.memory.list<QueueEntry>(QUEUE), less),
    };
    const made: Kept = {view, mark, step: -1};
    views.set(ctx.tx, made);
    return made;
  };

  const renew = (ctx: ComponentContext, current: Kept, nextStart: number): void => {
    current.step = ctx.tx.step;
    ctx.memory.put<Mark>(STATE, MARK, {step: current.step, nextStart});
    current.mark = ctx.memory.get<Mark>(STATE, MARK);
  };

  return {
    read: ctx => kept(ctx).view,
    write(ctx) {
      const current = kept(ctx);
      if (current.step !== ctx.tx.step) renew(ctx, current, current.mark?.nextStart ?? 0);
      return current.view;
    },
    nextStart: ctx => ctx.memory.get<Mark>(STATE, MARK)?.nextStart ?? 0,
    setNextStart(ctx, nextStart) {
      const current = kept(ctx);
      if (nextStart !== (current.mark?.nextStart ?? 0)) renew(ctx, current, nextStart);
    },
  };
}
