import type {Facts} from '../facts/facts.ts';
import type {KubeletFacts} from '../facts/kubelet.ts';
import {NOTHING_MORE} from '../facts/scheduler.ts';
import {onceEach} from '../once-each.ts';
import {mostOf, sparkline} from '../sparkline.ts';
import {as, dim, type PanelRow, row, type Token} from '../styled.ts';
import {pad} from '../text.ts';
import {clockText, spanText} from '../time-text.ts';
import {bar, leftOutRows, nothing} from './parts.ts';
import type {Panel} from './types.ts';

/** How many of a node's last steps are shown. */
const stepsShown = 12;

export const kubeletPanel: Panel = {
  id: 'kubelet',
  title: 'Kubelet',
  about:
    'per node: what each pod should be and is, what has not been reported, the clocks of its probes, the last steps of the sync loop, newest first',
  note: ({kubelets: {ready, all}}) => `${ready}/${all} nodes ready`,
  rows(facts, {width}): readonly PanelRow[] {
    const {all, busiest} = facts.kubelets;
    if (all === 0) return nothing('There are no nodes. Pods will stay Pending.', width);
    return [
      ...cpuRows(facts),
      ...busiest.flatMap(rowsOf),
      ...leftOutRows({count: all - busiest.length, what: 'nodes', command: 'kubectl get nodes'}),
    ];
  },
};

/** What the containers of each class of service use; a class that has none says nothing. */
function cpuRows({trends}: Facts): PanelRow[] {
  return trends.cpu
    .filter(({trend}) => mostOf(trend) > 0)
    .map(({name, trend}) => ({
      row: row(
        dim('CPU '),
        as('value', pad(name, 11)),
        sparkline(trend, 20),
        as('number', ` ${trend.now}m`),
        dim(` now, ${mostOf(trend)}m at most`),
      ),
    }));
}

const rowsOf = onceEach((kubelet: KubeletFacts) => nodeRows(kubelet));

function nodeRows(kubelet: KubeletFacts): PanelRow[] {
  return [...headRows(kubelet), ...podRows(kubelet), ...probeRows(kubelet), ...stepRows(kubelet)];
}

function headRows({node, running, ready, allPods, runtime, pressure, stalled}: KubeletFacts): PanelRow[] {
  const state = !running ? as('error', '✗ kubelet stopped') : ready ? as('ok', '✓ Ready') : as('error', '✗ NotReady');
  return [
    {
      row: row(
        as('title', node),
        ' ',
        state,
        dim(`  ${allPods} ${allPods === 1 ? 'pod' : 'pods'}  ${runtime}`),
        ...pressure.map(condition => as('error', `  ✗ ${condition}`)),
        stalled && as('error', '  ✗ status manager held back'),
      ),
      ref: {kind: 'object', resource: 'nodes', namespace: '', name: node},
    },
  ];
}

const isSo = ({desired, actual}: KubeletFacts['pods'][number]): boolean => desired === actual || desired === NOTHING_MORE;

/** Desired against actual, what its worker does, how long its start took, and what the API server has not been told. */
function podRows({node, pods, allPods, stalled}: KubeletFacts): PanelRow[] {
  const longest = Math.min(30, Math.max(0, ...pods.map(pod => pod.name.length)));
  const rows = pods.map(pod => ({
    row: row(
      '  ',
      as('name', pad(pod.name, longest)),
      pod.source !== 'api' && as('accent', ` ${pod.source}`),
      dim('  wanted '),
      as('value', pod.desired),
      dim('  is '),
      as(isSo(pod) ? 'ok' : 'warn', `${pod.actual}${isSo(pod) ? ' ✓' : ' ◌'}`),
      pod.unsent > 0 && as('warn', `  ${pod.unsent} ${pod.unsent === 1 ? 'status' : 'statuses'} not sent${stalled ? ', held back' : ''}`),
      pod.doing !== '' && as('accent', `  ${pod.doing}`),
      pod.doing === '' && pod.tookMs !== undefined && dim(`  started in ${spanText(pod.tookMs)}`),
    ),
    ref: pod.ref,
  }));
  const command = `kubectl get pods -A --field-selector spec.nodeName=${node}`;
  return [...rows, ...leftOutRows({count: allPods - pods.length, what: 'pods', command}, '  ')];
}

const results: Readonly<Record<string, {token: Token; mark: string}>> = {
  Success: {token: 'ok', mark: '✓'},
  Failure: {token: 'error', mark: '✗'},
};

/** The clock of a probe: full when it has just been made. */
function probeRows({probes, leftOutProbes}: KubeletFacts): PanelRow[] {
  const rows = probes.map(({pod, container, type, result, run, threshold, periodMs, inMs}) => {
    const {token, mark} = results[result] ?? {token: 'warn', mark: '◌'};
    return {
      row: row(
        dim('  probe '),
        as('value', pad(type, 9)),
        as(token, ` ${mark} ${pad(result, 7)}`),
        dim(` ${Math.min(run, threshold)}/${threshold} `),
        ...(inMs === undefined ? [dim('waits for another container')] : [bar(inMs / periodMs, 8), as('number', ` ${spanText(inMs)}`)]),
        dim(`  ${container} of ${pod}`),
      ),
    };
  });
  return [...rows, ...leftOutRows({count: leftOutProbes, what: 'probes', command: ''}, '  ')];
}

/** The last steps, each with the time since the one before it. */
function stepRows({steps}: KubeletFacts): PanelRow[] {
  return steps
    .map((step, i) => ({...step, sinceMs: i === 0 ? 0 : step.atMs - steps[i - 1]!.atMs}))
    .slice(-stepsShown)
    .toReversed()
    .map(step => ({
      row: row(
        dim(`  ${pad(clockText(step.atMs), 9, 'right')} `),
        dim(pad(step.sinceMs > 0 ? `+${spanText(step.sinceMs)}` : '', 7, 'right')),
        ' ',
        as(step.stage === 'PLEG' ? 'accent' : 'value', pad(step.stage, 11)),
        ` ${step.detail} `,
        dim(step.subject),
      ),
    }));
}
