/** How kubectl fails: which words on standard error, which exit code. upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go checkErr */
import {ApiError, type Status} from '../engine/api/types.ts';

/** A failure of kubectl's own; printed behind `error: `. */
export class Failure extends Error {
  readonly exitCode: number;
  /** What had gone to standard output by then. */
  readonly written: string;
  constructor(message: string, exitCode = 1, written = '') {
    super(message);
    this.exitCode = exitCode;
    this.written = written;
  }
}

/** A failure whose words stand alone, without `error: `. */
export class BareFailure extends Failure {}

/** Ends the command without a word. */
export class Exit extends Failure {
  constructor(exitCode: number) {
    super('', exitCode);
  }
}

/** The server could not be reached at all. */
export class ConnectionFailure extends Failure {}

/** Wrong use of a command. upstream: UsageErrorf */
export const usageError = (commandPath: string, message: string): Failure =>
  new Failure(`${message}\nSee '${commandPath} -h' for help and examples`);

/** A word that is no resource; a version and a group behind it are not said. upstream: cli-runtime/pkg/resource/builder.go mappingFor */
export const noSuchResourceType = (word: string): string => `the server doesn't have a resource type "${word.split('.')[0]}"`;

/** The same refusal, saying what was being done to which file. upstream: AddSourceToErr */
export function withSource(verb: string, source: string | undefined, error: unknown): unknown {
  if (!source) return error;
  if (error instanceof ApiError)
    return new ApiError({...error.status, message: `error when ${verb} "${source}": ${error.status.message ?? ''}`});
  if (error instanceof Failure && !(error instanceof Exit)) return new Failure(`error when ${verb} "${source}": ${error.message}`);
  return error;
}

/** One error for several; one alone is itself. */
export const joinErrors = (errors: readonly unknown[]): unknown => (errors.length === 1 ? errors[0] : new AggregateError(errors));

/** Errors inside the words of another. upstream: apimachinery/pkg/util/errors Aggregate.Error */
export const goErrors = (errors: readonly unknown[]): string => {
  const words = errors.map(error => (error as Error).message);
  return words.length > 1 ? `[${words.join(', ')}]` : (words[0] ?? '');
};

function serverMessage(status: Status): string {
  if (status.reason === 'Unauthorized') return `error: You must be logged in to the server (${status.message ?? ''})`;
  return status.reason ? `Error from server (${status.reason}): ${status.message ?? ''}` : `Error from server: ${status.message ?? ''}`;
}

/** `prefix: error`, or the errors as a list below the prefix. upstream: MultilineError */
function multiline(prefix: string, errors: readonly string[]): string {
  return errors.length === 1 ? `${prefix}${errors[0]}` : `${prefix}\n${errors.map(e => `* ${e}`).join('\n')}`;
}

function invalidMessage(status: Status): string {
  const {details} = status;
  let text = 'The request is invalid';
  if (!details) return status.message ? `${text}: ${status.message}` : text;
  const causes = [...new Set((details.causes ?? []).map(c => `${c.field ?? ''}: ${c.message ?? ''}`))];
  if (details.kind || details.name) text = `The ${details.kind ?? ''} "${details.name ?? ''}" is invalid`;
  else if (status.message && causes.length === 0) text += `: ${status.message}`;
  return causes.length > 0 ? multiline(`${text}: `, causes) : text;
}

const oneOfMany = (error: unknown): string => {
  if (error instanceof ApiError) return serverMessage(error.status);
  return error instanceof Error ? error.message : String(error);
};

/** The words for standard error and the exit code. */
export function failureText(error: unknown): {text: string; exitCode: number} {
  if (error instanceof Exit) return {text: '', exitCode: error.exitCode};
  if (error instanceof AggregateError) return {text: `${error.errors.map(oneOfMany).join('\n')}\n`, exitCode: 1};
  if (error instanceof ApiError) {
    const text = error.reason === 'Invalid' ? invalidMessage(error.status) : serverMessage(error.status);
    return {text: `${text}\n`, exitCode: 1};
  }
  if (error instanceof BareFailure || error instanceof ConnectionFailure) return {text: `${error.message}\n`, exitCode: error.exitCode};
  const message = error instanceof Error ? error.message : String(error);
  return {
    text: message.startsWith('error: ') ? `${message}\n` : `error: ${message}\n`,
    exitCode: error instanceof Failure ? error.exitCode : 1,
  };
}
