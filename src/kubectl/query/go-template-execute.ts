/** A template at work. upstream: Go text/template/exec.go */
import {goText} from '../../engine/api/go-text.ts';
import {type Branch, type Node, Stop, type Template} from './go-template.ts';
import {CallError, FUNCTIONS, isTrue} from './go-template-functions.ts';
import type {Command, Operand, Pipeline} from './go-template-pipeline.ts';

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

interface Scope {
  readonly dot: unknown;
  readonly variables: Map<string, unknown>;
}

/** Throws ExecutionError. */
export function printGoTemplate({nodes, text}: Template, data: unknown, {allowMissingKeys = true} = {}): string {
  let written = '';
  /** What is being looked at: complaints name it. */
  let current: {readonly at: number; readonly text: string} = {at: 0, text: ''};

  const fail = (why: string): never => {
    const before = text.slice(0, current.at);
    const newline = before.lastIndexOf('\n');
    const place = `${before.split('\n').length}:${newline < 0 ? current.at : current.at - newline - 1}`;
    throw new ExecutionError(`template: output:${place}: executing "output" at <${current.text}>: ${why}`, written);
  };

  function run(list: readonly Node[], scope: Scope): void {
    for (const node of list) {
      if (node.kind === 'text') written += node.text;
      else if (node.kind === 'stop') throw node.stop;
      else if (node.kind === 'range') range(node, scope);
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

  const inner = (scope: Scope, dot: unknown): Scope => ({dot, variables: new Map(scope.variables)});

  function range(node: Branch, scope: Scope): void {
    const {variables} = node.pipeline;
    const entries = entriesOf(evaluate({...node.pipeline, variables: []}, scope));
    if (entries.length === 0) return run(node.otherwise, inner(scope, scope.dot));
    for (const [key, item] of entries) {
      const turn = inner(scope, item);
      if (variables.length > 0) turn.variables.set(variables.at(-1)!, item);
      if (variables.length > 1) turn.variables.set(variables[0]!, key);
      try {
        run(node.body, turn);
      } catch (error) {
        if (error === Stop.break) return;
        if (error !== Stop.continue) throw error;
      }
    }
  }

  function entriesOf(value: unknown): [unknown, unknown][] {
    if (value === MISSING || value === null || value === undefined) return [];
    if (Array.isArray(value)) return value.map((item, i) => [BigInt(i), item]);
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value)))
      return Array.from({length: Math.max(Number(value), 0)}, (_, i) => [i, i]);
    if (typeof value !== 'object') return fail(`range can't iterate over ${goText(value)}`);
    const map = value as Record<string, unknown>;
    return Object.keys(map)
      .sort()
      .map(key => [key, map[key]]);
  }

  function evaluate(pipeline: Pipeline, scope: Scope): unknown {
    current = pipeline;
    let value: unknown = MISSING;
    for (const [i, command] of pipeline.commands.entries()) value = evaluateCommand(command, scope, i === 0 ? [] : [value]);
    for (const name of pipeline.variables) scope.variables.set(name, value);
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
    current = first;
    if (arguments_ > 0) fail(`can't give argument to non-function ${first.text}`);
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
        return follow(scope.dot, operand.names);
      case 'variable':
        return follow(operand.variable === '$' ? data : scope.variables.get(operand.variable), operand.names);
      case 'pipeline':
        return evaluate(operand.pipeline, scope);
      case 'chain':
        return follow(operandValue(operand.of, scope), operand.names);
      default:
        return call(operand.name, operand, operand, [], scope, []);
    }
  }

  function follow(from: unknown, names: readonly string[]): unknown {
    return names.reduce((value, name) => {
      if (value === MISSING) return allowMissingKeys ? MISSING : fail(`nil data; no entry for key "${name}"`);
      if (value === null || value === undefined) return fail(`nil pointer evaluating interface {}.${name}`);
      if (typeof value !== 'object' || Array.isArray(value)) return fail(`can't evaluate field ${name} in type interface {}`);
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
    const {takes, more, call: work} = FUNCTIONS[name]!;
    const count = args.length + piped.length;
    if (more ? count < takes : count !== takes)
      fail(`wrong number of args for ${name}: want ${more ? `at least ${takes}` : takes} got ${count}`);
    const values: unknown[] = [];
    for (const arg of args) {
      const value = operandValue(arg, scope);
      if ((name === 'or' || name === 'and') && isTrue(value === MISSING ? null : value) === (name === 'or')) return value;
      values.push(value);
    }
    try {
      return work(...[...values, ...piped].map(value => (value === MISSING ? null : value)));
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      current = whole;
      return fail(`error calling ${name}: ${error.message}`);
    }
  }

  run(nodes, {dot: data, variables: new Map()});
  return written;
}
