import {expect, test} from 'vitest';
import {storePanel} from '../../src/selectors/panels/store.ts';
import {keptRows} from '../../src/tui/kept-rows.ts';
import {fakeFacts} from './fake-facts.ts';

const size = {width: 70, height: 20};

test('a panel is made anew where what it shows has changed, and only there', () => {
  const facts = fakeFacts();
  const rows = keptRows(storePanel, facts, size);
  expect(rows).toEqual(storePanel.rows(facts, size));
  expect(keptRows(storePanel, {...facts, events: []}, size)).toBe(rows);
  const written = {...facts, store: {...facts.store, keys: facts.store.keys.slice(1)}};
  expect(keptRows(storePanel, written, size)).toEqual(storePanel.rows(written, size));
  expect(keptRows(storePanel, written, size)).not.toEqual(rows);
  expect(keptRows(storePanel, facts, {...size, width: 40})).toEqual(storePanel.rows(facts, {...size, width: 40}));
});
