/** Paths inside containers and volumes. upstream: pkg/apis/core/validation/validation.go validateLocalDescendingPath and neighbours */
import {invalidValue} from '../../../api/field-errors.ts';
import type {Errors} from '../fields.ts';

/** Returns whether it is free of `..`. */
export function validatePathNoBacksteps(errors: Errors, value: string, path: string): boolean {
  if (!value.split('/').includes('..')) return true;
  errors.push(invalidValue(path, value, "must not contain '..'"));
  return false;
}

/** Relative, without `..`. */
export function validateLocalDescendingPath(errors: Errors, value: string, path: string): void {
  if (value.startsWith('/')) errors.push(invalidValue(path, value, 'must be a relative path'));
  validatePathNoBacksteps(errors, value, path);
}

/** Relative, without `..`, not beginning with two dots. */
export function validateLocalNonReservedPath(errors: Errors, value: string, path: string): void {
  validateLocalDescendingPath(errors, value, path);
  if (value.startsWith('..') && !value.startsWith('../')) errors.push(invalidValue(path, value, "must not start with '..'"));
}

/** Go's path.Clean, as far as asking for the root needs it. */
export function isRootPath(value: string): boolean {
  if (!value.startsWith('/')) return false;
  let depth = 0;
  for (const part of value.split('/')) {
    if (part === '..') depth = Math.max(0, depth - 1);
    else if (part !== '' && part !== '.') depth++;
  }
  return depth === 0;
}
