/** The tables of `kubectl explain-scheduling`: what the filters say, node by node, then what the scores add up to. */
import {byText} from '../../engine/api/order.ts';
import type {Pod} from '../../engine/api/types.ts';
import type {Counterfactual, WhyNot} from '../../engine/scheduler/explain/counterfactuals.ts';
import {type Explanation, obstacles} from '../../engine/scheduler/explain/explain.ts';
import type {Outlook} from '../../engine/scheduler/explain/outlook.ts';
import {alignRows, alignTabs, DESCRIBE_TABS} from '../text/tab-writer.ts';

/** How many nodes stand side by side: what 80 columns hold, and what a wide terminal does. */
const ACROSS = {narrow: 4, wide: 8} as const;
const NO_VALUE = '<none>';

/** The nodes that fit, the best first, then the others; equals in order of name. */
function ranked(table: Explanation): string[] {
  const names = new Set([...table.feasible, ...table.filters.flatMap(f => Object.keys(f.verdicts))]);
  const points = (node: string): number => table.totals[node] ?? (table.feasible.includes(node) ? 0 : -1);
  return [...names].sort((a, b) => points(b) - points(a) || byText(a, b));
}

function bestText({best, totals, feasible}: Explanation): string {
  const [first] = best;
  if (first === undefined) return `${NO_VALUE}: no node fits`;
  if (feasible.length === 1) return `${first}, the only one that fits: nothing is scored`;
  if (best.length > 1) return `${best.join(', ')} (${totals[first]} each): chance decides`;
  const behind = totals[first]! - Math.max(...feasible.filter(node => node !== first).map(node => totals[node]!));
  return `${first} (${totals[first]}), ${behind} ahead of the next`;
}

function head(pod: Pod, explained: Explanation, {gate, message, victims}: Outlook): string {
  const rows = [
    ['Pod:', explained.pod],
    ['Scheduler:', pod.spec?.schedulerName ?? NO_VALUE],
    ['Node:', pod.spec?.nodeName ?? NO_VALUE],
    ...(gate ? [['Gate:', gate]] : []),
    ['Best:', bestText(explained)],
    ...(message ? [['Message:', message]] : []),
    ...(victims ? [['Preemption:', `would evict ${victims.pods.join(', ')} from ${victims.node}`]] : []),
  ];
  return alignTabs(rows.map(row => `${row.join('\t')}\n`).join(''), DESCRIBE_TABS);
}

const said = (reasons: readonly {plugin: string; reasons: readonly string[]}[]): string =>
  reasons.map(r => `${r.plugin}: ${r.reasons.join(', ')}`).join('; ');

function verdict(explained: Explanation, node: string): string {
  if (explained.best.includes(node)) return 'best';
  return explained.feasible.includes(node) ? 'fits' : said(obstacles(explained, node));
}

function nodeTable(explained: Explanation, nodes: readonly string[]): string {
  const top = Math.max(...Object.values(explained.totals));
  return alignRows([
    ['NODE', 'TOTAL', 'BEHIND', 'VERDICT'],
    ...nodes.map(node => {
      const total = explained.totals[node];
      return [node, total ?? '-', total === undefined ? '-' : top - total, verdict(explained, node)];
    }),
  ]);
}

/** `ok`, `no`, or `-` where the plugin has nothing to do with the pod, or an extender was not asked about the node. */
const filterTable = ({filters}: Explanation, nodes: readonly string[]): string =>
  alignRows([
    ['FILTER', ...nodes],
    ...filters.map(f => [f.plugin, ...nodes.map(node => (node in f.verdicts ? (f.verdicts[node] ? 'no' : 'ok') : '-'))]),
  ]);

function scoreTable({scores, totals}: Explanation, nodes: readonly string[], wide: boolean): string {
  const cell = ({raw, normalized}: {raw: number; normalized: number}, weight: number): string =>
    wide ? `${raw} > ${normalized} > ${normalized * weight}` : String(normalized * weight);
  return alignRows([
    [wide ? 'SCORE: RAW > NORMALIZED > WEIGHTED' : 'SCORE', 'WEIGHT', ...nodes],
    ...scores.map(s => [s.plugin, s.weight, ...nodes.map(node => cell(s.scores[node]!, s.weight))]),
    ['TOTAL', '', ...nodes.map(node => totals[node]!)],
  ]);
}

/** The whole page. `wide`: every filter, and how each score came about. */
export function explanationPage(pod: Pod, explained: Explanation, outlook: Outlook, wide: boolean): string {
  const nodes = ranked(explained);
  const across = wide ? ACROSS.wide : ACROSS.narrow;
  const scored = explained.scores.length > 0 && explained.feasible.length > 1;
  const left = (of: number): string[] => (of > across ? [`(${of - across} more nodes: name one with --node)\n`] : []);
  return [
    head(pod, explained, outlook),
    nodeTable(explained, nodes),
    ...(wide ? [[filterTable(explained, nodes.slice(0, across)), ...left(nodes.length)].join('')] : []),
    ...(scored
      ? [
          [
            scoreTable(
              explained,
              ranked(explained)
                .filter(n => n in explained.totals)
                .slice(0, across),
              wide,
            ),
            ...left(explained.feasible.length),
          ].join(''),
        ]
      : []),
  ].join('\n');
}

/** Every plugin's word on one node. */
export function nodePage(explained: Explanation, node: string): string {
  const filters = alignRows([
    ['FILTER', 'VERDICT'],
    ...explained.filters.map(f => [f.plugin, node in f.verdicts ? (f.verdicts[node]?.join(', ') ?? 'ok') : '-']),
  ]);
  if (!explained.feasible.includes(node) || explained.feasible.length < 2) return filters;
  const scores = alignRows([
    ['SCORE', 'RAW', 'NORMALIZED', 'WEIGHT', 'WEIGHTED'],
    ...explained.scores.map(({plugin, weight, scores: byNode}) => {
      const {raw, normalized} = byNode[node]!;
      return [plugin, raw, normalized, weight, normalized * weight];
    }),
    ['TOTAL', '', '', '', explained.totals[node]!],
  ]);
  return `${filters}\n${scores}`;
}

const OUTCOMES = {
  alone: node => `${node} wins`,
  tied: node => `${node} ties with the best`,
} as const satisfies Record<Counterfactual['wins'], (node: string) => string>;

function keptOut({node, obstacles: inTheWay, behind}: WhyNot, best: readonly string[]): string {
  if (inTheWay.length === 1) return `One filter keeps ${node} out: ${said(inTheWay)}\n`;
  if (inTheWay.length > 1) return `${inTheWay.length} filters keep ${node} out: ${said(inTheWay)}\n`;
  if (best.includes(node))
    return best.length === 1 ? `${node} is the best already\n` : `${node} is among the best already: chance decides\n`;
  return `No filter keeps ${node} out: it is ${behind} behind ${best.join(', ')}\n`;
}

/** What would make a node win, the smallest change first. */
export function makeWinPage(answer: WhyNot, best: readonly string[]): string {
  const lead = keptOut(answer, best);
  if (answer.changes.length === 0) {
    const isBest = best.length === 1 && best[0] === answer.node;
    return isBest ? lead : `${lead}\nNo single change that was tried makes it win.\n`;
  }
  const rows = answer.changes.map(({changes, wins}) => [changes.map(c => c.text).join('; '), OUTCOMES[wins](answer.node)]);
  return `${lead}\n${alignRows([['CHANGE', 'OUTCOME'], ...rows])}`;
}
