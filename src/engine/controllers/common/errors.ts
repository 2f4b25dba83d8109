/** What a refused request was refused for. upstream: apimachinery/pkg/api/errors */
import {ApiError} from '../../api/types.ts';

/** What an error says, as conditions and events quote it. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** There is no such object. */
export const isNotFound = (error: unknown): error is ApiError => error instanceof ApiError && error.code === 404;

/** The object has changed since it was read. */
export const isConflict = (error: unknown): error is ApiError => error instanceof ApiError && error.reason === 'Conflict';

/** Another object has the name. */
export const isAlreadyExists = (error: unknown): error is ApiError => error instanceof ApiError && error.reason === 'AlreadyExists';
