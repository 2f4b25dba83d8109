/** What was refused of a manifest, as its author wrote it: the lines at fault, a mark under each, what the server says of it. */
import type {FieldFaultFacts, ManifestFaultFacts} from '../facts/request.ts';
import {as, dim, type PanelRow, row} from '../styled.ts';
import {clean, cut, widthOf, wrapRow} from '../text.ts';
import {heading} from './parts.ts';

/** Rows of a panel from which there is room for more than a line around each fault. */
const roomy = 24;

export function manifestRows({source, lines, before, faults}: ManifestFaultFacts, width: number, height: number): PanelRow[] {
  const around = height >= roomy ? 2 : 1;
  const last = lines.findLastIndex(line => line.trim() !== '') + 1;
  const shown = new Set(faults.flatMap(({line}) => Array.from({length: 2 * around + 1}, (_, index) => line - before - around + index)));
  const numbers = [...shown].filter(number => number >= 1 && number <= last).sort((one, other) => one - other);
  const gutter = String(before + (numbers.at(-1) ?? 1)).length;
  return [
    heading('Manifest', `${source}, ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`),
    ...numbers.flatMap((number, index) => {
      const here = faults.filter(fault => fault.line - before === number);
      const follows = index === 0 || numbers[index - 1] === number - 1;
      return [
        ...(follows ? [] : [{row: row(dim(`${' '.repeat(gutter + 3)}…`))}]),
        lineRow(lines[number - 1]!, before + number, gutter, here.length > 0, width),
        ...columnsOf(here).flatMap(same => faultRows(same, lines[number - 1]!, gutter, width)),
      ];
    }),
  ];
}

function lineRow(line: string, number: number, gutter: number, atFault: boolean, width: number): PanelRow {
  const margin = `${atFault ? '✗' : ' '} ${String(number).padStart(gutter)} `;
  return {row: row(as(atFault ? 'error' : 'dim', margin), as(atFault ? 'text' : 'dim', cut(clean(line), width - widthOf(margin))))};
}

/** Faults of a line, those of one place together. */
function columnsOf(faults: readonly FieldFaultFacts[]): FieldFaultFacts[][] {
  const columns = [...new Set(faults.map(fault => fault.column))];
  return columns.map(column => faults.filter(fault => fault.column === column));
}

/** A mark under what is at fault, and why. */
function faultRows(faults: readonly FieldFaultFacts[], line: string, gutter: number, width: number): PanelRow[] {
  const column = faults[0]!.column - 1;
  const word = /^(?:"[^"]*"|'[^']*'|[^\s:,[\]{}]+)/.exec(line.slice(column))?.[0] ?? '';
  const margin = gutter + 3;
  const start = Math.min(margin + widthOf(clean(line.slice(0, column))), Math.max(margin, width - 24));
  return [
    {row: row(as('error', `${' '.repeat(start)}${'^'.repeat(Math.max(1, widthOf(clean(word))))}`))},
    ...faults.flatMap(fault => told(fault, width, margin)),
  ];
}

function told({field, message, found}: FieldFaultFacts, width: number, margin: number): PanelRow[] {
  const named = message.includes(`"${field}"`) ? [] : [as('name', field), dim(found ? ': ' : ' (not there): ')];
  return wrapRow(row(named, as('error', message)), width - margin, 2).map(each => ({row: row(' '.repeat(margin), each)}));
}
