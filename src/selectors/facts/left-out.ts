/** What a list does not tell of. */
export interface LeftOutFacts {
  readonly count: number;
  /** Plural of what is counted: `pods`. */
  readonly what: string;
  /** Shows them all; empty where no command does. */
  readonly command: string;
}
