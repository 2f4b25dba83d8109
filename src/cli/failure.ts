/** How a command ends that could not do what it was asked: one sentence and an exit code. */

/** 1: the thing asked for failed. 2: wrong usage. */
export class Failure extends Error {
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
