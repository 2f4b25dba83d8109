/** Markdown as rows: what lesson texts use of it (headings, paragraphs, lists, code, quotes, emphasis), nothing else. */
import {lexer, type Token as Mark, type Tokens} from 'marked';
import {as, dim, type Row, row, type Segment, type Token} from './styled.ts';
import {cleanLines, wrapRow} from './text.ts';

/** A lesson's text is drawn many times a second, and changes with its step: more than these are not on a screen. */
const MOST = 32;
const kept = new Map<string, readonly Row[]>();

/** Takes markdown and a width in cells; returns rows that fit. */
export function markdownRows(markdown: string, width: number): readonly Row[] {
  const key = `${width} ${markdown}`;
  let rows = kept.get(key);
  if (!rows) {
    rows = blocks(lexer(markdown), width);
    if (kept.size >= MOST) kept.clear();
    kept.set(key, rows);
  }
  return rows;
}

function blocks(marks: readonly Mark[], width: number): Row[] {
  const groups = marks.map(mark => block(mark, width)).filter(group => group.length > 0);
  return groups.flatMap((group, index) => (index === 0 ? group : [[], ...group]));
}

function block(mark: Mark, width: number): Row[] {
  switch (mark.type) {
    case 'heading':
      return wrapRow(inline((mark as Tokens.Heading).tokens, 'title'), width);
    case 'code':
      return cleanLines((mark as Tokens.Code).text).map(line => row(dim('  '), as('command', line)));
    case 'list':
      return listRows(mark as Tokens.List, width);
    case 'blockquote':
      return blocks((mark as Tokens.Blockquote).tokens, width - 2).map(line => row(as('border', '│ '), line));
    case 'hr':
      return [[as('border', '─'.repeat(width))]];
    case 'space':
    case 'html':
      return [];
    default:
      return wrapRow(inline((mark as Tokens.Paragraph).tokens ?? [mark], 'text'), width);
  }
}

function listRows(list: Tokens.List, width: number): Row[] {
  const start = typeof list.start === 'number' ? list.start : 1;
  return list.items.flatMap((item, index) => {
    const bullet = list.ordered ? `${start + index}. ` : '· ';
    const inner = item.tokens.flatMap(mark => block(mark, width - bullet.length));
    return inner.map((line, place) => row(as('accent', place === 0 ? bullet : ' '.repeat(bullet.length)), line));
  });
}

const entities: Readonly<Record<string, string>> = {'&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'"};

function inline(marks: readonly Mark[], token: Token): Segment[] {
  return marks.flatMap((mark): Segment[] => {
    switch (mark.type) {
      case 'strong':
        return inline((mark as Tokens.Strong).tokens, 'strong');
      case 'em':
        return inline((mark as Tokens.Em).tokens, 'accent');
      case 'codespan':
        return [as('command', (mark as Tokens.Codespan).text)];
      case 'link':
        return [...inline((mark as Tokens.Link).tokens, token), dim(` (${(mark as Tokens.Link).href})`)];
      case 'br':
        return [as(token, ' ')];
      default: {
        const {tokens, text = '', raw} = mark as Tokens.Text;
        if (tokens) return inline(tokens, token);
        return [
          as(
            token,
            (text || raw).replaceAll('\n', ' ').replace(/&(?:amp|lt|gt|quot|#39);/g, entity => entities[entity]!),
          ),
        ];
      }
    }
  });
}
