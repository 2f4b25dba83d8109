/** `-o custom-columns=...` and `-o custom-columns-file=...`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/get/customcolumn.go */
import {goText} from '../../engine/api/go-text.ts';
import {findJsonPath, relaxedJsonPath} from '../../engine/api/json-path.ts';
import {alignTabs, escapeTerminal, TABLE_TABS} from '../text/tab-writer.ts';

export interface CustomColumn {
  header: string;
  /** A strict JSONPath: `{.metadata.name}`. */
  fieldSpec: string;
}

/** `NAME:.metadata.name,NODE:.spec.nodeName`. Throws Error with kubectl's words. */
export function parseCustomColumns(spec: string): CustomColumn[] {
  if (spec === '') throw new Error('custom-columns format specified but no custom columns given');
  return spec.split(',').map(part => {
    const colon = part.indexOf(':');
    if (colon < 0) throw new Error(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return {header: part.slice(0, colon), fieldSpec: relaxedJsonPath(part.slice(colon + 1))};
  });
}

const EXPECTED_FORMAT = 'Expected format is one line of space separated headers, one line of space separated column specs.';

/** Two lines: headers, then their paths. Throws Error with kubectl's words. */
export function parseCustomColumnsFile(text: string): CustomColumn[] {
  const [first = '', second, ...rest] = text.split('\n');
  if (text === '') throw new Error(`invalid template, missing header line. ${EXPECTED_FORMAT}`);
  if (second === undefined || (second === '' && rest.length === 0))
    throw new Error(`invalid template, missing spec line. ${EXPECTED_FORMAT}`);
  const headers = first.split(/\s+/).filter(Boolean);
  const specs = second.split(/\s+/).filter(Boolean);
  if (specs.length !== headers.length)
    throw new Error(`number of headers (${headers.length}) and field specifications (${specs.length}) don't match`);
  return headers.map((header, i) => ({header, fieldSpec: relaxedJsonPath(specs[i]!)}));
}

const isList = (object: unknown): object is {items: unknown[]} =>
  typeof object === 'object' && object !== null && 'items' in object && Array.isArray(object.items);

function cell(fieldSpec: string, object: unknown): string {
  if (fieldSpec === '') return '<none>';
  const values = findJsonPath(fieldSpec, object, {allowMissingKeys: true}).flat();
  if (values.length === 0) return '<none>';
  return values.map(v => escapeTerminal(goText(v))).join(',');
}

/** Objects (or lists) as a table of these columns. Throws JsonPathError. */
export function printCustomColumns(columns: readonly CustomColumn[], objects: readonly unknown[], noHeaders = false): string {
  const lines = objects
    .flatMap(object => (isList(object) ? object.items : [object]))
    .map(object => columns.map(({fieldSpec}) => cell(fieldSpec, object)).join('\t'));
  if (!noHeaders) lines.unshift(columns.map(c => c.header).join('\t'));
  return alignTabs(lines.map(line => `${line}\n`).join(''), TABLE_TABS);
}
