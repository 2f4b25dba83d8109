/** Whether the parts of the control plane answer: asked when somebody asks, never stored. upstream: pkg/registry/core/componentstatus/{rest,validator}.go, pkg/registry/core/rest/storage_core.go serversToValidate */
import * as status from '../api/status.ts';
import type {core, KubeObject} from '../api/types.ts';
import {NodeError, nodeProxy} from './node-proxy.ts';
import type {ApiResponse, Walk} from './request.ts';
import {etcdStatus} from './storage.ts';
import {answer} from './verbs/answer.ts';
import {selectionOf, selects} from './verbs/get.ts';

/** Programs on the server's own machine, and where each tells of its health. */
const PROGRAMS = {
  'controller-manager': {program: 'kube-controller-manager', port: 10257},
  scheduler: {program: 'kube-scheduler', port: 10259},
} as const;

const NAMES = [...Object.keys(PROGRAMS), 'etcd-0'];

type Condition = Pick<core.ComponentCondition, 'status'> & Partial<core.ComponentCondition>;

function conditionOf({tx}: Walk, name: string): Condition {
  if (!Object.hasOwn(PROGRAMS, name))
    return etcdStatus(tx).leader === undefined ? {status: 'False', error: 'context deadline exceeded'} : {status: 'True', message: 'ok'};
  const {program, port} = PROGRAMS[name as keyof typeof PROGRAMS];
  try {
    nodeProxy().controlPlane(tx, program, port);
    return {status: 'True', message: 'ok'};
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    return {status: 'False', message: `Get "https://127.0.0.1:${port}/healthz": ${error.message}`};
  }
}

const componentStatus = (walk: Walk, name: string): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'ComponentStatus',
    metadata: {name, creationTimestamp: null},
    conditions: [{type: 'Healthy', ...conditionOf(walk, name)}],
  }) as unknown as KubeObject;

/** GET of one, or of all that a selector picks. Throws ApiError 500 for a part that there is not. */
export function componentStatuses(walk: Walk): ApiResponse {
  const {info} = walk;
  if (info.verb === 'list') {
    const selection = selectionOf(walk);
    const items = NAMES.map(name => componentStatus(walk, name)).filter(object => selects(selection, object));
    return answer(walk, 200, {kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items});
  }
  if (!NAMES.includes(info.name)) throw status.plainError(`Component not found: ${info.name}`);
  return answer(walk, 200, componentStatus(walk, info.name));
}
