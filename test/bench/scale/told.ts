/** What the player of lesson 10.2 tells the benchmark. Times are milliseconds of the process's own clock, less those in which others had the processor. */

export interface Stretch {
  readonly from: number;
  readonly ms: number;
}

export interface Slice extends Stretch {
  /** `slice` for one of the ticker's; else the action that was taken. */
  readonly what: string;
}

export interface Told {
  readonly solved: boolean;
  readonly slices: readonly Slice[];
  /** Long ones, with who handled the event. */
  readonly steps: readonly (Stretch & {readonly who: string})[];
  /** Of garbage. */
  readonly collections: readonly Stretch[];
  readonly memory: {
    /** Before the dial is turned to 5,000. */
    readonly before: {readonly heap: number; readonly nodes: number};
    /** Bytes after a collection, at the end. */
    readonly heap: number;
    readonly peak: number;
    readonly nodes: number;
    /** Of the history that is kept. */
    readonly steps: number;
    readonly writes: number;
  };
}

/** Milliseconds of the turns in which a screen hears what it is told, draws it and shows it, and of those of keys. */
export interface Turns {
  readonly heard: number[];
  readonly drawn: number[];
  readonly shown: number[];
  readonly keys: number[];
}

/** What the redrawer tells. */
export interface Redrawn {
  readonly turns: Turns;
  /** Written to the terminal in one round. */
  readonly bytes: number;
}

/** What cannot be divided, in milliseconds. */
export interface Pieces {
  readonly times: readonly number[];
  /** The long ones, with who made them. */
  readonly long: readonly {readonly ms: number; readonly who: string}[];
}
