/** The nodes in searching order: however a table came by its nodes, it has them in the order in which one made anew would. */
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Node} from '../../../src/engine/api/types.ts';
import {LABEL_ZONE} from '../../../src/engine/api/well-known.ts';
import {nodeInfo} from '../../../src/engine/scheduler/framework/node-info.ts';
import {createNodeTable, type NodeTable} from '../../../src/engine/scheduler/state/node-table.ts';
import type {CachedNode} from '../../../src/engine/scheduler/state/records.ts';

const inZone = (name: string, zone: string): CachedNode['info'] =>
  nodeInfo({metadata: {name, labels: zone ? {[LABEL_ZONE]: zone} : {}}, spec: {}, status: {}} as Node);

const names = ({nodes}: NodeTable): string[] => nodes.map(({name}) => name);

describe('the nodes in searching order', () => {
  it('zones take turns, and a node that joins takes the turn of its zone', () => {
    const table = createNodeTable([]);
    ['a', 'a', 'a', 'b', 'c', 'b'].forEach((zone, seq) => {
      table.set(`${zone}${seq}`, {seq, info: inZone(`${zone}${seq}`, zone)});
      expect(table.size).toBe(seq + 1);
      expect(names(table)).toHaveLength(seq + 1);
    });
    expect(names(table)).toEqual(['a0', 'b3', 'c4', 'a1', 'b5', 'a2']);
    expect(table.nodes.map(({name}) => table.indexOf(name))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('is that of a table made anew, whatever joined, left, moved and came back, looked at between or not', () => {
    const change = fc.record({
      name: fc.nat(11),
      zone: fc.constantFrom('', 'a', 'b', 'c'),
      leaves: fc.boolean(),
      early: fc.boolean(),
      looked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, {maxLength: 40}), changes => {
        const records = new Map<string, CachedNode>();
        const table = createNodeTable([]);
        changes.forEach(({name: n, zone, leaves, early, looked}, k) => {
          const name = `n${n}`;
          const known = records.get(name);
          if (known && leaves) records.delete(name);
          else records.set(name, {seq: known?.seq ?? (early ? -k : k), info: inZone(name, zone)});
          table.set(name, records.get(name));
          if (looked) expect(names(table)).toEqual(names(createNodeTable(records)));
        });
        expect(names(table)).toEqual(names(createNodeTable(records)));
        for (const [i, name] of names(table).entries()) expect(table.indexOf(name)).toBe(i);
        expect(table.snapshot(new Map()).size).toBe(records.size);
      }),
    );
  });
});
