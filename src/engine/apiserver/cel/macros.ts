/** Calls that stand for loops and bindings. upstream: cel-go parser/macro.go, ext/bindings.go */
import type {ASTNode} from '@marcbachmann/cel-js';

export type Macro =
  | {
      readonly is: 'all' | 'exists' | 'exists_one' | 'filter' | 'map';
      readonly variable: string;
      readonly range: ASTNode;
      /** What has to hold. */
      readonly filter?: ASTNode;
      /** What each item becomes. */
      readonly body?: ASTNode;
    }
  | {readonly is: 'bind'; readonly variable: string; readonly value: ASTNode; readonly body: ASTNode};

const PREDICATES = ['all', 'exists', 'exists_one', 'filter'] as const;

/** undefined: it is a call like any other. */
export function macroOf(node: ASTNode): Macro | undefined {
  if (node.op !== 'rcall') return undefined;
  const [name, range, args] = node.args;
  const [named, first, second] = args;
  if (named?.op !== 'id' || !first) return undefined;
  const variable = named.args;
  const predicate = PREDICATES.find(one => one === name);
  if (predicate && args.length === 2) return {is: predicate, variable, range, filter: first};
  if (name === 'map' && args.length === 2) return {is: 'map', variable, range, body: first};
  if (name === 'map' && args.length === 3) return {is: 'map', variable, range, filter: first, body: second!};
  if (name === 'bind' && args.length === 3 && range.op === 'id' && range.args === 'cel')
    return {is: 'bind', variable, value: first, body: second!};
  return undefined;
}
