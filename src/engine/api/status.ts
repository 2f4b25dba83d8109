/**
 * The refusals of an API server, word for word. Each constructor returns the ApiError to throw.
 * upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go
 */

import {type FieldError, toAggregate, toCauses} from './field-errors.ts';
import {groupResourceOf} from './group-version.ts';
import {ApiError, type Status} from './types.ts';

/** Resource and group of what was asked for (a Kind where the refusal is a 422). */
export interface Qualified {
  group: string;
  resource: string;
}

type Details = NonNullable<Status['details']>;

const OPTIMISTIC_LOCK_ERROR = 'the object has been modified; please apply your changes to the latest version and try again';
const UNABLE_TO_GENERATE_NAME = ', the server was not able to generate a unique name for the object';
export const CREATE_WITH_RESOURCE_VERSION = 'resourceVersion should not be set on objects to be created';
export const NAMESPACE_MISMATCH = 'the namespace of the provided object does not match the namespace sent on the request';
/** upstream: apiserver/pkg/storage/etcd3/errors.go */
export const LIST_EXPIRED = 'The resourceVersion for the provided list is too old.';
export const CONTINUE_EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';
const INCONSISTENT_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
const EVICTION_BLOCKED = "Cannot evict pod as it would violate the pod's disruption budget.";
const TOO_MANY_REQUESTS = 'too many requests, please try again later';
export const REQUEST_TIMEOUT = 'request did not complete within the allotted timeout';
/** Bytes of the largest request body. upstream: apiserver/pkg/server/config.go MaxRequestBodyBytes */
export const BODY_LIMIT = 3 * 1024 * 1024;

const failure = (code: number, reason: string | undefined, message: string, details?: Details): ApiError =>
  new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason !== undefined && {reason}),
    ...(details !== undefined && {details}),
    code,
  });

const details = (q: Qualified, name: string, more?: Partial<Details>): Details => ({
  ...(name && {name}),
  ...(q.group && {group: q.group}),
  ...(q.resource && {kind: q.resource}),
  ...more,
});

/** 404: there is no such object. */
export const notFound = (q: Qualified, name: string): ApiError =>
  failure(404, 'NotFound', `${groupResourceOf(q)} "${name}" not found`, details(q, name));

export const alreadyExists = (q: Qualified, name: string): ApiError =>
  failure(409, 'AlreadyExists', `${groupResourceOf(q)} "${name}" already exists`, details(q, name));

/** Every attempt at a name from generateName was taken. */
export const generateNameConflict = (q: Qualified, name: string): ApiError =>
  failure(
    409,
    'AlreadyExists',
    `${groupResourceOf(q)} "${name}" already exists${UNABLE_TO_GENERATE_NAME}`,
    details(q, name, {retryAfterSeconds: 1}),
  );

export const conflict = (q: Qualified, name: string, why: string): ApiError =>
  failure(409, 'Conflict', `Operation cannot be fulfilled on ${groupResourceOf(q)} "${name}": ${why}`, details(q, name));

/** A write with a resourceVersion that is no longer the current one. */
export const staleResourceVersion = (q: Qualified, name: string): ApiError => conflict(q, name, OPTIMISTIC_LOCK_ERROR);

const failedPrecondition =
  (field: 'UID' | 'ResourceVersion') =>
  (q: Qualified, name: string, key: string, wanted: string, actual: string): ApiError =>
    conflict(
      q,
      name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${field} in precondition: ${wanted}, ${field} in object meta: ${actual}`,
    );

/** A write or delete that meant another incarnation of the name. `key` is the etcd key. */
export const uidPrecondition = failedPrecondition('UID');

/** A write that meant another version. */
export const versionPrecondition = failedPrecondition('ResourceVersion');

/** A delete that meant another incarnation of the name; `q.resource` is the Kind. upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go BeforeDelete */
export const deletesOtherUid = (q: Qualified, name: string, wanted: string, actual: string): ApiError =>
  conflict(
    q,
    name,
    `the UID in the precondition (${wanted}) does not match the UID in record (${actual}). The object might have been deleted and then recreated`,
  );

/** A delete that meant another version; `q.resource` is the Kind. */
export const deletesOtherVersion = (q: Qualified, name: string, wanted: string, actual: string): ApiError =>
  conflict(
    q,
    name,
    `the ResourceVersion in the precondition (${wanted}) does not match the ResourceVersion in record (${actual}). The object might have been modified`,
  );

/** Server-side apply over fields of other managers. `conflicts`: one text and field path each. */
export function applyConflict(conflicts: readonly {message: string; field: string}[]): ApiError {
  const causes = conflicts.map(c => ({reason: 'FieldManagerConflict', message: c.message, field: c.field}));
  const many = conflicts.length === 1 ? '1 conflict' : `${conflicts.length} conflicts`;
  const text =
    conflicts.length === 1
      ? `${conflicts[0]!.message}: ${conflicts[0]!.field}`
      : [...new Set(conflicts.map(c => c.message))]
          .map(
            m =>
              `${m.replace(/^conflict /, 'conflicts ')}:\n${conflicts
                .filter(c => c.message === m)
                .map(c => `- ${c.field}`)
                .join('\n')}`,
          )
          .join('\n');
  return failure(409, 'Conflict', `Apply failed with ${many}: ${text}`, {causes});
}

/** 403: the user may not, or an admission plugin refuses. */
export function forbidden(q: Qualified, name: string, why: string, causes?: Details['causes']): ApiError {
  const subject =
    q.resource === '' ? 'forbidden' : name === '' ? `${groupResourceOf(q)} is forbidden` : `${groupResourceOf(q)} "${name}" is forbidden`;
  return failure(403, 'Forbidden', `${subject}: ${why}`, details(q, name, causes && {causes}));
}

/** 422; `q.resource` is the Kind. The message holds equal errors once, the causes all of them. */
export const invalid = (q: {group: string; kind: string}, name: string, errors: readonly FieldError[]): ApiError =>
  failure(
    422,
    'Invalid',
    `${groupResourceOf({group: q.group, resource: q.kind})} "${name}" is invalid: ${toAggregate(errors)}`,
    details({group: q.group, resource: q.kind}, name, {causes: toCauses(errors)}),
  );

/** 400: the request itself makes no sense. */
export const badRequest = (message: string): ApiError => failure(400, 'BadRequest', message);

export const unauthorized = (message = 'Unauthorized'): ApiError => failure(401, 'Unauthorized', message || 'not authorized');

export const methodNotSupported = (q: Qualified, action: string): ApiError =>
  failure(405, 'MethodNotAllowed', `${action} is not supported on resources of kind "${groupResourceOf(q)}"`, details(q, ''));

/** A method that the router knows no handler for. */
export const methodNotAllowed = (): ApiError =>
  failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

/** A path below a group and version that the router knows no handler for. */
export const resourceNotServed = (): ApiError => failure(404, 'NotFound', 'the server could not find the requested resource', {});

export const expired = (message: string): ApiError => failure(410, 'Expired', message);

/** 410 for a page whose revision is gone; `token` goes on without it. */
export function continueExpired(token: string): ApiError {
  const {status: expiredStatus} = expired(INCONSISTENT_CONTINUE);
  return new ApiError({...expiredStatus, metadata: {continue: token}});
}

export const tooOldResourceVersion = (asked: number | string, oldest: number | string): ApiError =>
  expired(`too old resource version: ${asked} (${oldest})`);

/** 504: it took too long. */
export const timeout = (message: string, retryAfterSeconds?: number): ApiError =>
  failure(504, 'Timeout', `Timeout: ${message}`, retryAfterSeconds ? {retryAfterSeconds} : {});

export const tooLargeResourceVersion = (asked: number | string, current: number | string): ApiError =>
  failure(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{reason: 'ResourceVersionTooLarge', message: 'Too large resource version'}],
    retryAfterSeconds: 1,
  });

/** 429: to be tried again later. */
export const tooManyRequests = (message = TOO_MANY_REQUESTS, retryAfterSeconds = 1): ApiError =>
  failure(429, 'TooManyRequests', message, {...(retryAfterSeconds && {retryAfterSeconds})});

/** An eviction that a PodDisruptionBudget does not allow now. */
const evictionBlocked = (why: string, retryAfterSeconds = 0): ApiError =>
  failure(429, 'TooManyRequests', EVICTION_BLOCKED, {
    causes: [{reason: 'DisruptionBudget', message: why}],
    ...(retryAfterSeconds && {retryAfterSeconds}),
  });

/** `why`: what the budget, which allows no disruption, needs or lacks. */
export const evictionBlockedByBudget = (budget: string, why: string): ApiError => evictionBlocked(`The disruption budget ${budget} ${why}`);

/** What the budget allows is not known yet. */
export const evictionBlockedByProcessing = (budget: string): ApiError =>
  evictionBlocked(`The disruption budget ${budget} is still being processed by the server.`, 10);

/** 500: not the fault of whoever asked. */
export const internalError = (message: string): ApiError =>
  failure(500, 'InternalError', `Internal error occurred: ${message}`, {causes: [{message}]});

/** An error that is no Status: the server answers 500 with its text and no reason. */
export const plainError = (message: string): ApiError => failure(500, undefined, message);

export const serverTimeout = (q: Qualified, operation: string, retryAfterSeconds: number): ApiError =>
  failure(
    500,
    'ServerTimeout',
    `The ${operation} operation against ${groupResourceOf(q)} could not be completed at this time, please try again.`,
    {
      ...details(q, operation),
      ...(retryAfterSeconds && {retryAfterSeconds}),
    },
  );

/** 503: nobody can answer at the moment. */
export const serviceUnavailable = (message: string): ApiError => failure(503, 'ServiceUnavailable', message);

export const requestEntityTooLarge = (message: string): ApiError =>
  failure(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`);

/** A PATCH in a format that the route does not take: refused before the handler that could name those it takes. */
export const unroutedMediaType = (): ApiError => failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});

export const unsupportedMediaType = (accepted: readonly string[]): ApiError =>
  failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

export const notAcceptable = (accepted: readonly string[]): ApiError =>
  unacceptable(`only the following media types are accepted: ${accepted.join(', ')}`);

/** 406: the answer cannot be brought into the form that was asked for. */
export const unacceptable = (why: string): ApiError => failure(406, 'NotAcceptable', why);

/** What client-go makes of an answer that is no Status (`404 page not found` as text). upstream: NewGenericServerResponse */
export function genericServerResponse(code: number, verb: string, q: Qualified, name: string, serverMessage: string): ApiError {
  const [reason, message] = GENERIC[code] ?? generic(code, serverMessage);
  const subject = [groupResourceOf(q), name].filter(Boolean).join(' ');
  return failure(code, reason, subject ? `${message || serverMessage} (${verb.toLowerCase()} ${subject})` : message || serverMessage, {
    ...details(q, name),
    causes: [{reason: 'UnexpectedServerResponse', message: serverMessage}],
  });
}

/** Code to reason and message; '' = the server's own message. */
const GENERIC: Readonly<Record<number, readonly [string, string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', ''],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  409: ['Conflict', 'the server reported a conflict'],
  415: ['UnsupportedMediaType', 'the server was unable to respond with a content type that the client supports'],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'the server was unable to return a response in the time allotted, but may still be processing the request'],
};

const generic = (code: number, serverMessage: string): readonly [string, string] =>
  code >= 500
    ? ['InternalError', `an error on the server ("${serverMessage}") has prevented the request from succeeding`]
    : ['Unknown', `the server responded with the status code ${code} but did not return more details`];

/** The answer to a DELETE that removed the object at once. */
export const deleteSuccess = (q: Qualified, name: string, uid: string): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: details(q, name, {uid}),
});

/** Body (text/plain) of the answer to a path that nothing serves. */
export const PATH_NOT_FOUND = '404 page not found\n';
