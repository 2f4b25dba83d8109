/**
 * Credentials for pulls, and who may use an image that was pulled with some: a pod that brings none of them must show that it could pull it itself.
 * upstream: pkg/credentialprovider, pkg/kubelet/images/pullmanager (KubeletEnsureSecretPulledImages, policy NeverVerifyPreloadedImages)
 */
import {fromBase64} from '../../api/base64.ts';
import type {AuthConfig} from '../../api/cri.ts';
import {normalizeImageName} from '../../api/image-name.ts';
import {ApiError, type Pod, type Secret} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';

/** Which secret, and which of its lives. */
export interface SecretCoordinates {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface PullSecret extends SecretCoordinates {
  readonly auths: readonly AuthConfig[];
}

/** What is remembered of an image's pulls on this node; an image without a record was there before. */
export interface ImagePullRecord {
  /** It was had without credentials: everybody could. */
  readonly everybody: boolean;
  readonly secrets: readonly SecretCoordinates[];
}

const RECORDS = 'image-pull-record';

const same = (a: SecretCoordinates, b: SecretCoordinates): boolean => a.uid === b.uid && a.name === b.name && a.namespace === b.namespace;

/** Whether a pod with these secrets has to pull an image that is there, to show that it may. */
export const mustAttemptImagePull = (record: ImagePullRecord | undefined, secrets: readonly SecretCoordinates[]): boolean =>
  record !== undefined && !record.everybody && !record.secrets.some(known => secrets.some(own => same(known, own)));

const keyOf = (image: string): string => normalizeImageName(image);

export const pullRecord = (ctx: ComponentContext, image: string): ImagePullRecord | undefined =>
  ctx.memory.get<ImagePullRecord>(RECORDS, keyOf(image));

/** Remembers with what an image was pulled. */
export function recordPull(ctx: ComponentContext, image: string, secrets: readonly PullSecret[]): void {
  const [domain = ''] = keyOf(image).split('/');
  const used = secrets.filter(s => s.auths.some(a => (a.serverAddress ?? '').includes(domain)));
  const before = pullRecord(ctx, image);
  const known = (before?.secrets ?? []).filter(k => !used.some(u => same(k, u)));
  ctx.memory.put<ImagePullRecord>(RECORDS, keyOf(image), {
    everybody: before?.everybody === true || used.length === 0,
    secrets: [...known, ...used.map(({namespace, name, uid}) => ({namespace, name, uid}))],
  });
}

/** The secrets that a pod names. A missing one is told and passed over. */
export function pullSecrets({client, events}: ComponentContext, pod: Pod): PullSecret[] {
  const namespace = pod.metadata.namespace!;
  const missing: string[] = [];
  const found = (pod.spec?.imagePullSecrets ?? []).flatMap(({name = ''}) => {
    try {
      const secret = client.get<Secret>('secrets', namespace, name);
      return [{namespace, name, uid: secret.metadata.uid, auths: authConfigs(secret)}];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      missing.push(name);
      return [];
    }
  });
  if (missing.length > 0)
    events.event(
      pod,
      'Warning',
      'FailedToRetrieveImagePullSecret',
      `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`,
    );
  return found;
}

type Auths = Record<string, {username?: string; password?: string; auth?: string}>;

/** What a secret of type dockerconfigjson or dockercfg holds; nothing where it cannot be read. */
function authConfigs({data}: Secret): AuthConfig[] {
  const text = data?.['.dockerconfigjson'] ?? data?.['.dockercfg'];
  if (!text) return [];
  try {
    const parsed = JSON.parse(fromBase64(text)) as {auths?: Auths};
    return Object.entries(parsed.auths ?? (parsed as Auths)).map(([serverAddress, {username, password, auth}]) => {
      const [user = '', ...rest] = auth ? fromBase64(auth).split(':') : [];
      return {serverAddress, username: username ?? user, password: password ?? rest.join(':')};
    });
  } catch {
    return [];
  }
}
