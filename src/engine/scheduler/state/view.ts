/**
 * What is derived from the scheduler's records and kept beside them, because looking it up each time would take a walk over all nodes or pods.
 * A mark in the memory tells whether it still belongs to the state: it is replaced in every step that changes a record, so going back in time (or to a
 * branch) brings back a mark that the view does not know, and the view is made anew from the records.
 */
import type {ComponentContext} from '../../client/types.ts';
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

export function createViewKeeper(less: (a: QueuedPod, b: QueuedPod) => boolean): ViewKeeper {
  let view: View | undefined;
  let mark: Mark | undefined;
  let step = -1;

  const read = (ctx: ComponentContext): View => {
    const current = ctx.memory.get<Mark>(STATE, MARK);
    if (view && mark === current) return view;
    view = {
      nodes: createNodeTable(ctx.memory.list<CachedNode>(NODE)),
      queue: createQueueIndex(ctx.memory.list<QueueEntry>(QUEUE), less),
    };
    mark = current;
    step = -1;
    return view;
  };

  const renew = (ctx: ComponentContext, nextStart: number): void => {
    step = ctx.tx.step;
    ctx.memory.put<Mark>(STATE, MARK, {step, nextStart});
    mark = ctx.memory.get<Mark>(STATE, MARK);
  };

  return {
    read,
    write(ctx) {
      const current = read(ctx);
      if (step !== ctx.tx.step) renew(ctx, mark?.nextStart ?? 0);
      return current;
    },
    nextStart: ctx => ctx.memory.get<Mark>(STATE, MARK)?.nextStart ?? 0,
    setNextStart(ctx, nextStart) {
      read(ctx);
      if (nextStart !== (mark?.nextStart ?? 0)) renew(ctx, nextStart);
    },
  };
}
