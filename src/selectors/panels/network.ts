import type {NetworkFacts, ServiceFacts} from '../facts.ts';
import {as, dim, type PanelRow, row} from '../styled.ts';
import {heading, nothing, table} from './parts.ts';
import type {Panel} from './types.ts';

export const networkPanel: Panel = {
  id: 'network',
  title: 'Network',
  about: 'node and pod address ranges; services with the endpoints behind them, ready or not',
  note: facts => `${facts.network.services.length} services`,
  rows(facts, {width}): readonly PanelRow[] {
    const {nodes, services} = facts.network;
    if (nodes.length === 0 && services.length === 0) return nothing('No nodes and no services.', width);
    return [...services.flatMap(serviceRows), heading('Nodes'), ...nodeTable(nodes, width)];
  },
};

function serviceRows(service: ServiceFacts): PanelRow[] {
  const ready = service.endpoints.filter(endpoint => endpoint.ready).length;
  return [
    {
      row: row(
        as('title', service.name),
        dim(` ${service.type}  `),
        as('number', service.clusterIP),
        dim(` ${service.ports}  `),
        service.endpoints.length === 0
          ? as('warn', '◌ no endpoints')
          : as(ready > 0 ? 'ok' : 'warn', `${ready}/${service.endpoints.length} ready`),
      ),
      ref: service.ref,
    },
    ...service.endpoints.map((endpoint, index) => ({
      row: row(
        dim(index === service.endpoints.length - 1 ? ' └─ ' : ' ├─ '),
        as('value', endpoint.address),
        endpoint.ready ? as('ok', ' ✓ ready') : as('warn', ' ◌ not ready'),
      ),
    })),
  ];
}

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
    node => ({kind: 'object', resource: 'nodes', namespace: '', name: node.name}),
  );
}
