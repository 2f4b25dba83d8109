/** Volumes of pods and sources of persistent volumes. upstream: kubectl/pkg/describe describeVolumes, print*VolumeSource */

import {goList, goText} from '../../engine/api/go-text.ts';
import {byText} from '../../engine/api/order.ts';
import {cmp, parseQuantity} from '../../engine/api/quantity.ts';
import type {core} from '../../engine/api/types.ts';
import {writeClaimTemplate} from './claims.ts';
import {nested, type Page} from './page.ts';

type Source = any;
type Field = readonly [label: string, value: (source: Source) => unknown];

interface Layout {
  type: string;
  fields?: readonly Field[];
  more?: (page: Page, source: Source) => void;
}

const plain = (label: string, key: string): Field => [label, source => source[key] ?? ''];
const flag = (label: string, key: string): Field => [label, source => source[key] ?? false];
const number = (label: string, key: string): Field => [label, source => source[key] ?? 0];
const optional = (source: Source): boolean => source.optional === true;
/** Go's String() of a reference to a secret. That of a persistent volume names the namespace, too. */
const SECRET: Field = ['SecretRef:', ({secretRef}) => (secretRef ? `&LocalObjectReference{Name:${secretRef.name ?? ''},}` : 'nil')];
const PERSISTENT_SECRET: Field = [
  'SecretRef:',
  ({secretRef}) => (secretRef ? `&SecretReference{Name:${secretRef.name ?? ''},Namespace:${secretRef.namespace ?? ''},}` : 'nil'),
];

const READ_ONLY = flag('ReadOnly:', 'readOnly');
const FS_TYPE = plain('FSType:', 'fsType');

function writeAttributes(page: Page, attributes: Readonly<Record<string, string>> | undefined): void {
  page.write(2, 'VolumeAttributes:\t');
  const keys = Object.keys(attributes ?? {}).sort(byText);
  if (keys.length === 0) page.write(0, '<none>\n');
  keys.forEach((key, i) => {
    if (i > 0) page.write(2, '\t');
    const line = `${key}=${attributes![key]}`;
    page.write(2, line.length > 140 ? `${line.slice(0, 140)}...\n` : `${line}\n`);
  });
}

function writeProjected(page: Page, source: core.ProjectedVolumeSource): void {
  for (const {secret, downwardAPI, configMap, serviceAccountToken} of source.sources ?? []) {
    if (secret) page.write(2, `SecretName:\t${secret.name ?? ''}\n    Optional:\t${optional(secret)}\n`);
    else if (downwardAPI) page.write(2, 'DownwardAPI:\ttrue\n');
    else if (configMap) page.write(2, `ConfigMapName:\t${configMap.name ?? ''}\n    Optional:\t${optional(configMap)}\n`);
    else if (serviceAccountToken) page.write(2, `TokenExpirationSeconds:\t${serviceAccountToken.expirationSeconds}\n`);
  }
}

function writeDownward(page: Page, source: core.DownwardAPIVolumeSource): void {
  page.write(0, '    Items:\n');
  for (const item of source.items ?? []) {
    if (item.fieldRef) page.write(3, `${item.fieldRef.fieldPath} -> ${item.path}\n`);
    if (item.resourceFieldRef) page.write(3, `${item.resourceFieldRef.resource} -> ${item.path}\n`);
  }
}

const sizeLimit = (source: Source): string => {
  if (source.sizeLimit === undefined) return '<unset>';
  return cmp(parseQuantity(String(source.sizeLimit)), parseQuantity('0')) > 0 ? String(source.sizeLimit) : '<unset>';
};

const ISCSI: readonly Field[] = [
  plain('TargetPortal:', 'targetPortal'),
  plain('IQN:', 'iqn'),
  number('Lun:', 'lun'),
  plain('ISCSIInterface', 'iscsiInterface'),
  FS_TYPE,
  READ_ONLY,
  ['Portals:', s => goList(s.portals)],
  flag('DiscoveryCHAPAuth:', 'chapAuthDiscovery'),
  flag('SessionCHAPAuth:', 'chapAuthSession'),
  SECRET,
  ['InitiatorName:', s => s.initiatorName ?? '<none>'],
];

/** In upstream's order: the first source that is set is printed. */
const LAYOUTS = {
  hostPath: {
    type: 'HostPath (bare host directory volume)',
    fields: [plain('Path:', 'path'), ['HostPathType:', s => s.type ?? '<none>']],
  },
  emptyDir: {
    type: "EmptyDir (a temporary directory that shares a pod's lifetime)",
    fields: [plain('Medium:', 'medium'), ['SizeLimit:', sizeLimit]],
  },
  gcePersistentDisk: {
    type: 'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    fields: [plain('PDName:', 'pdName'), FS_TYPE, number('Partition:', 'partition'), READ_ONLY],
  },
  awsElasticBlockStore: {
    type: 'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    fields: [plain('VolumeID:', 'volumeID'), FS_TYPE, number('Partition:', 'partition'), READ_ONLY],
  },
  gitRepo: {
    type: 'GitRepo (a volume that is pulled from git when the pod is created)',
    fields: [plain('Repository:', 'repository'), plain('Revision:', 'revision')],
  },
  secret: {
    type: 'Secret (a volume populated by a Secret)',
    fields: [plain('SecretName:', 'secretName'), ['Optional:', optional]],
  },
  configMap: {
    type: 'ConfigMap (a volume populated by a ConfigMap)',
    fields: [plain('Name:', 'name'), ['Optional:', optional]],
  },
  nfs: {
    type: 'NFS (an NFS mount that lasts the lifetime of a pod)',
    fields: [plain('Server:', 'server'), plain('Path:', 'path'), READ_ONLY],
  },
  iscsi: {
    type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    fields: ISCSI,
  },
  glusterfs: {
    type: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    fields: [plain('EndpointsName:', 'endpoints'), plain('Path:', 'path'), READ_ONLY],
  },
  persistentVolumeClaim: {
    type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    fields: [plain('ClaimName:', 'claimName'), READ_ONLY],
  },
  ephemeral: {
    type: 'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
    more: (page, source) => {
      if (source.volumeClaimTemplate) writeClaimTemplate(nested(page, 2), source.volumeClaimTemplate);
    },
  },
  rbd: {
    type: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    fields: [
      ['CephMonitors:', s => goList(s.monitors)],
      plain('RBDImage:', 'image'),
      FS_TYPE,
      plain('RBDPool:', 'pool'),
      plain('RadosUser:', 'user'),
      plain('Keyring:', 'keyring'),
      SECRET,
      READ_ONLY,
    ],
  },
  quobyte: {
    type: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    fields: [plain('Registry:', 'registry'), plain('Volume:', 'volume'), READ_ONLY],
  },
  downwardAPI: {type: 'DownwardAPI (a volume populated by information about the pod)', more: writeDownward},
  azureDisk: {
    type: 'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    fields: [
      plain('DiskName:', 'diskName'),
      plain('DiskURI:', 'diskURI'),
      plain('Kind: ', 'kind'),
      FS_TYPE,
      plain('CachingMode:', 'cachingMode'),
      READ_ONLY,
    ],
  },
  vsphereVolume: {
    type: 'vSphereVolume (a Persistent Disk resource in vSphere)',
    fields: [plain('VolumePath:', 'volumePath'), FS_TYPE, plain('StoragePolicyName:', 'storagePolicyName')],
  },
  cinder: {
    type: 'Cinder (a Persistent Disk resource in OpenStack)',
    fields: [plain('VolumeID:', 'volumeID'), FS_TYPE, READ_ONLY, SECRET],
  },
  photonPersistentDisk: {
    type: 'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
    fields: [plain('PdID:', 'pdID'), FS_TYPE],
  },
  portworxVolume: {type: 'PortworxVolume (a Portworx Volume resource)', fields: [plain('VolumeID:', 'volumeID')]},
  scaleIO: {
    type: 'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
    fields: [
      plain('Gateway:', 'gateway'),
      plain('System:', 'system'),
      plain('Protection Domain:', 'protectionDomain'),
      plain('Storage Pool:', 'storagePool'),
      plain('Storage Mode:', 'storageMode'),
      plain('VolumeName:', 'volumeName'),
      FS_TYPE,
      READ_ONLY,
    ],
  },
  local: {type: 'LocalVolume (a persistent volume backed by local storage on a node)', fields: [plain('Path:', 'path')]},
  cephfs: {
    type: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    fields: [
      ['Monitors:', s => goList(s.monitors)],
      plain('Path:', 'path'),
      plain('User:', 'user'),
      plain('SecretFile:', 'secretFile'),
      SECRET,
      READ_ONLY,
    ],
  },
  storageos: {
    type: 'StorageOS (a StorageOS Persistent Disk resource)',
    fields: [plain('VolumeName:', 'volumeName'), plain('VolumeNamespace:', 'volumeNamespace'), FS_TYPE, READ_ONLY],
  },
  fc: {
    type: 'FC (a Fibre Channel disk)',
    fields: [['TargetWWNs:', s => (s.targetWWNs ?? []).join(', ')], ['LUN:', s => s.lun ?? '<none>'], FS_TYPE, READ_ONLY],
  },
  azureFile: {
    type: 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    fields: [plain('SecretName:', 'secretName'), plain('ShareName:', 'shareName'), READ_ONLY],
  },
  flexVolume: {
    type: 'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    fields: [plain('Driver:', 'driver'), FS_TYPE, SECRET, READ_ONLY, ['Options:', s => goText(s.options ?? {})]],
  },
  flocker: {
    type: 'Flocker (a Flocker volume mounted by the Flocker agent)',
    fields: [plain('DatasetName:', 'datasetName'), plain('DatasetUUID:', 'datasetUUID')],
  },
  projected: {type: 'Projected (a volume that contains injected data from multiple sources)', more: writeProjected},
  csi: {
    type: 'CSI (a Container Storage Interface (CSI) volume source)',
    fields: [plain('Driver:', 'driver'), FS_TYPE, READ_ONLY],
    more: (page, source) => writeAttributes(page, source.volumeAttributes),
  },
  image: {
    type: 'Image (a container image or OCI artifact)',
    fields: [plain('Reference:', 'reference'), plain('PullPolicy:', 'pullPolicy')],
  },
} satisfies Record<string, Layout>;

const withNamespace = ({type, fields}: Layout): Layout => ({
  type,
  fields: fields!.map(field => (field === SECRET ? PERSISTENT_SECRET : field)),
});

/** Where the source of a persistent volume says more than that of a pod's volume. */
const PERSISTENT_LAYOUTS: Readonly<Record<string, Layout>> = {
  iscsi: withNamespace(LAYOUTS.iscsi),
  rbd: withNamespace(LAYOUTS.rbd),
  cinder: withNamespace(LAYOUTS.cinder),
  cephfs: withNamespace(LAYOUTS.cephfs),
  flexVolume: withNamespace(LAYOUTS.flexVolume),
  glusterfs: {
    type: LAYOUTS.glusterfs.type,
    fields: [
      plain('EndpointsName:', 'endpoints'),
      ['EndpointsNamespace:', s => s.endpointsNamespace ?? '<unset>'],
      plain('Path:', 'path'),
      READ_ONLY,
    ],
  },
  scaleIO: {
    type: LAYOUTS.scaleIO.type,
    fields: [
      ...LAYOUTS.scaleIO.fields.slice(0, 6),
      ['SecretName:', s => s.secretRef?.name ?? ''],
      ['SecretNamespace:', s => s.secretRef?.namespace ?? ''],
      FS_TYPE,
      READ_ONLY,
    ],
  },
  azureFile: {
    type: LAYOUTS.azureFile.type,
    fields: [
      plain('SecretName:', 'secretName'),
      ['SecretNamespace:', s => s.secretNamespace ?? ''],
      plain('ShareName:', 'shareName'),
      READ_ONLY,
    ],
  },
  csi: {
    type: LAYOUTS.csi.type,
    fields: [plain('Driver:', 'driver'), FS_TYPE, plain('VolumeHandle:', 'volumeHandle'), READ_ONLY],
    more: LAYOUTS.csi.more,
  },
};

function writeSource(page: Page, holder: Source, layouts: Readonly<Record<string, Layout>>): void {
  const key = Object.keys(LAYOUTS).find(k => holder[k]);
  if (!key) {
    page.write(1, '<unknown>\n');
    return;
  }
  const {type, fields = [], more}: Layout = layouts[key]!;
  page.write(2, `Type:\t${type}\n`);
  for (const [label, value] of fields) page.write(2, `${label}\t${value(holder[key])}\n`);
  more?.(page, holder[key]);
}

/** What a persistent volume is made of. */
export const writePersistentSource = (page: Page, spec: core.PersistentVolumeSpec | undefined): void =>
  writeSource(page, spec ?? {}, {...LAYOUTS, ...PERSISTENT_LAYOUTS});

/** The Volumes section; `space` indents it below a pod template. */
export function writeVolumes(page: Page, volumes: readonly core.Volume[] | undefined, space: string): void {
  if (!volumes?.length) {
    page.write(0, `${space}Volumes:\t<none>\n`);
    return;
  }
  page.write(0, `${space}Volumes:\n`);
  for (const volume of volumes) {
    page.write(1, `${space ? ' ' : ''}${volume.name}:\n`);
    writeSource(page, volume, LAYOUTS);
  }
}
