/** Sets of CPUs as the kernel writes them. upstream: staging/src/k8s.io/utils/cpuset */

/** Numbers of `0,2-3`, ascending. */
export function parseCpuSet(text: string): number[] {
  const numbers = text.split(',').flatMap(part => {
    const [first = '', last = first] = part.split('-');
    return first === '' ? [] : Array.from({length: Number(last) - Number(first) + 1}, (_, i) => Number(first) + i);
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** `0,2-3` of numbers in any order. */
export function formatCpuSet(cpus: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const cpu of [...cpus].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && cpu === last[1] + 1) last[1] = cpu;
    else runs.push([cpu, cpu]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
