/** The grammar of kubectl's JSONPath templates. upstream: staging/src/k8s.io/client-go/util/jsonpath/parser.go */

export type Step =
  | {kind: 'field'; name: string}
  | {kind: 'slice'; from?: number; to?: number; step?: number; single: boolean}
  | {kind: 'wildcard'}
  | {kind: 'recursive'}
  | {kind: 'union'; members: Step[][]}
  | {kind: 'filter'; left: Operand; operator: string; right: Operand}
  | {kind: 'value'; value: string | number | boolean};

export type Operand = Step[];

export type Part = {kind: 'text'; text: string} | {kind: 'path'; steps: Step[]} | {kind: 'range'; steps: Step[]; body: Part[]};

export class JsonPathError extends Error {}

const OPERATORS = ['==', '!=', '<=', '>=', '<', '>', '='] as const;

const ESCAPED: Readonly<Record<string, string>> = {n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'"};

/** A Go string literal in single or double quotes. */
function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, (_, c: string) => ESCAPED[c] ?? `\\${c}`);
}

/** Index just behind the bracket that closes the one at `open`, quotes respected. */
function closing(text: string, open: number, close: string, message: string): number {
  const opener = text[open]!;
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"' || c === "'") {
      let end = i + 1;
      while (end < text.length && text[end] !== c) end += text[end] === '\\' ? 2 : 1;
      if (end >= text.length) throw new JsonPathError('unterminated quoted string');
      i = end;
    } else if (c === opener) depth++;
    else if (c === close && --depth === 0) return i;
  }
  throw new JsonPathError(message);
}

/** Splits at a character that stands outside quotes and brackets. */
function splitTop(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote) {
      if (c === '\\') i++;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if ('[('.includes(c)) depth++;
    else if ('])'.includes(c)) depth--;
    else if (c === separator && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function parseFilter(inner: string): Step {
  let quote = '';
  let depth = 0;
  for (let i = 0; i < inner.length; i++) {
    const c = inner[i]!;
    if (quote) {
      if (c === '\\') i++;
      else if (c === quote) quote = '';
      continue;
    }
    if (c === '"' || c === "'") quote = c;
    else if (c === '[' || c === '(') depth++;
    else if (c === ']' || c === ')') depth--;
    const operator = depth === 0 ? OPERATORS.find(o => inner.startsWith(o, i)) : undefined;
    if (!operator) continue;
    if (operator === '=') throw new JsonPathError("unrecognized character in action: U+003D '='");
    return {
      kind: 'filter',
      left: parseSteps(inner.slice(0, i).trim()),
      operator,
      right: parseSteps(inner.slice(i + operator.length).trim()),
    };
  }
  return {kind: 'filter', left: parseSteps(inner.trim()), operator: 'exists', right: []};
}

const SLICE = /^(-?\d+)?(?::(-?\d+)?)?(?::(-?\d+)?)?$/;

function parseBracket(inner: string): Step[] {
  const text = inner.trim();
  if (text === '*') return [{kind: 'wildcard'}];
  const filter = /^\?\((.*)\)$/s.exec(text);
  if (filter) return [parseFilter(filter[1]!)];
  const members = splitTop(text, ',');
  if (members.length > 1) return [{kind: 'union', members: members.map(parseBracket)}];
  // A quoted key is a path of its own: dots within it want a backslash.
  const key = /^'([^']*)'$/.exec(text);
  if (key) return parseSteps(`.${key[1]}`);
  const slice = SLICE.exec(text);
  if (!slice || text === '') throw new JsonPathError(`invalid array index ${inner}`);
  const number = (t: string | undefined): number | undefined => (t === undefined ? undefined : Number(t));
  const [from, to, step] = [number(slice[1]), number(slice[2]), number(slice[3])];
  const single = !text.includes(':');
  return [
    {
      kind: 'slice',
      single,
      ...(from === undefined ? {} : {from}),
      ...(to === undefined ? {} : {to}),
      ...(step === undefined ? {} : {step}),
    },
  ];
}

const LITERALS: Readonly<Record<string, boolean>> = {true: true, false: false};

/** One path: `.a.b[0]`, `@.x`, `$`, a number, a quoted text. */
function parseSteps(text: string): Step[] {
  if (/^"(?:[^"\\]|\\.)*"$/s.test(text) || /^'(?:[^'\\]|\\.)*'$/s.test(text)) return [{kind: 'value', value: unquote(text)}];
  if (/^[-+]?\d+(\.\d+)?$/.test(text)) return [{kind: 'value', value: Number(text)}];
  if (text in LITERALS) return [{kind: 'value', value: LITERALS[text]!}];
  const steps: Step[] = [];
  let i = 0;
  if (text[i] === '$' || text[i] === '@') i++;
  else if (text && !'.['.includes(text[0]!)) throw new JsonPathError(`unrecognized identifier ${/^\w*/.exec(text)![0] || text}`);
  while (i < text.length) {
    const c = text[i]!;
    if (c === '.') {
      if (text[i + 1] === '.') {
        steps.push({kind: 'recursive'});
        i += 2;
        if (text[i] === '[' || i >= text.length) continue;
      } else i++;
      let name = '';
      while (i < text.length && !/[\s.,[\]$@{}()]/.test(text[i]!)) {
        if (text[i] === '\\') i++;
        name += text[i++] ?? '';
      }
      if (name === '*') steps.push({kind: 'wildcard'});
      else if (name) steps.push({kind: 'field', name});
    } else if (c === '[') {
      const end = closing(text, i, ']', 'unterminated array');
      steps.push(...parseBracket(text.slice(i + 1, end)));
      i = end + 1;
    } else if (/\s/.test(c)) i++;
    else
      throw new JsonPathError(
        `unrecognized character in action: U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${c}'`,
      );
  }
  return steps;
}

/** Several paths and texts may stand in one action: `{.a .b}`, `{"\n"}`. */
function parseAction(text: string): Part[] {
  const parts: Part[] = [];
  const token = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\]|[^\s,"'[]+/y;
  let i = 0;
  while (i < text.length) {
    if (/[\s,]/.test(text[i]!)) {
      i++;
      continue;
    }
    let word = '';
    while (i < text.length && !/[\s,]/.test(text[i]!)) {
      if (text[i] === '[') {
        const end = closing(text, i, ']', 'unterminated array');
        word += text.slice(i, end + 1);
        i = end + 1;
        continue;
      }
      token.lastIndex = i;
      const match = token.exec(text);
      if (!match) throw new JsonPathError('unterminated quoted string');
      word += match[0];
      i = token.lastIndex;
    }
    if (/^["']/.test(word)) parts.push({kind: 'text', text: unquote(word)});
    else parts.push({kind: 'path', steps: parseSteps(word)});
  }
  return parts;
}

/** Parses a template such as `{range .items[*]}{.metadata.name}{"\n"}{end}`. Throws JsonPathError. */
export function parseJsonPath(template: string): Part[] {
  const root: Part[] = [];
  const open: Part[][] = [root];
  let i = 0;
  while (i < template.length) {
    const start = template.indexOf('{', i);
    const text = template.slice(i, start < 0 ? undefined : start);
    if (text) open.at(-1)!.push({kind: 'text', text});
    if (start < 0) break;
    const end = closing(template, start, '}', 'unclosed action');
    const action = template.slice(start + 1, end).trim();
    if (action === 'end') {
      if (open.length === 1) throw new JsonPathError('not in range, nothing to end');
      open.pop();
    } else if (/^range\b/.test(action)) {
      const body: Part[] = [];
      open.at(-1)!.push({kind: 'range', steps: parseSteps(action.slice('range'.length).trim()), body});
      open.push(body);
    } else open.at(-1)!.push(...parseAction(action));
    i = end + 1;
  }
  return root;
}
