import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {panels} from '../../src/selectors/panels/table.ts';
import {plainText} from '../../src/selectors/styled.ts';
import {rowWidth} from '../../src/selectors/text.ts';
import {drawScreen} from '../../src/tui/draw.ts';
import {chooseTheme, paint} from '../../src/tui/theme.ts';
import {initialUi, type OpenView, type UiState} from '../../src/tui/ui-state.ts';
import type {View} from '../../src/tui/view.ts';
import {fakeFacts} from './fake-facts.ts';
import {fakeView} from './fake-session.ts';

const names = [
  'web',
  'x'.repeat(200),
  '世界'.repeat(40),
  'e\u0301'.repeat(60),
  '\u001b[2J\u001b]0;owned\u0007',
  '👩‍👩‍👧‍👦🇪🇺‮evil',
  'a\nb\tc',
];

const text = fc.oneof(fc.constantFrom(...names), fc.string({unit: 'binary', maxLength: 40}));

const openView = fc.oneof(
  fc.constant(undefined),
  fc.constant<OpenView>({kind: 'help', scroll: 3}),
  fc.record({card: fc.nat(5)}).map(({card}): OpenView => ({kind: 'tour', card, scroll: 0})),
  text.map((line): OpenView => ({kind: 'detail', detail: {title: line, kind: 'yaml', lines: [line, line]}, scroll: 1})),
);

const ui: fc.Arbitrary<Partial<UiState>> = fc.record({
  columns: fc.integer({min: 1, max: 220}),
  rows: fc.integer({min: 1, max: 70}),
  focus: fc.constantFrom('shell', 'lesson', ...panels.map(panel => panel.id)),
  shown: fc.constantFrom('lesson', ...panels.map(panel => panel.id)),
  zoom: fc.boolean(),
  open: openView,
  line: text.map(typed => ({...initialUi.line, text: typed, cursor: typed.length})),
  notice: fc.option(
    text.map(said => ({tone: 'warn' as const, text: said})),
    {nil: undefined},
  ),
});

const view: fc.Arbitrary<View> = fc
  .record({
    name: text,
    place: fc.constantFrom('map' as const, 'lesson' as const, 'sandbox' as const),
    edited: fc.option(text, {nil: undefined}),
    output: text,
  })
  .map(({name, place, edited, output}) =>
    fakeView({
      place,
      ...(place !== 'lesson' && {lesson: undefined}),
      facts: fakeFacts(name),
      transcript: [{id: 1, line: name, output, failed: true}],
      editing:
        edited === undefined || place === 'map'
          ? undefined
          : {file: `${name}.yaml`, text: edited, faults: [{line: 1, column: 3, field: name, message: output}]},
    }),
  );

/** What acts on a terminal: every control character but those that painting writes. */
const acts = /[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f]|\u001b(?!\[[\d;]*m)/;

describe('a frame', () => {
  test('has exactly the size of the terminal, whatever is in it and whatever the size', () => {
    fc.assert(
      fc.property(view, ui, (shown, state) => {
        const at = {...initialUi, ...state};
        const {rows, cursor} = drawScreen(shown, at);
        expect(rows).toHaveLength(at.rows);
        for (const row of rows) expect(rowWidth(row)).toBe(at.columns);
        if (!cursor) return;
        expect(cursor.x).toBeLessThan(at.columns);
        expect(cursor.y).toBeLessThan(at.rows);
      }),
      {numRuns: 600},
    );
  });

  test('holds nothing that acts on the terminal, and in ASCII nothing else than ASCII', () => {
    const colored = chooseTheme({TERM: 'xterm-256color', LANG: 'C.UTF-8'});
    const ascii = chooseTheme({TERM: 'xterm-256color', LANG: 'C'});
    fc.assert(
      fc.property(view, ui, (shown, state) => {
        for (const row of drawScreen(shown, {...initialUi, ...state}).rows) {
          expect(paint(row, colored)).not.toMatch(acts);
          expect(paint(row, ascii)).toMatch(/^[\x20-\x7e\u001b]*$/);
        }
      }),
      {numRuns: 200},
    );
  });

  test('says the same without colour', () => {
    const mono = chooseTheme({TERM: 'xterm-256color', LANG: 'C.UTF-8', NO_COLOR: '1'});
    const bare = (painted: string): string => painted.replace(/\u001b\[[\d;]*m/g, '');
    for (const panel of panels) {
      for (const row of drawScreen(fakeView(), {...initialUi, columns: 120, rows: 36, focus: panel.id, shown: panel.id}).rows) {
        expect(bare(paint(row, mono))).toBe(plainText(row));
        // Weight and reversal only: no colour codes at all.
        expect(paint(row, mono)).not.toMatch(/\u001b\[(?:\d+;)*(?:3\d|4\d|9\d|10\d)/);
      }
    }
  });
});
