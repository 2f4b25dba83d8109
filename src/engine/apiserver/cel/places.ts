/** Where in an expression a complaint points, and how it is drawn. upstream: cel-go parser/parser.go (positions), common/{error,errors}.go */
import type {ASTNode} from '@marcbachmann/cel-js';

export interface Fault {
  /** Letters before it. */
  readonly at: number;
  readonly why: string;
}

/** A call stands at its bracket, an operation at its sign, everything else where it begins. */
export function placeOf(node: ASTNode): number {
  const {input, start} = node;
  const after = (sign: string, from: number): number => Math.max(input.indexOf(sign, from), start);
  switch (node.op) {
    case 'value':
    case 'id':
    case 'list':
    case 'map':
    case '!_':
    case '-_':
      return start;
    case '.':
    case '.?':
      return input.lastIndexOf('.', node.pos - 1);
    case '[]':
    case '[?]':
      return after('[', node.args[0].end);
    case 'call':
      return after('(', start);
    case 'rcall': {
      const [name, receiver] = node.args;
      return after('(', input.indexOf(name, receiver.end) + name.length);
    }
    case '?:':
      return after('?', node.args[0].end);
    default:
      return after(node.op, node.args[0].end);
  }
}

/** A complaint about the whole of an expression. */
export const nowhere = (why: string): string => `ERROR: <input>:-1:0: ${why}`;

/** In the order of their places, each with the line it is about. */
export function drawFaults(expression: string, faults: readonly Fault[]): string {
  const lines = expression.split('\n');
  const placed = faults.map(({at, why}) => {
    const before = expression.slice(0, at).split('\n');
    return {line: before.length, column: before.at(-1)!.length, why};
  });
  placed.sort((a, b) => a.line - b.line || a.column - b.column);
  return placed
    .map(({line, column, why}) => {
      const shown = (lines[line - 1] ?? '').replaceAll('\t', ' ');
      return `ERROR: <input>:${line}:${column + 1}: ${why}\n | ${shown}\n | ${'.'.repeat(Math.min(column, shown.length))}^`;
    })
    .join('\n');
}

const OPERAND = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

interface Unread {
  readonly code: string;
  readonly summary: string;
  readonly range?: {readonly start: number; readonly end: number};
}

/** What a text that is no expression is told. */
export function syntaxFault(expression: string, {code, summary, range}: Unread): Fault {
  const at = range?.start ?? 0;
  const found = expression.slice(at, range?.end);
  if (code === 'reserved_identifier') return {at, why: `reserved identifier: ${found}`};
  // Names between backticks are grammar, but the server does not take them.
  if (found.startsWith('`') || expression[at] === '`') return {at, why: "unsupported syntax: '`'"};
  const word = /^[\w.]+|^\S/.exec(expression.slice(at))?.[0];
  const why =
    code === 'unexpected_token'
      ? word === undefined
        ? `mismatched input '<EOF>' expecting ${OPERAND}`
        : `extraneous input '${word}' expecting ${OPERAND}`
      : code === 'unexpected_character' && /\w/.test(found)
        ? `extraneous input '${word}' expecting <EOF>`
        : code === 'unexpected_character'
          ? `token recognition error at: '${found}'`
          : `${summary[0]!.toLowerCase()}${summary.slice(1)}`;
  return {at, why: `Syntax error: ${why}`};
}
