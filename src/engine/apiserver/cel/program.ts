/** Expressions of admission: conditions, validations, messages. upstream: staging/src/k8s.io/apiserver/pkg/cel/environment/base.go */
import {Environment} from '@marcbachmann/cel-js';
import {withAuthorizer} from './authorizer.ts';
import {withLibrary} from './library.ts';
import {literalsAsMaps} from './literals.ts';

export type CelValue = unknown;
export type CelProgram = (variables: Readonly<Record<string, CelValue>>) => CelValue;

/** The language with Kubernetes' own functions. */
export const environment = withAuthorizer(
  withLibrary(new Environment({unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false, enableOptionalTypes: true})),
);

const programs = new Map<string, CelProgram>();

/** Compiles an expression, once. Throws Error with the reason where it is none. */
export function compile(expression: string): CelProgram {
  let program = programs.get(expression);
  if (!program) {
    const parsed = environment.parse(literalsAsMaps(expression));
    program = variables => parsed(variables as Record<string, unknown>);
    programs.set(expression, program);
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
