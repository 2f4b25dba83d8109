import {as, dim, type Row, row} from '../../selectors/styled.ts';

/** A line of YAML with its key, its value and its comment set apart. */
export function yamlLine(line: string): Row {
  const comment = /(^|\s)#.*$/.exec(line);
  const at = comment && !/["']/.test(line.slice(0, comment.index)) ? comment.index : line.length;
  const code = line.slice(0, at);
  const keyed = /^(\s*(?:- +)*)([^\s'"#[{][^:#]*?|"[^"]*"|'[^']*'):(\s.*|)$/.exec(code);
  const parts = keyed ? row(dim(keyed[1]!), as('key', `${keyed[2]}:`), as('value', keyed[3]!)) : row(as('text', code));
  return row(parts, dim(line.slice(at)));
}
