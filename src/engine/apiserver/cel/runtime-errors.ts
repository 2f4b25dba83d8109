/** What goes wrong while an expression is evaluated, in the words of the server. upstream: cel-go common/types/err.go, interpreter/attributes.go */
import {EvaluationError} from '@marcbachmann/cel-js';

const NO_SUCH_OVERLOAD = 'no such overload';

const conversion = (to: string) => (): string => `type conversion error from 'string' to '${to}'`;

/** The name behind the last colon, or the field that was asked for. */
const keyOf = ({summary, node}: EvaluationError): string => {
  const named = /: (.*)$/.exec(summary)?.[1];
  return named ?? String((node?.args as readonly unknown[] | undefined)?.[1] ?? '');
};

/** By the codes of the library. */
const WORDS: Readonly<Record<string, (error: EvaluationError) => string>> = {
  no_such_key: error => `no such key: ${keyOf(error)}`,
  cannot_index_type: error => `no such key: ${keyOf(error)}`,
  unknown_variable: error => `no such attribute(s): ${keyOf(error)}`,
  index_out_of_bounds: ({summary}) => `index out of bounds: ${/index (-?\d+)/.exec(summary)?.[1] ?? ''}`,
  index_out_of_range: () => 'index out of range',
  division_by_zero: () => 'division by zero',
  modulo_by_zero: () => 'modulus by zero',
  numeric_overflow: ({summary}) => (/unsigned/i.test(summary) ? 'unsigned integer overflow' : 'integer overflow'),
  no_such_overload: () => NO_SUCH_OVERLOAD,
  no_matching_overload: () => NO_SUCH_OVERLOAD,
  invalid_logical_operand: () => NO_SUCH_OVERLOAD,
  invalid_condition_type: () => NO_SUCH_OVERLOAD,
  invalid_comparison_type: () => NO_SUCH_OVERLOAD,
  bool_conversion_error: conversion('bool'),
  double_conversion_error: conversion('double'),
  int_conversion_error: conversion('int'),
  uint_conversion_error: conversion('uint'),
  invalid_duration: conversion('google.protobuf.Duration'),
  invalid_timestamp: conversion('google.protobuf.Timestamp'),
  optional_value_missing: () => 'optional.none() dereference',
};

/** What went wrong, without the picture of where. */
export function celError(error: unknown): string {
  if (error instanceof EvaluationError && Object.hasOwn(WORDS, error.code)) return WORDS[error.code]!(error);
  return (error as Error).message.split('\n')[0]!;
}

/** Values that no operation is for: only where types are not known before can it come to that. */
export const isOverloadError = (text: string): boolean => text.startsWith(NO_SUCH_OVERLOAD);
