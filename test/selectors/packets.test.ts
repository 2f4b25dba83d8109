import {describe, expect, it} from 'vitest';
import {CONNECT, LOOKUP} from '../../src/engine/network/events.ts';
import {networkPanel} from '../../src/selectors/panels/network.ts';
import {readFacts} from '../../src/selectors/read-facts.ts';
import {clusterOf} from '../clusters.ts';

const cluster = clusterOf({nodes: 1});
const from = {kind: 'node', name: 'node-1'};

/** The panel's rows as plain text. */
const rows = (): string[] => {
  const facts = readFacts(cluster, {from: 0, selected: undefined});
  return networkPanel.rows(facts, {width: 200} as never).map(({row}) => row.map(({text}) => text).join(''));
};

describe('the network panel', () => {
  it('tells the youngest packet hop by hop, with the rules that decided', () => {
    cluster.machine.dispatch({type: CONNECT, data: {from, to: {address: '10.96.0.1', port: 443}}});
    const text = rows();
    expect(text[0]).toBe('Packet node-1 to 10.96.0.1:443');
    expect(text).toContain(' ├ node-1 lo service  destination 10.96.0.1:443 becomes 192.168.0.2:6443');
    expect(text.some(line => line.includes('-j DNAT --to-destination 192.168.0.2:6443'))).toBe(true);
    expect(text).toContain(' ✓ the control plane answers');
  });

  it('tells the youngest name question by question', () => {
    const config = {servers: ['10.96.0.10'], searches: ['default.svc.cluster.local'], options: ['ndots:5']};
    cluster.machine.dispatch({type: LOOKUP, data: {from, name: 'kubernetes', config}});
    const text = rows();
    expect(text.slice(0, 3)).toEqual([
      'Name kubernetes asked by node-1, 2 questions',
      ' 1. A kubernetes.default.svc.cluster.local. at 10.96.0.10: 10.96.0.1',
      ' 2. AAAA kubernetes.default.svc.cluster.local. at 10.96.0.10: the name exists, but has no AAAA',
    ]);
  });

  it('forgets them when time is turned back', () => {
    cluster.history.seek(cluster.history.first);
    expect(rows()[0]).toContain('kubernetes ClusterIP');
  });
});
