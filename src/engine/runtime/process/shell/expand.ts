/** Expansion of words: parameters, arithmetic, command substitution, field splitting, names of files. */
import {escaped, globOf} from './glob.ts';
import type {Word} from './tokens.ts';

export interface Scope {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  params: readonly string[];
  status: number;
  /** Names of the files there are, in their order, for patterns such as `*.yaml`. Undefined: patterns stand for themselves. */
  readonly files?: readonly string[];
}

/** A word in the making. `pattern`: the same, with what was quoted made to stand for itself. */
interface Field {
  readonly text: string;
  readonly pattern: string;
}

const NO_FIELD: Field = {text: '', pattern: ''};
const joined = (field: Field, text: string, quoted: boolean): Field => ({
  text: field.text + text,
  pattern: field.pattern + (quoted ? escaped(text) : text),
});

/** An expansion under way: it yields each script whose output it needs, and goes on with that output. So what runs the scripts may take its time. */
export type Expansion<T> = Generator<string, T, string>;

/** A word as one string, without splitting. */
export function* expandText(word: Word, scope: Scope): Expansion<string> {
  let text = '';
  for (const part of word.parts) text += part.literal ? part.text : yield* expandPiece(part.text, scope);
  return text;
}

/** The names that a word stands for; itself where it is no pattern, or none is like that. */
function namesOf({text, pattern}: Field, {files}: Scope): readonly string[] {
  const glob = files && globOf(pattern);
  const names = glob ? files.filter(name => glob.test(name)) : [];
  return names.length > 0 ? names : [text];
}

/** Words as the arguments of a command: unquoted results are split at white space, empty ones vanish, patterns become names of files. */
export function* expandWords(words: readonly Word[], scope: Scope): Expansion<string[]> {
  const result: string[] = [];
  for (const word of words) {
    let fields: Field[] = [NO_FIELD];
    let quoted = false;
    for (const part of word.parts) {
      if (part.quoted && part.text === '$@') {
        const [first = '', ...rest] = scope.params.slice(1);
        fields = [...fields.slice(0, -1), joined(fields.at(-1)!, first, true), ...rest.map(each => joined(NO_FIELD, each, true))];
        quoted = quoted || scope.params.length > 1;
        continue;
      }
      const text = part.literal ? part.text : yield* expandPiece(part.text, scope);
      if (part.quoted || part.text === text) {
        fields[fields.length - 1] = joined(fields.at(-1)!, text, part.quoted || part.literal);
        quoted ||= part.quoted;
        continue;
      }
      const pieces = text.split(/[ \t\n]+/);
      fields[fields.length - 1] = joined(fields.at(-1)!, pieces[0]!, false);
      fields.push(...pieces.slice(1).map(piece => joined(NO_FIELD, piece, false)));
    }
    const kept = fields.filter(({text}, index) => text !== '' || (quoted && (fields.length === 1 || index === 0)));
    result.push(...kept.flatMap(field => namesOf(field, scope)));
  }
  return result;
}

/** What a script has printed stands there without its last line breaks. */
function* substitute(script: string): Expansion<string> {
  return (yield script).replace(/\n+$/, '');
}

function* expandPiece(text: string, scope: Scope): Expansion<string> {
  let result = '';
  let i = 0;
  while (i < text.length) {
    if (text[i] === '~' && i === 0 && (text.length === 1 || text[1] === '/')) {
      result += scope.get('HOME') ?? '/root';
      i++;
      continue;
    }
    if (text[i] === '`') {
      const end = text.indexOf('`', i + 1);
      result += yield* substitute(text.slice(i + 1, end));
      i = end + 1;
      continue;
    }
    if (text[i] !== '$') {
      result += text[i++];
      continue;
    }
    const rest = text.slice(i);
    if (rest.startsWith('$((')) {
      const end = matching(text, i + 1);
      result += String(arithmetic(yield* expandPiece(text.slice(i + 3, end - 1), scope), scope));
      i = end + 1;
    } else if (rest.startsWith('$(')) {
      const end = matching(text, i + 1);
      result += yield* substitute(text.slice(i + 2, end));
      i = end + 1;
    } else if (rest.startsWith('${')) {
      const end = matching(text, i + 1);
      result += yield* parameter(text.slice(i + 2, end), scope);
      i = end + 1;
    } else {
      const name = /^\$([A-Za-z_]\w*|[0-9?#@*$!])/.exec(rest);
      if (!name) {
        result += '$';
        i++;
        continue;
      }
      result += value(name[1]!, scope);
      i += name[0].length;
    }
  }
  return result;
}

/** Index of the bracket that closes the one at `open`. */
function matching(text: string, open: number): number {
  const pair = text[open] === '(' ? ')' : '}';
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === text[open]) depth++;
    else if (text[i] === pair && --depth === 0) return i;
  }
  return text.length;
}

function value(name: string, scope: Scope): string {
  switch (name) {
    case '?':
      return String(scope.status);
    case '$':
      return '1';
    case '!':
      return '7';
    case '#':
      return String(Math.max(0, scope.params.length - 1));
    case '@':
    case '*':
      return scope.params.slice(1).join(' ');
    default:
      return /^\d$/.test(name) ? (scope.params[Number(name)] ?? '') : (scope.get(name) ?? '');
  }
}

/** The inside of `${...}`. */
function* parameter(text: string, scope: Scope): Expansion<string> {
  if (text.startsWith('#')) return String(value(text.slice(1), scope).length);
  const [, name = '', operator = '', word = ''] = /^(\w+|[?#@*$!])(:?[-=+?]|%%?|##?)?(.*)$/s.exec(text) ?? [];
  const current = value(name, scope);
  const empty = operator.startsWith(':') ? current === '' : scope.get(name) === undefined;
  switch (operator.at(-1)) {
    case '-':
      return empty ? yield* expandPiece(word, scope) : current;
    case '=': {
      if (!empty) return current;
      const assigned = yield* expandPiece(word, scope);
      scope.set(name, assigned);
      return assigned;
    }
    case '+':
      return empty ? '' : yield* expandPiece(word, scope);
    case '%':
      return strip(current, word, 'end', operator === '%%');
    case '#':
      return strip(current, word, 'start', operator === '##');
    default:
      return current;
  }
}

function strip(text: string, pattern: string, side: 'start' | 'end', longest: boolean): string {
  const body = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const whole = new RegExp(`^(?:${body})$`, 's');
  const lengths = Array.from({length: text.length + 1}, (_, n) => n);
  for (const n of longest ? lengths.reverse() : lengths) {
    const piece = side === 'start' ? text.slice(0, n) : text.slice(text.length - n);
    if (whole.test(piece)) return side === 'start' ? text.slice(n) : text.slice(0, text.length - n);
  }
  return text;
}

/** Integers with + - * / % comparisons, parentheses and names. */
function arithmetic(expression: string, scope: Scope): number {
  const tokens = expression.match(/\d+|[A-Za-z_]\w*|[<>=!]=|&&|\|\||\+\+|--|[-+*/%()<>!]/g) ?? [];
  let at = 0;
  const levels: readonly (readonly string[])[] = [['||'], ['&&'], ['==', '!='], ['<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%']];
  const apply: Readonly<Record<string, (a: number, b: number) => number>> = {
    '||': (a, b) => Number(a !== 0 || b !== 0),
    '&&': (a, b) => Number(a !== 0 && b !== 0),
    '==': (a, b) => Number(a === b),
    '!=': (a, b) => Number(a !== b),
    '<': (a, b) => Number(a < b),
    '<=': (a, b) => Number(a <= b),
    '>': (a, b) => Number(a > b),
    '>=': (a, b) => Number(a >= b),
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => Math.trunc(a / b) || 0,
    '%': (a, b) => a % b || 0,
  };
  const level = (n: number): number => {
    if (n === levels.length) return unary();
    let left = level(n + 1);
    while (levels[n]!.includes(tokens[at] ?? '')) {
      const operator = tokens[at++]!;
      left = apply[operator]!(left, level(n + 1));
    }
    return left;
  };
  const unary = (): number => {
    const token = tokens[at++];
    if (token === '-') return -unary();
    if (token === '!') return Number(unary() === 0);
    if (token === '(') {
      const inner = level(0);
      at++;
      return inner;
    }
    if (token === undefined) return 0;
    if (/^\d/.test(token)) return Number(token);
    const current = Number(scope.get(token) ?? 0) || 0;
    if (tokens[at] === '++' || tokens[at] === '--') {
      scope.set(token, String(current + (tokens[at++] === '++' ? 1 : -1)));
    }
    return current;
  };
  return level(0);
}
