/** The shapes every part of the engine speaks of. Field types of the built-in kinds come from the published package kubernetes-types. */
import type * as admissionregistration from 'kubernetes-types/admissionregistration/v1';
import type * as apps from 'kubernetes-types/apps/v1';
import type * as autoscaling from 'kubernetes-types/autoscaling/v2';
import type * as batch from 'kubernetes-types/batch/v1';
import type * as certificates from 'kubernetes-types/certificates/v1';
import type * as coordination from 'kubernetes-types/coordination/v1';
import type * as core from 'kubernetes-types/core/v1';
import type * as discovery from 'kubernetes-types/discovery/v1';
import type * as meta from 'kubernetes-types/meta/v1';
import type * as networking from 'kubernetes-types/networking/v1';
import type * as policy from 'kubernetes-types/policy/v1';
import type * as rbac from 'kubernetes-types/rbac/v1';
import type * as scheduling from 'kubernetes-types/scheduling/v1';
import type * as storage from 'kubernetes-types/storage/v1';

export type {
  admissionregistration,
  apps,
  autoscaling,
  batch,
  certificates,
  coordination,
  core,
  discovery,
  meta,
  networking,
  policy,
  rbac,
  scheduling,
  storage,
};

/** Plain JSON, as it stands in a request body or in etcd. */
export type Json = null | boolean | number | string | Json[] | {[key: string]: Json | undefined};

/** Fields that only the server sets are read-only in the published types; here the server is us. */
type Writable<T> = {-readonly [K in keyof T]: T[K]};

export type ObjectMeta = Writable<meta.ObjectMeta>;
export type OwnerReference = meta.OwnerReference;
export type LabelSelector = meta.LabelSelector;

/** Any Kubernetes object: what is known of it before its kind is. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** An object as the API server returns it: its system fields are set. */
export type Stored<T> = T & {metadata: ObjectMeta & {name: string; uid: string; resourceVersion: string; creationTimestamp: string}};

export type Pod = Writable<core.Pod> & KubeObject;
export type PodSpec = core.PodSpec;
export type PodStatus = core.PodStatus;
export type Container = core.Container;
export type ContainerStatus = core.ContainerStatus;
export type Node = core.Node & KubeObject;
export type Namespace = core.Namespace & KubeObject;
export type Service = core.Service & KubeObject;
export type ServiceAccount = core.ServiceAccount & KubeObject;
export type ConfigMap = core.ConfigMap & KubeObject;
export type Secret = core.Secret & KubeObject;
export type KubeEvent = core.Event & KubeObject;
export type ResourceQuota = core.ResourceQuota & KubeObject;
export type LimitRange = core.LimitRange & KubeObject;
export type Deployment = apps.Deployment & KubeObject;
export type ReplicaSet = apps.ReplicaSet & KubeObject;
export type StatefulSet = apps.StatefulSet & KubeObject;
export type DaemonSet = apps.DaemonSet & KubeObject;
export type Job = batch.Job & KubeObject;
export type PersistentVolume = core.PersistentVolume & KubeObject;
export type PersistentVolumeClaim = core.PersistentVolumeClaim & KubeObject;
export type StorageClass = storage.StorageClass & KubeObject;
export type VolumeAttachment = storage.VolumeAttachment & KubeObject;
export type CSIDriver = storage.CSIDriver & KubeObject;
export type PodDisruptionBudget = policy.PodDisruptionBudget & KubeObject;
export type CertificateSigningRequest = certificates.CertificateSigningRequest & KubeObject;
export type Endpoints = core.Endpoints & KubeObject;
export type EndpointSlice = discovery.EndpointSlice & KubeObject;
export type Lease = coordination.Lease & KubeObject;

export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

export interface GroupVersionResource {
  group: string;
  version: string;
  resource: string;
}

/** Who asks. upstream: staging/src/k8s.io/apiserver/pkg/authentication/user/user.go */
export interface UserInfo {
  username: string;
  uid?: string;
  groups: readonly string[];
  extra?: Readonly<Record<string, readonly string[]>>;
}

/** upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go Status */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  /** `continue`: only of a page that cannot be had any more. */
  metadata: {continue?: string};
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    uid?: string;
    causes?: {reason?: string; message?: string; field?: string}[];
    retryAfterSeconds?: number;
  };
  /** Missing where an object was removed: its Status says nothing but that. */
  code?: number;
}

/** A refusal, as the API server words it. Thrown by the stages of a request and by clients; carries the Status that goes over the wire. */
export class ApiError extends Error {
  readonly status: Status;
  constructor(status: Status) {
    super(status.message ?? status.reason ?? 'unknown');
    this.name = 'ApiError';
    this.status = status;
  }
  get code(): number {
    return this.status.code ?? 500;
  }
  get reason(): string {
    return this.status.reason ?? '';
  }
}
