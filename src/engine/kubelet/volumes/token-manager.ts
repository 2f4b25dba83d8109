/** Service account tokens of pods: asked for once, kept, and renewed before they end. upstream: pkg/kubelet/token/token_manager.go */
import {timeOf} from '../../api/clock.ts';
import {ApiError, type core, type KubeObject, type Pod} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';

/** However long it holds, a token is renewed after a day. */
const MAX_AGE_MS = 24 * 3_600_000;
const MAX_JITTER_MS = 10_000;
const DEFAULT_SECONDS = 3600;
const KEPT = 'tokens';

interface KeptToken {
  readonly token: string;
  /** Virtual milliseconds. */
  readonly expires: number;
  readonly lifetime: number;
}

/** True when a fifth of its life is left, or a day has passed, less some seconds of chance so that not all come at once. */
function isDue({expires, lifetime}: KeptToken, ctx: ComponentContext): boolean {
  const jitter = ctx.random() * MAX_JITTER_MS;
  return ctx.now > expires - lifetime + MAX_AGE_MS - jitter || ctx.now > expires - lifetime / 5 - jitter;
}

const keyOf = (pod: Pod, {audience = '', expirationSeconds = DEFAULT_SECONDS}: core.ServiceAccountTokenProjection): string =>
  `${pod.metadata.uid}/${audience}/${expirationSeconds}`;

/** The token that a pod's projected volume holds now. Throws ApiError where the API server gives none and the old one has ended. */
export function serviceAccountToken(ctx: ComponentContext, pod: Pod, projection: core.ServiceAccountTokenProjection): string {
  const key = keyOf(pod, projection);
  const kept = ctx.memory.get<KeptToken>(KEPT, key);
  if (kept && !isDue(kept, ctx)) return kept.token;
  try {
    const fresh = requestToken(ctx, pod, projection);
    ctx.memory.put(KEPT, key, fresh);
    return fresh.token;
  } catch (error) {
    if (error instanceof ApiError && kept && ctx.now < kept.expires) return kept.token;
    throw error;
  }
}

function requestToken(
  ctx: ComponentContext,
  pod: Pod,
  {audience, expirationSeconds = DEFAULT_SECONDS}: core.ServiceAccountTokenProjection,
): KeptToken {
  const {namespace, name, uid} = pod.metadata;
  const answer = ctx.client.create<KubeObject & {status?: {token?: string; expirationTimestamp?: string}}>(
    'serviceaccounts',
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {},
      spec: {audiences: audience ? [audience] : [], expirationSeconds, boundObjectRef: {apiVersion: 'v1', kind: 'Pod', name, uid}},
    },
    {subresource: 'token', namespace, name: pod.spec?.serviceAccountName || 'default'},
  );
  const {token = '', expirationTimestamp} = answer.status ?? {};
  return {token, expires: timeOf(expirationTimestamp), lifetime: expirationSeconds * 1000};
}

/** Forgets the tokens of a pod that has ended. */
export function forgetTokens(ctx: ComponentContext, pod: Pod): void {
  for (const volume of pod.spec?.volumes ?? []) {
    for (const {serviceAccountToken: projection} of volume.projected?.sources ?? []) {
      if (projection && ctx.memory.get(KEPT, keyOf(pod, projection))) ctx.memory.delete(KEPT, keyOf(pod, projection));
    }
  }
}
