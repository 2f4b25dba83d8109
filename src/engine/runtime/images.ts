/** The node's image store, and pulls: how long they take and how they fail. upstream: containerd internal/cri/server/images */

import {type AuthConfig, CriError, type CriImage} from '../api/cri.ts';
import {normalizeImageName} from '../api/image-name.ts';
import {quantityValue} from '../api/quantity.ts';
import {type ImageCatalogue, type ImageEntry, lookUp, type Registry, type RegistryState} from './catalogue/catalogue.ts';
import {hex} from './ids.ts';
import {podSubject, type RuntimeNode} from './node.ts';
import type {PullTrouble} from './pull-errors.ts';
import {IMAGES, type ImageRecord, PULLS, type PullRecord, REGISTRIES} from './types.ts';

/** Until a name that nobody knows is known to be none. */
const LOOKUP_MS = 40;
/** Until a connection attempt is given up. */
const DIAL_TIMEOUT_MS = 30_000;
/** A slow registry's share of its bandwidth. */
const SLOW_FACTOR = 20;

const digestOf = (name: string): string => `sha256:${hex(`digest of ${name}`, 64)}`;

/** An image's record as it stands on a node. */
export function imageRecord(catalogue: ImageCatalogue, image: string, pulledAt: number, pinned = false): ImageRecord {
  const found = lookUp(catalogue, image);
  const entry = found.found ? found.entry : catalogue.generic;
  const {name} = found;
  return {
    name,
    id: `sha256:${hex(`configuration of ${name}`, 64)}`,
    repoDigest: name.includes('@') ? name : `${name.replace(/:[^:/]*$/, '')}@${digestOf(name)}`,
    size: quantityValue(entry.size),
    pulledAt,
    ...(pinned && {pinned}),
  };
}

/** The catalogue's entry of an image that is on the node. */
export function entryOf(catalogue: ImageCatalogue, name: string): ImageEntry {
  const found = lookUp(catalogue, name);
  return found.found ? found.entry : catalogue.generic;
}

/** What the learner has made of a registry; else what the catalogue says. */
const registryState = (runtime: RuntimeNode, domain: string, registry: Registry): RegistryState =>
  runtime.memory.get<{state: RegistryState}>(REGISTRIES, domain)?.state ?? registry.state ?? 'ok';

/** What becomes of a pull, and how long it takes. */
function planPull(runtime: RuntimeNode, image: string, auth: readonly AuthConfig[]): {tookMs: number; trouble?: PullTrouble} {
  const found = lookUp(runtime.options.images, image);
  if (!found.found && found.why === 'host') return {tookMs: LOOKUP_MS, trouble: 'no-host'};
  const registry = found.registry!;
  const state = registryState(runtime, found.name.split('/')[0]!, registry);
  if (state === 'down') return {tookMs: DIAL_TIMEOUT_MS, trouble: 'down'};
  const after = (trouble: PullTrouble) => ({tookMs: registry.latency, trouble});
  if (state === 'rate-limited') return after('rate-limited');
  const known = auth.some(a => registry.users?.[a.username] === a.password);
  const closed = state === 'unauthorized' || (found.found && found.entry.private === true) || (!found.found && found.why === 'repository');
  if (closed && !known) return after(auth.length > 0 ? 'wrong-credentials' : 'denied');
  if (!found.found) return after('no-tag');
  if (found.entry.signature === 'invalid') return after('unsigned');
  const bytesPerMs = quantityValue(registry.bandwidth) / 1000 / (state === 'slow' ? SLOW_FACTOR : 1);
  return {tookMs: Math.round(registry.latency + quantityValue(found.entry.size) / bytesPerMs)};
}

/** Begins a pull. Throws CriError on a name that is none. */
export function pullImage(
  runtime: RuntimeNode,
  image: string,
  auth: readonly AuthConfig[],
  pod: {namespace: string; name: string},
): {pullId: string; doneAt: number} {
  let plan: ReturnType<typeof planPull>;
  try {
    plan = planPull(runtime, image, auth);
  } catch (error) {
    throw new CriError('InvalidArgument', `failed to parse image reference "${image}": ${(error as Error).message}`);
  }
  const doneAt = runtime.now + plan.tookMs;
  const pullId = `${normalizeImageName(image)}@${runtime.now}`;
  const subject = podSubject(pod);
  const error = plan.trouble && {
    code: plan.trouble === 'no-tag' ? ('NotFound' as const) : ('Unknown' as const),
    message: runtime.flavour.pullFailed(plan.trouble, {image, name: normalizeImageName(image)}),
  };
  runtime.memory.put<PullRecord>(PULLS, pullId, {image, subject, doneAt, ...(error && {error})});
  if (runtime.tx.noting) runtime.trace(subject, `PullImage ${image}`);
  return {pullId, doneAt};
}

/** The answer of a pull that is over: the image is in the store. Throws CriError. */
export function pulledImage(runtime: RuntimeNode, pullId: string): {imageRef: string} {
  const pull = runtime.memory.get<PullRecord>(PULLS, pullId);
  if (!pull) throw new CriError('NotFound', `no pull ${pullId}`);
  runtime.memory.delete(PULLS, pullId);
  if (pull.error) {
    if (runtime.tx.noting) runtime.trace(pull.subject, `PullImage ${pull.image}: ${pull.error.message}`);
    throw new CriError(pull.error.code, pull.error.message);
  }
  const record = imageRecord(runtime.options.images, pull.image, runtime.now);
  runtime.memory.put(IMAGES, record.name, record);
  if (runtime.tx.noting) runtime.trace(pull.subject, `PullImage ${pull.image} -> ${record.id.slice(7, 20)}, ${record.size} bytes`);
  return {imageRef: record.repoDigest};
}

/** By any name: with or without tag, digest, id or reference. */
export function findImage(runtime: RuntimeNode, image: string): ImageRecord | undefined {
  let name: string;
  try {
    name = normalizeImageName(image);
  } catch {
    return listImages(runtime).find(record => record.id === image || record.id === `sha256:${image}`);
  }
  const direct = runtime.memory.get<ImageRecord>(IMAGES, name);
  return (
    direct ??
    (image.includes('@') || image.startsWith('sha256:')
      ? listImages(runtime).find(r => r.repoDigest === name || r.id === image)
      : undefined)
  );
}

export const listImages = (runtime: RuntimeNode): ImageRecord[] => runtime.memory.list<ImageRecord>(IMAGES).map(([, image]) => image);

export function removeImage(runtime: RuntimeNode, image: string): void {
  const record = findImage(runtime, image);
  if (record) runtime.memory.delete(IMAGES, record.name);
}

export function imageStatus(runtime: RuntimeNode, record: ImageRecord): CriImage {
  const {user} = entryOf(runtime.options.images, record.name);
  return {
    id: record.id,
    repoTags: record.name.includes('@') ? [] : [record.name],
    repoDigests: [record.repoDigest],
    size: record.size,
    pulledAt: record.pulledAt,
    ...(record.pinned && {pinned: true}),
    ...(user !== undefined && {user: typeof user === 'number' ? {uid: user} : {username: user}}),
  };
}
