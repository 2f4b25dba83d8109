/** Where a volume can be reached, and where a class can make one. upstream: staging/src/k8s.io/component-helpers/storage/volume/helpers.go CheckNodeAffinity; binder.go checkVolumeProvisions */
import type {Labels} from '../../api/labels.ts';
import type {core, PersistentVolume, StorageClass} from '../../api/types.ts';
import {NO_PROVISIONER} from '../../api/well-known.ts';
import {matchesNodeSelector, type NodeFacts} from '../framework/node-selector.ts';

/** Whether the volume can be reached from the node. */
export function isReachable(volume: PersistentVolume, node: NodeFacts): boolean {
  const required = volume.spec?.nodeAffinity?.required;
  return !required || matchesNodeSelector(required, node);
}

const topologyMatches = (term: core.TopologySelectorTerm, labels: Labels): boolean =>
  (term.matchLabelExpressions ?? []).every(({key, values}) => labels[key] !== undefined && values.includes(labels[key]));

/** Whether the class can make a volume for this node. */
export function canProvision(storage: StorageClass | undefined, node: NodeFacts): boolean {
  if (!storage?.provisioner || storage.provisioner === NO_PROVISIONER) return false;
  const terms = storage.allowedTopologies ?? [];
  return terms.length === 0 || terms.some(term => topologyMatches(term, node.labels));
}
