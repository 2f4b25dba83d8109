import type {QueueFacts} from '../facts.ts';
import {as, dim, type PanelRow, row} from '../styled.ts';
import {pad} from '../text.ts';
import {spanText} from '../time-text.ts';
import {heading, nothing} from './parts.ts';
import type {Panel} from './types.ts';

export const controllersPanel: Panel = {
  id: 'controllers',
  title: 'Controllers',
  about: 'who owns whom, and what waits in each controller’s work queue',
  note: facts => {
    const waiting = facts.controllers.queues.reduce((sum, queue) => sum + queue.items.length, 0);
    return waiting === 0 ? 'all at rest' : `${waiting} queued`;
  },
  rows(facts, {width}): readonly PanelRow[] {
    const {tree, queues} = facts.controllers;
    const busy = queues.filter(queue => queue.items.length > 0 || queue.last !== '' || !queue.running);
    if (tree.length === 0 && busy.length === 0)
      return nothing('Nothing is owned by a controller yet. A Deployment owns ReplicaSets, which own pods.', width);
    return [
      ...tree.map(owned => ({
        row: row(
          dim(owned.depth === 0 ? '' : `${'   '.repeat(owned.depth - 1)}└─ `),
          as('value', `${owned.kind} `),
          as('name', owned.name),
          as(owned.healthy ? 'ok' : 'warn', `  ${owned.healthy ? '✓' : '◌'} ${owned.state}`),
        ),
        ref: owned.ref,
      })),
      ...(busy.length > 0 ? [heading('Work queues')] : []),
      ...busy.flatMap(queueRows),
    ];
  },
};

function queueRows(queue: QueueFacts): PanelRow[] {
  const state = !queue.running
    ? as('error', '✗ stopped')
    : queue.items.length === 0
      ? dim('empty')
      : as('accent', `${queue.items.length} waiting`);
  return [
    {row: row(as('value', pad(queue.component, 28)), state, queue.last !== '' && dim(`  last: ${queue.last}`))},
    ...queue.items.map(item => ({
      row: row(
        '   ',
        as('name', item.key),
        dim(item.inMs > 0 ? `  in ${spanText(item.inMs)}` : '  due now'),
        item.failures > 0 && as('warn', `  failed ${item.failures}x: ${item.error}`),
      ),
    })),
  ];
}
