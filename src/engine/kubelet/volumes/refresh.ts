/** ConfigMaps, Secrets and labels that change reach the pods that mount them, about once a minute. upstream: syncFrequency, and the volume manager's remount */

import type {Pod} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';
import {type Kubelet, subjectOf} from '../types.ts';
import {findWorker, podOf} from '../workers.ts';
import {hasLiveVolumes, refreshVolumes} from './volume-manager.ts';

const REFRESH_MS = 60_000;
export const refreshTimer = 'refresh';

/** Begins to look after a pod's volumes, if there is anything to look after. */
export function scheduleRefresh(ctx: ComponentContext, pod: Pod): void {
  const uid = pod.metadata.uid!;
  if (hasLiveVolumes(pod))
    ctx.after(REFRESH_MS + Math.floor(ctx.random() * REFRESH_MS * 0.5), refreshTimer, uid, {key: uid, periodic: true});
}

export function refreshPod(kubelet: Kubelet, uid: string): void {
  const {ctx, cri} = kubelet;
  const worker = findWorker(ctx, uid);
  const pod = worker && podOf(kubelet, worker);
  if (!worker || !pod || worker.state !== 'syncing') return;
  if (cri && refreshVolumes(kubelet, cri, pod, worker)) ctx.trace('Volumes', subjectOf(worker), 'new content in mounted volumes');
  scheduleRefresh(ctx, pod);
}
