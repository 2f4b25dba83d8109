/**
 * Decides whether a container's image is pulled, and what is said about it.
 * A pull takes time, so the work is cut in two: `prepareImage` before the pull, `finishPull` after it.
 * upstream: pkg/kubelet/images/image_manager.go EnsureImageExists, pullImage
 */

import {type BackoffEntry, type BackoffPolicy, backoffRemainingSinceUpdate, nextBackoff} from '../../api/backoff.ts';
import {printGoDuration} from '../../api/duration.ts';
import {applyDefaultImageTag} from '../../api/image-name.ts';

const ERR_IMAGE_PULL = 'ErrImagePull';
const ERR_IMAGE_PULL_BACK_OFF = 'ImagePullBackOff';
const ERR_IMAGE_NEVER_PULL = 'ErrImageNeverPull';
const ERR_IMAGE_INSPECT = 'ImageInspectError';
const ERR_INVALID_IMAGE_NAME = 'InvalidImageName';
const ERR_REGISTRY_UNAVAILABLE = 'RegistryUnavailable';
const ERR_SIGNATURE_VALIDATION = 'SignatureValidationFailed';
const PULL_QPS_EXCEEDED = 'pull QPS exceeded';

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

export interface ImageEvent {
  type: 'Normal' | 'Warning';
  reason: 'Pulling' | 'Pulled' | 'Failed' | 'BackOff' | 'ErrImageNeverPull' | 'InspectFailed';
  message: string;
}

/** Why a container's image is not there: `reason` becomes the container's waiting reason. */
export interface ImageError {
  reason: string;
  message: string;
}

export interface ImageOutcome {
  events: ImageEvent[];
  error?: ImageError;
  /** The image's reference in the runtime: the container can be made. */
  imageRef?: string;
  /** Undefined where it did not change. */
  backoff?: ImageBackoff;
}

/** Per pod and image: the delay, and what went wrong last. */
export interface ImageBackoff {
  entry: BackoffEntry;
  previous: ImageError;
}

/** What the image manager asks of the node. */
export interface ImageService {
  /** The reference of an image on the node, or undefined. Throws when the runtime cannot tell. */
  imageRef(image: string): string | undefined;
  /** Bytes. */
  imageSize(image: string): number;
  /** With these secrets the image may only be used after another pull: it was pulled with credentials the pod does not have. */
  mustAttemptPull(image: string, imageRef: string): boolean;
  /** A token of the pull rate limit; false: exceeded. */
  takePullToken(): boolean;
}

export interface ImageRequest {
  image: string;
  policy: PullPolicy;
  now: number;
  backoff: ImageBackoff | undefined;
  backoffPolicy: BackoffPolicy;
}

export type Preparation = ({pull: true; image: string} & Pick<ImageOutcome, 'events'>) | ({pull: false} & ImageOutcome);

/** Looks at the node, the policy and the back-off: done, failed, or to be pulled now. */
export function prepareImage({image: asked, policy, now, backoff, backoffPolicy}: ImageRequest, service: ImageService): Preparation {
  // 1. The name.
  let image: string;
  try {
    image = applyDefaultImageTag(asked);
  } catch (error) {
    const message = `Failed to apply default image tag "${asked}": couldn't parse image name "${asked}": ${(error as Error).message}`;
    return failed({reason: ERR_INVALID_IMAGE_NAME, message}, {type: 'Warning', reason: 'InspectFailed', message});
  }

  // 2. Is it on the node? Always does not even ask.
  if (policy !== 'Always') {
    let ref: string | undefined;
    try {
      ref = service.imageRef(image);
    } catch (error) {
      const message = `Failed to inspect image "${asked}": ${(error as Error).message}`;
      return failed({reason: ERR_IMAGE_INSPECT, message}, {type: 'Warning', reason: 'InspectFailed', message});
    }
    if (ref !== undefined && !service.mustAttemptPull(image, ref)) {
      const message = `Container image "${asked}" already present on machine and can be accessed by the pod`;
      return {pull: false, imageRef: ref, events: [{type: 'Normal', reason: 'Pulled', message}]};
    }
    if (policy === 'Never') {
      const message = `Container image "${asked}" is not present with pull policy of Never`;
      return failed({reason: ERR_IMAGE_NEVER_PULL, message}, {type: 'Warning', reason: 'ErrImageNeverPull', message});
    }
  }

  // 3. Back-off of earlier failures.
  if (backoff && backoffRemainingSinceUpdate(backoff.entry, now, backoffPolicy) > 0) {
    const plain = `Back-off pulling image "${asked}"`;
    const message = `${plain}: ${backoff.previous.reason}: ${backoff.previous.message}`;
    return failed({reason: ERR_IMAGE_PULL_BACK_OFF, message}, {type: 'Normal', reason: 'BackOff', message: plain});
  }

  // 4. Pull.
  const events: ImageEvent[] = [{type: 'Normal', reason: 'Pulling', message: `Pulling image "${asked}"`}];
  if (service.takePullToken()) return {pull: true, image, events};
  const outcome = finishPull({asked, image, now, waited: 0, took: 0, backoff, backoffPolicy}, {error: PULL_QPS_EXCEEDED}, service);
  return {pull: false, ...outcome, events: [...events, ...outcome.events]};
}

const failed = (error: ImageError, event: ImageEvent): Preparation => ({pull: false, error, events: [event]});

export interface PullResult {
  imageRef?: string;
  /** What the runtime's PullImage said; the names of registry and signature errors come first in it. */
  error?: string;
}

export interface FinishedPull {
  /** The image as the pod names it, and as it was pulled. */
  asked: string;
  image: string;
  now: number;
  /** Milliseconds in the queue of serial pulls, and of the pull itself. */
  waited: number;
  took: number;
  backoff: ImageBackoff | undefined;
  backoffPolicy: BackoffPolicy;
}

/** Words for what PullImage answered, and the back-off that follows a failure. */
export function finishPull(pull: FinishedPull, result: PullResult, service: Pick<ImageService, 'imageSize'>): ImageOutcome {
  const {asked, now, backoff, backoffPolicy} = pull;
  if (result.error !== undefined) {
    const error = pullError(asked, result.error);
    return {
      events: [{type: 'Warning', reason: 'Failed', message: `Failed to pull image "${asked}": ${result.error}`}],
      error,
      backoff: {entry: nextBackoff(backoff?.entry, now, now, backoffPolicy), previous: error},
    };
  }
  const message = `Successfully pulled image "${asked}" in ${printGoDuration(pull.took)} (${printGoDuration(pull.took + pull.waited)} including waiting). Image size: ${service.imageSize(pull.image)} bytes.`;
  return {events: [{type: 'Normal', reason: 'Pulled', message}], imageRef: result.imageRef};
}

/** upstream: evalCRIPullErr: two errors of the runtime have names of their own. */
function pullError(image: string, error: string): ImageError {
  if (error.includes(ERR_REGISTRY_UNAVAILABLE))
    return {
      reason: ERR_REGISTRY_UNAVAILABLE,
      message: `image pull failed for ${image} because the registry is unavailable${trail(error, ERR_REGISTRY_UNAVAILABLE)}`,
    };
  if (error.includes(ERR_SIGNATURE_VALIDATION))
    return {
      reason: ERR_SIGNATURE_VALIDATION,
      message: `image pull failed for ${image} because the signature validation failed${trail(error, ERR_SIGNATURE_VALIDATION)}`,
    };
  return {reason: ERR_IMAGE_PULL, message: error};
}

/** The rest of the runtime's words after the error's name. */
const trail = (error: string, name: string): string => error.slice(error.indexOf(name) + name.length);
