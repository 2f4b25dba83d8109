import {as, type PanelRow, row, type Token} from '../../selectors/styled.ts';
import {cleanLines, wrapRow} from '../../selectors/text.ts';
import type {DetailKind, DetailView} from '../view.ts';

/** How the lines of a kind of view are told apart: by their beginning. */
const looks: Partial<Record<DetailKind, (line: string) => Token>> = {
  compare: line =>
    /^\s*\+/.test(line) ? 'new' : /^\s*-/.test(line) ? 'gone' : /^\s*~/.test(line) ? 'changed' : line.startsWith('@') ? 'accent' : 'text',
  diff: line => (line.startsWith('+') ? 'new' : line.startsWith('-') ? 'gone' : line.startsWith('@') ? 'accent' : 'text'),
};

/** A detail view as rows: YAML and describe with their keys set apart, a diff with its signs. Long lines are wrapped, nothing is lost. */
export function detailRows(detail: DetailView, width: number): readonly PanelRow[] {
  return detail.lines.flatMap(cleanLines).flatMap(line => {
    const look = looks[detail.kind];
    const keyed = look || detail.kind === 'logs' ? null : /^(\s*(?:- )?)([\w./ -]+?:)(\s.*|)$/.exec(line);
    const drawn = keyed ? row(keyed[1]!, as('key', keyed[2]!), as('value', keyed[3]!)) : row(as(look?.(line) ?? 'text', line));
    return wrapRow(drawn, width, 4).map(each => ({row: each}));
  });
}
