/** Makes a pod's volumes ready before its containers start, and takes them away after them. upstream: pkg/kubelet/volumemanager, pkg/volume/{configmap,secret,projected,downwardapi,emptydir,csi} */

import {fromBase64} from '../../api/base64.ts';
import {copyWith} from '../../api/clone.ts';
import type {Cri} from '../../api/cri.ts';
import {claimNameOf} from '../../api/persistent-volumes.ts';
import {allContainers} from '../../api/pods.ts';
import {ApiError, type ConfigMap, type core, type KubeObject, type Node, type Pod, type Secret} from '../../api/types.ts';
import {readSource} from '../config-source.ts';
import {fieldValue, resourceFieldValue} from '../downward-api.ts';
import type {Kubelet, PodWorker} from '../types.ts';
import {podDirectory, volumePath} from './paths.ts';
import {serviceAccountToken} from './token-manager.ts';

/** upstream: pkg/kubelet/volumemanager/volume_manager.go podAttachAndMountTimeout */
export const MOUNT_TIMEOUT_MS = 123_000;

/** upstream: pkg/util/goroutinemap/exponentialbackoff: 500 ms, doubled, at most 2 m 2 s. */
export const mountBackoffMs = (tries: number): number => Math.min(122_000, 500 * 2 ** tries);

/** A volume that cannot be set up now. */
class VolumeError extends Error {
  /** True: waiting for somebody else (attach), which is no failure yet. */
  readonly waiting: boolean;
  constructor(message: string, waiting = false) {
    super(message);
    this.waiting = waiting;
  }
}

type Files = Record<string, string>;

interface Item {
  key: string;
  path: string;
}

export interface MountResult {
  mounted: readonly string[];
  /** Names of those that are not mounted. */
  missing: readonly string[];
}

/** Volumes that at least one container of the pod mounts. */
function used(pod: Pod): core.Volume[] {
  const spec = pod.spec!;
  const names = new Set(allContainers(spec).flatMap(c => c.volumeMounts?.map(m => m.name) ?? []));
  return (spec.volumes ?? []).filter(v => names.has(v.name));
}

/** Sets up what is not mounted yet; a volume that fails gets an event and is left for the next try. */
export function mountVolumes(kubelet: Kubelet, cri: Cri, pod: Pod, worker: PodWorker): MountResult {
  const mounted = [...worker.mounted];
  const missing: string[] = [];
  for (const volume of used(pod)) {
    if (mounted.includes(volume.name)) continue;
    try {
      const files = setUp(kubelet, pod, volume);
      const path = volumePath(pod, volume);
      if (files && (Object.keys(files).length > 0 || !cri.readHostDirectory(path))) cri.writeHostDirectory(path, files);
      mounted.push(volume.name);
    } catch (error) {
      if (!(error instanceof VolumeError)) throw error;
      missing.push(volume.name);
      if (!error.waiting)
        kubelet.ctx.events.event(pod, 'Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${volume.name}" : ${error.message}`);
    }
  }
  return {mounted, missing};
}

/** The kubelet gives up waiting for this round. */
export function mountTimedOut(kubelet: Kubelet, pod: Pod, missing: readonly string[]): void {
  const list = `[${missing.join(' ')}]`;
  kubelet.ctx.events.event(
    pod,
    'Warning',
    'FailedMount',
    `Unable to attach or mount volumes: unmounted volumes=${list}, unattached volumes=[], failed to process volumes=[]: context deadline exceeded`,
  );
}

/** Takes away what is the pod's alone; a claim's volume and the node's own directories stay. */
export function unmountVolumes(cri: Cri, pod: Pod, worker: PodWorker): void {
  for (const volume of pod.spec?.volumes ?? []) {
    if (!worker.mounted.includes(volume.name) || volume.hostPath || volume.persistentVolumeClaim || volume.ephemeral) continue;
    if (cri.readHostDirectory(volumePath(pod, volume))) cri.writeHostDirectory(volumePath(pod, volume), undefined);
  }
  if (cri.readHostDirectory(podDirectory(pod))) cri.writeHostDirectory(podDirectory(pod), undefined);
}

/** Content of ConfigMaps, Secrets and the downward API follows its source into running pods; true when something was written. */
export function refreshVolumes(kubelet: Kubelet, cri: Cri, pod: Pod, worker: PodWorker): boolean {
  let changed = false;
  for (const volume of used(pod)) {
    if (!worker.mounted.includes(volume.name) || !isLive(volume)) continue;
    try {
      const files = setUp(kubelet, pod, volume)!;
      const path = volumePath(pod, volume);
      if (JSON.stringify(cri.readHostDirectory(path)) === JSON.stringify(files)) continue;
      cri.writeHostDirectory(path, files);
      changed = true;
    } catch (error) {
      if (!(error instanceof VolumeError)) throw error;
    }
  }
  return changed;
}

/** Its content may change while the pod runs. */
const isLive = (volume: core.Volume): boolean =>
  Boolean(
    volume.configMap ||
      volume.secret ||
      volume.downwardAPI ||
      volume.projected?.sources?.some(s => s.secret || s.downwardAPI || (s.configMap && s.configMap.name !== ROOT_CA)),
  );

export const hasLiveVolumes = (pod: Pod): boolean => used(pod).some(isLive);

/** The files of a volume; undefined for those whose content is not the kubelet's. */
function setUp(kubelet: Kubelet, pod: Pod, volume: core.Volume): Files | undefined {
  const namespace = pod.metadata.namespace!;
  if (volume.configMap)
    return configMapFiles(kubelet, namespace, volume.configMap.name ?? '', volume.configMap.items, volume.configMap.optional);
  if (volume.secret) return secretFiles(kubelet, namespace, volume.secret.secretName ?? '', volume.secret.items, volume.secret.optional);
  if (volume.downwardAPI) return downwardFiles(kubelet, pod, volume.downwardAPI.items ?? []);
  if (volume.projected)
    return Object.assign({}, ...(volume.projected.sources ?? []).map(source => projectedFiles(kubelet, pod, source))) as Files;
  if (volume.emptyDir) return {};
  const claim = claimNameOf(pod.metadata.name!, volume);
  return claim ? claimFiles(kubelet, pod, claim) : undefined;
}

function pick(
  data: Readonly<Record<string, string>>,
  items: readonly Item[] | undefined,
  optional: boolean | undefined,
  what: string,
): Files {
  if (!items?.length) return copyWith(data, {});
  const files: Files = {};
  for (const {key, path} of items) {
    if (data[key] !== undefined) files[path] = data[key];
    else if (!optional) throw new VolumeError(`references non-existent ${what} key: ${key}`);
  }
  return files;
}

const configMapFiles = (
  kubelet: Kubelet,
  namespace: string,
  name: string,
  items: readonly Item[] | undefined,
  optional?: boolean,
): Files => {
  const map =
    name === ROOT_CA ? rootCa(kubelet, namespace) : readSource<ConfigMap>(kubelet, 'configmap', namespace, {name, optional}, VolumeError);
  return map ? pick(map.data ?? {}, items, optional, 'config') : {};
};

const ROOT_CA = 'kube-root-ca.crt';

/** Every pod mounts it: it is read once a namespace and kept, as the kubelet's watch-based manager would. */
function rootCa(kubelet: Kubelet, namespace: string): Pick<ConfigMap, 'data'> {
  const {memory} = kubelet.ctx;
  const kept = memory.get<Pick<ConfigMap, 'data'>>(ROOT_CA, namespace);
  if (kept) return kept;
  const {data} = readSource<ConfigMap>(kubelet, 'configmap', namespace, {name: ROOT_CA}, VolumeError)!;
  memory.put(ROOT_CA, namespace, {data});
  return {data};
}

function secretFiles(kubelet: Kubelet, namespace: string, name: string, items: readonly Item[] | undefined, optional?: boolean): Files {
  const secret = readSource<Secret>(kubelet, 'secret', namespace, {name, optional}, VolumeError);
  if (!secret) return {};
  return pick(
    Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, value]) => [key, fromBase64(value)])),
    items,
    optional,
    'secret',
  );
}

const downwardFiles = (kubelet: Kubelet, pod: Pod, items: readonly core.DownwardAPIVolumeFile[]): Files =>
  Object.fromEntries(
    items.map(({path, fieldRef, resourceFieldRef}) => [
      path,
      fieldRef
        ? fieldValue(kubelet, pod, fieldRef.fieldPath, [])
        : resourceFieldRef
          ? resourceFieldValue(kubelet, pod, pod.spec!.containers[0]!, resourceFieldRef)
          : '',
    ]),
  );

function projectedFiles(kubelet: Kubelet, pod: Pod, source: core.VolumeProjection): Files {
  const namespace = pod.metadata.namespace!;
  if (source.configMap)
    return configMapFiles(kubelet, namespace, source.configMap.name ?? '', source.configMap.items, source.configMap.optional);
  if (source.secret) return secretFiles(kubelet, namespace, source.secret.name ?? '', source.secret.items, source.secret.optional);
  if (source.downwardAPI) return downwardFiles(kubelet, pod, source.downwardAPI.items ?? []);
  if (source.serviceAccountToken) return {[source.serviceAccountToken.path]: tokenOf(kubelet, pod, source.serviceAccountToken)};
  return {};
}

function tokenOf({ctx}: Kubelet, pod: Pod, projection: core.ServiceAccountTokenProjection): string {
  try {
    return serviceAccountToken(ctx, pod, projection);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new VolumeError(`failed to fetch token: ${error.message}`);
  }
}

interface Claim extends KubeObject {
  spec?: {volumeName?: string};
  status?: {phase?: string};
}

/** A claim's volume is there once it is bound and, where somebody attaches volumes to this node, attached. */
function claimFiles({ctx, node}: Kubelet, pod: Pod, claimName: string): Files {
  const namespace = pod.metadata.namespace!;
  let volumeName: string | undefined;
  try {
    const claim = ctx.client.get<Claim>('persistentvolumeclaims', namespace, claimName);
    volumeName = claim.spec?.volumeName;
    if (claim.status?.phase !== 'Bound' || !volumeName) throw new VolumeError(`PVC ${namespace}/${claimName} is not bound`, true);
    const attached = (ctx.lister<Node>('nodes').get('', node)?.status as {volumesAttached?: {name: string}[]} | undefined)?.volumesAttached;
    const attachable = attached?.find(v => v.name.endsWith(`^${volumeName}`));
    if (attached && !attachable) throw new VolumeError(`volume ${volumeName} is not attached to ${node}`, true);
  } catch (error) {
    if (error instanceof ApiError)
      throw new VolumeError(error.code === 404 ? `persistentvolumeclaim "${claimName}" not found` : error.message);
    throw error;
  }
  return {};
}
