import type {ApiRequest, ApiResponse, Effects} from './types.ts';

/** Writes to standard output. */
export function* stdout(text: string): Effects<void> {
  if (text) yield {kind: 'stdout', text};
}

/** Writes to standard error. */
export function* stderr(text: string): Effects<void> {
  if (text) yield {kind: 'stderr', text};
}

export function* request(wanted: ApiRequest): Effects<ApiResponse> {
  return (yield {kind: 'request', request: wanted}) as ApiResponse;
}

/** Milliseconds of virtual time. */
export function* sleep(ms: number): Effects<void> {
  yield {kind: 'sleep', ms};
}

/** Opens the editor on a text; returns what was saved, undefined where it was left. */
export function* edit(text: string, file: string): Effects<string | undefined> {
  return (yield {kind: 'edit', text, file}) as string | undefined;
}
