/** Expressions of admission and of schemas, ready to be run. upstream: staging/src/k8s.io/apiserver/pkg/cel/environment/base.go */
import {type ASTNode, Environment} from '@marcbachmann/cel-js';
import {check, type Variables} from './check.ts';
import {evaluator} from './evaluate.ts';
import {printDuration} from './library/conversions.ts';
import {printTime} from './library/times.ts';
import {literalsAsMaps, markObjects, type WithoutLiterals} from './literals.ts';
import {markOptional, optionalSigns} from './optional-entries.ts';
import {AUTHORIZERS, PARAMS, REQUEST_VARIABLES} from './request-types.ts';
import {DYN} from './types.ts';
import {type CelValue, Duration, Timestamp, Uint} from './values.ts';

/** `spent` is told what the run has cost, also where it fails. Throws CelError or CostLimitExceeded. */
export type CelProgram = (variables: Readonly<Record<string, CelValue>>, spent?: (units: number) => void) => CelValue;

/** upstream: cel-go parser/parser.go (defaults of maxRecursionDepth and expressionSizeCodePointLimit) */
export const MOST_RECURSION = 250;
export const LARGEST_EXPRESSION = 100_000;

const NO_LIMIT = Number.POSITIVE_INFINITY;
const grammar = new Environment({
  enableOptionalTypes: true,
  limits: {maxDepth: MOST_RECURSION, maxAstNodes: NO_LIMIT, maxListElements: NO_LIMIT, maxMapEntries: NO_LIMIT, maxCallArguments: NO_LIMIT},
});

/** The expression as a tree. Throws ParseError. */
export function parse({text: expression, braces}: WithoutLiterals): ASTNode {
  const {text, signs} = optionalSigns(expression);
  const {ast} = grammar.parse(text);
  markOptional(ast, signs);
  markObjects(ast, braces);
  return ast;
}

/** What is known of the objects of a request before there is one. */
const OF_A_REQUEST: Variables = {...REQUEST_VARIABLES, ...PARAMS, ...AUTHORIZERS, variables: DYN};

const programs = new WeakMap<Variables, Map<string, CelProgram>>();

/** Compiles an expression, once for the same `variables`: what they are. Throws ParseError where it is none. */
export function compile(expression: string, variables: Variables = OF_A_REQUEST): CelProgram {
  let known = programs.get(variables);
  if (!known) programs.set(variables, (known = new Map()));
  let program = known.get(expression);
  if (!program) {
    const plain = literalsAsMaps(expression);
    known.set(expression, (program = evaluator(check(parse(plain), variables, {mixed: plain.braces.size > 0}))));
  }
  return program;
}

/** JSON as CEL sees it: whole numbers are integers. */
export function toCel(value: unknown): CelValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (value === null || typeof value !== 'object') return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, toCel(field)]),
  );
}

/** A value of CEL as JSON. */
export function fromCel(value: CelValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint) return Number(value.value);
  if (value instanceof Timestamp) return printTime(value);
  if (value instanceof Duration) return printDuration(value);
  if (Array.isArray(value)) return value.map(fromCel);
  if (value === null || typeof value !== 'object') return value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([name, field]) => [name, fromCel(field)]));
}

/** What an expression may speak of in every place. upstream: apiserver/pkg/admission/plugin/cel/compile.go */
export function requestVariables(attributes: {
  object: unknown;
  oldObject: unknown;
  request: unknown;
  namespaceObject?: unknown;
}): Record<string, CelValue> {
  return {
    object: toCel(attributes.object),
    oldObject: toCel(attributes.oldObject),
    request: toCel(attributes.request),
    namespaceObject: toCel(attributes.namespaceObject),
  };
}
