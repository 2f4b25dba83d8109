import {expect, it} from 'vitest';
import {customPrinter} from '../../../../src/engine/apiserver/printers/custom.ts';

const NOW = Date.parse('2026-04-22T10:00:00Z');
const WIDGET = {
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: {name: 'w', creationTimestamp: '2026-04-22T09:55:00Z'},
  spec: {size: 3, tags: ['a', 'b'], ready: true, born: 'never'},
};

it('shows the age of a resource whose definition has no columns', () => {
  const {columns, cells} = customPrinter([]);
  expect(columns.map(c => c.name)).toEqual(['Name', 'Age']);
  expect(cells(WIDGET, NOW)).toEqual(['w', '5m']);
});

it('reads each column at its path, as its type', () => {
  const {columns, cells} = customPrinter([
    {name: 'Size', type: 'integer', jsonPath: '.spec.size'},
    {name: 'Tags', type: 'string', jsonPath: '.spec.tags', priority: 1},
    {name: 'Ready', type: 'boolean', jsonPath: '.spec.ready'},
    {name: 'Word', type: 'integer', jsonPath: '.spec.born'},
    {name: 'Born', type: 'date', jsonPath: '.spec.born'},
    {name: 'None', type: 'string', jsonPath: '.status.phase'},
  ]);
  expect(columns.map(c => c.priority)).toEqual([0, 0, 1, 0, 0, 0, 0]);
  expect(cells(WIDGET, NOW)).toEqual(['w', 3, '["a","b"]', true, null, '<invalid>', null]);
});
