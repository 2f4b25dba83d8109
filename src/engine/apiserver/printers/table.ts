/** The Tables served to kubectl. upstream: pkg/printers/tablegenerator.go, pkg/printers/storage/storage.go */
import type {KubeObject, meta} from '../../api/types.ts';
import type {PrinterColumn} from '../resources.ts';
import {
  csrStatus,
  printAdmissionPolicy,
  printAdmissionPolicyBinding,
  printApiService,
  printBinding,
  printCertificateSigningRequest,
  printComponentStatus,
  printConfigMap,
  printEvent,
  printLease,
  printNamespace,
  printNode,
  printPriorityClass,
  printResourceQuota,
  printRuntimeClass,
  printSecret,
  printServiceAccount,
  printWebhookConfiguration,
} from './cluster.ts';
import {columnsOf, type TableColumn} from './columns.ts';
import {customPrinter} from './custom.ts';
import type {Cell, PrintOptions} from './format.ts';
import {
  printEndpointSlice,
  printEndpoints,
  printIngress,
  printIngressClass,
  printIpAddress,
  printNetworkPolicy,
  printService,
  printServiceCidr,
} from './network.ts';
import {podRowConditions, printPod, printPodTemplate} from './pods.ts';
import {
  printCsiDriver,
  printCsiNode,
  printCsiStorageCapacity,
  printPersistentVolume,
  printPersistentVolumeClaim,
  printStorageClass,
  printVolumeAttachment,
  printVolumeAttributesClass,
} from './storage.ts';
import {
  printControllerRevision,
  printCronJob,
  printDaemonSet,
  printDeployment,
  printHorizontalPodAutoscaler,
  printJob,
  printPodDisruptionBudget,
  printReplicaSet,
  printReplicationController,
  printScale,
  printStatefulSet,
} from './workloads.ts';

export {csrStatus};

/** Each takes its own kind; the table is looked up by kind, so the call is sound. */
type Printer = (object: never, options: PrintOptions) => Cell[];

const PRINTERS: Readonly<Record<string, Printer>> = {
  Pod: printPod,
  PodTemplate: printPodTemplate,
  ReplicationController: printReplicationController,
  Service: printService,
  Endpoints: printEndpoints,
  Node: printNode,
  Event: printEvent,
  Namespace: printNamespace,
  Secret: printSecret,
  ServiceAccount: printServiceAccount,
  ConfigMap: printConfigMap,
  ResourceQuota: printResourceQuota,
  ComponentStatus: printComponentStatus,
  PersistentVolume: printPersistentVolume,
  PersistentVolumeClaim: printPersistentVolumeClaim,
  Deployment: printDeployment,
  ReplicaSet: printReplicaSet,
  DaemonSet: printDaemonSet,
  StatefulSet: printStatefulSet,
  ControllerRevision: printControllerRevision,
  Job: printJob,
  CronJob: printCronJob,
  HorizontalPodAutoscaler: printHorizontalPodAutoscaler,
  PodDisruptionBudget: printPodDisruptionBudget,
  Ingress: printIngress,
  IngressClass: printIngressClass,
  NetworkPolicy: printNetworkPolicy,
  IPAddress: printIpAddress,
  ServiceCIDR: printServiceCidr,
  EndpointSlice: printEndpointSlice,
  RoleBinding: printBinding,
  ClusterRoleBinding: printBinding,
  CertificateSigningRequest: printCertificateSigningRequest,
  Lease: printLease,
  RuntimeClass: printRuntimeClass,
  PriorityClass: printPriorityClass,
  StorageClass: printStorageClass,
  VolumeAttributesClass: printVolumeAttributesClass,
  VolumeAttachment: printVolumeAttachment,
  CSINode: printCsiNode,
  CSIDriver: printCsiDriver,
  CSIStorageCapacity: printCsiStorageCapacity,
  Scale: printScale,
  APIService: printApiService,
  MutatingWebhookConfiguration: printWebhookConfiguration,
  ValidatingWebhookConfiguration: printWebhookConfiguration,
  MutatingAdmissionPolicy: printAdmissionPolicy,
  MutatingAdmissionPolicyBinding: printAdmissionPolicyBinding,
  ValidatingAdmissionPolicy: printAdmissionPolicy,
  ValidatingAdmissionPolicyBinding: printAdmissionPolicyBinding,
};

export interface TableRow {
  cells: (Cell | null)[];
  conditions?: {type: string; status: string; reason?: string; message?: string}[];
  object?: unknown;
}

export interface Table {
  kind: 'Table';
  apiVersion: 'meta.k8s.io/v1';
  metadata: meta.ListMeta;
  columnDefinitions: TableColumn[];
  rows: TableRow[];
}

/** The row of one object. Kinds without a printer get their name and time of creation. */
export function rowOf(object: KubeObject, options: PrintOptions): TableRow {
  const known = columnsOf(object.apiVersion, object.kind)[1]?.name !== 'Created At';
  const printer = known ? PRINTERS[object.kind] : undefined;
  const cells = printer ? printer(object as never, options) : [object.metadata.name ?? '', object.metadata.creationTimestamp ?? ''];
  const conditions = object.kind === 'Pod' ? podRowConditions(object as never) : undefined;
  return conditions ? {cells, conditions} : {cells};
}

export interface TableOptions {
  now: number;
  /** Kind of the items, for the columns of an empty list. */
  apiVersion: string;
  kind: string;
  metadata?: meta.ListMeta;
  /** Columns of a custom resource, from its definition. */
  printerColumns?: readonly PrinterColumn[];
  /** What a row carries of its object; upstream's default is its metadata. */
  includeObject?: 'None' | 'Metadata' | 'Object';
}

const INCLUDED: Readonly<Record<NonNullable<TableOptions['includeObject']>, (object: KubeObject) => unknown>> = {
  None: () => undefined,
  Metadata: object => ({kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata}),
  Object: object => object,
};

/** The Table a server answers to `Accept: application/json;as=Table;v=v1;g=meta.k8s.io`. */
export function tableOf(objects: readonly KubeObject[], options: TableOptions): Table {
  const {now, apiVersion, kind, metadata = {}, includeObject = 'Metadata', printerColumns} = options;
  const custom = printerColumns && customPrinter(printerColumns);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: custom?.columns ?? columnsOf(apiVersion, kind),
    rows: objects.map(object => {
      const row = custom ? {cells: custom.cells(object, now)} : rowOf(object, {now, wide: true});
      const included = INCLUDED[includeObject](object);
      return included === undefined ? row : {...row, object: included};
    }),
  };
}
