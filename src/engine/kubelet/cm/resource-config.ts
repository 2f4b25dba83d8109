/** What is written into a pod's cgroup. upstream: pkg/kubelet/cm/helpers_linux.go */

import {podLimits, podRequests, type ResourceList} from '../../api/pod-resources.ts';
import {initAndRegularContainers} from '../../api/pods.ts';
import {getPodQos} from '../../api/qos.ts';
import {sign, tryParseQuantity} from '../../api/quantity.ts';
import type {Pod} from '../../api/types.ts';

const MIN_SHARES = 2;
const MAX_SHARES = 262144;
const SHARES_PER_CPU = 1024;
export const QUOTA_PERIOD = 100_000;
const MIN_QUOTA = 1000;

/** Undefined keys are not written: the kernel's defaults stand. Quota and period in microseconds, memory in bytes. */
export interface ResourceConfig {
  cpuShares?: number;
  cpuQuota?: number;
  cpuPeriod?: number;
  memory?: number;
}

export interface ResourceConfigOptions {
  enforceCpuLimits?: boolean;
  /** Microseconds; takes effect on the quota only with `customPeriod`. */
  cpuPeriod?: number;
  customPeriod?: boolean;
}

export const milliCpuToShares = (milli: number): number =>
  milli === 0 ? MIN_SHARES : Math.min(MAX_SHARES, Math.max(MIN_SHARES, Math.floor((milli * SHARES_PER_CPU) / 1000)));

/** Microseconds of a period a container may run; 0 = no limit. */
export const milliCpuToQuota = (milli: number, period: number): number =>
  milli === 0 ? 0 : Math.max(MIN_QUOTA, Math.floor((milli * period) / 1000));

/** The cgroup settings of a whole pod. */
export function resourceConfigForPod(
  pod: Pod,
  {enforceCpuLimits = true, cpuPeriod = QUOTA_PERIOD, customPeriod = false}: ResourceConfigOptions = {},
): ResourceConfig {
  const requests = podRequests(pod);
  const limits = podLimits(pod);
  const cpuShares = milliCpuToShares(requests['cpu']?.milli ?? 0);
  const cpuQuota = enforceCpuLimits ? milliCpuToQuota(limits['cpu']?.milli ?? 0, customPeriod ? cpuPeriod : QUOTA_PERIOD) : -1;
  const memory = limits['memory']?.value ?? 0;
  switch (getPodQos(pod)) {
    case 'Guaranteed':
      return {cpuShares, cpuQuota, cpuPeriod, memory};
    case 'Burstable':
      return {
        cpuShares,
        ...(limitsDeclared(pod, 'cpu') && {cpuQuota, cpuPeriod}),
        ...(limitsDeclared(pod, 'memory') && {memory}),
      };
    default:
      return {cpuShares: MIN_SHARES};
  }
}

const isPositive = (quantity: string | undefined): boolean => {
  const parsed = tryParseQuantity(quantity);
  return parsed !== undefined && sign(parsed) > 0;
};

/** Every container has such a limit, or the pod as a whole does: only then is the sum a bound. */
function limitsDeclared(pod: Pod, resource: 'cpu' | 'memory'): boolean {
  const level = (pod.spec as {resources?: {limits?: ResourceList}}).resources;
  if (isPositive(level?.limits?.[resource])) return true;
  return initAndRegularContainers(pod.spec).every(c => isPositive(c.resources?.limits?.[resource]));
}
