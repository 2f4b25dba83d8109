/** The gates before a handler: who is it, and may they. */
import type {Walk} from './request.ts';

/** Sets walk.user. Throws ApiError 401. */
export function authenticate(walk: Walk): void {
  const {request} = walk;
  walk.user = request.user ?? {username: 'system:anonymous', groups: ['system:unauthenticated']};
  walk.stage('authentication', 'ok', walk.user.username);
}

/** Throws ApiError 403. */
export function authorize(walk: Walk): void {
  walk.stage('authorization', 'ok', '');
}
