/**
 * The far end of a webhook, declared as data. A real one is a web server somebody runs; here it answers by rules, so that a lesson can show
 * one that patches, one that refuses, one that is slow and one that is gone.
 */
import {matches, parseSelector} from '../../../api/labels.ts';
import type {Json, KubeObject} from '../../../api/types.ts';
import {compile} from '../../cel/program.ts';
import {variablesOf} from '../review.ts';
import type {AdmissionContext, Attributes} from '../types.ts';

export interface JsonPatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: Json;
}

/** The first rule that fits answers; without one the request is allowed as it is. */
export interface EndpointRule {
  /** Labels the object must have, e.g. `app=web`. */
  readonly labels?: string;
  /** A condition in CEL. */
  readonly when?: string;
  readonly deny?: {readonly message?: string; readonly code?: number; readonly reason?: string};
  readonly patch?: readonly JsonPatchOperation[];
  readonly warnings?: readonly string[];
}

export interface WebhookEndpoint {
  /** `namespace/service`, or a URL: what a configuration's clientConfig names. */
  readonly at: string;
  readonly rules: readonly EndpointRule[];
  /** How long an answer takes. */
  readonly latencyMs?: number;
  /** Nobody listens. */
  readonly down?: boolean;
  /** It runs in the pods of the Service at that address: without a ready one nobody answers. */
  readonly inPods?: boolean;
}

export function answerOf(endpoint: WebhookEndpoint, attributes: Attributes, context: AdmissionContext): EndpointRule {
  const object: KubeObject | undefined = attributes.object ?? attributes.oldObject;
  const found = endpoint.rules.find(
    ({labels, when}) =>
      (!labels || matches(parseSelector(labels), object?.metadata.labels)) &&
      (!when || compile(when)(variablesOf(attributes, context)) === true),
  );
  return found ?? {};
}
