/** How a kind's rules are written down: only what differs from the common way. */
import type {Errors, Fields} from './fields.ts';

export interface SubresourceRules {
  /** Puts back what the subresource may not change; without it everything but status and metadata is put back. */
  prepare?(object: Fields, old: Fields): void;
  validate?(errors: Errors, object: Fields, old: Fields): void;
}

export interface KindRules {
  /** Beyond clearing the status and counting generations. */
  prepareForCreate?(object: Fields): void;
  validate?(errors: Errors, object: Fields): void;
  prepareForUpdate?(object: Fields, old: Fields): void;
  /** The main resource; without it `validate` counts, after the metadata's own rules. */
  validateUpdate?(errors: Errors, object: Fields, old: Fields): void;
  /** `status` and others, by name. */
  subresources?: Readonly<Record<string, SubresourceRules>>;
  warnings?(object: Fields, old?: Fields): string[];
  /** Counts its changes in metadata.generation. */
  generation?: boolean;
  /** The parts whose changes count, as dotted paths; `spec` when nothing is said. */
  generationOf?: readonly string[];
  /** The status a new object has; undefined keeps what was sent. Default: {}. */
  newStatus?: 'keep' | Fields;
}

/** The rules of a group, by kind. */
export type GroupRules = Readonly<Record<string, KindRules>>;
