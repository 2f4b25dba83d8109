/** Tables as `kubectl get` prints them. upstream: staging/src/k8s.io/cli-runtime/pkg/printers/tableprinter.go */
import {age, formatLabels} from '../../engine/apiserver/printers/format.ts';
import {alignTabs, escapeTerminal, TABLE_TABS} from '../text/tab-writer.ts';

export interface TableDefinition {
  name: string;
  type?: string;
  format?: string;
  priority?: number;
}

export interface PrintableRow {
  cells: unknown[];
  object?: {metadata?: {name?: string; namespace?: string; labels?: Record<string, string>}} | undefined;
}

export interface PrintableTable {
  columnDefinitions: TableDefinition[];
  rows: PrintableRow[];
}

export interface TablePrintOptions {
  noHeaders?: boolean;
  wide?: boolean;
  withNamespace?: boolean;
  /** `pod`, `deployment.apps`: put before every name. */
  kind?: string;
  showLabels?: boolean;
  columnLabels?: readonly string[];
  /** ADDED, MODIFIED, DELETED: with --output-watch-events. */
  watchEventType?: string;
}

/** The table with the columns that options ask for: namespace and event before, labels behind. */
function decorate(table: PrintableTable, options: TablePrintOptions): PrintableTable {
  const before: TableDefinition[] = [];
  const after: TableDefinition[] = [];
  if (options.watchEventType) before.push({name: 'Event'});
  if (options.withNamespace) before.push({name: 'Namespace'});
  for (const label of options.columnLabels ?? []) after.push({name: label.split('/').at(-1)!});
  if (options.showLabels) after.push({name: 'Labels'});
  if (before.length + after.length === 0 && !options.kind) return table;
  const nameColumn = table.columnDefinitions.findIndex(c => c.format === 'name');
  const kindColumn = Math.max(nameColumn, 0);
  return {
    columnDefinitions: [...before, ...table.columnDefinitions, ...after],
    rows: table.rows.map(row => {
      const metadata = row.object?.metadata;
      const own = options.kind
        ? row.cells.map((cell, i) => (i === kindColumn ? `${options.kind!.toLowerCase()}/${cell}` : cell))
        : row.cells;
      const cells = [
        ...(options.watchEventType ? [options.watchEventType] : []),
        ...(options.withNamespace ? [metadata?.namespace ?? ''] : []),
        ...own,
        ...(options.columnLabels ?? []).map(label => metadata?.labels?.[label] ?? ''),
        ...(options.showLabels ? [formatLabels(metadata?.labels)] : []),
      ];
      return {...row, cells};
    }),
  };
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  const end = text.search(/[\f\n\r]/);
  return end < 0 ? escapeTerminal(text) : `${escapeTerminal(text.slice(0, end))}...`;
}

/** Headers and rows with tabs between cells, not yet aligned. */
function tabbedTable(given: PrintableTable, options: TablePrintOptions): string {
  const table = decorate(given, options);
  const shown = (i: number): boolean => i < table.columnDefinitions.length && (options.wide || !table.columnDefinitions[i]!.priority);
  const lines: string[] = [];
  if (!options.noHeaders && table.rows.length > 0)
    lines.push(
      table.columnDefinitions
        .filter((_, i) => shown(i))
        .map(c => c.name.toUpperCase())
        .join('\t'),
    );
  for (const row of table.rows)
    lines.push(
      row.cells
        .filter((_, i) => shown(i))
        .map(cellText)
        .join('\t'),
    );
  return lines.map(line => `${line}\n`).join('');
}

/** The table as text. `widths`: see alignTabs. */
export const printTable = (table: PrintableTable, options: TablePrintOptions, widths?: number[]): string =>
  alignTabs(tabbedTable(table, options), TABLE_TABS, widths);

interface AnyObject {
  kind?: string;
  status?: unknown;
  reason?: unknown;
  message?: unknown;
  metadata?: PrintableRow['object'] extends infer O ? (O extends {metadata?: infer M} ? M & {creationTimestamp?: string} : never) : never;
}

/** What is printed of an object that came without a table. */
export function tableOfObject(object: AnyObject, now: number): PrintableTable {
  if (object.kind === 'Status')
    return {
      columnDefinitions: [{name: 'Status'}, {name: 'Reason'}, {name: 'Message'}],
      rows: [{cells: [object.status, object.reason, object.message]}],
    };
  return {
    columnDefinitions: [{name: 'Name', format: 'name'}, {name: 'Age'}],
    rows: [{cells: [object.metadata?.name ?? '', age(object.metadata?.creationTimestamp, now)], object: object as PrintableRow['object']}],
  };
}
