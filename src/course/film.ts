/** A recording as a film: a scene for each thing the learner did, with what it printed and what it caused. */

export interface Scene {
  /** Virtual milliseconds since the lesson began. */
  readonly atMs: number;
  readonly title: string;
  /** What it printed, or the remark that answered it. */
  readonly output: string;
  /** What happened until the next scene, a line each. */
  readonly story: readonly string[];
  /** Of etcd, at its end. */
  readonly revision: number;
  /** What the step at hand asks for, and whether it was met by then. */
  readonly objectives: readonly {readonly text: string; readonly met: boolean}[];
}

export interface Film {
  readonly lesson: {readonly number: string; readonly title: string; readonly about: string};
  readonly scenes: readonly Scene[];
}
