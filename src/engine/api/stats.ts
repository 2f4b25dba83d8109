/** What a kubelet measures, as its path /stats/summary says it. upstream: staging/src/k8s.io/kubelet/pkg/apis/stats/v1alpha1/types.go */

export interface ResourceUsage {
  readonly cpu: {readonly time: string; readonly usageNanoCores: number};
  readonly memory: {readonly time: string; readonly workingSetBytes: number; readonly availableBytes?: number};
}

export interface FileSystemStats {
  readonly time: string;
  readonly usedBytes: number;
  readonly availableBytes?: number;
  readonly capacityBytes?: number;
}

export interface ContainerSummary extends ResourceUsage {
  readonly name: string;
  readonly startTime: string;
  readonly rootfs: FileSystemStats;
  readonly logs: FileSystemStats;
}

export interface PodSummary extends ResourceUsage {
  readonly podRef: {readonly name: string; readonly namespace: string; readonly uid: string};
  readonly containers: readonly ContainerSummary[];
}

export interface StatsSummary {
  readonly node: ResourceUsage & {readonly nodeName: string; readonly startTime: string; readonly fs: FileSystemStats};
  readonly pods: readonly PodSummary[];
}
