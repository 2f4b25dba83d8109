/** The part of the POSIX shell's grammar that manifests and learners use, from text to a tree. */

/** A word before expansion: pieces, quoted (not split, not dropped when empty) or not. */
export interface Word {
  parts: readonly {text: string; quoted: boolean; literal: boolean}[];
}

export interface Redirect {
  fd: 1 | 2 | 'both' | 0;
  /** `here`: the target is what the here-document says. */
  mode: 'write' | 'append' | 'read' | 'here' | 'dup';
  target: Word;
}

export interface SimpleCommand {
  type: 'simple';
  assignments: readonly {name: string; value: Word}[];
  words: readonly Word[];
  redirects: readonly Redirect[];
}

export type Node =
  | SimpleCommand
  | {type: 'pipeline'; commands: readonly Node[]; negated: boolean}
  | {type: 'list'; items: readonly {node: Node; then: ';' | '&&' | '||' | '&'}[]}
  | {type: 'if'; clauses: readonly {condition: Node; body: Node}[]; otherwise?: Node}
  | {type: 'loop'; until: boolean; condition: Node; body: Node}
  | {type: 'for'; name: string; words: readonly Word[]; body: Node};

export class ShellSyntaxError extends Error {}

/** The text ends where more of it is wanted. */
export class UnfinishedError extends ShellSyntaxError {}

type Part = Word['parts'][number];

type Token = {type: 'word'; word: Word; plain: string | undefined} | {type: 'here'; word: Word} | {type: 'op'; op: string} | {type: 'end'};

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
const RESERVED = new Set(['if', 'then', 'elif', 'else', 'fi', 'while', 'until', 'do', 'done', 'for', 'in', '{', '}', '!']);

/** Words and operators of a script; `open`: the line that its last here-document still waits for. */
function tokenize(source: string): {tokens: Token[]; open: string | undefined} {
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
    else if (text[i] === open) depth++;
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

/** The tree of a script. Throws ShellSyntaxError. */
export function parseShell(source: string): Node {
  const {tokens} = tokenize(source);
  let at = 0;
  const peek = (): Token => tokens[at]!;
  const isOp = (op: string): boolean => {
    const token = peek();
    return token.type === 'op' && token.op === op;
  };
  const isWord = (word: string): boolean => {
    const token = peek();
    return token.type === 'word' && token.plain === word;
  };
  const newlines = () => {
    while (isOp('\n')) at++;
  };
  const unexpected = (): never => {
    const token = peek();
    const text =
      token.type === 'end'
        ? 'end of file'
        : token.type === 'op'
          ? `"${token.op === '\n' ? 'newline' : token.op}"`
          : `"${(token.type === 'word' && token.plain) || 'word'}"`;
    throw new (token.type === 'end' ? UnfinishedError : ShellSyntaxError)(`syntax error: unexpected ${text}`);
  };
  const expectWord = (word: string) => {
    newlines();
    if (!isWord(word)) unexpected();
    at++;
  };

  function list(...ends: string[]): Node {
    const items: {node: Node; then: ';' | '&&' | '||' | '&'}[] = [];
    for (;;) {
      while (isOp('\n') || isOp(';')) at++;
      const token = peek();
      if (token.type === 'end' || (token.type === 'op' && token.op === ')') || (token.type === 'word' && ends.includes(token.plain ?? '')))
        break;
      const node = pipeline();
      const next = peek();
      const then = next.type === 'op' && ['&&', '||', '&'].includes(next.op) ? (next.op as '&&' | '||' | '&') : ';';
      if (then !== ';') {
        at++;
        if (then !== '&') {
          newlines();
          if (peek().type === 'end') unexpected();
        }
      } else if (next.type === 'op' && !['\n', ';', ')'].includes(next.op)) unexpected();
      items.push({node, then});
    }
    return {type: 'list', items};
  }

  function pipeline(): Node {
    let negated = false;
    while (isWord('!')) {
      negated = !negated;
      at++;
    }
    const commands = [command()];
    while (isOp('|')) {
      at++;
      newlines();
      commands.push(command());
    }
    return commands.length === 1 && !negated ? commands[0]! : {type: 'pipeline', commands, negated};
  }

  function command(): Node {
    if (isOp('(')) {
      at++;
      const body = list();
      if (!isOp(')')) unexpected();
      at++;
      return body;
    }
    const token = peek();
    switch (token.type === 'word' ? token.plain : undefined) {
      case '{': {
        at++;
        const body = list('}');
        expectWord('}');
        return body;
      }
      case 'if': {
        at++;
        const clauses = [clause('then', 'elif', 'else', 'fi')];
        while (isWord('elif')) {
          at++;
          clauses.push(clause('then', 'elif', 'else', 'fi'));
        }
        let otherwise: Node | undefined;
        if (isWord('else')) {
          at++;
          otherwise = list('fi');
        }
        expectWord('fi');
        return {type: 'if', clauses, ...(otherwise && {otherwise})};
      }
      case 'while':
      case 'until': {
        at++;
        const condition = list('do');
        expectWord('do');
        const body = list('done');
        expectWord('done');
        return {type: 'loop', until: token.type === 'word' && token.plain === 'until', condition, body};
      }
      case 'for': {
        at++;
        const name = peek();
        if (name.type !== 'word' || !name.plain) return unexpected();
        at++;
        const words: Word[] = [];
        newlines();
        if (isWord('in')) {
          at++;
          for (let next = peek(); next.type === 'word'; next = peek()) {
            words.push(next.word);
            at++;
          }
        }
        while (isOp(';') || isOp('\n')) at++;
        expectWord('do');
        const body = list('done');
        expectWord('done');
        return {type: 'for', name: name.plain, words, body};
      }
      default:
        return simple();
    }
  }

  function clause(separator: string, ...ends: string[]): {condition: Node; body: Node} {
    const condition = list(separator);
    expectWord(separator);
    return {condition, body: list(...ends)};
  }

  function simple(): Node {
    const assignments: {name: string; value: Word}[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      const token = peek();
      if (token.type === 'word') {
        if (words.length === 0 && token.plain !== undefined && RESERVED.has(token.plain)) unexpected();
        const first = token.word.parts[0];
        const assignment = words.length === 0 && first && !first.quoted ? /^([A-Za-z_]\w*)=/.exec(first.text) : null;
        at++;
        if (assignment) {
          const rest = {...first!, text: first!.text.slice(assignment[0].length)};
          assignments.push({name: assignment[1]!, value: {parts: [...(rest.text ? [rest] : []), ...token.word.parts.slice(1)]}});
        } else words.push(token.word);
        continue;
      }
      if (token.type === 'here') {
        at++;
        redirects.push({fd: 0, mode: 'here', target: token.word});
        continue;
      }
      if (token.type !== 'op') break;
      const redirect = redirections[token.op];
      if (!redirect) break;
      at++;
      if (redirect.mode === 'dup') {
        redirects.push({...redirect, target: {parts: []}});
        continue;
      }
      const target = peek();
      if (target.type === 'end') throw new ShellSyntaxError('syntax error: unexpected end of file');
      if (target.type !== 'word') return unexpected();
      at++;
      redirects.push({...redirect, target: target.word});
    }
    if (words.length === 0 && assignments.length === 0 && redirects.length === 0) unexpected();
    return {type: 'simple', assignments, words, redirects};
  }

  const tree = list();
  if (peek().type !== 'end') unexpected();
  return tree;
}

/** What a text still waits for before it can be run; undefined where it is whole, or wrong. */
export function awaitedBy(source: string): string | undefined {
  if (/(^|[^\\])(\\\\)*\\$/.test(source)) return 'the rest of the line';
  try {
    const {open} = tokenize(source);
    if (open !== undefined) return `a line ${open}`;
    parseShell(source);
  } catch (error) {
    if (error instanceof UnfinishedError) return error.message.startsWith('unterminated quoted') ? 'a closing quote' : 'its end';
    if (!(error instanceof ShellSyntaxError)) throw error;
  }
  return undefined;
}

const redirections: Readonly<Record<string, Omit<Redirect, 'target'> | undefined>> = {
  '>': {fd: 1, mode: 'write'},
  '1>': {fd: 1, mode: 'write'},
  '>>': {fd: 1, mode: 'append'},
  '2>': {fd: 2, mode: 'write'},
  '2>>': {fd: 2, mode: 'append'},
  '&>': {fd: 'both', mode: 'write'},
  '2>&1': {fd: 2, mode: 'dup'},
  '1>&2': {fd: 1, mode: 'dup'},
  '>&2': {fd: 1, mode: 'dup'},
  '<': {fd: 0, mode: 'read'},
};
