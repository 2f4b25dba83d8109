/**
 * Objects written in CEL (`Object{spec: Object.spec{paused: true}}`, `JSONPatch{op: "add", ...}`) as the maps that they are to a language without those types.
 * upstream: staging/src/k8s.io/apiserver/pkg/cel/mutation
 */

import type {ASTNode} from '@marcbachmann/cel-js';
import {partsOf} from './optional-entries.ts';

const TOKENS =
  /[rRbB]*("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*|\s+|[\s\S]/g;
const LITERAL = /^(Object(\s*\.\s*\w+)*|JSONPatch)$/;
const NAME = /^[A-Za-z_]\w*$/;

export interface WithoutLiterals {
  readonly text: string;
  /** Where in the text the maps begin that stand for objects. */
  readonly braces: ReadonlySet<number>;
}

/** The expression with object literals as maps; any other expression as it is. */
export function literalsAsMaps(expression: string): WithoutLiterals {
  const tokens = expression.match(TOKENS) ?? [];
  const next = (from: number): string | undefined => tokens.slice(from + 1).find(token => token.trim() !== '');
  /** Of each open brace or bracket: whether it is that of an object literal. */
  const open: boolean[] = [];
  let literal = false;
  let before = '';
  let text = '';
  const braces = new Set<number>();
  for (const [i, token] of tokens.entries()) {
    if (LITERAL.test(token) && next(i) === '{') literal = true;
    else if (open.at(-1) && NAME.test(token) && /^[{,?]$/.test(before) && next(i) === ':') text += JSON.stringify(token);
    else text += token;
    if (/^[{[(]$/.test(token)) {
      open.push(token === '{' && literal);
      if (token === '{' && literal) braces.add(text.length - 1);
      literal = false;
    } else if (/^[}\])]$/.test(token)) open.pop();
    if (token.trim() !== '') before = token;
  }
  return {text, braces};
}

const objects = new WeakSet<ASTNode>();

/** Remembers the maps of a tree that stand for objects. */
export function markObjects(node: ASTNode, braces: ReadonlySet<number>): void {
  if (braces.size === 0) return;
  if (node.op === 'map' && braces.has(node.start)) objects.add(node);
  for (const part of partsOf(node)) markObjects(part, braces);
}

/** Whether a map stands for an object. */
export const isObject = (node: ASTNode): boolean => objects.has(node);
