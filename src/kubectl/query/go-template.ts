/**
 * `-o go-template`: the part of Go's text/template that people write for kubectl. Fields, pipelines, variables, if, range, with, and the functions.
 * upstream: Go text/template/parse; cli-runtime/pkg/printers/template.go
 */
import {Failure} from '../failure.ts';
import {FUNCTIONS} from './go-template-functions.ts';
import {type Pipeline, readPipeline} from './go-template-pipeline.ts';

/** A template that has been read. */
export interface Template {
  readonly text: string;
  readonly nodes: readonly Node[];
}

/** How a turn of a loop ends early. */
export const Stop = {break: Symbol('break'), continue: Symbol('continue')} as const;

export type Node =
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'print'; readonly pipeline: Pipeline}
  | {readonly kind: 'stop'; readonly stop: symbol}
  | Branch;

export interface Branch {
  readonly kind: 'if' | 'range' | 'with';
  readonly pipeline: Pipeline;
  readonly body: Node[];
  readonly otherwise: Node[];
}

/** What is wrong with the text behind an opening `{{` that nothing closes. */
function unclosed(rest: string): string {
  if ((rest.match(/"/g)?.length ?? 0) % 2 === 1) return 'unterminated quoted string';
  return rest.includes('}') ? "bad character U+007D '}'" : 'unclosed action';
}

const isFunction = (name: string): boolean => Object.hasOwn(FUNCTIONS, name);
const ACTION = /(\{\{-?\s*(?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^}])*?\s*-?\}\})/s;

/** A template, read. Throws Failure, in Go's words. */
export function parseGoTemplate(template: string): Template {
  let before = '';
  const fail = (message: string): never => {
    const line = before.split('\n').length;
    throw new Failure(`template: output:${line}: ${message}`);
  };
  const read = (pipeline: string, at: number): Pipeline => {
    if ((pipeline.replace(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1) fail('unterminated quoted string');
    return readPipeline(pipeline, at, isFunction, fail);
  };
  const root: Node[] = [];
  const stack: {node: Branch | undefined; into: Node[]}[] = [{node: undefined, into: root}];
  const open = (kind: Branch['kind'], pipeline: Pipeline): Branch => ({kind, pipeline, body: [], otherwise: []});
  const tokens = template.split(ACTION);
  let trimNext = false;
  for (const [i, token] of tokens.entries()) {
    const top = stack.at(-1)!;
    const action = /^\{\{(-?)(\s*)(.*?)\s*(-?)\}\}$/s.exec(token);
    const start = before.length + 2 + (action ? action[1]!.length + action[2]!.length : 0);
    before += token;
    if (!action || i % 2 === 0) {
      const brace = token.indexOf('{{');
      if (brace >= 0) fail(unclosed(token.slice(brace + 2)));
      let text = token;
      if (trimNext) text = text.trimStart();
      trimNext = false;
      if (tokens[i + 1]?.startsWith('{{-')) text = text.trimEnd();
      if (text) top.into.push({kind: 'text', text});
      continue;
    }
    trimNext = action[4] === '-';
    const code = action[3]!;
    const [, word = '', space = '', rest = ''] = /^(\w+)?(\s*)(.*)$/s.exec(code)!;
    const at = start + word.length + space.length;
    if (word === 'if' || word === 'range' || word === 'with') {
      if (!rest) fail(`missing value for ${word}`);
      const node = open(word, read(rest, at));
      top.into.push(node);
      stack.push({node, into: node.body});
    } else if (word === 'else') {
      const opened = top.node ?? fail('unexpected {{else}}');
      const [, kind, gap = '', pipeline = ''] = /^(if|with)(\s+)(.*)$/s.exec(rest) ?? [];
      if (kind) {
        const node = open(kind as 'if' | 'with', read(pipeline, at + kind.length + gap.length));
        opened.otherwise.push(node);
        stack[stack.length - 1] = {node, into: node.body};
      } else stack[stack.length - 1] = {node: opened, into: opened.otherwise};
    } else if (word === 'end') {
      if (stack.length === 1) fail('unexpected {{end}}');
      stack.pop();
    } else if (word === 'break' || word === 'continue') {
      if (!stack.some(({node}) => node?.kind === 'range')) fail(`{{${word}}} outside {{range}}`);
      top.into.push({kind: 'stop', stop: Stop[word]});
    } else if (!code.startsWith('/*')) top.into.push({kind: 'print', pipeline: read(code, start)});
  }
  if (stack.length > 1) fail('unexpected EOF');
  return {text: template, nodes: root};
}
