/** Signals of the node and the limits at which the kubelet acts. upstream: pkg/kubelet/eviction/helpers.go, api/types.go; apis/config/v1beta1/defaults_linux.go */
import {quantityValue} from '../../api/quantity.ts';

export type Signal =
  | 'memory.available'
  | 'allocatableMemory.available'
  | 'nodefs.available'
  | 'nodefs.inodesFree'
  | 'imagefs.available'
  | 'imagefs.inodesFree'
  | 'containerfs.available'
  | 'containerfs.inodesFree'
  | 'pid.available';

export interface Threshold {
  signal: Signal;
  /** Bytes (or a count) left, or a share of the capacity. */
  value: {quantity: number} | {percentage: number};
}

const MI = 2 ** 20;

/** The hard thresholds a kubelet starts with. */
const defaultHardThresholds: readonly Threshold[] = [
  {signal: 'memory.available', value: {quantity: 100 * MI}},
  {signal: 'nodefs.available', value: {percentage: 10}},
  {signal: 'nodefs.inodesFree', value: {percentage: 5}},
  {signal: 'imagefs.available', value: {percentage: 15}},
  {signal: 'imagefs.inodesFree', value: {percentage: 5}},
];

/** A node's own hard thresholds (`100Mi`, `10%`) stand instead of the defaults. upstream: ParseThresholdConfig */
export const hardThresholds = (configured: Readonly<Record<string, string>> | undefined): readonly Threshold[] =>
  configured === undefined
    ? defaultHardThresholds
    : Object.entries(configured).map(([signal, text]) => ({
        signal: signal as Signal,
        value: text.endsWith('%') ? {percentage: Number.parseFloat(text)} : {quantity: quantityValue(text)},
      }));

/** What a signal starves, and the node condition it turns on. */
export const signalMeanings: Readonly<Record<Signal, {resource: string; condition: string}>> = {
  'memory.available': {resource: 'memory', condition: 'MemoryPressure'},
  'allocatableMemory.available': {resource: 'memory', condition: 'MemoryPressure'},
  'nodefs.available': {resource: 'ephemeral-storage', condition: 'DiskPressure'},
  'nodefs.inodesFree': {resource: 'inodes', condition: 'DiskPressure'},
  'imagefs.available': {resource: 'ephemeral-storage', condition: 'DiskPressure'},
  'imagefs.inodesFree': {resource: 'inodes', condition: 'DiskPressure'},
  'containerfs.available': {resource: 'ephemeral-storage', condition: 'DiskPressure'},
  'containerfs.inodesFree': {resource: 'inodes', condition: 'DiskPressure'},
  'pid.available': {resource: 'pids', condition: 'PIDPressure'},
};

const isMemory = ({signal}: {signal: string}): boolean => signal === 'memory.available' || signal === 'allocatableMemory.available';

/** Memory first (it is gone soonest), those that starve nothing the kubelet can reclaim last; else as they stand. */
export const byEvictionPriority = <T extends {signal: string}>(thresholds: readonly T[]): T[] => {
  const rank = (t: T): number => (isMemory(t) ? 0 : t.signal in signalMeanings ? 1 : 2);
  return [...thresholds].sort((a, b) => rank(a) - rank(b));
};
