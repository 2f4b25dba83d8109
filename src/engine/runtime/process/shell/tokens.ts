/** A script of the shell as words and operators, here-documents included. */

/** A word before expansion: pieces, quoted (not split, not dropped when empty) or not. */
export interface Word {
  parts: readonly {text: string; quoted: boolean; literal: boolean}[];
}

export class ShellSyntaxError extends Error {}

/** The text ends where more of it is wanted. */
export class UnfinishedError extends ShellSyntaxError {}

/** What is nested deeper is refused: it is run by functions that call themselves. */
const MOST_LEVELS = 100;

/** Throws ShellSyntaxError for a level that is one too many. */
export function checkLevel(level: number): void {
  if (level > MOST_LEVELS) throw new ShellSyntaxError(`syntax error: nested more than ${MOST_LEVELS} levels deep`);
}

type Part = Word['parts'][number];

export type Token =
  | {type: 'word'; word: Word; plain: string | undefined}
  | {type: 'here'; word: Word}
  | {type: 'op'; op: string}
  | {type: 'end'};

/** A here-document whose lines come after the end of this one. */
interface Awaited {
  readonly parts: Part[];
  readonly delimiter: string;
  /** Nothing in it is expanded. */
  readonly literal: boolean;
  /** Its lines may be indented with tabs. */
  readonly indented: boolean;
}

const OPERATORS = [
  '&&',
  '||',
  ';;',
  '>>',
  '2>&1',
  '&>',
  '1>&2',
  '>&2',
  '2>>',
  '2>',
  '1>',
  '>',
  '<<-',
  '<<',
  '<',
  ';',
  '&',
  '|',
  '(',
  ')',
  '\n',
];
/** Words and operators of a script; `open`: the line that its last here-document still waits for. */
export function tokenize(source: string): {tokens: Token[]; open: string | undefined} {
  const tokens: Token[] = [];
  const awaited: Awaited[] = [];
  let open: string | undefined;
  let i = 0;
  const text = source.replace(/\\\n/g, '');
  const readBody = ({parts, delimiter, literal, indented}: Awaited): void => {
    let body = '';
    open = delimiter;
    while (i < text.length) {
      const end = text.indexOf('\n', i);
      const whole = text.slice(i, end < 0 ? text.length : end);
      const line = indented ? whole.replace(/^\t+/, '') : whole;
      i = end < 0 ? text.length : end + 1;
      if (line === delimiter) {
        open = undefined;
        break;
      }
      body += `${line}\n`;
    }
    parts.push({text: body, quoted: true, literal});
  };
  while (i < text.length) {
    const c = text[i]!;
    if (c === ' ' || c === '\t' || c === '\r') {
      i++;
      continue;
    }
    if (c === '#') {
      while (i < text.length && text[i] !== '\n') i++;
      continue;
    }
    const operator = OPERATORS.find(op => text.startsWith(op, i));
    if (operator === '<<' || operator === '<<-') {
      const [word, end] = readWord(text, i + operator.length + /^[ \t]*/.exec(text.slice(i + operator.length))![0].length);
      const parts: Part[] = [];
      const delimiter = word.parts.map(part => part.text).join('');
      awaited.push({parts, delimiter, literal: word.parts.some(part => part.quoted), indented: operator === '<<-'});
      tokens.push({type: 'here', word: {parts}});
      i = end;
      continue;
    }
    if (operator) {
      tokens.push({type: 'op', op: operator});
      i += operator.length;
      if (operator === '\n') for (const document of awaited.splice(0)) readBody(document);
      continue;
    }
    const [word, end] = readWord(text, i);
    tokens.push({type: 'word', word, plain: word.parts.length === 1 && !word.parts[0]!.quoted ? word.parts[0]!.text : undefined});
    i = end;
  }
  tokens.push({type: 'end'});
  return {tokens, open: awaited[0]?.delimiter ?? open};
}

/** Reads `$(...)`, `${...}`, `$((...))` or backquotes to their end. */
function skipExpansion(text: string, start: number): number {
  if (text[start] === '`') return text.indexOf('`', start + 1) + 1 || text.length;
  const open = text[start + 1];
  if (open !== '(' && open !== '{') return start + 1;
  const close = open === '(' ? ')' : '}';
  let depth = 0;
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "'") i = text.indexOf("'", i + 1);
    else if (text[i] === open) checkLevel(++depth);
    else if (text[i] === close && --depth === 0) return i + 1;
    if (i < 0) break;
  }
  throw new UnfinishedError(`unterminated ${open === '(' ? 'command substitution' : 'parameter expansion'}`);
}

function readWord(text: string, start: number): [Word, number] {
  const parts: {text: string; quoted: boolean; literal: boolean}[] = [];
  let plain = '';
  const flush = () => {
    if (plain) parts.push({text: plain, quoted: false, literal: false});
    plain = '';
  };
  let i = start;
  while (i < text.length) {
    const c = text[i]!;
    if (' \t\r\n;&|<>()'.includes(c)) break;
    if (c === "'") {
      const end = text.indexOf("'", i + 1);
      if (end < 0) throw new UnfinishedError('unterminated quoted string');
      flush();
      parts.push({text: text.slice(i + 1, end), quoted: true, literal: true});
      i = end + 1;
    } else if (c === '"') {
      flush();
      let value = '';
      for (i++; i < text.length && text[i] !== '"'; ) {
        if (text[i] === '\\' && '"\\$`'.includes(text[i + 1] ?? '')) {
          parts.push({text: value, quoted: true, literal: false}, {text: text[i + 1]!, quoted: true, literal: true});
          value = '';
          i += 2;
        } else if (text[i] === '`' || (text[i] === '$' && (text[i + 1] === '(' || text[i + 1] === '{'))) {
          const end = skipExpansion(text, i);
          value += text.slice(i, end);
          i = end;
        } else value += text[i++];
      }
      if (i >= text.length) throw new UnfinishedError('unterminated quoted string');
      parts.push({text: value, quoted: true, literal: false});
      i++;
    } else if (c === '\\') {
      flush();
      parts.push({text: text[i + 1] ?? '', quoted: true, literal: true});
      i += 2;
    } else if (c === '`' || (c === '$' && (text[i + 1] === '(' || text[i + 1] === '{'))) {
      const end = skipExpansion(text, i);
      plain += text.slice(i, end);
      i = end;
    } else {
      plain += c;
      i++;
    }
  }
  flush();
  return [{parts}, i];
}
