/** What nobody needs any more: dead containers, pods without a worker, unused images. upstream: pkg/kubelet/{pod_container_deletor,kubelet_pods}.go, images/image_gc_manager.go */
import {tryParseQuantity} from '../api/quantity.ts';
import type {Pod} from '../api/types.ts';
import type {RuntimePodStatus} from './container/types.ts';
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

/** Every five minutes: if the image disk is fuller than the high mark, unused images go, the oldest first, down to the low mark. */
export function collectImages({ctx, cri, host, now}: Kubelet): void {
  const last = ctx.memory.get<{at: number}>(IMAGE_GC, '')?.at ?? 0;
  if (!cri || now - last < IMAGE_GC_MS) return;
  const images = cri.listImages();
  const capacity = tryParseQuantity(host.capacity['ephemeral-storage'])?.value ?? 0;
  const used = images.reduce((sum, image) => sum + image.size, 0);
  if (capacity === 0 || used * 100 < capacity * HIGH_PERCENT) return;
  ctx.memory.put(IMAGE_GC, '', {at: now});
  const inUse = new Set(cri.listContainers().map(c => c.imageRef));
  let toFree = used - (capacity * LOW_PERCENT) / 100;
  for (const image of [...images].sort((a, b) => a.pulledAt - b.pulledAt)) {
    if (toFree <= 0) break;
    if (image.pinned || inUse.has(image.repoDigests[0]!) || now - image.pulledAt < MIN_AGE_MS) continue;
    cri.removeImage(image.repoTags[0] ?? image.id);
    ctx.trace('ImageGC', `image/${image.repoTags[0]}`, `removed, ${image.size} bytes`);
    toFree -= image.size;
  }
}
