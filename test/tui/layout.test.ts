import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {panels} from '../../src/selectors/panels/table.ts';
import {type Layout, type LayoutInput, layout, type Rect} from '../../src/tui/layout.ts';

const all = panels.map(panel => panel.id);
const at = (columns: number, rows: number, more: Partial<LayoutInput> = {}): Layout =>
  layout({columns, rows, hasLesson: true, panels: all, focus: 'shell', shown: 'lesson', zoom: false, ...more});

function rectsOf(placed: Layout): Rect[] {
  if (placed.kind === 'too-small') return [];
  const {header, strip, timeline, footer, shell, lesson, panels: boxes} = placed;
  return [header, strip, timeline, footer, ...(shell ? [shell] : []), ...(lesson ? [lesson] : []), ...boxes.map(box => box.rect)];
}

describe('layout', () => {
  test('says so when there is no room', () => {
    expect(at(59, 40)).toEqual({kind: 'too-small', columns: 59, rows: 40});
    expect(at(80, 15).kind).toBe('too-small');
  });

  test('shows one thing at a time at 80x24, with tabs for the others', () => {
    const placed = at(80, 24, {shown: 'store'});
    expect(placed).toMatchObject({lesson: undefined, panels: [{id: 'store'}], tabs: ['lesson', ...all]});
    expect(at(80, 24)).toMatchObject({panels: [], lesson: {width: 80}});
  });

  test('shows the lesson and two panels at 120x36, six at 160x45', () => {
    expect(at(120, 36)).toMatchObject({lesson: {x: 0, width: 42}, panels: [{id: all[0]}, {id: all[1]}], tabs: []});
    const wide = at(160, 45);
    expect(wide.kind === 'screen' && wide.panels.length).toBe(6);
  });

  test('always shows the panel that is looked at', () => {
    const placed = at(120, 36, {shown: 'why', focus: 'why'});
    expect(placed.kind === 'screen' && placed.panels.map(panel => panel.id)).toEqual([all[0], 'why']);
  });

  test('zooms a panel over the body, or the shell over everything', () => {
    const panel = at(160, 45, {zoom: true, focus: 'store', shown: 'store'});
    expect(panel).toMatchObject({panels: [{id: 'store', rect: {width: 160}}], shell: {height: 4}});
    expect(at(160, 45, {zoom: true})).toMatchObject({panels: [], lesson: undefined, shell: {width: 160}});
  });

  test('covers every cell of the terminal exactly once, at any size', () => {
    const input = fc.record({
      columns: fc.integer({min: 60, max: 250}),
      rows: fc.integer({min: 16, max: 80}),
      hasLesson: fc.boolean(),
      shown: fc.constantFrom('lesson', ...all),
      focus: fc.constantFrom('shell', 'lesson', ...all),
      zoom: fc.boolean(),
    });
    fc.assert(
      fc.property(input, ({columns, rows, ...more}) => {
        const cells = new Uint8Array(columns * rows);
        for (const {x, y, width, height} of rectsOf(at(columns, rows, more))) {
          expect(x >= 0 && y >= 0 && x + width <= columns && y + height <= rows && height > 0).toBe(true);
          for (let row = y; row < y + height; row += 1)
            for (let column = x; column < x + width; column += 1) cells[row * columns + column]! += 1;
        }
        expect(cells.every(count => count === 1)).toBe(true);
      }),
      {numRuns: 200},
    );
  });
});
