/** A template cut into its words. upstream: Go text/template/parse/lex.go */
import {goQuote} from '../../engine/api/field-errors.ts';

export type TokenKind =
  | 'text'
  | 'left'
  | 'right'
  | 'space'
  | 'declare'
  | 'assign'
  | 'pipe'
  | 'open'
  | 'close'
  | 'string'
  | 'char'
  | 'number'
  | 'variable'
  | 'field'
  | 'dot'
  | 'bool'
  | 'identifier'
  | 'keyword'
  | 'sign'
  | 'error'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Letters before it in the template. */
  readonly at: number;
}

const KEYWORDS: ReadonlySet<string> = new Set('block break continue define else end if range nil template with'.split(' '));

const LEFT = '{{';
const SPACE = /[ \t\r\n]/;
const WORD = /[\p{L}\p{Nd}_]/u;
const NUMBER = /^[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]+)?)i?/;

const codePoint = (letter: string): string => {
  const code = letter.codePointAt(0)!;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return code >= 0x20 && code !== 0x7f ? `${name} '${letter}'` : name;
};

/** As complaints name a word. */
export function printToken({kind, text}: Token): string {
  if (kind === 'end') return 'EOF';
  if (kind === 'error') return text;
  if (kind === 'keyword' || kind === 'dot') return `<${text}>`;
  return [...text].length > 10 ? `${goQuote([...text].slice(0, 10).join(''))}...` : goQuote(text);
}

/** The words; the last is the end, or what is wrong. */
export function tokensOf(template: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let depth = 0;
  const add = (kind: TokenKind, length: number): void => {
    tokens.push({kind, text: template.slice(at, at + length), at});
    at += length;
  };
  const wrong = (text: string, from = at): void => {
    tokens.push({kind: 'error', text, at: from});
    at = Number.POSITIVE_INFINITY;
  };
  const rest = (): string => template.slice(at);
  const closes = (from: number): boolean =>
    template.startsWith('}}', from) || (SPACE.test(template[from] ?? '') && template.startsWith('-}}', from + 1));
  /** Whether a name may end here. */
  const isEnd = (from: number): boolean => {
    const next = template[from];
    return next === undefined || SPACE.test(next) || '.,|:()'.includes(next) || template.startsWith('}}', from);
  };

  /** Text up to the next braces, without the space that these take away. */
  function readText(): void {
    const next = template.indexOf(LEFT, at);
    const to = next < 0 ? template.length : next;
    const trims = next >= 0 && template[next + 2] === '-' && SPACE.test(template[next + 3] ?? '');
    const text = template.slice(at, to);
    const kept = trims ? text.replace(/[ \t\r\n]+$/, '') : text;
    if (kept) tokens.push({kind: 'text', text: kept, at});
    at = to;
    if (next < 0) return;
    const inside = at + (trims ? 4 : 2);
    if (template.startsWith('/*', inside)) return readComment(inside);
    tokens.push({kind: 'left', text: LEFT, at});
    at = inside;
    depth = 0;
    readAction();
  }

  function readComment(from: number): void {
    const to = template.indexOf('*/', from);
    if (to < 0) return wrong('unclosed comment');
    at = to + 2;
    if (!closes(at)) return wrong('comment ends before closing delimiter');
    leave();
  }

  /** Behind the closing braces, and behind the space that these take away. */
  function leave(): void {
    const trims = !template.startsWith('}}', at);
    at += trims ? 4 : 2;
    if (trims) while (SPACE.test(template[at] ?? '')) at++;
  }

  function readAction(): void {
    while (at < template.length) {
      if (closes(at)) {
        if (depth > 0) return wrong('unclosed left paren');
        tokens.push({kind: 'right', text: '}}', at});
        return leave();
      }
      readWord(template[at]!);
      if (tokens.at(-1)!.kind === 'error') return;
    }
    wrong('unclosed action', template.length);
  }

  function readWord(letter: string): void {
    if (SPACE.test(letter)) return readSpace();
    switch (letter) {
      case '=':
        return add('assign', 1);
      case ':':
        return template[at + 1] === '=' ? add('declare', 2) : wrong('expected :=');
      case '|':
        return add('pipe', 1);
      case '"':
      case "'":
      case '`':
        return readQuoted(letter);
      case '$':
        return readName('variable');
      case '(':
        depth++;
        return add('open', 1);
      case ')':
        return depth-- > 0 ? add('close', 1) : wrong('unexpected right paren');
    }
    if (letter === '.' && !/[0-9]/.test(template[at + 1] ?? '')) return readName('field');
    if (/[+\-.0-9]/.test(letter)) return readNumber();
    const whole = String.fromCodePoint(template.codePointAt(at)!);
    if (WORD.test(whole)) return readName('identifier');
    if (/^[\x21-\x7e]$/.test(letter)) return add('sign', 1);
    wrong(`unrecognized character in action: ${codePoint(whole)}`);
  }

  function readSpace(): void {
    let length = 0;
    while (SPACE.test(template[at + length] ?? '') && (length === 0 || !closes(at + length))) length++;
    add('space', length);
  }

  const QUOTES = {
    '"': {kind: 'string', whole: /^"(?:[^"\\\n]|\\[^\n])*"/s, unclosed: 'unterminated quoted string'},
    "'": {kind: 'char', whole: /^'(?:[^'\\\n]|\\[^\n])*'/s, unclosed: 'unterminated character constant'},
    '`': {kind: 'string', whole: /^`[^`]*`/s, unclosed: 'unterminated raw quoted string'},
  } as const;

  function readQuoted(quote: keyof typeof QUOTES): void {
    const {kind, whole, unclosed} = QUOTES[quote];
    const found = whole.exec(rest());
    if (found) add(kind, found[0].length);
    else wrong(unclosed);
  }

  function readNumber(): void {
    const {length} = NUMBER.exec(rest())![0];
    const next = template[at + length] ?? '';
    if (WORD.test(next)) wrong(`bad number syntax: ${goQuote(template.slice(at, at + length + 1))}`);
    else add('number', length);
  }

  function readName(kind: 'variable' | 'field' | 'identifier'): void {
    let length = kind === 'identifier' ? 0 : 1;
    while (WORD.test(rest().slice(length, length + 1))) length++;
    if (!isEnd(at + length)) return wrong(`bad character ${codePoint(String.fromCodePoint(template.codePointAt(at + length)!))}`);
    const text = template.slice(at, at + length);
    if (kind === 'identifier') add(KEYWORDS.has(text) ? 'keyword' : text === 'true' || text === 'false' ? 'bool' : 'identifier', length);
    else add(kind === 'field' && length === 1 ? 'dot' : kind, length);
  }

  while (at < template.length) readText();
  if (tokens.at(-1)?.kind !== 'error') tokens.push({kind: 'end', text: '', at: template.length});
  return tokens;
}
