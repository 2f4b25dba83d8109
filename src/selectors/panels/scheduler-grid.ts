/** Nodes across, plugins down: the filters' verdicts, then each score raw, normalised and weighted, and the totals with their bars. */

import type {Score} from '../../engine/scheduler/decision.ts';
import {nodesOf} from '../decision.ts';
import type {Verdict} from '../facts/request.ts';
import type {DecisionFacts} from '../facts/scheduler.ts';
import {as, dim, type PanelRow, type Row, row, strong} from '../styled.ts';
import {countText, pad, widthOf} from '../text.ts';
import {bar, heading, mark} from './parts.ts';

/** What a column must hold to show all three steps of a score; with less, what is between raw and weighted is left out. */
const ALL_THREE = 16;
const LEAST = 11;
const MOST = 20;

interface Grid {
  readonly first: number;
  readonly cell: number;
  readonly nodes: readonly string[];
}

/** As many as fit; one that was turned down is always among them, for without it the filters would have nothing to tell. */
function columnsOf(made: DecisionFacts, across: number): string[] {
  const all = nodesOf(made);
  const shown = all.slice(0, across);
  const refused = all.find(node => made.filters[node]);
  return refused === undefined || across < 2 || shown.includes(refused) ? shown : [...shown.slice(0, -1), refused];
}

function layOut(made: DecisionFacts, plugins: readonly string[], width: number): Grid {
  const count = Object.keys(made.filters).length;
  const first = Math.min(width >= 72 ? 31 : 22, Math.max(...plugins.map(widthOf)) + 1) + 4;
  const room = Math.max(LEAST, width - first);
  const wish = room >= count * ALL_THREE ? ALL_THREE : LEAST;
  const across = Math.max(1, Math.min(count, Math.floor(room / wish)));
  return {first, cell: Math.min(MOST, Math.floor(room / across)), nodes: columnsOf(made, across)};
}

const line = ({nodes}: Grid, title: Row, of: (node: string) => Row): Row => row(title, ...nodes.map(of));

const head = (grid: Grid, made: DecisionFacts): PanelRow => ({
  row: line(grid, [dim(pad('', grid.first))], node => [
    as(node === made.node ? 'ok' : 'name', pad(`${node === made.node ? '→ ' : ''}${node}`, grid.cell - 1, 'right')),
    dim(' '),
  ]),
});

/** A plugin after the one that turned the node down was not asked any more. */
function verdictOf({filters, skipped}: DecisionFacts, order: readonly string[], plugin: string, node: string): Verdict {
  if (skipped.includes(plugin)) return 'skipped';
  const refusal = filters[node];
  if (!refusal) return 'ok';
  if (refusal.plugin === plugin) return 'denied';
  return order.indexOf(plugin) < order.indexOf(refusal.plugin) ? 'ok' : 'idle';
}

/** All filters where there is room for them, else those that turned a node down. */
function filterRows(grid: Grid, made: DecisionFacts, order: readonly string[], all: boolean): PanelRow[] {
  const refusing = new Set(Object.values(made.filters).map(refusal => refusal?.plugin));
  const shown = all ? order : order.filter(plugin => refusing.has(plugin));
  const others = order.length - shown.length;
  return [
    heading('Filters', '✓ passes  ✗ turned down  · not asked any more  - nothing to do with this pod'),
    head(grid, made),
    ...shown.map(plugin => ({
      row: line(grid, [as('value', pad(plugin, grid.first))], node => [
        dim(' '.repeat(grid.cell - 2)),
        mark(verdictOf(made, order, plugin, node)),
        dim(' '),
      ]),
    })),
    ...(others > 0 ? [{row: row(dim(shown.length > 0 ? 'no other filter turned a node down' : 'no filter turned a node down'))}] : []),
  ];
}

function scoreCell({raw, normalized, weight}: Score, cell: number): Row {
  const weighted = as('number', pad(String(normalized * weight), 5, 'right'));
  const middle = cell >= ALL_THREE ? [as('text', pad(String(normalized), 5, 'right'))] : [];
  const left = cell - 6 - middle.length * 5;
  return [dim(pad(String(raw), left, 'right')), ...middle, weighted, dim(' ')];
}

function scoreRows(grid: Grid, made: DecisionFacts): PanelRow[] {
  const {first, cell} = grid;
  const fitting = nodesOf(made).filter(node => node in made.totals);
  const scored: Grid = {...grid, nodes: fitting.slice(0, grid.nodes.length)};
  const best = Math.max(...Object.values(made.totals));
  const weightOf = (plugin: string): number => Object.values(made.scores[plugin]!)[0]?.weight ?? 1;
  return [
    heading('Scores', cell >= ALL_THREE ? 'raw, normalised to 100, times weight' : 'raw, then normalised times weight'),
    head(scored, made),
    ...Object.keys(made.scores).map(plugin => ({
      row: line(scored, [as('value', pad(plugin, first - 4)), dim(pad(` x${weightOf(plugin)}`, 4))], node => {
        const score = made.scores[plugin]![node];
        return score ? scoreCell(score, cell) : [dim(pad('-', cell))];
      }),
    })),
    {
      row: line(scored, [strong(pad('total', first))], node => [
        as(node === made.node ? 'ok' : 'strong', pad(String(made.totals[node]), cell - 1, 'right')),
        dim(' '),
      ]),
    },
    {row: line(scored, [dim(pad('', first))], node => [dim('  '), ...bar(best > 0 ? made.totals[node]! / best : 0, cell - 3), dim(' ')])},
  ];
}

/** `order`: the profile's filters. All of them are listed where `height` has room. */
export function gridRows(made: DecisionFacts, order: readonly string[], width: number, height: number): PanelRow[] {
  if (Object.keys(made.filters).length === 0) return [];
  const scored = Object.keys(made.scores);
  const grid = layOut(made, [...order, ...scored], width);
  const more = made.allNodes - grid.nodes.length;
  return [
    ...filterRows(grid, made, order, height >= 40),
    ...(scored.length > 0 ? scoreRows(grid, made) : []),
    ...(more > 0
      ? [
          {
            row: row(
              dim(
                `and ${countText(more)} more ${more === 1 ? 'node' : 'nodes'}: kubectl explain-scheduling ${made.pod.split('/')[1]} -o wide`,
              ),
            ),
          },
        ]
      : []),
  ];
}
