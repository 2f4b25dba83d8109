/** The editor as it is drawn: line numbers with marks at what is wrong, the text, and below it the fault that the cursor is at. */
import {as, dim, type PanelRow, type Row, row, type Segment, strong} from '../../selectors/styled.ts';
import {clean, wrapRow} from '../../selectors/text.ts';
import {type EditorState, faultRows, faultToldOf, isChanged, scrolledTo} from '../editor.ts';
import {frameRows} from '../frame.ts';
import type {Rect} from '../layout.ts';
import {border} from '../shown.ts';
import {cellsOf} from '../text-buffer.ts';
import type {ManifestFault} from '../view.ts';
import {yamlLine} from './yaml-line.ts';

export interface EditorDrawing {
  readonly rows: readonly Row[];
  /** The cursor's cell on the screen. */
  readonly cursor: {readonly x: number; readonly y: number};
}

/** Cells to the right of the cursor that stay in sight. */
const margin = 4;

/** Fills the rectangle exactly. */
export function drawEditor(editor: EditorState, rect: Rect): EditorDrawing {
  const {buffer, faults, of} = editor;
  const {lines, cursor} = buffer;
  const inner = {width: rect.width - border.columns, height: rect.height - border.rows};
  const height = Math.max(1, inner.height - faultRows);
  const gutter = String(lines.length).length + 3;
  const room = inner.width - gutter;
  const top = scrolledTo(editor.top, cursor.row, height);
  const before = cellsOf(lines[cursor.row]!.slice(0, cursor.column));
  // Only the line at hand moves aside: what surrounds it stays to be read.
  const hidden = Math.max(0, before + margin - room);
  const shown = Array.from({length: height}, (_, index): PanelRow => {
    const place = top + index;
    const line = lines[place];
    if (line === undefined) return {row: [dim('~')]};
    const fault = faults.find(each => each.line === place + 1);
    const number = String(place + 1).padStart(gutter - 3);
    const lead = row(place === cursor.row ? strong(number) : dim(number), as('error', fault ? ' ✗ ' : '   '));
    return {row: row(lead, slid(marked(yamlLine(line), fault), place === cursor.row ? hidden : 0))};
  });
  const rows = [...shown, ...told(editor, inner.width).map(each => ({row: each}))];
  return {
    rows: frameRows(rows.slice(0, inner.height), rect, {
      title: `Edit ${clean(of.file)}${isChanged(editor) ? ', changed' : ''}`,
      note: `line ${cursor.row + 1} of ${lines.length}, column ${cursor.column + 1}`,
      focused: true,
    }),
    cursor: {x: rect.x + 2 + gutter + before - hidden, y: rect.y + 1 + cursor.row - top},
  };
}

/** How many faults there are, and one in full; at most as many rows as are kept for them. */
function told(editor: EditorState, width: number): Row[] {
  const fault = faultToldOf(editor);
  const count = editor.faults.length;
  const rule = dim('─'.repeat(width));
  if (!fault)
    return [
      [rule],
      row(as('ok', '✓ '), dim(editor.of.file.match(/\.(ya?ml|json)$/) ? 'no fault: YAML, fields and values are sound' : 'text')),
    ];
  const summary = count === 1 ? '1 fault ' : `${count} faults `;
  const message = fault.field === '' || fault.message.includes(fault.field) ? fault.message : `${fault.field}: ${fault.message}`;
  const lines = wrapRow(row(as('error', `✗ ${fault.line}:${fault.column} `), message), width, 2);
  return [row(as('error', summary), dim('─'.repeat(width - summary.length))), ...lines.slice(0, faultRows - 1)];
}

/** The word at a fault's column stands out. */
function marked(line: Row, fault: ManifestFault | undefined): Row {
  if (!fault) return line;
  let at = 0;
  return line.flatMap((segment): Segment[] => {
    const from = at;
    at += segment.text.length;
    const begin = fault.column - 1 - from;
    if (begin < 0 || begin >= segment.text.length) return [segment];
    const length = /^\S+/.exec(segment.text.slice(begin))?.[0].length ?? 1;
    return [
      {...segment, text: segment.text.slice(0, begin)},
      as('error', segment.text.slice(begin, begin + length)),
      {...segment, text: segment.text.slice(begin + length)},
    ];
  });
}

/** A row without its first cells; a wide character that is cut through leaves a blank. */
function slid(line: Row, cells: number): Row {
  if (cells === 0) return line;
  let left = cells;
  return line.map(({text, token}) => {
    let rest = '';
    for (const character of clean(text)) {
      if (left <= 0) rest += character;
      else {
        const width = cellsOf(character);
        if (width > left) rest += ' '.repeat(width - left);
        left -= width;
      }
    }
    return {text: rest, token};
  });
}
