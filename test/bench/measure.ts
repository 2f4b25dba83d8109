/** Two things measured in the same run, as a ratio: medians of interleaved repetitions. */

export const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
};

/** Milliseconds of one call. */
export function time(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Milliseconds of processor time of one call, its share of collecting garbage and of compiling included: what else runs on the machine does not count. */
export function cpuTime(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Medians in milliseconds of both, interleaved. */
export function compare(a: () => void, b: () => void, repetitions = 7): [number, number] {
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i < repetitions; i++) {
    times[0].push(time(a));
    times[1].push(time(b));
  }
  return [median(times[0]), median(times[1])];
}

/** One line of the report: what, the figure, and the bound it is held to. */
export function report(what: string, figure: string, bound: string): void {
  console.log(`${what.padEnd(58)} ${figure.padStart(28)}   ${bound}`);
}

/** Bytes in use after a collection (needs --expose-gc). */
export function heapUsed(): number {
  (globalThis as {gc?: () => void}).gc?.();
  return process.memoryUsage().heapUsed;
}
