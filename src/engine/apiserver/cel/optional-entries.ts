/**
 * Entries that are only there where they have a value: `[?a, b]`, `{?'key': a}`. The grammar at hand does not know the sign; a `!` in its place keeps every
 * other letter where it is, and is told apart by where it stands. upstream: cel-go parser/parser.go (optional syntax)
 */
import type {ASTNode} from '@marcbachmann/cel-js';

const TOKENS = /[rRbB]*("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\/\/[^\n]*|[A-Za-z_]\w*|\d[\w.]*|\s+|[\s\S]/g;
const IS_OPERAND = /^(?:[A-Za-z_]\w*|\d[\w.]*|[rRbB]*['"].*|[)\]}])$/s;

const marked = new WeakSet<ASTNode>();

/** The text with the signs as `!`, and where these stand. */
export function optionalSigns(expression: string): {readonly text: string; readonly signs: ReadonlySet<number>} {
  const signs = new Set<number>();
  if (!/[[{,]\s*\?/.test(expression)) return {text: expression, signs};
  /** Of each open bracket: whether it is that of a list or a map. */
  const open: boolean[] = [];
  let before = '';
  let at = 0;
  let text = '';
  for (const token of expression.match(TOKENS) ?? []) {
    const isEntry = token === '?' && open.at(-1) === true && /^[[{,]$/.test(before);
    if (isEntry) signs.add(at);
    text += isEntry ? '!' : token;
    if (/^[[{(]$/.test(token)) open.push(token === '{' || (token === '[' && !IS_OPERAND.test(before)));
    else if (/^[\]})]$/.test(token)) open.pop();
    at += token.length;
    if (token.trim() !== '' && !token.startsWith('//')) before = token;
  }
  return {text, signs};
}

/** Remembers the entries of a tree that the signs stand before. */
export function markOptional(node: ASTNode, signs: ReadonlySet<number>): void {
  if (signs.size === 0) return;
  const entries = node.op === 'list' ? node.args : node.op === 'map' ? node.args.map(([key]) => key) : [];
  for (const entry of entries) if (entry.op === '!_' && signs.has(entry.start)) marked.add(entry);
  for (const part of partsOf(node)) markOptional(part, signs);
}

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;

/** What a part of a tree is made of. */
export function partsOf({args}: ASTNode): ASTNode[] {
  const found = (value: unknown): ASTNode[] => (isNode(value) ? [value] : Array.isArray(value) ? value.flatMap(found) : []);
  return found(args);
}

export const isOptional = (node: ASTNode): boolean => marked.has(node);

/** The item or key itself. */
export const entryOf = (node: ASTNode): ASTNode => (marked.has(node) ? (node.args as ASTNode) : node);
