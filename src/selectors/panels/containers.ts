import type {CgroupFacts, ContainerFacts, PodFacts} from '../facts/kubelet.ts';
import {onceEach} from '../once-each.ts';
import {as, dim, type PanelRow, type Row, row, type Segment, type Token} from '../styled.ts';
import {countText, pad} from '../text.ts';
import {spanText} from '../time-text.ts';
import {bar, leftOutRows, nothing} from './parts.ts';
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
  about: 'each pod’s sandbox, namespaces and cgroup, its containers with states, restarts, back-off clocks and what the kernel was told',
  note: ({census: {all, running}}) => (all === 0 ? '' : `${countText(running)}/${countText(all)} running`),
  rows(facts, {width}): readonly PanelRow[] {
    if (facts.pods.length === 0) return nothing('No pods of yours yet. Create one: kubectl run web --image=nginx', width);
    const leftOut = facts.census.all - facts.pods.length;
    return [...facts.pods.flatMap(rowsOf), ...leftOutRows({count: leftOut, what: 'pods', command: 'kubectl get pods -A'})];
  },
};

/** Of a hundred pods, few change from one frame to the next. */
const rowsOf = onceEach((pod: PodFacts) => podRows(pod));

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
    ...frameRows(pod),
    ...pod.containers.flatMap((container, index) => {
      const last = index === pod.containers.length - 1;
      const under = dim(last ? '      ' : ' │    ');
      return [
        {row: containerRow(container, last), ref: pod.ref},
        ...backoffRows(container, under),
        ...(container.cgroup ? [{row: row(under, cgroupRow(container.cgroup)), ref: pod.ref}] : []),
      ];
    }),
  ];
}

const sharing: Readonly<Record<string, string>> = {POD: 'shared', CONTAINER: 'each its own', NODE: 'the node’s'};

/** Which namespaces the containers have in common, and where they stand in the tree of cgroups. */
function frameRows({namespaces, qosClass, cgroupPath, sandbox, ref}: PodFacts): PanelRow[] {
  if (sandbox === '') return [];
  const matrix = (['network', 'ipc', 'pid'] as const).map(name =>
    row(dim(`${name} `), as(namespaces[name] === 'CONTAINER' ? 'value' : 'ok', sharing[namespaces[name]] ?? ''), '  '),
  );
  return [
    {row: row(dim(' │  namespaces: '), ...matrix), ref},
    {row: row(dim(' │  cgroup: '), as('value', qosClass), dim(`  ${cgroupPath.split('/').at(-1)}`)), ref},
  ];
}

/** A clock that empties until the next try. */
function backoffRows({backoff}: ContainerFacts, under: Segment): PanelRow[] {
  if (!backoff) return [];
  const {reason, delayMs, leftMs} = backoff;
  const next = Math.min(delayMs * 2, LONGEST_BACKOFF_MS);
  return [
    {
      row: row(
        under,
        as('warn', reason),
        ' ',
        bar(leftMs / delayMs, 10),
        as('number', ` ${spanText(leftMs)}`),
        dim(` of ${spanText(delayMs)}, then ${spanText(next)}`),
      ),
    },
  ];
}

/** upstream: MaxCrashLoopBackOff, the longest back-off of pulls */
const LONGEST_BACKOFF_MS = 300_000;

function cgroupRow({cpuShares, cpuQuota, cpuPeriod, memoryLimit, oomScoreAdj, cpuset, memory}: CgroupFacts): Row {
  const mebi = (bytes: number): string => `${Math.round(bytes / 2 ** 20)}Mi`;
  return row(
    dim('cpu '),
    as('value', `${cpuShares} shares`),
    dim(cpuQuota === undefined ? ', no limit' : `, ${cpuQuota}/${cpuPeriod} µs`),
    cpuset !== undefined && row(dim(', on '), as('value', cpuset)),
    dim('  memory '),
    as('value', mebi(memory)),
    dim(memoryLimit === undefined ? ', no limit' : ` of ${mebi(memoryLimit)}`),
    dim('  oom '),
    as('value', String(oomScoreAdj)),
  );
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
    container.restarts > 0 && as('warn', `  ${container.restarts} ${container.restarts === 1 ? 'restart' : 'restarts'}`),
    container.pid !== undefined && dim(`  pid ${container.pid}`),
    dim(`  ${container.image}`),
    container.log !== '' && as('ghost', `  ${container.log}`),
  );
}
