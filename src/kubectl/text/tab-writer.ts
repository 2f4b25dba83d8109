/** Elastic tab stops. upstream: Go's text/tabwriter, and github.com/liggitt/tabwriter's remembered widths */

export interface TabOptions {
  minWidth: number;
  padding: number;
}

/** Describe pages. upstream: kubectl/pkg/describe tabbedString */
export const DESCRIBE_TABS: TabOptions = {minWidth: 0, padding: 2};
/** Tables. upstream: cli-runtime/pkg/printers GetNewTabWriter */
export const TABLE_TABS: TabOptions = {minWidth: 6, padding: 3};

/** In characters: what takes two code units is one. */
function width(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) if (text.codePointAt(i - 1)! > 0xffff) count--;
  return count;
}

/**
 * Aligns tab-terminated cells: a column is a run of neighbouring lines that all have the cell. The text after the last tab of a line belongs to no column.
 * `remembered` holds the widths of earlier output (a watch), which columns never fall below; it is widened in place.
 */
export function alignTabs(text: string, {minWidth, padding}: TabOptions, remembered?: number[]): string {
  const lines = text.split('\n').map(line => line.split('\t'));
  const padded = lines.map(() => '');
  const format = (from: number, to: number, column: number): void => {
    for (let line = from; line < to; ) {
      if (column >= lines[line]!.length - 1) {
        padded[line] += lines[line]![column] ?? '';
        line++;
        continue;
      }
      let end = line;
      let cells = minWidth;
      while (end < to && column < lines[end]!.length - 1) cells = Math.max(cells, width(lines[end++]![column]!) + padding);
      if (remembered) remembered[column] = cells = Math.max(cells, remembered[column] ?? 0);
      for (let i = line; i < end; i++) {
        const cell = lines[i]![column]!;
        padded[i] += cell + ' '.repeat(cells - width(cell));
      }
      format(line, end, column + 1);
      line = end;
    }
  };
  format(0, lines.length, 0);
  return padded.join('\n');
}

/** What a terminal must not get from a server. upstream: cli-runtime/pkg/printers/terminal.go */
export const escapeTerminal = (text: string): string => text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r');

/** Rows of cells as a table. */
export const alignRows = (rows: readonly (readonly (string | number)[])[]): string =>
  alignTabs(rows.map(row => `${row.join('\t')}\n`).join(''), TABLE_TABS);
