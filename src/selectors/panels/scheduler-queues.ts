/** The scheduler's queues: who waits where, for how long, because of whom, and what would bring it back. */
import type {QueuedFacts, SchedulerFacts} from '../facts/scheduler.ts';
import {as, dim, type PanelRow, type Row, row} from '../styled.ts';
import {countText, wrapRow} from '../text.ts';
import {spanText} from '../time-text.ts';
import type {Size} from './types.ts';

/** From this height on there is room for all that can be said; below it the decision must stay in sight. */
const ROOMY = 16;
const MOST_WHEN_TIGHT = 2;

/** One line with all counts, then the pods, as they would be taken. */
export function queueRows({queues}: SchedulerFacts, {width, height}: Size): PanelRow[] {
  const tight = height < ROOMY;
  const told = queues.flatMap(({name, items}) => items.map(item => ({name, item})));
  const shown = tight ? told.slice(0, MOST_WHEN_TIGHT) : told;
  const more = queues.reduce((sum, {waiting}) => sum + waiting, 0) - shown.length;
  const counts = queues.flatMap(({name, waiting}) => [dim(`${name} `), as(waiting > 0 ? 'accent' : 'dim', waiting), '  ']);
  const lines = (text: Row, indent: number): Row[] => (tight ? [text] : wrapRow(text, width, indent));
  return [
    ...wrapRow(row(...counts), width).map(line => ({row: line})),
    ...shown.flatMap(({name, item}) => podRows(name, item, lines)),
    ...(more > 0
      ? [{row: row(dim(`   and ${countText(more)} more${tight ? '' : ': kubectl get pods -A --field-selector status.phase=Pending'}`))}]
      : []),
  ];
}

function podRows(queue: string, item: QueuedFacts, lines: (text: Row, indent: number) => Row[]): PanelRow[] {
  const {pod, plugins, attempts, leftMs, wakes, node, ref} = item;
  const told = [
    queue,
    node && `to ${node}`,
    leftMs !== undefined && (queue === 'backoff' ? `again in ${spanText(leftMs)}` : `again anyway in ${spanText(leftMs)}`),
    attempts > 0 && `tried ${attempts}x`,
    plugins.length > 0 && `${queue === 'gated' ? 'gated' : 'turned down'} by ${plugins.join(', ')}`,
  ].filter(Boolean);
  return [
    ...lines(row('   ', as('name', pod), dim(`  ${told.join(', ')}`)), 6).map(line => ({row: line, ref})),
    ...(wakes.length > 0 ? lines(row('      ', as('ghost', `woken by ${wakes.join(', ')}`)), 6).map(line => ({row: line})) : []),
  ];
}
