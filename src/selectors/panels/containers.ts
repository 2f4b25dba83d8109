import type {ContainerFacts, PodFacts} from '../facts.ts';
import {as, dim, type PanelRow, row, type Token} from '../styled.ts';
import {pad} from '../text.ts';
import {nothing} from './parts.ts';
import type {Panel} from './types.ts';

const phases: Readonly<Record<string, Token>> = {Running: 'ok', Succeeded: 'ok', Pending: 'warn', Failed: 'error', Unknown: 'error'};
const states: Readonly<Record<string, {token: Token; mark: string}>> = {
  Running: {token: 'ok', mark: '✓'},
  Waiting: {token: 'warn', mark: '◌'},
  Terminated: {token: 'error', mark: '✗'},
};

export const containersPanel: Panel = {
  id: 'containers',
  title: 'Containers',
  about: 'each pod’s sandbox, address and containers, with states, restarts and readiness',
  note: facts =>
    facts.pods.length === 0 ? '' : `${facts.pods.filter(pod => pod.phase === 'Running').length}/${facts.pods.length} running`,
  rows(facts, {width}): readonly PanelRow[] {
    if (facts.pods.length === 0) return nothing('No pods of yours yet. Create one: kubectl run web --image=nginx', width);
    return facts.pods.flatMap(podRows);
  },
};

function podRows(pod: PodFacts): PanelRow[] {
  const sandbox = pod.sandbox === '' ? as('ghost', '◌ no sandbox') : dim(`sandbox ${pod.sandbox.slice(0, 12)}`);
  return [
    {
      row: row(
        as('title', pod.name),
        dim(` ${pod.namespace}  `),
        as(phases[pod.phase] ?? 'text', pod.phase),
        dim(pod.node === '' ? '  no node' : `  ${pod.node}`),
        pod.ip !== '' && as('number', `  ${pod.ip}`),
        '  ',
        sandbox,
      ),
      ref: pod.ref,
    },
    ...pod.containers.map((container, index) => ({row: containerRow(container, index === pod.containers.length - 1), ref: pod.ref})),
  ];
}

function containerRow(container: ContainerFacts, last: boolean): PanelRow['row'] {
  const finished = container.state === 'Terminated' && container.reason === 'Completed';
  const {token, mark} = finished ? ({token: 'ok', mark: '✓'} as const) : (states[container.state] ?? {token: 'text', mark: ' '});
  return row(
    dim(last ? ' └─ ' : ' ├─ '),
    as('name', pad(container.name, 16)),
    dim(container.init ? ' init ' : ' '),
    as(token, `${mark} ${container.state}${container.reason === '' ? '' : ` ${container.reason}`}`),
    container.state === 'Running' && (container.ready ? as('ok', ', ready') : as('warn', ', not ready')),
    container.restarts > 0 && as('warn', `  ${container.restarts} restarts`),
    container.pid !== undefined && dim(`  pid ${container.pid}`),
    dim(`  ${container.image}`),
    container.log !== '' && as('ghost', `  ${container.log}`),
  );
}
