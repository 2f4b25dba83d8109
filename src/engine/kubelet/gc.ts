/** What nobody needs any more: dead containers, pods without a worker, unused images. upstream: pkg/kubelet/{pod_container_deletor,kubelet_pods}.go, images/image_gc_manager.go */
import type {Pod} from '../api/types.ts';
import type {RuntimePodStatus} from './container/types.ts';
import {observations} from './eviction/observations.ts';
import {nodeReference} from './nodestatus/node-status.ts';
import {runtimeContainerId} from './runtime-status.ts';
import type {Kubelet} from './types.ts';
import {findWorker} from './workers.ts';

/** Dead instances of a container that are kept for their logs. upstream: --maximum-dead-containers-per-container */
const DEAD_KEPT = 1;

/** upstream: ImageGCHighThresholdPercent, ImageGCLowThresholdPercent, ImageMinimumGCAge, ImageGCPeriod */
const HIGH_PERCENT = 85;
const LOW_PERCENT = 80;
const MIN_AGE_MS = 120_000;
const IMAGE_GC_MS = 300_000;
const IMAGE_GC = 'image-gc';

/** Removes older dead instances of a pod's containers. */
export function pruneDeadContainers({cri}: Kubelet, status: RuntimePodStatus): void {
  const dead = new Map<string, number>();
  for (const {id, name, state} of status.containerStatuses) {
    if (state !== 'exited') continue;
    const count = (dead.get(name) ?? 0) + 1;
    dead.set(name, count);
    if (count > DEAD_KEPT) cri!.removeContainer(runtimeContainerId(id));
  }
}

/** After a start: pods that the runtime still runs and nobody wants. */
export function collectContainers({ctx, cri}: Kubelet): void {
  if (!cri) return;
  const bound = new Set(
    ctx
      .lister<Pod>('pods')
      .by('node', ctx.instance)
      .map(p => p.metadata.uid),
  );
  for (const {uid, namespace, name, containers, sandboxes} of cri.listPods()) {
    if (findWorker(ctx, uid) || bound.has(uid)) continue;
    ctx.trace('Housekeeping', `pod/${namespace}/${name}`, 'nobody wants this pod any more');
    for (const {id, state} of containers) if (state === 'CONTAINER_RUNNING') cri.stopContainer(id, 0);
    for (const {id} of sandboxes) cri.removePodSandbox(id);
  }
}

/** Under disk pressure the containers of pods that are through go too, and with them their logs. upstream: DeleteAllUnusedContainers */
export function deleteUnusedContainers({ctx, cri}: Kubelet): void {
  for (const {uid, containers} of cri!.listPods()) {
    if (findWorker(ctx, uid)?.state !== 'finished') continue;
    for (const {id} of containers) cri!.removeContainer(id);
  }
}

/** Images that nobody uses, the oldest first, until `toFree` bytes are free. Returns how many were. upstream: freeSpace */
function freeSpace({ctx, cri, now}: Kubelet, toFree: number, minAgeMs: number): number {
  const inUse = new Set(cri!.listContainers().map(c => c.imageRef));
  let freed = 0;
  for (const image of [...cri!.listImages()].sort((a, b) => a.pulledAt - b.pulledAt)) {
    if (freed >= toFree) break;
    if (image.pinned || inUse.has(image.repoDigests[0]!) || now - image.pulledAt < minAgeMs) continue;
    cri!.removeImage(image.repoTags[0] ?? image.id);
    ctx.trace('ImageGC', `image/${image.repoTags[0]}`, `removed, ${image.size} bytes`);
    freed += image.size;
  }
  return freed;
}

export const deleteUnusedImages = (kubelet: Kubelet): number => freeSpace(kubelet, Number.POSITIVE_INFINITY, 0);

/** Every five minutes: if the disk that images lie on is fuller than the high mark, unused ones go, down to the low mark. */
export function collectImages(kubelet: Kubelet): void {
  const {ctx, cri, node, now} = kubelet;
  const last = ctx.memory.get<{at: number}>(IMAGE_GC, '')?.at ?? 0;
  if (!cri || now - last < IMAGE_GC_MS) return;
  const {available, capacity} = observations(kubelet)['imagefs.available']!;
  const used = capacity - available;
  if (capacity === 0 || used * 100 < capacity * HIGH_PERCENT) return;
  ctx.memory.put(IMAGE_GC, '', {at: now});
  const toFree = Math.floor(used - (capacity * LOW_PERCENT) / 100);
  const freed = freeSpace(kubelet, toFree, MIN_AGE_MS);
  if (freed < toFree)
    ctx.events.event(
      nodeReference(node),
      'Warning',
      'FreeDiskSpaceFailed',
      `Failed to garbage collect required amount of images. Attempted to free ${toFree} bytes, but only found ${freed} bytes eligible to free.`,
    );
}
