/** Parts of an expression that are worked out before it is run, and so cost nothing then. upstream: cel-go interpreter/decorators.go decOptimize */
import type {ASTNode} from '@marcbachmann/cel-js';
import type {Checked} from './check.ts';
import {call} from './library.ts';
import {isObject} from './literals.ts';
import {macroOf} from './macros.ts';
import {entryOf, isOptional} from './optional-entries.ts';
import {CelError, CelType, type CelValue, typeName, Uint} from './values.ts';

type Constants = ReadonlyMap<ASTNode, {readonly value: CelValue}>;

export interface Plan {
  readonly constants: Constants;
  /** Questions whether something is one of values that are written out: these are answered without going through them. */
  readonly sets: ReadonlySet<ASTNode>;
}

const CONVERSIONS: ReadonlySet<string> = new Set('bool bytes double duration dyn int string timestamp type uint'.split(' '));

/** The grammar's own class of numbers without a sign is not handed out. */
const literal = (value: unknown): CelValue =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array) ? new Uint(BigInt(String(value))) : value;

const PRIMITIVE: ReadonlySet<string> = new Set(['bool', 'double', 'int', 'string', 'uint']);

export function planOf(checked: Checked): Plan {
  const constants = new Map<ASTNode, {value: CelValue}>();
  const sets = new Set<ASTNode>();
  const all = (nodes: readonly ASTNode[]): CelValue[] | undefined => {
    const found = nodes.map(node => visit(node));
    return found.every(one => one !== undefined) ? found.map(one => one!.value) : undefined;
  };
  const settle = (node: ASTNode, value: CelValue): {value: CelValue} => {
    const constant = {value};
    constants.set(node, constant);
    return constant;
  };

  function visit(node: ASTNode): {value: CelValue} | undefined {
    const type = checked.typeNamed(node);
    if (type !== undefined) return settle(node, new CelType(type));
    switch (node.op) {
      case 'value':
        return settle(node, literal(node.args));
      case 'id':
        return undefined;
      case 'list': {
        const items = node.args.some(isOptional) ? void visitAll(node.args.map(entryOf)) : all(node.args);
        return items && settle(node, items);
      }
      case 'map': {
        const parts = node.args.flat();
        // Objects are made anew each time, whatever is in them.
        const entries = isObject(node) || parts.some(isOptional) ? void visitAll(parts.map(entryOf)) : all(parts);
        return entries && settle(node, new Map(node.args.map((_, i) => [entries[2 * i], entries[2 * i + 1]])));
      }
      case '-_': {
        const number = node.args.op === 'value' ? visit(node.args)!.value : undefined;
        if (typeof number === 'bigint' || typeof number === 'number') return settle(node, -number);
        all([node.args]);
        return undefined;
      }
      case '.':
      case '.?':
      case '!_':
        visit(node.op === '!_' ? node.args : node.args[0]);
        return undefined;
      case 'call': {
        const [name, args] = node.args;
        const values = all(args);
        return CONVERSIONS.has(name) && values?.length === 1 ? converted(node, name, values) : undefined;
      }
      case 'rcall': {
        const [, receiver, args] = node.args;
        visitAll([receiver, ...args.slice(macroOf(node) ? 1 : 0)]);
        return undefined;
      }
      case 'in': {
        const [item, list] = node.args;
        visit(item);
        const members = visit(list)?.value;
        if (Array.isArray(members) && members.every(member => PRIMITIVE.has(typeName(member)))) sets.add(node);
        return undefined;
      }
      default:
        visitAll(node.args);
        return undefined;
    }
  }
  const visitAll = (nodes: readonly ASTNode[]): void => nodes.forEach(node => void visit(node));

  /** What cannot be converted is left to fail when it is run. */
  function converted(node: ASTNode, name: string, values: readonly CelValue[]): {value: CelValue} | undefined {
    try {
      return settle(node, call(name, values));
    } catch (error) {
      if (error instanceof CelError) return undefined;
      throw error;
    }
  }

  visit(checked.ast);
  return {constants, sets};
}
