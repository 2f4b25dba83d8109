/** Which ReplicaSets belong to a Deployment, and which of them is the new one. upstream: kubectl/pkg/util/deployment/deployment.go */

import {compactJson} from '../../engine/api/go-json.ts';
import {printSelector, selectorFrom} from '../../engine/api/labels.ts';
import {byObjectName, byText} from '../../engine/api/order.ts';
import type {apps, core} from '../../engine/api/types.ts';
import {DEPLOYMENT_REVISION_ANNOTATION, POD_TEMPLATE_HASH_LABEL} from '../../engine/api/well-known.ts';
import type {Reader} from '../reader.ts';
import type {Effects} from '../types.ts';

type ReplicaSet = apps.ReplicaSet;

/** A pod template as text, without the hash label. */
function templateKey(template: core.PodTemplateSpec | undefined): string {
  const {[POD_TEMPLATE_HASH_LABEL]: _, ...labels} = template?.metadata?.labels ?? {};
  return compactJson({...template, metadata: {...template?.metadata, labels}});
}

export const revisionOf = (rs: {metadata?: {annotations?: Record<string, string>}}): number =>
  Number(rs.metadata?.annotations?.[DEPLOYMENT_REVISION_ANNOTATION] ?? 0);

/** All ReplicaSets that a Deployment controls. */
export function* ownedReplicaSets(deployment: apps.Deployment, reader: Reader): Effects<ReplicaSet[]> {
  const all = yield* reader.list<ReplicaSet>('apps/v1', 'replicasets', {
    namespace: deployment.metadata?.namespace ?? '',
    labelSelector: printSelector(selectorFrom(deployment.spec?.selector)),
  });
  return all.filter(rs => rs.metadata?.ownerReferences?.some(o => o.controller && o.uid === deployment.metadata?.uid));
}

const byCreation = (a: ReplicaSet, b: ReplicaSet): number =>
  byText(a.metadata?.creationTimestamp ?? '', b.metadata?.creationTimestamp ?? '') || byObjectName(a, b);

/** The one with the Deployment's own template (the oldest, if there are several), and all others. */
export function splitReplicaSets(
  deployment: apps.Deployment,
  all: readonly ReplicaSet[],
): {old: ReplicaSet[]; current: ReplicaSet | undefined} {
  const wanted = templateKey(deployment.spec?.template);
  const current = [...all].sort(byCreation).find(rs => templateKey(rs.spec?.template) === wanted);
  return {old: all.filter(rs => rs !== current), current};
}
