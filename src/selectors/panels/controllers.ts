import type {CacheFacts, EarlierTurnFacts, QueueFacts, TreeFacts, TurnFacts} from '../facts/controllers.ts';
import {as, dim, type PanelRow, row} from '../styled.ts';
import {pad} from '../text.ts';
import {clockText, spanText} from '../time-text.ts';
import {below, heading, leftOutRow, leftOutRows, nothing, table, trendText} from './parts.ts';
import type {Panel} from './types.ts';

export const controllersPanel: Panel = {
  id: 'controllers',
  title: 'Controllers',
  about: 'who owns whom; the last turn of a loop (observe, difference, act); work queues; what the informer caches know',
  note: facts => {
    const waiting = facts.controllers.queues.reduce((sum, queue) => sum + queue.waiting, 0);
    return `${trendText(facts.trends.work)} ${waiting === 0 ? 'all at rest' : 'queued'}`;
  },
  rows(facts, {width}): readonly PanelRow[] {
    const {tree, queues, turn, before, caches} = facts.controllers;
    const busy = queues.filter(queue => queue.waiting > 0 || queue.last !== '' || queue.state !== 'at work');
    if (tree.length === 0 && busy.length === 0 && !turn)
      return nothing('Nothing is owned by a controller yet. A Deployment owns ReplicaSets, which own pods.', width);
    return [
      ...tree.map(ownedRow),
      ...(turn ? turnRows(turn, width) : []),
      ...(before.length > 0 ? [heading('Turns before', 'newest first'), ...before.map(earlierRow)] : []),
      ...(busy.length > 0 ? [heading('Work queues')] : []),
      ...busy.flatMap(queueRows),
      ...(caches.length > 0 ? [heading('Informer caches', `revision ${facts.revision} is the latest`), ...cacheRows(caches, width)] : []),
    ];
  },
};

/** The branch on which a row of the tree hangs. */
const stem = (depth: number): string => (depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `);

const ownedRow = (owned: TreeFacts[number]): PanelRow =>
  'count' in owned
    ? leftOutRow(owned, stem(owned.depth))
    : {
        row: row(
          dim(stem(owned.depth)),
          as('value', `${owned.kind} `),
          as('name', owned.name),
          as(owned.healthy ? 'ok' : 'warn', `  ${owned.healthy ? '✓' : '◌'} ${owned.state}`),
        ),
        ref: owned.ref,
      };

function queueRows(queue: QueueFacts): PanelRow[] {
  const state =
    queue.state === 'stopped'
      ? as('error', '✗ stopped')
      : queue.state === 'standing by'
        ? as('warn', '◌ waits for the Lease')
        : queue.waiting === 0
          ? dim('empty')
          : as('accent', `${queue.waiting} waiting`);
  return [
    {row: row(as('value', `${pad(queue.component, 28)} `), state, queue.last !== '' && dim(`  last: ${queue.last}`))},
    ...queue.items.map(item => ({
      row: row(
        '   ',
        as('name', item.key),
        dim(item.inMs > 0 ? `  in ${spanText(item.inMs)}` : '  due now'),
        item.failures > 0 && as('warn', `  failed ${item.failures}x: ${item.error}`),
      ),
    })),
    ...leftOutRows({count: queue.waiting - queue.items.length, what: 'keys', command: ''}, '   '),
  ];
}

/** One turn of a loop, beat by beat, as one would step through it. */
function turnRows(turn: TurnFacts, width: number): PanelRow[] {
  const ref = {kind: 'step', step: turn.step} as const;
  const beat = (name: string, detail: string, token: 'text' | 'ok' | 'error' | 'dim' = 'text'): PanelRow[] =>
    below(`${pad(name, 11)}${detail}`, token, width, 3).map(line => ({...line, ref}));
  return [
    heading(`Last turn: ${turn.component}`, `${turn.key}  at ${clockText(turn.atMs)}`),
    ...(turn.woken === '' ? [] : beat('woken by', turn.woken, 'dim')),
    ...turn.beats.flatMap(each => beat(each.beat, each.detail, each.beat === 'act' ? 'ok' : 'text')),
    ...turn.requests.flatMap(({verb, what, code, reason}) =>
      beat('', `${verb} ${what}: ${code}${code < 400 ? '' : ` ${reason}`}`, code < 400 ? 'dim' : 'error'),
    ),
    ...leftOutRows({count: turn.allRequests - turn.requests.length, what: 'requests', command: ''}, ' '.repeat(14)),
    ...(turn.error === undefined ? [] : beat('failed', `${turn.error} (it goes back into the queue)`, 'error')),
  ];
}

const earlierRow = ({step, atMs, component, key, act, times}: EarlierTurnFacts): PanelRow => ({
  row: row(
    dim(`${pad(clockText(atMs), 9, 'right')}  ${component} `),
    as('name', key),
    times > 1 && dim(`  x${times}`),
    as('ok', `  ${act}`),
  ),
  ref: {kind: 'step', step},
});

function cacheRows(caches: readonly CacheFacts[], width: number): PanelRow[] {
  const state = (cache: CacheFacts): string =>
    cache.stalled
      ? '✗ cut off'
      : cache.behind > 0
        ? `◌ ${cache.behind} ${cache.behind === 1 ? 'change' : 'changes'} behind`
        : '✓ up to date';
  return table<CacheFacts>(
    caches,
    [
      {title: 'RESOURCE', text: cache => cache.resource, token: 'value'},
      {title: 'KNOWS', align: 'right', text: cache => String(cache.revision), token: 'number'},
      {title: 'LAG', align: 'right', text: cache => spanText(cache.lagMs), token: 'dim'},
      {title: '', text: state, token: cache => (cache.stalled ? 'error' : cache.behind > 0 ? 'warn' : 'ok')},
    ],
    width,
    0,
  );
}
