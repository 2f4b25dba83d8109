/** How a patch that cannot be applied is refused. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go */
import {ApiError} from '../../api/types.ts';

/** 422 in the words of the patch library, as NewGenericServerResponse puts them. */
export const invalidPatch = (why: string): ApiError =>
  new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the server rejected our request due to an error in our request',
    reason: 'Invalid',
    details: {causes: [{reason: 'UnexpectedServerResponse', message: why}]},
    code: 422,
  });
