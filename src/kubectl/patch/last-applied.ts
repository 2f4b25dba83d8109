/** The annotation that `apply` compares with. upstream: staging/src/k8s.io/kubectl/pkg/util/apply.go */

import {compactJson} from '../../engine/api/go-json.ts';
import type {KubeObject} from '../../engine/api/types.ts';
import {LAST_APPLIED_ANNOTATION} from '../../engine/api/well-known.ts';

/** The object as it is applied: with annotations, if only none, and without the one that tells of itself. */
export function asApplied(object: KubeObject): KubeObject {
  const {[LAST_APPLIED_ANNOTATION]: _, ...annotations} = object.metadata.annotations ?? {};
  return {...object, metadata: {...object.metadata, annotations}};
}

/** The object with itself (without the annotation) as its last applied configuration. */
export function withLastApplied(object: KubeObject): KubeObject {
  const plain = asApplied(object);
  return {
    ...plain,
    metadata: {...plain.metadata, annotations: {...plain.metadata.annotations, [LAST_APPLIED_ANNOTATION]: `${compactJson(plain)}\n`}},
  };
}

/** What was applied last, or undefined. */
export function lastApplied(object: KubeObject): KubeObject | undefined {
  const text = object.metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  return text === undefined ? undefined : (JSON.parse(text) as KubeObject);
}
