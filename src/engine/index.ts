/** The public face of `podyssey/engine`: a simulated Kubernetes v1.36 cluster as a library. */
export {ApiError, type KubeObject, type Status} from './api/types.ts';
export type {ApiRequest, ApiResponse, RequestNote, Stage} from './apiserver/request.ts';
export {ADMIN, type Cluster, type ClusterOptions, createCluster, type History, type LibraryRequest} from './cluster/cluster.ts';
export {type Control, ControlError} from './cluster/control.ts';
export {type Preset, plainHost, plainPreset} from './cluster/presets.ts';
