/**
 * What has changed in the API server's answers, newest first within each kind of change. What these places do not see has a gate where today's server decides:
 * who may impersonate (gates.ts), which kinds, paths and health checks are told of (kinds.ts, paths.ts).
 */
import {FIELD_ERRORS} from './field-errors.ts';
import {OBJECTS} from './objects.ts';
import {REFUSALS} from './refusals.ts';
import {REQUESTS} from './requests.ts';
import type {Change} from './types.ts';
import {WARNINGS} from './warnings.ts';

export const CHANGES: readonly Change[] = [...REQUESTS, ...FIELD_ERRORS, ...OBJECTS, ...REFUSALS, ...WARNINGS];
