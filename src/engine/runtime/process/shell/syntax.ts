/** The part of the POSIX shell's grammar that manifests and learners use, from text to a tree. */

import {checkLevel, ShellSyntaxError, type Token, tokenize, UnfinishedError, type Word} from './tokens.ts';

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

const RESERVED = new Set(['if', 'then', 'elif', 'else', 'fi', 'while', 'until', 'do', 'done', 'for', 'in', '{', '}', '!']);

/** The tree of a script. Throws ShellSyntaxError. */
export function parseShell(source: string): Node {
  const {tokens} = tokenize(source);
  let at = 0;
  let level = 0;
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
    checkLevel(++level);
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
    level--;
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
