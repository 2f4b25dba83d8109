import {nodesOf} from '../decision.ts';
import type {DecisionFacts, PredictedFacts, SchedulerFacts, WhyNotFacts} from '../facts/scheduler.ts';
import type {LoopState} from '../loop-state.ts';
import {as, dim, type PanelRow, row, type Segment} from '../styled.ts';
import {wrapRow} from '../text.ts';
import {clockText} from '../time-text.ts';
import {below, heading, nothing, trendText} from './parts.ts';
import {gridRows} from './scheduler-grid.ts';
import {queueRows} from './scheduler-queues.ts';
import type {Panel} from './types.ts';

/** A scheduler that places nothing. */
const idle: Readonly<Record<LoopState, {note: string; row: Segment} | undefined>> = {
  'at work': undefined,
  stopped: {note: '✗ stopped', row: as('error', '✗ kube-scheduler is stopped: pods stay Pending, and no event says so.')},
  'standing by': {note: '◌ stands by', row: as('warn', '◌ kube-scheduler waits until the Lease of the one before has run out, 15 s.')},
};

export const schedulerPanel: Panel = {
  id: 'scheduler',
  title: 'Scheduler',
  about:
    'the queues; the last decision with every filter and score by node; under the selected node, what would make it win; your prediction beside what came',
  follows: 'nodes',
  note: ({scheduler, trends}) => `${trendText(trends.pods)} waiting  ${idle[scheduler.state]?.note ?? scheduler.decision?.node ?? ''}`,
  rows(facts, {width, height}): readonly PanelRow[] {
    const {scheduler} = facts;
    const {decision, predicted} = scheduler;
    const reason = idle[scheduler.state];
    return [
      ...(reason ? [{row: row(reason.row)}] : []),
      ...queueRows(scheduler, {width, height}),
      ...(decision ? headRows(decision, width) : nothing('No decision yet. The scheduler looks for pods without spec.nodeName.', width)),
      ...(predicted ? predictedRows(predicted, width) : []),
      ...(decision ? nodeRows(decision, scheduler, width) : []),
      ...(decision ? gridRows(decision, scheduler.filters, width, height) : []),
    ];
  },
};

function headRows(made: DecisionFacts, width: number): PanelRow[] {
  const ref = {kind: 'step', step: made.step} as const;
  const verdict = made.node === null ? as('error', '✗ no node') : as('ok', `→ ${made.node}`);
  return [
    {row: row(as('title', made.pod), ' ', verdict, dim(`  at ${clockText(made.atMs)}, ${made.evaluated} nodes examined`)), ref},
    ...(made.node === null ? wrapRow([as('error', made.message)], width).map(line => ({row: line, ref})) : []),
  ];
}

function predictedRows({ask, guess, truth}: PredictedFacts, width: number): PanelRow[] {
  const came =
    truth === undefined
      ? dim('  what came is not told yet')
      : truth === guess
        ? as('ok', '  ✓ so it came')
        : as('warn', `  ✗ it was ${truth}`);
  return wrapRow(row(dim(`You said (${ask}) `), as('accent', guess), came), width).map(line => ({row: line}));
}

/** How many nodes are listed one by one. */
const MOST_LISTED = 12;

/** A node a row, so that each can be selected; the selected one tells what would make it win. */
function nodeRows(made: DecisionFacts, {whyNot}: SchedulerFacts, width: number): PanelRow[] {
  const nodes = nodesOf(made);
  if (nodes.length === 0) return [];
  const best = Math.max(...Object.values(made.totals));
  return [
    heading('Nodes', 'on a node’s row: what would make it win'),
    ...nodes.slice(0, MOST_LISTED).flatMap(node => {
      const ref = {kind: 'object', resource: 'nodes', namespace: '', name: node} as const;
      const refusal = made.filters[node];
      const total = made.totals[node];
      const told = refusal
        ? [as('error', '✗ '), as('name', node), as('value', `  ${refusal.plugin}`), dim(`: ${refusal.reasons.join(', ')}`)]
        : [
            node === made.node ? as('ok', '→ ') : '  ',
            as('name', node),
            dim(
              total === undefined
                ? '  the only one that fits: nothing to score'
                : total === best
                  ? `  ${total}, the best`
                  : `  ${total}, ${best - total} behind`,
            ),
          ];
      return [
        {row: row(...told), ref},
        ...(whyNot?.node === node ? whyNotRows(whyNot, width).map(({row: line}) => ({row: line, ref})) : []),
      ];
    }),
  ];
}

/** Enough to see that there are several ways. */
const MOST_CHANGES = 4;

const outcomes = {alone: 'wins', tied: 'ties'} as const;

function whyNotRows({node, obstacles, behind, changes}: WhyNotFacts, width: number): PanelRow[] {
  const [first] = obstacles;
  const lead =
    first && obstacles.length === 1
      ? `only ${first.plugin} keeps it out`
      : first
        ? `${obstacles.map(o => o.plugin).join(' and ')} keep it out`
        : behind === 0
          ? 'among the best already'
          : 'no filter keeps it out';
  const tries = changes.slice(0, MOST_CHANGES).flatMap(({text, wins}) => below(`${text}: ${node} ${outcomes[wins]}`, 'accent', width, 6));
  return [
    ...below(`now: ${lead}${changes.length === 0 && behind !== 0 ? '; no single change that was tried helps' : ''}`, 'warn', width, 4),
    ...tries,
  ];
}
