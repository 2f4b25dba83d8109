/** A text of many lines with a cursor, as a value: every operation takes a buffer and returns the next one. It knows nothing of screens and keys. */
import {clean, widthOf} from '../selectors/text.ts';

export interface Place {
  /** Index of the line. */
  readonly row: number;
  /** Offset in UTF-16 units, always at a grapheme's edge. */
  readonly column: number;
}

export interface TextBuffer {
  readonly lines: readonly string[];
  readonly cursor: Place;
  /** Cells from the left that moving up and down aims at; undefined: where the cursor is. */
  readonly goal: number | undefined;
  /** What was cut last; lines cut one after another are kept together. */
  readonly cut: string;
  readonly undone: readonly Moment[];
  readonly done: readonly Moment[];
  /** What was done last: equal small steps are taken back together. */
  readonly last: 'type' | 'erase' | 'cutLine' | 'other';
}

interface Moment {
  readonly lines: readonly string[];
  readonly cursor: Place;
}

/** How many steps can be taken back. */
const undoLimit = 500;
const indentWidth = 2;

const graphemes = new Intl.Segmenter('en', {granularity: 'grapheme'});

/** A buffer with this text, the cursor at its beginning. */
export function bufferOf(text: string): TextBuffer {
  return {lines: linesOf(text), cursor: {row: 0, column: 0}, goal: undefined, cut: '', undone: [], done: [], last: 'other'};
}

export const textOf = (buffer: TextBuffer): string => buffer.lines.join('\n');

/** A tab indents, which YAML does not take: it becomes blanks, as deep as one level. */
const linesOf = (text: string): string[] => text.replaceAll('\t', ' '.repeat(indentWidth)).split(/\r\n|\r|\n/);

/** Cells that a piece of a line takes once it is drawn. */
export const cellsOf = (text: string): number => widthOf(clean(text));

const lineAt = ({lines, cursor}: TextBuffer): string => lines[cursor.row]!;
const indentOf = (line: string): number => line.length - line.trimStart().length;

function edgeBefore(text: string, column: number): number {
  let edge = 0;
  for (const {index} of graphemes.segment(text)) {
    if (index >= column) break;
    edge = index;
  }
  return edge;
}

function edgeAfter(text: string, column: number): number {
  for (const {index} of graphemes.segment(text)) if (index > column) return index;
  return text.length;
}

/** The edge at or before so many cells from the left. */
function edgeAtCell(text: string, cells: number): number {
  let used = 0;
  for (const {index, segment} of graphemes.segment(text)) {
    used += cellsOf(segment);
    if (used > cells) return index;
  }
  return text.length;
}

const before = (one: Place, other: Place): boolean => one.row < other.row || (one.row === other.row && one.column < other.column);

/** Replaces what stands between two places; remembers how it was unless the step continues the one before. */
function replaced(buffer: TextBuffer, from: Place, to: Place, text: string, as: TextBuffer['last'] = 'other'): TextBuffer {
  const {lines, cursor, done, last} = buffer;
  const put = linesOf(text);
  const head = lines[from.row]!.slice(0, from.column);
  const tail = lines[to.row]!.slice(to.column);
  const changed = put.map((line, index) => `${index === 0 ? head : ''}${line}${index === put.length - 1 ? tail : ''}`);
  const end: Place = {
    row: from.row + put.length - 1,
    column: (put.length === 1 ? head.length : 0) + put.at(-1)!.length,
  };
  const continues = as !== 'other' && as === last && done.length > 0;
  return {
    ...buffer,
    lines: [...lines.slice(0, from.row), ...changed, ...lines.slice(to.row + 1)],
    cursor: end,
    goal: undefined,
    done: continues ? done : [...done, {lines, cursor}].slice(-undoLimit),
    undone: [],
    last: as,
  };
}

/** Inserts text at the cursor, line ends and all. */
export function insertText(buffer: TextBuffer, text: string): TextBuffer {
  // A blank ends what is taken back together: undo goes word by word.
  const typed = [...text].length === 1 && text !== ' ' && text !== '\n';
  return replaced(buffer, buffer.cursor, buffer.cursor, text, typed ? 'type' : 'other');
}

/** The whole text anew, as one step that can be taken back. */
export function rewritten(buffer: TextBuffer, text: string): TextBuffer {
  const end = {row: buffer.lines.length - 1, column: buffer.lines.at(-1)!.length};
  return moveTo(replaced(buffer, {row: 0, column: 0}, end, text), buffer.cursor);
}

/** Puts the cursor at a place, or as near to it as there is text. */
export function moveTo(buffer: TextBuffer, {row, column}: Place): TextBuffer {
  const at = Math.max(0, Math.min(buffer.lines.length - 1, row));
  const line = buffer.lines[at]!;
  const edge = column >= line.length ? line.length : edgeBefore(line, Math.max(0, column) + 1);
  return {...buffer, cursor: {row: at, column: edge}, goal: undefined, last: 'other'};
}

/** Moves by lines, keeping to the same cells as well as the lines let it. */
export function moveRows(buffer: TextBuffer, by: number): TextBuffer {
  const {lines, cursor, goal} = buffer;
  const cells = goal ?? cellsOf(lineAt(buffer).slice(0, cursor.column));
  const row = Math.max(0, Math.min(lines.length - 1, cursor.row + by));
  return {...buffer, cursor: {row, column: edgeAtCell(lines[row]!, cells)}, goal: cells, last: 'other'};
}

function leftOf({lines, cursor: {row, column}}: TextBuffer): Place {
  if (column > 0) return {row, column: edgeBefore(lines[row]!, column)};
  return row > 0 ? {row: row - 1, column: lines[row - 1]!.length} : {row, column};
}

function rightOf({lines, cursor: {row, column}}: TextBuffer): Place {
  if (column < lines[row]!.length) return {row, column: edgeAfter(lines[row]!, column)};
  return row < lines.length - 1 ? {row: row + 1, column: 0} : {row, column};
}

function wordLeftOf(buffer: TextBuffer): Place {
  const {row, column} = buffer.cursor;
  const found = lineAt(buffer)
    .slice(0, column)
    .replace(/[\p{L}\p{N}]+$|[^\p{L}\p{N}]+$/u, '').length;
  return column === 0 ? leftOf(buffer) : {row, column: found};
}

function wordRightOf(buffer: TextBuffer): Place {
  const {row, column} = buffer.cursor;
  const rest = lineAt(buffer).slice(column);
  return rest === '' ? rightOf(buffer) : {row, column: column + /^(?:[\p{L}\p{N}]+|[^\p{L}\p{N}]+)/u.exec(rest)![0].length};
}

/** A new line, as deep as this one; deeper under a key that has no value. */
function brokenLine(buffer: TextBuffer): TextBuffer {
  const head = lineAt(buffer).slice(0, buffer.cursor.column);
  const item = /^\s*(- +)/.exec(head)?.[1]?.length ?? 0;
  const deeper = /:\s*$/.test(head) && !/^\s*#/.test(head) ? indentWidth : 0;
  const depth = head.trim() === '' ? head.length : indentOf(head) + item + deeper;
  return insertText(buffer, `\n${' '.repeat(depth)}`);
}

/** Among the blanks before a line's text, a whole level goes at once. */
function erasedLeft(buffer: TextBuffer): TextBuffer {
  const {row, column} = buffer.cursor;
  const head = lineAt(buffer).slice(0, column);
  const level = head !== '' && head.trim() === '' ? {row, column: Math.floor((column - 1) / indentWidth) * indentWidth} : leftOf(buffer);
  return before(level, buffer.cursor) ? replaced(buffer, level, buffer.cursor, '', 'erase') : buffer;
}

function cutBetween(buffer: TextBuffer, from: Place, to: Place): TextBuffer {
  if (!before(from, to)) return buffer;
  const whole = buffer.lines.slice(from.row, to.row + 1);
  const cut = whole.map((line, i) => line.slice(i === 0 ? from.column : 0, i === whole.length - 1 ? to.column : undefined)).join('\n');
  return {...replaced(buffer, from, to, ''), cut};
}

/** Cuts the whole line; several in a row are put back as one piece. */
function cutLine(buffer: TextBuffer): TextBuffer {
  const {lines, cursor, cut, last} = buffer;
  const {row} = cursor;
  if (lines.length === 1 && lines[0] === '') return buffer;
  const isLast = row === lines.length - 1;
  const from = isLast && row > 0 ? {row: row - 1, column: lines[row - 1]!.length} : {row, column: 0};
  const to = isLast ? {row, column: lines[row]!.length} : {row: row + 1, column: 0};
  const piece = `${lines[row]}\n`;
  const next = replaced(buffer, from, to, '');
  return {
    ...next,
    cursor: {row: next.cursor.row, column: isLast ? next.cursor.column : 0},
    cut: last === 'cutLine' ? cut + piece : piece,
    last: 'cutLine',
  };
}

function shifted(buffer: TextBuffer, by: 1 | -1): TextBuffer {
  const {row, column} = buffer.cursor;
  const start = {row, column: 0};
  if (by > 0) {
    const next = replaced(buffer, start, start, ' '.repeat(indentWidth));
    return {...next, cursor: {row, column: column + indentWidth}};
  }
  const blanks = Math.min(indentWidth, indentOf(lineAt(buffer)));
  if (blanks === 0) return buffer;
  const next = replaced(buffer, start, {row, column: blanks}, '');
  return {...next, cursor: {row, column: Math.max(0, column - blanks)}};
}

/** Back in the one list of moments, into the other. */
function travelled(buffer: TextBuffer, from: 'done' | 'undone', to: 'done' | 'undone'): TextBuffer {
  const moment = buffer[from].at(-1);
  if (!moment) return buffer;
  const {lines, cursor} = buffer;
  return {...buffer, ...moment, [from]: buffer[from].slice(0, -1), [to]: [...buffer[to], {lines, cursor}], goal: undefined, last: 'other'};
}

/** The operations that keys name. */
export const bufferOperations = {
  left: buffer => moveTo(buffer, leftOf(buffer)),
  right: buffer => moveTo(buffer, rightOf(buffer)),
  up: buffer => moveRows(buffer, -1),
  down: buffer => moveRows(buffer, 1),
  wordLeft: buffer => moveTo(buffer, wordLeftOf(buffer)),
  wordRight: buffer => moveTo(buffer, wordRightOf(buffer)),
  /** To the first letter; from there to the very beginning. */
  home(buffer) {
    const indent = indentOf(lineAt(buffer));
    return moveTo(buffer, {row: buffer.cursor.row, column: buffer.cursor.column === indent ? 0 : indent});
  },
  end: buffer => moveTo(buffer, {row: buffer.cursor.row, column: lineAt(buffer).length}),
  top: buffer => moveTo(buffer, {row: 0, column: 0}),
  bottom: buffer => moveTo(buffer, {row: buffer.lines.length - 1, column: buffer.lines.at(-1)!.length}),
  newline: brokenLine,
  backspace: erasedLeft,
  delete(buffer) {
    const to = rightOf(buffer);
    return before(buffer.cursor, to) ? replaced(buffer, buffer.cursor, to, '', 'erase') : buffer;
  },
  cutWord: buffer => cutBetween(buffer, wordLeftOf(buffer), buffer.cursor),
  cutLine,
  putBack: buffer => (buffer.cut === '' ? buffer : replaced(buffer, buffer.cursor, buffer.cursor, buffer.cut)),
  indent: buffer =>
    lineAt(buffer).slice(0, buffer.cursor.column).trim() === '' ? shifted(buffer, 1) : insertText(buffer, ' '.repeat(indentWidth)),
  outdent: buffer => shifted(buffer, -1),
  undo: buffer => travelled(buffer, 'done', 'undone'),
  redo: buffer => travelled(buffer, 'undone', 'done'),
} as const satisfies Record<string, (buffer: TextBuffer) => TextBuffer>;

export type BufferOperation = keyof typeof bufferOperations;
