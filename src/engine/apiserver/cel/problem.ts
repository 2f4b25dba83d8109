/** What is wrong with an expression before it is ever evaluated. upstream: apiserver/pkg/admission/plugin/cel/compile.go, cel-go cel/validator.go */
import {type ASTNode, ParseError} from '@marcbachmann/cel-js';
import {parseGoDuration} from '../../api/duration.ts';
import {patternProblem} from '../../api/go-regexp.ts';
import {parseRfc3339} from '../../api/time.ts';
import {type Checked, check, type Variables} from './check.ts';
import {literalsAsMaps} from './literals.ts';
import {drawFaults, type Fault, nowhere, syntaxFault} from './places.ts';
import {LARGEST_EXPRESSION, MOST_RECURSION, parse} from './program.ts';
import {type CelType, printResult} from './types.ts';

export type {Variables} from './check.ts';

/** It is none, or comes to something of the wrong type. */
export type CelProblem = {readonly fault: string} | {readonly got: string};

/** What an expression has to come to, by the name of its type. */
export type Wanted = 'bool' | 'string' | 'string or null' | 'object' | 'patches';

const FITS: Readonly<Record<Wanted, (type: CelType) => boolean>> = {
  bool: ({name}) => name === 'bool',
  string: ({name}) => name === 'string',
  'string or null': ({name}) => name === 'string' || name === 'null',
  // Written objects and lists of them are read as maps and lists here.
  object: ({kind}) => kind === 'map' || kind === 'dyn',
  patches: ({kind}) => kind === 'list' || kind === 'dyn',
};

/** The expression with the type of every part, or what is wrong with it as a text. */
export function analyse(expression: string, variables: Variables): {readonly checked: Checked} | {readonly fault: string} {
  const size = [...expression].length;
  if (size > LARGEST_EXPRESSION)
    return {fault: nowhere(`expression code point size exceeds limit: size: ${size}, limit ${LARGEST_EXPRESSION}`)};
  try {
    return analysed(expression, variables);
  } catch (error) {
    // What the grammar counts, and what only its functions call each other for, such as a thousand signs in a row.
    if (!(error instanceof RangeError) && !(error instanceof ParseError && error.code === 'limit_exceeded')) throw error;
    return {fault: nowhere(`expression recursion limit exceeded: ${MOST_RECURSION}`)};
  }
}

function analysed(expression: string, variables: Variables): ReturnType<typeof analyse> {
  const plain = literalsAsMaps(expression);
  const told = (faults: readonly Fault[]): {fault: string} => ({fault: drawFaults(expression, faults)});
  let ast: ASTNode;
  try {
    ast = parse(plain);
  } catch (error) {
    if (!(error instanceof ParseError) || error.code === 'limit_exceeded') throw error;
    return told([syntaxFault(plain.text, error)]);
  }
  const checked = check(ast, variables, {mixed: plain.braces.size > 0});
  if (checked.faults.length > 0) return told(checked.faults);
  const faults = literalFaults(checked);
  return faults.length > 0 ? told(faults) : {checked};
}

/** undefined: it is in order, as far as can be told without the objects. */
export function celProblem(expression: string, variables: Variables, wanted?: Wanted): CelProblem | undefined {
  const analysis = analyse(expression, variables);
  if ('fault' in analysis) return analysis;
  const {type} = analysis.checked;
  return wanted && !FITS[wanted](type) ? {got: printResult(type)} : undefined;
}

/** What a written argument has to be. */
const READERS: Readonly<Record<string, {readonly argument: number; readonly reads: (text: string) => boolean}>> = {
  duration: {argument: 0, reads: text => parseGoDuration(text) !== undefined},
  timestamp: {argument: 0, reads: text => parseRfc3339(text) !== undefined},
  matches: {argument: 1, reads: text => patternProblem(text) === undefined},
};

function literalFaults({calls}: Checked): Fault[] {
  return calls.flatMap(({name, args}) => {
    const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    const argument = reader && args[reader.argument];
    if (argument?.op !== 'value' || typeof argument.args !== 'string' || reader!.reads(argument.args)) return [];
    return [{at: argument.start, why: `invalid ${name} argument`}];
  });
}
