/** What has changed between two releases, as far as an answer of the API server shows it. */
import type {FieldError} from '../../api/field-errors.ts';
import type {Kind} from '../../api/kinds.ts';
import type {Status} from '../../api/types.ts';
import type {ApiRequest} from '../request.ts';
import type {RequestInfo} from '../request-info.ts';
import type {Fields} from '../validation/fields.ts';

/** As of which release a request is answered. */
export interface AsOf {
  /** Minor release of Kubernetes 1. */
  readonly minor: number;
  /** The version in which the client asked, where today's server has another in its place. */
  readonly apiVersion?: string;
}

/** What a validator of then looked at. */
export interface Validated {
  /** Undefined for what is no kind of its own. */
  readonly kind: Kind | undefined;
  /** The object came whole, in the place of another. */
  readonly replaces: boolean;
  readonly object: Fields;
  /** What it is to replace. */
  readonly old: Fields | undefined;
  /** What the client wrote at a field's path, before it was decoded; undefined where it wrote nothing. */
  written(path: string): unknown;
}

/** A field error, and the type of what it shows where that is not its field's. */
export interface ShownError extends FieldError {
  /** `core/v1.Toleration` */
  readonly shows?: string;
}

/** What was refused. */
export interface Refused {
  readonly info: RequestInfo;
  readonly request: ApiRequest;
  readonly kind: Kind | undefined;
}

/** One change: how before it a request was taken, an error shown, an object or a refusal read. Today's is given, then's returned. */
export interface Change {
  /** The minor release that brought today's behaviour. */
  readonly since: number;
  /** What changed, in a sentence, and where upstream. */
  readonly about: string;
  readonly request?: (request: ApiRequest) => ApiRequest;
  /** Undefined: then it was none. */
  readonly error?: (error: ShownError, validated: Validated) => ShownError | undefined;
  /** Errors that there were besides. */
  readonly more?: (errors: readonly ShownError[], validated: Validated) => readonly ShownError[];
  /** Kinds whose objects read otherwise (of a list, the kind of its items); undefined: any may. */
  readonly of?: readonly string[];
  readonly object?: (object: Fields) => Fields;
  readonly refusal?: (status: Status, refused: Refused) => Status;
  readonly warnings?: (warnings: readonly string[]) => readonly string[];
}
