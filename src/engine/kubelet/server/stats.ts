/** What a kubelet measures of its node and its pods. upstream: pkg/kubelet/server/stats */
import type {ContainerSummary, PodSummary, StatsSummary} from '../../api/stats.ts';
import {observations} from '../eviction/observations.ts';
import type {Kubelet} from '../types.ts';
import {listWorkers} from '../workers.ts';

/** The kubelet, the runtime and the system's own. */
const SYSTEM_NANO_CORES = 60_000_000;

/** The answer to GET /stats/summary. */
export function statsSummary(kubelet: Kubelet): StatsSummary | undefined {
  const {ctx, cri, host} = kubelet;
  if (!cri) return undefined;
  const time = ctx.time();
  const stats = cri.listContainerStats();
  const pods = listWorkers(ctx).flatMap((worker): PodSummary[] => {
    const {uid, name, namespace} = worker;
    const running = cri.listContainers({podUid: uid}).filter(c => c.state === 'CONTAINER_RUNNING');
    if (running.length === 0) return [];
    const containers = running.map((container): ContainerSummary => {
      const own = stats.find(s => s.id === container.id)!;
      return {
        name: own.name,
        startTime: ctx.time(container.startedAt),
        cpu: {time, usageNanoCores: own.cpuNanoCores},
        memory: {time, workingSetBytes: own.memoryWorkingSetBytes},
        rootfs: {time, usedBytes: own.rootFsUsedBytes},
        logs: {time, usedBytes: own.logUsedBytes},
      };
    });
    const sum = (of: (c: ContainerSummary) => number) => containers.reduce((total, c) => total + of(c), 0);
    return [
      {
        podRef: {name, namespace, uid},
        cpu: {time, usageNanoCores: sum(c => c.cpu.usageNanoCores)},
        memory: {time, workingSetBytes: sum(c => c.memory.workingSetBytes)},
        containers,
      },
    ];
  });
  const seen = observations(kubelet);
  const memory = seen['memory.available']!;
  const disk = seen['nodefs.available']!;
  return {
    node: {
      nodeName: host.name,
      startTime: ctx.time(0),
      cpu: {time, usageNanoCores: SYSTEM_NANO_CORES + pods.reduce((total, pod) => total + pod.cpu.usageNanoCores, 0)},
      memory: {time, workingSetBytes: memory.capacity - memory.available, availableBytes: memory.available},
      fs: {time, usedBytes: disk.capacity - disk.available, availableBytes: disk.available, capacityBytes: disk.capacity},
    },
    pods,
  };
}
