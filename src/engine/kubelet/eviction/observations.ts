/** What a node has left of what it can run out of. upstream: pkg/kubelet/eviction/helpers.go makeSignalObservations */
import {tryParseQuantity} from '../../api/quantity.ts';
import type {Kubelet} from '../types.ts';
import type {Signal} from './thresholds.ts';

/** Bytes, or a number of processes. */
export interface Observation {
  readonly available: number;
  readonly capacity: number;
}

/** What the system and the kubelet themselves use. */
const SYSTEM_MEMORY = 300 * 2 ** 20;
const SYSTEM_DISK_SHARE = 0.2;
const SYSTEM_PROCESSES = 150;

/** /proc/sys/kernel/pid_max */
const PID_MAX = 32_768;

const left = (capacity: number, used: number): Observation => ({available: Math.max(0, capacity - used), capacity});

/** Images and containers lie on the node's only disk, so both file systems say the same. */
export function observations({cri, host}: Kubelet): Partial<Record<Signal, Observation>> {
  const capacity = (name: string) => tryParseQuantity(host.capacity[name])?.value ?? 0;
  const stats = cri!.listContainerStats();
  const sum = (of: (s: (typeof stats)[number]) => number) => stats.reduce((total, s) => total + of(s), 0);
  const disk = capacity('ephemeral-storage');
  const foreign = disk * Math.max(SYSTEM_DISK_SHARE, host.load?.disk ?? 0);
  const fileSystem = left(disk, foreign + sum(s => s.rootFsUsedBytes + s.logUsedBytes) + cri!.imageFsInfo().usedBytes);
  return {
    'memory.available': left(capacity('memory'), SYSTEM_MEMORY + sum(s => s.memoryWorkingSetBytes)),
    'nodefs.available': fileSystem,
    'imagefs.available': fileSystem,
    'pid.available': left(PID_MAX, SYSTEM_PROCESSES + (host.load?.processes ?? 0) + sum(s => s.processes)),
  };
}
