import type {DecisionFacts, SchedulerFacts} from '../facts.ts';
import {as, dim, type PanelRow, type Row, row, strong} from '../styled.ts';
import {pad, widthOf, wrapRow} from '../text.ts';
import {clockText} from '../time-text.ts';
import {heading, nothing} from './parts.ts';
import type {Panel} from './types.ts';

export const schedulerPanel: Panel = {
  id: 'scheduler',
  title: 'Scheduler',
  about: 'the queues, and the last decision as a table: filters by node, then raw, normalised and weighted scores',
  note: facts => (facts.scheduler.running ? (facts.scheduler.decision?.node ?? '') : '✗ stopped'),
  rows(facts, {width}): readonly PanelRow[] {
    const {scheduler} = facts;
    return [
      ...(scheduler.running ? [] : [{row: row(as('error', '✗ kube-scheduler is stopped: pods stay Pending, and no event says so.'))}]),
      ...queues(scheduler),
      ...(scheduler.decision
        ? decision(scheduler.decision, width)
        : nothing('No decision yet. The scheduler looks for pods without spec.nodeName.', width)),
    ];
  },
};

function queues(scheduler: SchedulerFacts): PanelRow[] {
  return [
    {
      row: row(
        ...scheduler.queues.flatMap(queue => [
          dim(`${queue.name} `),
          as(queue.items.length > 0 ? 'accent' : 'dim', queue.items.length),
          '   ',
        ]),
      ),
    },
    ...scheduler.queues.flatMap(queue =>
      queue.items.map(item => ({row: row('   ', as('name', item.pod), dim(`  ${queue.name}${item.note === '' ? '' : `, ${item.note}`}`))})),
    ),
  ];
}

function decision(made: DecisionFacts, width: number): PanelRow[] {
  const ref = {kind: 'step', step: made.step} as const;
  const verdict = made.node === null ? as('error', '✗ no node') : as('ok', `→ ${made.node}`);
  const nodes = Object.keys(made.filters).sort(
    (one, other) => (made.totals[other] ?? -1) - (made.totals[one] ?? -1) || (one < other ? -1 : 1),
  );
  const plugins = Object.keys(made.scores);
  return [
    {row: row(as('title', made.pod), ' ', verdict, dim(`  at ${clockText(made.atMs)}, ${made.evaluated} nodes examined`)), ref},
    ...(made.message === ''
      ? []
      : wrapRow([as(made.node === null ? 'error' : 'dim', made.message)], width).map(line => ({row: line, ref}))),
    ...nodes.filter(node => made.filters[node]).map(node => ({row: row(as('error', '✗ '), as('name', node), '  ', refusal(made, node))})),
    ...(plugins.length > 0
      ? scoreTable(
          made,
          nodes.filter(node => node in made.totals),
          plugins,
          width,
        )
      : []),
  ];
}

function refusal(made: DecisionFacts, node: string): Row {
  const filter = made.filters[node];
  return filter ? row(as('value', filter.plugin), dim(`: ${filter.reasons.join(', ')}`)) : [];
}

/** Plugins down, nodes across: `raw` then `normalised x weight`; the total last. As many nodes as fit, the best first. */
function scoreTable(made: DecisionFacts, nodes: readonly string[], plugins: readonly string[], width: number): PanelRow[] {
  const first = Math.min(31, Math.max(...plugins.map(widthOf)) + 4);
  // As many nodes side by side as can still be read.
  const cell = Math.max(10, Math.min(14, Math.floor((width - first) / nodes.length)));
  const shown = nodes.slice(0, Math.max(1, Math.floor((width - first) / cell)));
  const weightOf = (plugin: string): number => Object.values(made.scores[plugin]!)[0]?.weight ?? 1;
  const line = (title: Row, of: (node: string) => Row): Row => row(title, ...shown.map(of));
  return [
    heading('Scores', 'raw, then normalised x weight'),
    {
      row: line([dim(pad('', first))], node => [
        as(node === made.node ? 'ok' : 'name', pad(`${node === made.node ? '→ ' : ''}${node}`, cell - 1, 'right')),
        dim(' '),
      ]),
    },
    ...plugins.map(plugin => ({
      row: line([as('value', pad(plugin, first - 4)), dim(pad(` x${weightOf(plugin)}`, 4))], node => {
        const score = made.scores[plugin]![node];
        return score
          ? [
              dim(pad(String(score.raw), 4, 'right')),
              as('number', pad(String(score.normalized * score.weight), cell - 5, 'right')),
              dim(' '),
            ]
          : [dim(pad('-', cell))];
      }),
    })),
    {
      row: line([strong(pad('total', first))], node => [
        as(node === made.node ? 'ok' : 'strong', pad(String(made.totals[node] ?? '-'), cell - 1, 'right')),
        dim(' '),
      ]),
    },
    ...(nodes.length > shown.length ? [{row: row(dim(`and ${nodes.length - shown.length} more nodes with lower totals`))}] : []),
  ];
}
