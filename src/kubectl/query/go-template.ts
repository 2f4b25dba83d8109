/**
 * `-o go-template`: the part of Go's text/template that people write for kubectl. Fields, pipelines, variables, if, range, with, and the common functions.
 * upstream: Go text/template; cli-runtime/pkg/printers/template.go
 */

import {compactJson} from '../../engine/api/go-json.ts';
import {Failure} from '../failure.ts';

/** A template that has been read. */
export type Template = readonly Node[];

type Node =
  | {kind: 'text'; text: string}
  | {kind: 'print'; pipeline: string}
  | {kind: 'if' | 'range' | 'with'; pipeline: string; body: Node[]; otherwise: Node[]};

interface Scope {
  dot: unknown;
  root: unknown;
  variables: Map<string, unknown>;
}

/** What is wrong with the text behind an opening `{{` that nothing closes. */
function unclosed(rest: string): string {
  if ((rest.match(/"/g)?.length ?? 0) % 2 === 1) return 'unterminated quoted string';
  return rest.includes('}') ? "bad character U+007D '}'" : 'unclosed action';
}

/** The words of a pipeline that are called, and not known. */
const unknownFunction = (pipeline: string): string | undefined =>
  commandsOf(pipeline)
    .map(command => /^[a-z]\w*$/i.exec(command.trim().match(WORD)?.[0] ?? '')?.[0])
    .find(word => word !== undefined && !Object.hasOwn(FUNCTIONS, word) && !LITERALS.includes(word));

const LITERALS = ['true', 'false', 'nil'];

/** A template, read. Throws Failure, in Go's words. */
export function parseGoTemplate(template: string): Template {
  let before = '';
  const fail = (message: string): never => {
    const line = before.split('\n').length;
    throw new Failure(`template: output:${line}: ${message}`);
  };
  const checked = (pipeline: string): string => {
    if ((pipeline.replace(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1) fail('unterminated quoted string');
    const unknown = unknownFunction(ASSIGNMENT.exec(pipeline)?.[3] ?? pipeline);
    if (unknown) fail(`function "${unknown}" not defined`);
    return pipeline;
  };
  const root: Node[] = [];
  const stack: {node: Extract<Node, {body: Node[]}> | undefined; into: Node[]}[] = [{node: undefined, into: root}];
  const tokens = template.split(/(\{\{-?\s*(?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^}])*?\s*-?\}\})/s);
  let trimNext = false;
  tokens.forEach((token, i) => {
    const top = stack.at(-1)!;
    const action = /^\{\{(-?)\s*(.*?)\s*(-?)\}\}$/s.exec(token);
    before += token;
    if (!action || i % 2 === 0) {
      const open = token.indexOf('{{');
      if (open >= 0) fail(unclosed(token.slice(open + 2)));
      let text = token;
      if (trimNext) text = text.trimStart();
      trimNext = false;
      if (tokens[i + 1]?.startsWith('{{-')) text = text.trimEnd();
      if (text) top.into.push({kind: 'text', text});
      return;
    }
    trimNext = action[3] === '-';
    const code = action[2]!;
    const [, word, rest = ''] = /^(\w+)?\s*(.*)$/s.exec(code)!;
    if (word === 'if' || word === 'range' || word === 'with') {
      if (!rest) fail(`missing value for ${word}`);
      const node: Extract<Node, {body: Node[]}> = {kind: word, pipeline: checked(rest), body: [], otherwise: []};
      top.into.push(node);
      stack.push({node, into: node.body});
    } else if (word === 'else') {
      const opened = top.node ?? fail('unexpected {{else}}');
      if (rest.startsWith('if ')) {
        const node: Extract<Node, {body: Node[]}> = {kind: 'if', pipeline: checked(rest.slice(3)), body: [], otherwise: []};
        opened.otherwise.push(node);
        stack[stack.length - 1] = {node, into: node.body};
      } else stack[stack.length - 1] = {node: opened, into: opened.otherwise};
    } else if (word === 'end') {
      if (stack.length === 1) fail('unexpected {{end}}');
      stack.pop();
    } else if (!code.startsWith('/*')) top.into.push({kind: 'print', pipeline: checked(code)});
  });
  if (stack.length > 1) fail('unexpected EOF');
  return root;
}

const isTrue = (value: unknown): boolean => {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
};

function text(value: unknown): string {
  if (value === null || value === undefined) return '<no value>';
  if (Array.isArray(value)) return `[${value.map(text).join(' ')}]`;
  if (typeof value === 'object')
    return `map[${Object.keys(value)
      .sort()
      .map(key => `${key}:${text((value as Record<string, unknown>)[key])}`)
      .join(' ')}]`;
  return String(value);
}

const field = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, name) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined), value);

const printf = (format: unknown, ...args: unknown[]): string => {
  let next = 0;
  return String(format).replace(/%(-?\d*)([sdvqtf%])/g, (_, size: string, verb: string) => {
    if (verb === '%') return '%';
    const value = args[next++];
    const shown = verb === 'q' ? JSON.stringify(String(value)) : text(value);
    const width = Math.abs(Number(size) || 0);
    return size.startsWith('-') ? shown.padEnd(width) : shown.padStart(width);
  });
};

const compare = (a: unknown, b: unknown): number => ((a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0);

const HTML: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;'};

const FUNCTIONS: Readonly<Record<string, (...args: unknown[]) => unknown>> = {
  and: (...args) => args.find(arg => !isTrue(arg)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  not: value => !isTrue(value),
  eq: (a, ...others) => others.some(b => a === b),
  ne: (a, b) => a !== b,
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  len: value => (typeof value === 'string' || Array.isArray(value) ? value.length : Object.keys((value as object) ?? {}).length),
  index: (value, ...keys) => keys.reduce((at, key) => field(at, [String(key)]), value),
  print: (...args) => args.map(text).join(' '),
  println: (...args) => `${args.map(text).join(' ')}\n`,
  printf,
  html: value => text(value).replace(/[&<>"']/g, c => HTML[c]!),
  slice: (value, from, to) => (value as string | unknown[]).slice(from as number | undefined, to as number | undefined),
  urlquery: value => encodeURIComponent(text(value)),
  js: value => text(value),
  json: value => compactJson(value),
  exists: (value, ...keys) => keys.reduce((at, key) => field(at, [String(key)]), value) !== undefined,
  base64decode: value => atob(String(value)),
};

const WORD = /"(?:[^"\\]|\\.)*"|`[^`]*`|\((?:[^()]|\([^()]*\))*\)|[^\s|()]+/g;

function operand(word: string, scope: Scope): unknown {
  if (word.startsWith('"')) return JSON.parse(word);
  if (word.startsWith('`')) return word.slice(1, -1);
  if (word.startsWith('(')) return evaluate(word.slice(1, -1), scope);
  if (/^-?\d+(\.\d+)?$/.test(word)) return Number(word);
  if (word === 'true' || word === 'false') return word === 'true';
  if (word === 'nil') return null;
  if (word.startsWith('$')) {
    const [name = '', ...path] = word.split('.');
    return field(name === '$' ? scope.root : scope.variables.get(name), path);
  }
  if (word.startsWith('.')) return field(scope.dot, word.slice(1).split('.').filter(Boolean));
  throw new Failure(`template: output:1: function "${word}" not defined`);
}

const commandsOf = (pipeline: string): string[] => pipeline.match(/(?:"(?:[^"\\]|\\.)*"|`[^`]*`|\([^)]*\)|[^|])+/g) ?? [];

function evaluate(pipeline: string, scope: Scope): unknown {
  let value: unknown;
  commandsOf(pipeline).forEach((command, i) => {
    const [first = '', ...rest] = command.trim().match(WORD) ?? [];
    const piped = i > 0 ? [value] : [];
    const call = Object.hasOwn(FUNCTIONS, first) ? FUNCTIONS[first] : undefined;
    value = call ? call(...rest.map(word => operand(word, scope)), ...piped) : operand(first, scope);
  });
  return value;
}

const ASSIGNMENT = /^(\$\w*)(?:\s*,\s*(\$\w+))?\s*:?=\s*(.*)$/s;

function render(nodes: readonly Node[], scope: Scope): string {
  return nodes
    .map(node => {
      if (node.kind === 'text') return node.text;
      const [, first, second, pipeline = node.pipeline] = ASSIGNMENT.exec(node.pipeline) ?? [];
      const value = evaluate(pipeline, scope);
      if (node.kind === 'print') {
        if (first === undefined) return text(value);
        scope.variables.set(first, value);
        return '';
      }
      if (node.kind !== 'range') {
        if (!isTrue(value)) return render(node.otherwise, scope);
        return render(node.body, node.kind === 'with' ? {...scope, dot: value} : scope);
      }
      const entries: [unknown, unknown][] = Array.isArray(value)
        ? value.map((item, i) => [i, item])
        : Object.keys((value as object) ?? {})
            .sort()
            .map(key => [key, (value as Record<string, unknown>)[key]]);
      if (entries.length === 0) return render(node.otherwise, scope);
      return entries
        .map(([key, item]) => {
          const variables = new Map(scope.variables);
          if (first) variables.set(first, second ? key : item);
          if (second) variables.set(second, item);
          return render(node.body, {...scope, dot: item, variables});
        })
        .join('');
    })
    .join('');
}

/** What a template makes of an object. Throws Failure. */
export const printGoTemplate = (template: Template, data: unknown): string =>
  render(template, {dot: data, root: data, variables: new Map()});
