/** Tables of custom resources. upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go */
import {findJsonPath, valueText} from '../../api/json-path.ts';
import type {KubeObject} from '../../api/types.ts';
import type {PrinterColumn} from '../resources.ts';
import type {TableColumn} from './columns.ts';
import {age, type Cell} from './format.ts';

const NAME: TableColumn = {name: 'Name', type: 'string', format: 'name', description: '', priority: 0};

/** What a definition without columns of its own shows beside the name. */
const AGE: PrinterColumn = {name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp'};

/** A value as a cell of the column's type; null where it has another type. */
const CELLS: Readonly<Record<string, (value: unknown, now: number) => Cell | null>> = {
  string: valueText,
  integer: value => (typeof value === 'number' ? Math.trunc(value) : null),
  number: value => (typeof value === 'number' ? value : null),
  boolean: value => (typeof value === 'boolean' ? value : null),
  date: (value, now) => (typeof value !== 'string' ? null : Number.isNaN(Date.parse(value)) ? '<invalid>' : age(value, now)),
};

export interface CustomPrinter {
  columns: TableColumn[];
  cells(object: KubeObject, now: number): (Cell | null)[];
}

/** The printer that these columns describe: the name first, then a cell a column, null where the object has nothing there. */
export function customPrinter(given: readonly PrinterColumn[]): CustomPrinter {
  const columns = given.length > 0 ? given : [AGE];
  const cellOf = ({type, jsonPath}: PrinterColumn, object: KubeObject, now: number): Cell | null => {
    const [[value] = []] = findJsonPath(`{${jsonPath}}`, object, {allowMissingKeys: true});
    return value === undefined ? null : (CELLS[type]?.(value, now) ?? null);
  };
  return {
    columns: [
      NAME,
      ...columns.map(
        ({name, type, format = '', description = '', priority = 0}): TableColumn => ({
          name,
          type: type as TableColumn['type'],
          format,
          description,
          priority,
        }),
      ),
    ],
    cells: (object, now) => [object.metadata.name ?? '', ...columns.map(column => cellOf(column, object, now))],
  };
}
