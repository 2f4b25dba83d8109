/**
 * `-o go-template`: Go's text/template.
 * upstream: Go text/template/parse/parse.go; cli-runtime/pkg/printers/template.go
 */
import {goQuote} from '../../engine/api/field-errors.ts';
import {Float} from '../../engine/api/go-text.ts';
import {Failure} from '../failure.ts';
import {FUNCTIONS} from './go-template-functions.ts';
import {printToken, type Token, type TokenKind, tokensOf} from './go-template-lexer.ts';
import {type Branch, type Command, type Node, type Operand, type Pipeline, Stop, type Template} from './go-template-nodes.ts';

/** What ends a list of parts. */
type End = {readonly kind: 'end'; readonly next?: undefined} | {readonly kind: 'else'; readonly next?: 'if' | 'with'};

const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  ...(['bool', 'char', 'dot', 'field', 'identifier', 'number', 'string', 'variable', 'open'] as const),
]);

const isText = (nodes: readonly Node[]): boolean => nodes.every(node => node.kind === 'text' && node.text.trim() === '');

/** A template, read. Throws Failure, in Go's words. */
export function parseGoTemplate(template: string): Template {
  const tokens = tokensOf(template);
  const defined = new Map<string, readonly Node[]>();
  let next = 0;
  let variables: string[] = ['$'];
  let loops = 0;
  let actionLine = 0;

  const lineAt = (at: number): number => template.slice(0, at).split('\n').length;
  const current = (): Token => tokens[Math.min(next, tokens.length - 1)]!;
  /** The word that was looked at last tells the line. */
  let looked: Token = tokens[0]!;
  const fail = (message: string): never => {
    throw new Failure(`template: output:${lineAt(looked.at)}: ${message}`);
  };
  const peek = (): Token => (looked = current());
  const take = (): Token => {
    const token = peek();
    if (next < tokens.length - 1) next++;
    return token;
  };
  const skipSpace = (): void => {
    while (current().kind === 'space') next++;
  };
  const peekWord = (): Token => {
    skipSpace();
    return peek();
  };
  const takeWord = (): Token => {
    skipSpace();
    return take();
  };
  const isKeyword = ({kind, text}: Token, word: string): boolean => kind === 'keyword' && text === word;

  function unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') return fail(`unexpected ${printToken(token)} in ${context}`);
    const elsewhere = actionLine > 0 && actionLine !== lineAt(token.at) ? ` in action started at output:${actionLine}` : '';
    return fail(`${token.text}${token.text.endsWith(' action') ? elsewhere.replace(' in action', '') : elsewhere}`);
  }

  function expect(kind: TokenKind, context: string): Token {
    const token = takeWord();
    return token.kind === kind ? token : unexpected(token, context);
  }

  /** Parts until `{{end}}` or `{{else}}`. */
  function list(): {nodes: Node[]; end: End} {
    const nodes: Node[] = [];
    while (peekWord().kind !== 'end') {
      const node = textOrAction();
      if (node.kind === 'end' || node.kind === 'else') return {nodes, end: node};
      nodes.push(node);
    }
    return fail('unexpected EOF');
  }

  function textOrAction(): Node | End {
    const token = takeWord();
    if (token.kind === 'text') return {kind: 'text', text: token.text};
    if (token.kind !== 'left') return unexpected(token, 'input');
    actionLine = lineAt(token.at);
    const node = action();
    actionLine = 0;
    return node;
  }

  function action(): Node | End {
    const token = peekWord();
    if (token.kind === 'keyword' && Object.hasOwn(ACTIONS, token.text)) {
      take();
      return ACTIONS[token.text]!();
    }
    return {kind: 'print', pipeline: pipeline('command', 'right')};
  }

  const stop = (word: 'break' | 'continue') => (): Node => {
    const token = takeWord();
    if (token.kind !== 'right') unexpected(token, `{{${word}}}`);
    if (loops === 0) fail(`{{${word}}} outside {{range}}`);
    return {kind: 'stop', stop: Stop[word]};
  };

  function branch(kind: Branch['kind']): Branch {
    const outer = variables.length;
    const condition = pipeline(kind, 'right');
    if (kind === 'range') loops++;
    const {nodes, end} = list();
    if (kind === 'range') loops--;
    const otherwise = end.kind === 'else' ? otherwiseOf(kind, end) : [];
    variables = variables.slice(0, outer);
    return {kind, pipeline: condition, body: nodes, otherwise};
  }

  function otherwiseOf(kind: Branch['kind'], {next: word}: End): readonly Node[] {
    if (word === kind && word !== undefined && isKeyword(peek(), word)) {
      take();
      return [branch(word)];
    }
    const {nodes, end} = list();
    return end.kind === 'end' ? nodes : fail(`expected end; found ${printEnd(end)}`);
  }

  function otherwise(): End {
    const token = peekWord();
    if (isKeyword(token, 'if') || isKeyword(token, 'with')) return {kind: 'else', next: token.text as 'if' | 'with'};
    expect('right', 'else');
    return {kind: 'else'};
  }

  function call(): Node {
    const token = takeWord();
    const name = templateName(token, 'template clause');
    skipSpace();
    const given = peek().kind === 'right' ? undefined : pipeline('template clause', 'right');
    if (!given) take();
    return {kind: 'template', name, pipeline: given, at: token.at, text: callText(name, given)};
  }

  function block(): Node {
    const token = takeWord();
    const name = templateName(token, 'block clause');
    const given = pipeline('block clause', 'right');
    define(name, 'block clause');
    return {kind: 'template', name, pipeline: given, at: token.at, text: callText(name, given)};
  }

  function templateName(token: Token, context: string): string {
    return token.kind === 'string' ? unquote(token) : unexpected(token, context);
  }

  /** What stands there up to its end is another template, which sees no variables of this one. */
  function define(name: string, context: string): void {
    const outer = {variables, loops};
    variables = ['$'];
    loops = 0;
    const {nodes, end} = list();
    if (end.kind !== 'end') fail(`unexpected ${printEnd(end)} in ${context}`);
    ({variables, loops} = outer);
    const known = defined.get(name);
    if (!known || isText(known)) defined.set(name, nodes);
    else if (!isText(nodes)) fail(`template: multiple definition of template ${goQuote(name)}`);
  }

  const ACTIONS: Readonly<Record<string, () => Node | End>> = {
    if: () => branch('if'),
    range: () => branch('range'),
    with: () => branch('with'),
    else: otherwise,
    end() {
      expect('right', 'end');
      return {kind: 'end'};
    },
    break: stop('break'),
    continue: stop('continue'),
    template: call,
    block,
  };

  function pipeline(context: string, end: 'right' | 'close'): Pipeline {
    const {at} = peekWord();
    const {names, declares} = declared(context);
    const commands: Command[] = [];
    for (;;) {
      const token = peekWord();
      if (token.kind === end) break;
      if (!OPERANDS.has(token.kind) && !isKeyword(token, 'nil')) {
        take();
        unexpected(token, context);
      }
      commands.push(command());
    }
    take();
    if (commands.length === 0) fail(`missing value for ${context}`);
    for (const [i, {operands}] of commands.entries())
      if (i > 0 && ['dot', 'nil', 'literal'].includes(operands[0]!.is)) fail(`non executable command in pipeline stage ${i + 1}`);
    const sign = names.length > 0 ? `${names.join(', ')} ${declares ? ':=' : '='} ` : '';
    return {variables: names, declares, commands, at, text: sign + commands.map(({text}) => text).join(' | ')};
  }

  /** `$a :=`, `$a, $b :=`, `$a =`, if it begins so. */
  function declared(context: string): {names: string[]; declares: boolean} {
    const names: string[] = [];
    while (peekWord().kind === 'variable') {
      const from = next;
      const {text} = take();
      const sign = peekWord();
      if (sign.kind === 'declare' || sign.kind === 'assign') {
        take();
        names.push(text);
        variables.push(text);
        return {names, declares: sign.kind === 'declare'};
      }
      if (sign.text !== ',') {
        next = from;
        break;
      }
      take();
      names.push(text);
      variables.push(text);
      if (context !== 'range' || names.length > 1) fail(`too many declarations in ${context}`);
      if (!['variable', 'right', 'close'].includes(peekWord().kind)) fail('range can only initialize variables');
    }
    return {names, declares: true};
  }

  function command(): Command {
    const {at} = peekWord();
    const operands: Operand[] = [];
    for (;;) {
      skipSpace();
      const one = operand();
      if (one) operands.push(one);
      const token = peek();
      if (token.kind === 'space') continue;
      if (token.kind !== 'right' && token.kind !== 'close') {
        take();
        if (token.kind !== 'pipe') unexpected(token, 'operand');
      }
      break;
    }
    if (operands.length === 0) fail('empty command');
    return {operands, at, text: operands.map(({text}) => text).join(' ')};
  }

  /** Fields of a field or of a variable are its own; only what else comes to something has fields of its value. */
  function operand(): Operand | undefined {
    const one = term();
    if (!one || peek().kind !== 'field') return one;
    const {at} = peek();
    let text = '';
    while (peek().kind === 'field') text += take().text;
    const names = text.split('.').slice(1);
    if (one.is === 'field' || one.is === 'variable') return {...one, names: [...one.names, ...names], at, text: one.text + text};
    if (one.is === 'literal' || one.is === 'dot' || one.is === 'nil') fail(`unexpected . after term ${goQuote(one.text)}`);
    return {is: 'chain', of: one, names, at, text: one.text + text};
  }

  function term(): Operand | undefined {
    const token = peekWord();
    const {kind, text, at} = token;
    if (!OPERANDS.has(kind) && !isKeyword(token, 'nil')) return undefined;
    take();
    switch (kind) {
      case 'identifier':
        if (!Object.hasOwn(FUNCTIONS, text)) fail(`function ${goQuote(text)} not defined`);
        return {is: 'function', name: text, at, text};
      case 'dot':
        return {is: 'dot', at, text};
      case 'variable':
        if (!variables.includes(text)) fail(`undefined variable ${goQuote(text)}`);
        return {is: 'variable', variable: text, names: [], at, text};
      case 'field':
        return {is: 'field', names: [text.slice(1)], at, text};
      case 'bool':
        return {is: 'literal', value: text === 'true', at, text};
      case 'number':
        return {is: 'literal', value: numberOf(text), at, text};
      case 'char':
        return {is: 'literal', value: BigInt(unquote(token).codePointAt(0) ?? 0), at, text};
      case 'string':
        return {is: 'literal', value: unquote(token), at, text};
      case 'open': {
        const inner = pipeline('parenthesized pipeline', 'close');
        return {is: 'pipeline', pipeline: inner, at: inner.at, text: `(${inner.text})`};
      }
      default:
        return {is: 'nil', at, text};
    }
  }

  /** A whole number that is written out; those of the data are plain numbers. */
  function numberOf(text: string): unknown {
    const digits = text.replaceAll('_', '');
    const [, sign = '', whole = ''] = /^([+-]?)(\d+|0[xXbBoO][0-9a-fA-F]+)$/.exec(digits) ?? [];
    if (whole) {
      const value = BigInt(/^0\d/.test(whole) ? `0o${whole.slice(1)}` : whole);
      return sign === '-' ? -value : value;
    }
    const value = Number(digits);
    return Number.isNaN(value) || /^[+-]?\.?$/.test(digits) ? fail(`illegal number syntax: ${goQuote(text)}`) : new Float(value);
  }

  function unquote({text}: Token): string {
    if (text.startsWith('`')) return text.slice(1, -1);
    try {
      const inner = text.slice(1, -1).replaceAll("\\'", "'");
      const escaped = text.startsWith("'") ? inner.replaceAll('"', '\\"') : inner;
      return JSON.parse(`"${escaped.replace(/\\([avx0-7U])([0-9a-fA-F]*)/g, fromGo).replaceAll('\t', '\\t')}"`) as string;
    } catch {
      return fail('invalid syntax');
    }
  }

  const root: Node[] = [];
  while (peek().kind !== 'end') {
    if (current().kind === 'left') {
      const from = next;
      take();
      if (isKeyword(peekWord(), 'define')) {
        take();
        const name = templateName(takeWord(), 'define clause');
        expect('right', 'define clause');
        define(name, 'define clause');
        continue;
      }
      next = from;
    }
    const node = textOrAction();
    if (node.kind === 'end' || node.kind === 'else') fail(`unexpected ${printEnd(node)}`);
    else root.push(node);
  }
  const own = defined.get('output');
  if (!own || isText(own)) return {text: template, nodes: root, defined};
  return isText(root) ? {text: template, nodes: own, defined} : fail('template: multiple definition of template "output"');
}

const printEnd = ({kind}: End): string => `{{${kind}}}`;

const callText = (name: string, given: Pipeline | undefined): string => `{{template ${goQuote(name)}${given ? ` ${given.text}` : ''}}}`;

const LETTERS: Readonly<Record<string, string>> = {a: '\\u0007', v: '\\u000b'};

/** Escapes that JSON does not know, as those that it does. */
function fromGo(_all: string, kind: string, digits: string): string {
  if (LETTERS[kind]) return LETTERS[kind] + digits;
  const [radix, length] = kind === 'x' ? [16, 2] : kind === 'U' ? [16, 8] : [8, 2];
  const own = digits.slice(0, length);
  const code = Number.parseInt(radix === 8 ? kind + own : own, radix);
  return JSON.stringify(String.fromCodePoint(code)).slice(1, -1) + digits.slice(length);
}
