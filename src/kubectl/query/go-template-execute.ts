/** A template at work. upstream: Go text/template/exec.go */
import {goQuote} from '../../engine/api/field-errors.ts';
import {Float, goText, goType} from '../../engine/api/go-text.ts';

import {CallError, FUNCTIONS, isTrue} from './go-template-functions.ts';
import {type Branch, type Call, type Command, type Node, type Operand, type Pipeline, Stop, type Template} from './go-template-nodes.ts';

/** What went wrong, and what had been written by then. */
export class ExecutionError extends Error {
  readonly written: string;
  constructor(message: string, written: string) {
    super(message);
    this.written = written;
  }
}

/** Not there at all, which is other than null. */
const MISSING = Symbol('missing');

/** `isItem`: it is looked at as it lies in a list or a map, where it may be of any type. */
interface Variable {
  readonly name: string;
  value: unknown;
  isItem?: boolean;
}

interface Scope {
  readonly dot: unknown;
  /** Whether the dot is looked at as it lies in a list or a map. */
  readonly isItem?: boolean;
  /** Those that were declared last come last. */
  readonly variables: Variable[];
  /** Of the template that is at work. */
  readonly template: string;
}

const DEEPEST = 100_000;

/** Throws ExecutionError. */
export function printGoTemplate({nodes, text, defined}: Template, data: unknown, {allowMissingKeys = true} = {}): string {
  let written = '';
  /** What is being looked at: complaints name it. */
  let current: {readonly at: number; readonly text: string} = {at: 0, text: ''};
  let executing = 'output';

  const fail = (why: string): never => {
    const before = text.slice(0, current.at);
    const newline = before.lastIndexOf('\n');
    const place = `${before.split('\n').length}:${newline < 0 ? current.at : current.at - newline - 1}`;
    throw new ExecutionError(`template: output:${place}: executing ${goQuote(executing)} at <${current.text}>: ${why}`, written);
  };

  function run(list: readonly Node[], scope: Scope): void {
    for (const node of list) {
      if (node.kind === 'text') written += node.text;
      else if (node.kind === 'stop') throw node.stop;
      else if (node.kind === 'range') range(node, scope);
      else if (node.kind === 'template') include(node, scope);
      else {
        const value = evaluate(node.pipeline, scope);
        if (node.kind === 'print') {
          if (node.pipeline.variables.length === 0)
            written += value === MISSING || value === null || value === undefined ? '<no value>' : goText(value);
        } else if (isTrue(value === MISSING ? undefined : value)) run(node.body, inner(scope, node.kind === 'with' ? value : scope.dot));
        else run(node.otherwise, inner(scope, scope.dot));
      }
    }
  }

  const inner = (scope: Scope, dot: unknown): Scope => ({
    ...scope,
    dot,
    isItem: scope.isItem === true && dot === scope.dot,
    variables: [...scope.variables],
  });

  const variableOf = (scope: Scope, name: string): Variable =>
    scope.variables.findLast(variable => variable.name === name) ?? fail(`undefined variable: ${name}`);

  /** Another template sees nothing but what it is given. */
  function include({name, pipeline, at, text: shown}: Call, scope: Scope): void {
    current = {at, text: shown};
    const body = defined.get(name) ?? (name === 'output' ? nodes : fail(`template ${goQuote(name)} not defined`));
    const dot = pipeline ? evaluate(pipeline, scope) : MISSING;
    executing = name;
    try {
      run(body, {dot, variables: [{name: '$', value: dot}], template: name});
    } catch (error) {
      // Go's own stack is deeper than this one.
      current = {at, text: shown};
      executing = scope.template;
      if (error instanceof RangeError) fail(`exceeded maximum template depth (${DEEPEST})`);
      throw error;
    }
    executing = scope.template;
  }

  function range({pipeline, body, otherwise}: Branch, outer: Scope): void {
    const {variables: names, declares} = pipeline;
    const scope = inner(outer, outer.dot);
    const over = evaluate(pipeline, scope);
    const entries = entriesOf(over, names.length);
    if (entries.length === 0) return run(otherwise, scope);
    for (const [key, item] of entries) {
      const turn = {...inner(scope, item), isItem: typeof over === 'object'};
      const values = names.length > 1 ? [key, item] : [item];
      for (const [i, name] of names.entries()) {
        const isItem = values[i] === item && turn.isItem;
        if (declares) turn.variables.push({name, value: values[i], isItem});
        else Object.assign(variableOf(scope, name), {value: values[i], isItem});
      }
      try {
        run(body, turn);
      } catch (error) {
        if (error === Stop.break) return;
        if (error !== Stop.continue) throw error;
      }
    }
  }

  function entriesOf(value: unknown, names: number): [unknown, unknown][] {
    if (value === MISSING || value === null || value === undefined) return [];
    if (Array.isArray(value)) return value.map((item, i) => [BigInt(i), item]);
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) {
      if (names > 1) fail(`can't use ${value} to iterate over more than one variable`);
      return Array.from({length: Math.max(Number(value), 0)}, (_, i) => [null, BigInt(i)]);
    }
    if (typeof value !== 'object' || value instanceof Float) return fail(`range can't iterate over ${goText(value)}`);
    const map = value as Record<string, unknown>;
    return Object.keys(map)
      .sort()
      .map(key => [key, map[key]]);
  }

  function evaluate(pipeline: Pipeline, scope: Scope): unknown {
    current = pipeline;
    let value: unknown = MISSING;
    for (const [i, command] of pipeline.commands.entries()) value = evaluateCommand(command, scope, i === 0 ? [] : [value]);
    for (const name of pipeline.variables)
      if (pipeline.declares) scope.variables.push({name, value});
      else Object.assign(variableOf(scope, name), {value, isItem: false});
    return value;
  }

  function evaluateCommand(command: Command, scope: Scope, piped: readonly unknown[]): unknown {
    const [first, ...args] = command.operands as [Operand, ...Operand[]];
    if (first.is === 'function') return call(first.name, first, command, args, scope, piped);
    const arguments_ = args.length + piped.length;
    if (first.is === 'field' || (first.is === 'variable' && first.names.length > 0) || first.is === 'chain') {
      const value = operandValue(first, scope);
      if (arguments_ > 0) fail(`${first.names.at(-1)} is not a method but has arguments`);
      return value;
    }
    if (first.is !== 'pipeline') current = first;
    if (arguments_ > 0) fail(`can't give argument to non-function ${first.is === 'pipeline' ? first.pipeline.text : first.text}`);
    if (first.is === 'nil') fail('nil is not a command');
    return operandValue(first, scope);
  }

  function operandValue(operand: Operand, scope: Scope): unknown {
    current = operand;
    switch (operand.is) {
      case 'dot':
        return scope.dot;
      case 'nil':
        return null;
      case 'literal':
        return operand.value;
      case 'field':
        return follow(scope.dot, operand.names, scope.isItem);
      case 'variable': {
        const {value, isItem} = variableOf(scope, operand.variable);
        return follow(value, operand.names, isItem);
      }
      case 'pipeline':
        return evaluate(operand.pipeline, scope);
      case 'chain':
        return follow(operandValue(operand.of, scope), operand.names);
      default:
        return call(operand.name, operand, operand, [], scope, []);
    }
  }

  function follow(from: unknown, names: readonly string[], isItem = false): unknown {
    return names.reduce((value, name, i) => {
      if (value === MISSING) return allowMissingKeys ? MISSING : fail(`nil data; no entry for key "${name}"`);
      if (value === null || value === undefined) return fail(`nil pointer evaluating interface {}.${name}`);
      if (typeof value !== 'object' || Array.isArray(value) || value instanceof Float)
        return fail(`can't evaluate field ${name} in type ${i > 0 || isItem ? 'interface {}' : goType(value)}`);
      if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
      return allowMissingKeys ? MISSING : fail(`map has no entry for key "${name}"`);
    }, from);
  }

  function call(
    name: string,
    place: Operand,
    whole: {readonly at: number; readonly text: string},
    args: readonly Operand[],
    scope: Scope,
    piped: readonly unknown[],
  ): unknown {
    current = place;
    const {takes, more, text: wantsText, call: work} = FUNCTIONS[name]!;
    const count = args.length + piped.length;
    if (more ? count < takes : count !== takes)
      fail(`wrong number of args for ${name}: want ${more ? `at least ${takes}` : takes} got ${count}`);
    const values: unknown[] = [];
    for (const [i, arg] of args.entries()) {
      const value = operandValue(arg, scope);
      if (i === 0 && wantsText) mustBeText(arg, value);
      if ((name === 'or' || name === 'and') && isTrue(value === MISSING ? null : value) === (name === 'or')) return value;
      values.push(value);
    }
    if (wantsText && args.length === 0) mustBeText(place, piped[0]);
    if (name === 'call' && values[0] !== MISSING && values[0] !== null) {
      current = whole;
      fail(`error calling call: non-function ${args[0]?.text ?? name} of type ${goType(values[0])}`);
    }
    try {
      return work(...[...values, ...piped].map(value => (value === MISSING ? null : value)));
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      current = whole;
      return fail(`error calling ${name}: ${error.message}`);
    }
  }

  function mustBeText(arg: Operand, value: unknown): void {
    if (typeof value === 'string') return;
    if (arg.is === 'nil') fail('cannot assign nil to string');
    if (value === MISSING || value === null || value === undefined) fail('invalid value; expected string');
    fail(arg.is === 'literal' ? `expected string; found ${arg.text}` : `wrong type for value; expected string; got ${goType(value)}`);
  }

  run(nodes, {dot: data, variables: [{name: '$', value: data}], template: 'output'});
  return written;
}
