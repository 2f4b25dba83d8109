/** What a container's processes use, and what they are held to: the processor is rationed, memory is not. */
import type {ContainerRecord} from './types.ts';

/** The working set in bytes at a virtual time. */
export function workingSet({process}: ContainerRecord, now: number): number {
  if (!process) return 0;
  const {base, perSecond, since} = process.memory;
  return Math.round(base + (perSecond * Math.max(0, now - since)) / 1000);
}

/** From the first byte to the whole of what a program says it uses. */
const FILLING_MS = 1500;

/** When the kernel kills it for exceeding its limit; undefined: never. */
export function oomTime({process, config}: ContainerRecord): number | undefined {
  const limit = config.linux?.resources?.memoryLimitInBytes ?? 0;
  if (!process || limit === 0) return undefined;
  const {base, perSecond, since} = process.memory;
  if (base > limit) return since + Math.round((FILLING_MS * limit) / base);
  return perSecond > 0 ? since + Math.ceil(((limit - base) / perSecond) * 1000) + 1 : undefined;
}

/** Thousandths of a core in use: what its program would take, throttled at its quota. */
export function cpuInUse({state, process, config}: ContainerRecord): number {
  if (state !== 'CONTAINER_RUNNING') return 0;
  const {cpuQuota = 0, cpuPeriod = 0} = config.linux?.resources ?? {};
  const limit = cpuQuota > 0 ? (cpuQuota / cpuPeriod) * 1000 : Number.POSITIVE_INFINITY;
  return Math.min(process?.cpuMilli ?? 0, limit);
}
