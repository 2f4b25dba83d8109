import type {Facts, KubeletFacts} from '../facts.ts';
import {mostOf, sparkline} from '../sparkline.ts';
import {as, dim, type PanelRow, row} from '../styled.ts';
import {pad} from '../text.ts';
import {clockText} from '../time-text.ts';
import {nothing} from './parts.ts';
import type {Panel} from './types.ts';

/** How many of a node's last steps are shown. */
const stepsShown = 12;

export const kubeletPanel: Panel = {
  id: 'kubelet',
  title: 'Kubelet',
  about: 'per node: what each pod should be and what it is, and the last steps of the sync loop, newest first',
  note: facts => `${facts.kubelets.filter(kubelet => kubelet.ready).length}/${facts.kubelets.length} nodes ready`,
  rows(facts, {width}): readonly PanelRow[] {
    if (facts.kubelets.length === 0) return nothing('There are no nodes. Pods will stay Pending.', width);
    const busyFirst = [...facts.kubelets].sort((one, other) => lastStep(other) - lastStep(one));
    return [...cpuRows(facts), ...busyFirst.flatMap(nodeRows)];
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

function lastStep(kubelet: KubeletFacts): number {
  return kubelet.steps.at(-1)?.atMs ?? -1;
}

function nodeRows(kubelet: KubeletFacts): PanelRow[] {
  const state = !kubelet.running ? as('error', '✗ kubelet stopped') : kubelet.ready ? as('ok', '✓ Ready') : as('error', '✗ NotReady');
  const longest = Math.min(30, Math.max(0, ...kubelet.pods.map(pod => pod.name.length)));
  return [
    {
      row: row(as('title', kubelet.node), ' ', state, dim(`  ${kubelet.pods.length} pods`)),
      ref: {kind: 'object', resource: 'nodes', namespace: '', name: kubelet.node},
    },
    ...kubelet.pods.map(pod => ({
      row: row(
        '  ',
        as('name', pad(pod.name, longest)),
        dim('  wanted '),
        as('value', pod.desired),
        dim('  is '),
        as(pod.desired === pod.actual ? 'ok' : 'warn', `${pod.actual}${pod.desired === pod.actual ? ' ✓' : ' ◌'}`),
        pod.doing !== '' && as('accent', `  ${pod.doing}`),
      ),
      ref: pod.ref,
    })),
    ...kubelet.steps
      .slice(-stepsShown)
      .toReversed()
      .map(step => ({
        row: row(
          dim(`  ${pad(clockText(step.atMs), 9, 'right')} `),
          as('value', pad(step.stage, 11)),
          ` ${step.detail} `,
          dim(step.subject),
        ),
      })),
  ];
}
