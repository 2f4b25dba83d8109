/** Calls that stand for loops and bindings. upstream: cel-go parser/macro.go, ext/{bindings,comprehensions}.go, cel/library.go (optionals) */
import type {ASTNode} from '@marcbachmann/cel-js';

const PREDICATES = ['all', 'exists', 'exists_one', 'filter'] as const;
const TRANSFORMS = ['transformList', 'transformMap', 'transformMapEntry'] as const;
const OPTIONALS = ['optMap', 'optFlatMap'] as const;

export interface Loop {
  readonly is: (typeof PREDICATES)[number] | 'map' | (typeof TRANSFORMS)[number];
  readonly range: ASTNode;
  /** One name: the items of a list, the keys of a map. Two: index and item, key and value. */
  readonly names: readonly [string] | readonly [string, string];
  /** What has to hold. */
  readonly filter?: ASTNode;
  /** What each item becomes. */
  readonly body?: ASTNode;
}

export interface Binding {
  readonly is: 'bind' | (typeof OPTIONALS)[number];
  readonly variable: string;
  readonly value: ASTNode;
  readonly body: ASTNode;
}

export const isLoop = (macro: Loop | Binding): macro is Loop => 'range' in macro;

/** undefined: it is a call like any other. */
export function macroOf(node: ASTNode): Loop | Binding | undefined {
  if (node.op !== 'rcall') return undefined;
  const [name, range, args] = node.args;
  const [named, ...rest] = args;
  const [first, second, third] = rest;
  if (named?.op !== 'id' || !first) return undefined;
  const variable = named.args;
  const optional = OPTIONALS.find(one => one === name);
  if (optional && args.length === 2) return {is: optional, variable, value: range, body: first};
  const predicate = PREDICATES.find(one => one === name);
  if (predicate && args.length === 2) return {is: predicate, names: [variable], range, filter: first};
  if (name === 'map' && args.length === 2) return {is: 'map', names: [variable], range, body: first};
  if (name === 'map' && args.length === 3) return {is: 'map', names: [variable], range, filter: first, body: second!};
  if (name === 'bind' && args.length === 3 && range.op === 'id' && range.args === 'cel')
    return {is: 'bind', variable, value: first, body: second!};
  if (first.op !== 'id' || !second) return undefined;
  const names = [variable, first.args] as const;
  const quantifier = name === 'existsOne' ? 'exists_one' : predicate;
  if (quantifier && quantifier !== 'filter' && args.length === 3) return {is: quantifier, names, range, filter: second};
  const transform = TRANSFORMS.find(one => one === name);
  if (transform && args.length === 3) return {is: transform, names, range, body: second};
  if (transform && args.length === 4) return {is: transform, names, range, filter: second, body: third!};
  return undefined;
}
