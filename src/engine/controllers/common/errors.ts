import {ApiError} from '../../api/types.ts';

/** What an error says, as conditions and events quote it. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const isCode = (error: unknown, code: number): error is ApiError => error instanceof ApiError && error.code === code;

export const isNotFound = (error: unknown): error is ApiError => isCode(error, 404);
export const isConflict = (error: unknown): error is ApiError => isCode(error, 409) && (error as ApiError).reason === 'Conflict';
export const isAlreadyExists = (error: unknown): error is ApiError => isCode(error, 409) && (error as ApiError).reason === 'AlreadyExists';
