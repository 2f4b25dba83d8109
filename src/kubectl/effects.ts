import type {ApiRequest, ApiResponse, Effects} from './types.ts';

export function* stdout(text: string): Effects<void> {
  if (text) yield {kind: 'stdout', text};
}

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

export function* edit(text: string, file: string): Effects<string | undefined> {
  return (yield {kind: 'edit', text, file}) as string | undefined;
}
