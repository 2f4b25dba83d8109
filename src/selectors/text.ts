/** Text that came from outside, made fit for a cell grid: inert, of known width, never wider than its box. */
import stringWidth from 'string-width';
import {graphemesOf} from './graphemes.ts';
import {inert} from './inert.ts';
import type {Row, Segment, Token} from './styled.ts';

/** Printable ASCII and the program's own marks: nothing to clean, one cell a character. Nearly all that is drawn; the rest is slow to measure. */
const plain = /^[\x20-\x7e·›…←↑→↓∆─━│┤┬┿├└╭╮╰╯║░▁-█▪▸▹◂◉◌✓✗✦✧]*$/;
/** Joiners have as many widths as there are terminals. */
const removed = /\p{Default_Ignorable_Code_Point}|\p{Emoji_Modifier}/gu;

/** Terminals disagree about how many cells these take. */
const uncertain = /\p{Emoji_Presentation}|\p{Regional_Indicator}/gu;

/** Shows control characters as carets (`^[`) and emoji as `▪`, drops invisible ones: a string can never act on the terminal, nor shift it. One line in, one line out. */
export function clean(text: string): string {
  if (plain.test(text)) return text;
  return inert(text.replace(/[\u2028\u2029]/g, ' '))
    .replace(removed, '')
    .replace(uncertain, '▪');
}

/** Splits on any line end and cleans each line. */
export function cleanLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map(clean);
}

/** `1,900` */
export const countText = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** A text of many lines told in a row. */
export const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, '; ');

/** How many cells a cleaned string takes. */
export function widthOf(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text);
}

/** The longest beginning of a cleaned string that fits into `width` cells. */
function head(text: string, width: number): string {
  if (plain.test(text)) return text.slice(0, width);
  let taken = '';
  let used = 0;
  for (const {segment} of graphemesOf(text)) {
    const cells = stringWidth(segment);
    if (used + cells > width) break;
    taken += segment;
    used += cells;
  }
  return taken;
}

/** Cuts a cleaned string to at most `width` cells; what is lost is marked with `…`. */
export function cut(text: string, width: number): string {
  if (width <= 0) return '';
  return widthOf(text) <= width ? text : `${head(text, width - 1)}…`;
}

/** Cuts or fills a cleaned string to exactly `width` cells. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const kept = cut(text, width);
  const fill = ' '.repeat(Math.max(0, width - widthOf(kept)));
  return align === 'left' ? kept + fill : fill + kept;
}

/** How many cells a row takes. */
export function rowWidth(row: Row): number {
  return row.reduce((sum, segment) => sum + widthOf(segment.text), 0);
}

/** Cleans a row and cuts or fills it to exactly `width` cells. The only way by which rows reach a screen. */
export function fitRow(row: Row, width: number): Row {
  const fitted: Segment[] = [];
  let left = Math.max(0, width);
  for (const {text, token} of row) {
    const inert = clean(text);
    const cells = widthOf(inert);
    if (cells > left) {
      const part = cut(inert, left);
      fitted.push({text: part, token});
      left -= widthOf(part);
      break;
    }
    fitted.push({text: inert, token});
    left -= cells;
  }
  if (left > 0) fitted.push({text: ' '.repeat(left), token: 'text'});
  return fitted;
}

/** Breaks a cleaned string into lines of at most `width` cells, at spaces where there are any. */
export function wrap(text: string, width: number): string[] {
  return wrapRow([{text, token: 'text'}], width).map(line => line.map(segment => segment.text).join(''));
}

/** Breaks a row into rows of at most `width` cells, at spaces where there are any; `indent` cells stand before every row but the first. */
export function wrapRow(row: Row, width: number, indent = 0): Row[] {
  if (width <= indent) return [];
  const lines: Segment[][] = [[]];
  let used = 0;
  const breakLine = (): void => {
    lines.push(indent > 0 ? [{text: ' '.repeat(indent), token: 'text'}] : []);
    used = indent;
  };
  const put = (text: string, token: Token): void => {
    lines.at(-1)!.push({text, token});
    used += widthOf(text);
  };
  for (const word of wordsOf(row)) {
    const cells = rowWidth(word) - trailingBlanks(word);
    const atStart = lines.length > 1 && used === indent;
    if (!atStart && used > 0 && used + cells > width) breakLine();
    for (const {text, token} of word) {
      let rest = text;
      while (used + widthOf(rest.trimEnd()) > width) {
        const part = head(rest, width - used);
        if (part === '' && used === indent) break;
        if (part !== '') put(part, token);
        rest = rest.slice(part.length);
        breakLine();
      }
      const kept = used + widthOf(rest) > width ? rest.trimEnd() : rest;
      if (kept !== '') put(kept, token);
      // Columns stay apart: where the blanks between them do not fit, the line is full.
      if (kept !== rest) used = width;
    }
  }
  return lines;
}

function trailingBlanks(word: Row): number {
  const last = word.at(-1)?.text ?? '';
  return last.length - last.trimEnd().length;
}

/** Words with the blanks after them; a word may be made of several segments. */
function wordsOf(row: Row): Segment[][] {
  const words: Segment[][] = [];
  let open = false;
  for (const {text, token} of row) {
    for (const piece of clean(text).split(/(?<= )(?=[^ ])/)) {
      if (piece === '') continue;
      if (open && !piece.startsWith(' ')) words.at(-1)!.push({text: piece, token});
      else words.push([{text: piece, token}]);
      open = !piece.endsWith(' ');
    }
  }
  return words;
}
