/** Whether a CSI driver that keeps account of its space has enough of it for a claim. upstream: pkg/scheduler/framework/plugins/volumebinding/binder.go hasEnoughCapacity */
import {type Labels, matches, selectorFrom} from '../../api/labels.ts';
import {cmp, parseQuantity} from '../../api/quantity.ts';
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
      const limit = entry.maximumVolumeSize ?? entry.capacity;
      const holds = limit !== undefined && limit !== null && cmp(parseQuantity(String(limit)), size) >= 0;
      return entry.storageClassName === metadata.name && holds && isWithinReach(entry, node.labels);
    });
}
