import type {LookupFacts, NetworkFacts, ServiceFacts, WalkFacts} from '../facts/network.ts';
import {as, dim, type PanelRow, row} from '../styled.ts';
import {countText, wrapRow} from '../text.ts';
import {below, heading, leftOutRows, mark, nothing, table} from './parts.ts';
import type {Panel} from './types.ts';

export const networkPanel: Panel = {
  id: 'network',
  title: 'Network',
  about:
    'the youngest packet hop by hop and the youngest name question by question; services with the endpoints behind them, ready or not; nodes',
  note: facts => `${countText(facts.network.allServices)} services`,
  rows(facts, {width}): readonly PanelRow[] {
    const {walk, lookup, nodes, allNodes, services, allServices} = facts.network;
    if (nodes.length === 0 && services.length === 0) return nothing('No nodes and no services.', width);
    return [
      ...(lookup ? lookupRows(lookup, width) : []),
      ...(walk ? walkRows(walk, width) : []),
      ...services.flatMap(serviceRows),
      ...leftOutRows({count: allServices - services.length, what: 'services', command: 'kubectl get services -A'}),
      heading('Nodes', nodes.length < allNodes ? `${nodes.length} of ${countText(allNodes)}, those with most addresses in use` : ''),
      ...nodeTable(nodes, width),
    ];
  },
};

/** Hop by hop: where, what happened there, the rules that decided, and the headers where they changed. */
function walkRows({step, from, to, answered, why, hops}: WalkFacts, width: number): PanelRow[] {
  return [
    {row: row(as('title', 'Packet '), as('value', from), dim(' to '), as('value', to)), ref: {kind: 'step', step}},
    ...hops.flatMap(({node, device, station, detail, headers, rules}) => [
      ...wrapRow([as('name', node), dim(` ${device} `), as('key', station), as('text', `  ${detail}`)], width - 3).map((line, i) => ({
        row: row(dim(i === 0 ? ' ├ ' : ' │ '), line),
      })),
      ...rules.flatMap(rule => below(rule, 'dim', width, 5)),
      ...(headers ? below(headers, 'number', width, 5) : []),
    ]),
    ...below(`${answered ? '✓' : '✗'} ${why}`, answered ? 'ok' : 'error', width, 1),
  ];
}

/** Question by question, in the order of the search list. */
function lookupRows({step, from, name, error, queries}: LookupFacts, width: number): PanelRow[] {
  return [
    {row: row(as('title', 'Name '), as('value', name), dim(` asked by ${from}, ${queries.length} questions`)), ref: {kind: 'step', step}},
    ...queries.flatMap((query, i) =>
      below(`${i + 1}. ${query.type} ${query.name} at ${query.server}: ${query.outcome}`, query.found ? 'ok' : 'dim', width, 1),
    ),
    ...(error ? [{row: row(' ', mark('denied'), as('error', ` ${error}`))}] : []),
  ];
}

function serviceRows({name, type, clusterIP, ports, endpoints, ready, allEndpoints, ref}: ServiceFacts): PanelRow[] {
  const leftOut = allEndpoints - endpoints.length;
  return [
    {
      row: row(
        as('title', name),
        dim(` ${type}  `),
        as('number', clusterIP),
        dim(` ${ports}  `),
        allEndpoints === 0 ? as('warn', '◌ no endpoints') : as(ready > 0 ? 'ok' : 'warn', `${ready}/${allEndpoints} ready`),
      ),
      ref,
    },
    ...endpoints.map((endpoint, index) => ({
      row: row(
        dim(index === endpoints.length - 1 && leftOut === 0 ? ' └─ ' : ' ├─ '),
        as('value', endpoint.address),
        endpoint.ready ? as('ok', ' ✓ ready') : as('warn', ' ◌ not ready'),
      ),
    })),
    ...leftOutRows({count: leftOut, what: 'endpoints', command: slicesOf(name, ref)}, ' └─ '),
  ];
}

const slicesOf = (service: string, {namespace}: ServiceFacts['ref']): string =>
  `kubectl get endpointslices${namespace === 'default' ? '' : ` -n ${namespace}`} -l kubernetes.io/service-name=${service}`;

function nodeTable(nodes: NetworkFacts['nodes'], width: number): PanelRow[] {
  return table(
    nodes,
    [
      {title: 'NODE', text: node => node.name, token: 'name'},
      {title: 'ADDRESS', text: node => node.address, token: 'number'},
      {title: 'POD RANGE', text: node => node.podCIDR, token: 'number'},
      {title: 'ADDRESSES IN USE', align: 'right', text: node => String(node.pods)},
    ],
    width,
    0,
    node => ({ref: {kind: 'object', resource: 'nodes', namespace: '', name: node.name}}),
  );
}
