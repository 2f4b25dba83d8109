/** The scheduler's queues: who waits where, for how long, because of whom, and what would bring it back. */
import type {QueuedFacts, SchedulerFacts} from '../facts.ts';
import {as, dim, type PanelRow, row} from '../styled.ts';
import {wrapRow} from '../text.ts';
import {spanText} from '../time-text.ts';
import {below} from './parts.ts';

/** One line with all counts, then a pod a line, as they would be taken. */
export function queueRows({queues}: SchedulerFacts, width: number): PanelRow[] {
  const counts = queues.flatMap(({name, items}) => [dim(`${name} `), as(items.length > 0 ? 'accent' : 'dim', items.length), '  ']);
  return [
    ...wrapRow(row(...counts), width).map(line => ({row: line})),
    ...queues.flatMap(({name, items}) => items.flatMap(item => podRows(name, item, width))),
  ];
}

function podRows(queue: string, item: QueuedFacts, width: number): PanelRow[] {
  const {pod, plugins, attempts, leftMs, wakes, node, ref} = item;
  const told = [
    queue,
    node && `to ${node}`,
    leftMs !== undefined && (queue === 'backoff' ? `again in ${spanText(leftMs)}` : `again anyway in ${spanText(leftMs)}`),
    attempts > 0 && `tried ${attempts}x`,
    plugins.length > 0 && `${queue === 'gated' ? 'gated' : 'turned down'} by ${plugins.join(', ')}`,
  ].filter(Boolean);
  return [
    ...wrapRow(row('   ', as('name', pod), dim(`  ${told.join(', ')}`)), width, 6).map(line => ({row: line, ref})),
    ...(wakes.length > 0 ? below(`woken by ${wakes.join(', ')}`, 'ghost', width, 6) : []),
  ];
}
