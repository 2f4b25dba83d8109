/**
 * Works an expression out, part by part, and keeps account of what that costs.
 * upstream: cel-go interpreter/{planner,interpretable,attributes,runtimecost}.go
 */
import {type ASTNode, Optional} from '@marcbachmann/cel-js';
import type {Checked} from './check.ts';
import {planOf} from './constants.ts';
import {valueIn} from './library/conversions.ts';
import {call} from './library.ts';
import {isObject} from './literals.ts';
import {runLoop} from './loops.ts';
import {type Binding, isLoop, macroOf} from './macros.ts';
import {entryOf, isOptional} from './optional-entries.ts';
import {costOfCall, PER_CALL_LIMIT} from './runtime-costs.ts';
import {CelError, type CelValue, equals, isMap, lookUp, noSuchOverload} from './values.ts';

/** upstream: cel-go interpreter/runtimecost.go EvalCancelledError. Nothing makes it go unnoticed. */
export class CostLimitExceeded extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded');
  }
}

const LIST_BASE = 10;
const MAP_BASE = 30;
const OBJECT_BASE = 40;

/** A name that a loop or a binding gave. */
export interface Local {
  readonly name: string;
  readonly value: CelValue;
  readonly outer: Local | undefined;
}

/** One run of an expression. */
export interface Run {
  /** `within`: as part of a longer path or as a branch, which are not charged for what they begin with. */
  evaluate(node: ASTNode, locals: Local | undefined, within?: boolean): CelValue;
  /** Throws CostLimitExceeded. */
  charge(units: number): void;
  isConstant(node: ASTNode): boolean;
}

/** Of a path, each step is charged, and once what it begins with. */
const isPath = ({op}: ASTNode): boolean => ['id', '.', '.?', '[]', '[?]', '?:'].includes(op);

/** `spent` is told what it has cost, also where it fails. Throws CelError or CostLimitExceeded. */
export function evaluator(checked: Checked): (variables: Readonly<Record<string, CelValue>>, spent?: (units: number) => void) => CelValue {
  const {constants, sets} = planOf(checked);
  return (variables, spent) => {
    let cost = 0;
    const charge = (units: number): void => {
      cost += units;
      if (cost > PER_CALL_LIMIT) throw new CostLimitExceeded();
    };
    const run: Run = {charge, evaluate, isConstant: node => constants.has(node)};

    function evaluate(node: ASTNode, locals: Local | undefined, within = false): CelValue {
      const constant = constants.get(node);
      if (constant) return constant.value;
      switch (node.op) {
        case 'id':
          if (!within) charge(1);
          return valueNamed(node.args, locals);
        case '.':
        case '.?': {
          const operand = operandOf(node.args[0], locals, within);
          charge(1);
          return node.op === '.' ? select(operand, node.args[1]) : optionally(operand, node.args[1]);
        }
        case '[]':
        case '[?]': {
          const operand = operandOf(node.args[0], locals, within);
          const key = evaluate(node.args[1], locals, isPath(node.args[1]));
          charge(1);
          return node.op === '[]' ? select(operand, key) : optionally(operand, key);
        }
        case '?:': {
          const [condition, yes, no] = node.args;
          const holds = evaluate(condition, locals);
          if (typeof holds !== 'boolean') throw noSuchOverload();
          const branch = holds ? yes : no;
          return evaluate(branch, locals, isPath(branch));
        }
        case '&&':
          return decide(node.args, locals, false);
        case '||':
          return decide(node.args, locals, true);
        case 'list': {
          const items = node.args.flatMap(item => entry(item, entryOf(item), locals));
          charge(LIST_BASE);
          return items;
        }
        case 'map': {
          const entries = node.args.flatMap(([key, value]) => {
            const name = evaluate(entryOf(key), locals);
            return entry(key, value, locals).map(one => [name, one] as const);
          });
          charge(isObject(node) ? OBJECT_BASE : MAP_BASE);
          return new Map(entries);
        }
        default:
          return evaluateCall(node, locals);
      }
    }

    /** What is there of an entry: nothing where it is optional and has no value. */
    function entry(marked: ASTNode, node: ASTNode, locals: Local | undefined): CelValue[] {
      const value = evaluate(node, locals);
      if (!isOptional(marked)) return [value];
      if (!(value instanceof Optional)) throw noSuchOverload();
      return value.hasValue() ? [value.value()] : [];
    }

    function operandOf(node: ASTNode, locals: Local | undefined, within: boolean): CelValue {
      if (isPath(node) && !constants.has(node)) return evaluate(node, locals, within);
      const value = evaluate(node, locals);
      if (!within) charge(1);
      return value;
    }

    function valueNamed(name: string, locals: Local | undefined): CelValue {
      for (let local = locals; local; local = local.outer) if (local.name === name) return local.value;
      if (!Object.hasOwn(variables, name)) throw new CelError(`no such attribute(s): ${name}`);
      return variables[name];
    }

    /** One side is enough where it decides; only then does a failure of the other not matter. */
    function decide([left, right]: readonly [ASTNode, ASTNode], locals: Local | undefined, deciding: boolean): boolean {
      const first = attempt(left, locals);
      if (first === deciding) return deciding;
      const second = attempt(right, locals);
      if (second === deciding) return deciding;
      for (const outcome of [first, second]) if (outcome instanceof CelError) throw outcome;
      if (typeof first !== 'boolean' || typeof second !== 'boolean') throw noSuchOverload();
      return !deciding;
    }

    function attempt(node: ASTNode, locals: Local | undefined): CelValue {
      try {
        return evaluate(node, locals);
      } catch (error) {
        if (error instanceof CelError) return error;
        throw error;
      }
    }

    function evaluateCall(node: ASTNode, locals: Local | undefined): CelValue {
      const macro = macroOf(node);
      if (macro) return isLoop(macro) ? runLoop(run, macro, locals) : bind(macro, locals);
      if (node.op === 'call' && node.args[0] === 'has') return has(node.args[1][0]!, locals);
      const called = checked.callOf(node);
      if (!called) throw noSuchOverload();
      const {name, args, overloads} = called;
      if ((name === 'or' || name === 'orValue') && args.length === 2) return otherwise(name, args, locals);
      const values = args.length > 2 ? args.map(arg => evaluate(arg, locals)) : args.map(arg => attempt(arg, locals));
      const result = values.find(value => value instanceof CelError) ?? attemptCall(name, values);
      if (!sets.has(node)) charge(costOfCall(name, overloads, values, result));
      if (result instanceof CelError) throw result;
      return result;
    }

    function bind({is, variable, value, body}: Binding, locals: Local | undefined): CelValue {
      const bound = evaluate(value, locals);
      if (is === 'bind') return evaluate(body, {name: variable, value: bound, outer: locals});
      if (!(bound instanceof Optional)) throw noSuchOverload();
      charge(1);
      if (!bound.hasValue()) {
        charge(1);
        return bound;
      }
      // Asked for once more, for its value.
      evaluate(value, locals);
      charge(1);
      const result = evaluate(body, {name: variable, value: bound.value(), outer: locals});
      if (is === 'optFlatMap') return result;
      charge(1);
      return Optional.of(result);
    }

    /** What stands in for a missing value is only worked out where it is missing. */
    function otherwise(name: string, [optional, other]: readonly ASTNode[], locals: Local | undefined): CelValue {
      const value = evaluate(optional!, locals);
      if (!(value instanceof Optional)) throw noSuchOverload();
      if (!value.hasValue()) return evaluate(other!, locals);
      return name === 'or' ? value : valueIn(value);
    }

    function has(node: ASTNode, locals: Local | undefined): boolean {
      if (node.op !== '.' && node.op !== '.?') throw new CelError('invalid argument to has() macro');
      const operand = operandOf(node.args[0], locals, false);
      const value = operand instanceof Optional ? operand.orValue(null) : operand;
      return isMap(value) && lookUp(value, node.args[1]) !== undefined;
    }

    try {
      return evaluate(checked.ast, undefined);
    } finally {
      spent?.(cost);
    }
  };
}

function attemptCall(name: string, values: readonly CelValue[]): CelValue {
  try {
    return call(name, values);
  } catch (error) {
    if (error instanceof CelError) return error;
    throw error;
  }
}

/** A field, an entry or an item; of a value that may be missing, one that may be missing. Throws CelError where it is not there. */
function select(operand: CelValue, key: CelValue): CelValue {
  if (operand instanceof Optional) return optionally(operand, key);
  if (Array.isArray(operand)) {
    const index = typeof key === 'bigint' ? Number(key) : operand.findIndex((_, i) => equals(BigInt(i), key));
    if (index in operand) return operand[index];
    throw new CelError(typeof key === 'string' ? `no such key: ${key}` : `index out of bounds: ${String(key)}`);
  }
  const found = isMap(operand) ? lookUp(operand, key) : fieldOf(operand, key);
  if (!found) throw new CelError(`no such key: ${String(key)}`);
  return found.value;
}

/** The one field that a value of a library has. */
function fieldOf(operand: CelValue, key: CelValue): {readonly value: CelValue} | undefined {
  return key === 'requestResource' && typeof operand === 'object' && operand !== null && key in operand
    ? {value: (operand as {requestResource: CelValue}).requestResource}
    : undefined;
}

function optionally(operand: CelValue, key: CelValue): Optional {
  const value = operand instanceof Optional ? operand.orValue(undefined) : operand;
  if (value === undefined) return Optional.none();
  try {
    return Optional.of(select(value, key));
  } catch (error) {
    if (error instanceof CelError) return Optional.none();
    throw error;
  }
}
