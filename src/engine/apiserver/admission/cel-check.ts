/** What is wrong with an expression before it is ever evaluated. upstream: apiserver/pkg/admission/plugin/cel/compile.go, cel-go's checker (texts) */
import {type TypeError as CheckError, ParseError} from '@marcbachmann/cel-js';
import {celError, environment} from './cel.ts';
import {literalsAsMaps} from './cel-literals.ts';

/** Names in front of functions: no variables, though they look like some. */
const NAMESPACES = ['base64', 'cidr', 'format', 'ip', 'json', 'jsonpatch', 'lists', 'math', 'semver', 'sets', 'strings'];
export type CelType = 'bool' | 'string';

const environments = new Map<string, ReturnType<typeof environment.clone>>();

function knowing(variables: readonly string[]): ReturnType<typeof environment.clone> {
  const key = variables.join();
  let known = environments.get(key);
  if (!known) {
    known = environment.clone({unlistedVariablesAreDyn: false});
    for (const name of [...variables, ...NAMESPACES]) known.registerVariable(name, 'dyn');
    environments.set(key, known);
  }
  return known;
}

/** It is none, or comes to something of the wrong type. */
export type CelProblem = {readonly fault: string} | {readonly got: string};

/** undefined: it is in order, as far as can be told without the objects. `result`: what it has to come to. */
export function celProblem(expression: string, variables: readonly string[], result?: CelType): CelProblem | undefined {
  const {error, type = 'dyn'} = knowing(variables).check(literalsAsMaps(expression));
  if (error instanceof ParseError) return {fault: `ERROR: ${celError(error)}`};
  const fault = error && faultOf(error);
  if (fault) return {fault: `ERROR: ${placed(expression, ...fault)}`};
  return !error && result && type !== 'dyn' && type !== result ? {got: type} : undefined;
}

const OVERLOAD = /^no such overload: (\w+) (\S+) (\w+)$/;

/** What is certainly wrong, and where: other complaints may come from what this checker does not know. */
function faultOf({code, message, range, node}: CheckError): [why: string, at: number] | undefined {
  const said = message.split('\n')[0]!;
  if (code === 'unknown_variable')
    return [`undeclared reference to '${said.replace('Unknown variable: ', '')}' (in container '')`, range?.start ?? 0];
  const [, left, operator, right] = OVERLOAD.exec(said) ?? [];
  if (!operator || left === 'dyn' || right === 'dyn') return undefined;
  const name = operator === 'in' ? '@in' : `_${operator}_`;
  const first = Array.isArray(node?.args) ? (node.args[0] as {range?: {end: number}}).range?.end : undefined;
  return [`found no matching overload for '${name}' applied to '(${left}, ${right})'`, first === undefined ? 0 : first + 1];
}

/** The place in words and as a picture. */
function placed(expression: string, why: string, at: number): string {
  const before = expression.slice(0, at).split('\n');
  const column = before.at(-1)!.length;
  const line = expression.split('\n')[before.length - 1];
  return `<input>:${before.length}:${column + 1}: ${why}\n | ${line}\n | ${'.'.repeat(column)}^`;
}
