/**
 * Disks of clouds that Kubernetes once attached itself, and CSI drivers attach today: they count towards those drivers' limits.
 * upstream: staging/src/k8s.io/csi-translation-lib/plugins, pkg/scheduler/framework/plugins/nodevolumelimits/utils.go isCSIMigrationOn
 */
import type {core} from '../../api/types.ts';

export interface CsiVolume {
  readonly driver: string;
  readonly handle: string;
}

interface Migrated {
  /** As classes name what made them. */
  readonly plugin: string;
  readonly driver: string;
  handle(source: Source): string | undefined;
}

/** The parts of a pod's volume, or of a PersistentVolume, that say where its data is. */
type Source = Pick<core.Volume, 'awsElasticBlockStore' | 'azureDisk' | 'gcePersistentDisk'> & {
  readonly cinder?: {readonly volumeID: string} | undefined;
};

const MIGRATED: readonly Migrated[] = [
  {
    plugin: 'kubernetes.io/aws-ebs',
    driver: 'ebs.csi.aws.com',
    /** `aws://zone/vol-1` means the same disk as `vol-1`. */
    handle: ({awsElasticBlockStore: disk}) => disk?.volumeID.replace(/^aws:\/\/.*\//, ''),
  },
  {
    plugin: 'kubernetes.io/azure-disk',
    driver: 'disk.csi.azure.com',
    handle: ({azureDisk}) => azureDisk?.diskURI,
  },
  {
    plugin: 'kubernetes.io/cinder',
    driver: 'cinder.csi.openstack.org',
    handle: ({cinder}) => cinder?.volumeID,
  },
  {
    plugin: 'kubernetes.io/gce-pd',
    driver: 'pd.csi.storage.gke.io',
    handle: ({gcePersistentDisk: disk}) => disk && `projects/UNSPECIFIED/zones/UNSPECIFIED/disks/${disk.pdName}`,
  },
];

/** The volume as a CSI driver knows it; undefined where none took it over. */
export function asCsi(source: Source): CsiVolume | undefined {
  for (const {driver, handle} of MIGRATED) {
    const found = handle(source);
    if (found !== undefined) return {driver, handle: found};
  }
  return undefined;
}

/** Who makes the volumes of a class with this provisioner today. */
export const driverFor = (provisioner: string): string => MIGRATED.find(({plugin}) => plugin === provisioner)?.driver ?? provisioner;
