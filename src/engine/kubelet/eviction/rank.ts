/** In which order pods go when the node runs out of something. upstream: pkg/kubelet/eviction/helpers.go */
import {podRequests} from '../../api/pod-resources.ts';
import type {Pod} from '../../api/types.ts';

/** What a pod uses, in bytes, inodes and processes. */
export interface PodUsage {
  memoryWorkingSet?: number;
  rootFsUsed?: number;
  logsUsed?: number;
  perLocalVolumeUsed?: number;
  rootFsInodesUsed?: number;
  logsInodesUsed?: number;
  perLocalVolumeInodesUsed?: number;
  processCount?: number;
}

export type UsageOf = (pod: Pod) => PodUsage | undefined;

/** Negative: a goes before b. */
type Comparison = (a: Pod, b: Pod, usage: UsageOf) => number;

const request = (pod: Pod, resource: string): number => podRequests(pod)[resource]?.value ?? 0;

const disk = ({rootFsUsed = 0, logsUsed = 0, perLocalVolumeUsed = 0}: PodUsage, pod: Pod): number =>
  rootFsUsed + logsUsed + perLocalVolumeUsed * localVolumes(pod);

const inodes = ({rootFsInodesUsed = 0, logsInodesUsed = 0, perLocalVolumeInodesUsed = 0}: PodUsage, pod: Pod): number =>
  rootFsInodesUsed + logsInodesUsed + perLocalVolumeInodesUsed * localVolumes(pod);

/** Volumes that live on the node's own disk. upstream: localVolumeNames */
const localVolumes = (pod: Pod): number =>
  (pod.spec?.volumes ?? []).filter(v => v.hostPath || (v.emptyDir && v.emptyDir.medium !== 'Memory') || v.configMap || v.gitRepo).length;

/** Pods without figures go first: nobody can say they are innocent. */
const withFigures =
  (compare: (a: Pod, b: Pod, aUsage: PodUsage, bUsage: PodUsage) => number): Comparison =>
  (a, b, usage) => {
    const [aUsage, bUsage] = [usage(a), usage(b)];
    if (!aUsage || !bUsage) return Number(Boolean(aUsage)) - Number(Boolean(bUsage));
    return compare(a, b, aUsage, bUsage);
  };

/** The larger usage goes first; for two that count a request, what is over it. */
const byMost = (of: (usage: PodUsage, pod: Pod) => number): Comparison => withFigures((a, b, x, y) => of(y, b) - of(x, a));

/** Those above what they requested go first. */
const exceedsFirst = (resource: string, of: (usage: PodUsage, pod: Pod) => number): Comparison =>
  withFigures((a, b, x, y) => Number(of(y, b) > request(b, resource)) - Number(of(x, a) > request(a, resource)));

const memory = (usage: PodUsage): number => usage.memoryWorkingSet ?? 0;

/** upstream: exceedMemoryRequests, priority, memory, process; exceedDiskRequests and disk, of bytes or of inodes. */
export const comparisons = {
  exceedMemoryRequests: exceedsFirst('memory', memory),
  exceedDiskRequests: exceedsFirst('ephemeral-storage', disk),
  priority: (a, b) => (a.spec?.priority ?? 0) - (b.spec?.priority ?? 0),
  memory: byMost((usage, pod) => memory(usage) - request(pod, 'memory')),
  disk: byMost((usage, pod) => disk(usage, pod) - request(pod, 'ephemeral-storage')),
  exceedInodeRequests: exceedsFirst('inodes', inodes),
  // Upstream takes the storage request off the number of inodes too.
  diskInodes: byMost((usage, pod) => inodes(usage, pod) - request(pod, 'ephemeral-storage')),
  process: byMost(usage => usage.processCount ?? 0),
} satisfies Record<string, Comparison>;

export type ComparisonName = keyof typeof comparisons;

/** Pods in the order in which they are evicted. Ties keep their order. */
export const rankPods = (pods: readonly Pod[], by: readonly ComparisonName[], usage: UsageOf): Pod[] =>
  [...pods].sort((a, b) => {
    for (const name of by) {
      const verdict = comparisons[name](a, b, usage);
      if (verdict !== 0) return verdict;
    }
    return 0;
  });

/** Which comparisons decide for a starved resource. upstream: rankMemoryPressure, rankDiskPressureFunc, rankPIDPressure */
export const rankingFor: Readonly<Record<string, readonly ComparisonName[]>> = {
  memory: ['exceedMemoryRequests', 'priority', 'memory'],
  'ephemeral-storage': ['exceedDiskRequests', 'priority', 'disk'],
  inodes: ['exceedInodeRequests', 'priority', 'diskInodes'],
  pids: ['priority', 'process'],
};
