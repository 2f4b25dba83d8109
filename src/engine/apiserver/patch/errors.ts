/** How a patch that cannot be applied is refused. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go */
import {ApiError} from '../../api/types.ts';

/** The server does not say what is wrong with a patch; `why` stays in its own log (the error's `cause`). */
export function invalidPatch(why: string): ApiError {
  const error = new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the server rejected our request due to an error in our request',
    reason: 'Invalid',
    details: {},
    code: 422,
  });
  error.cause = why;
  return error;
}
