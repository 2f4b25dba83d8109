/** Whether a CSI driver that keeps account of its space has enough of it for a claim. upstream: pkg/scheduler/framework/plugins/volumebinding/binder.go hasEnoughCapacity */
import {type Labels, matches, selectorFrom} from '../../api/labels.ts';
import {cmp, parseQuantity, type Quantity} from '../../api/quantity.ts';
import type {CSIDriver, KubeObject, PersistentVolumeClaim, StorageClass, storage} from '../../api/types.ts';
import type {Listers, NodeInfo} from '../framework/types.ts';

type CSIStorageCapacity = storage.CSIStorageCapacity & KubeObject;

/** What it says of no node is out of every node's reach; an empty selector means all of them. */
const isWithinReach = ({nodeTopology}: CSIStorageCapacity, labels: Labels): boolean =>
  nodeTopology !== undefined && nodeTopology !== null && matches(selectorFrom(nodeTopology), labels);

/** True too where the driver keeps no account, or the claim asks for no size. */
export function hasEnoughCapacity(
  {metadata, provisioner}: StorageClass,
  claim: PersistentVolumeClaim,
  node: NodeInfo,
  listers: Listers,
): boolean {
  const asked = claim.spec?.resources?.requests?.['storage'] as string | undefined;
  if (asked === undefined || !listers<CSIDriver>('csidrivers').get('', provisioner)?.spec.storageCapacity) return true;
  const size = parseQuantity(asked);
  return listers<CSIStorageCapacity>('csistoragecapacities')
    .list()
    .some(entry => {
      const limit = limitOf(entry);
      return entry.storageClassName === metadata.name && limit && cmp(limit, size) >= 0 && isWithinReach(entry, node.labels);
    });
}

/** How large a volume can be, as far as the driver says. upstream: volumeLimit */
function limitOf({maximumVolumeSize, capacity}: CSIStorageCapacity): Quantity | undefined {
  const limit = maximumVolumeSize ?? capacity;
  return limit === undefined || limit === null ? undefined : parseQuantity(String(limit));
}

/** Whether a larger volume can be had now than before. */
export function hasGrown(before: KubeObject | undefined, after: KubeObject): boolean {
  if (!before) return true;
  const [was, is] = [limitOf(before as CSIStorageCapacity), limitOf(after as CSIStorageCapacity)];
  return is !== undefined && (was === undefined || cmp(is, was) > 0);
}
