/** The API server's own loops over CustomResourceDefinitions. They are clients of the server like any other; see custom-definitions.ts for what they decide. */
import {timeText} from '../api/clock.ts';
import {equalJson} from '../api/clone.ts';
import type {KubeObject, UserInfo} from '../api/types.ts';
import type {Handler} from '../machine/machine.ts';
import type {Tx} from '../machine/types.ts';
import {collection} from './collections.ts';
import {
  CLEANUP_FINALIZER,
  DEFINITION_CHANGED,
  type Definition,
  definitionChanged,
  isDeletionPending,
  statusOf,
  terminating,
} from './custom-definitions.ts';
import {handle} from './handle.ts';
import type {ApiResponse} from './request.ts';
import {CRDS, customKinds, storagePrefix} from './resources.ts';

/** The server's own loopback client. */
export const APISERVER: UserInfo = {username: 'system:apiserver', groups: ['system:masters', 'system:authenticated']};

const PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const send = (tx: Tx, method: string, path: string, body?: unknown): ApiResponse =>
  handle(tx, {method, path, user: APISERVER, client: 'kube-apiserver', ...(body !== undefined && {body})});

const writeStatus = (tx: Tx, definition: Definition, status: Definition['status']): ApiResponse =>
  send(tx, 'PUT', `${PATH}/${definition.metadata.name}/status`, {...definition, status});

export const crdControllers: Record<string, Handler> = {
  [DEFINITION_CHANGED](tx, event) {
    const {name} = event.data as {name: string};
    const all = collection<Definition>(tx, CRDS);
    const definition = all.find(({metadata}) => metadata.name === name);
    if (!definition) return;
    const answer = definition.metadata.deletionTimestamp ? finalize(tx, definition) : settle(tx, definition, all);
    // Somebody else was faster, or nobody answers: it is looked at again.
    if (answer && answer.code >= 400) definitionChanged(tx, name);
  },
};

function settle(tx: Tx, definition: Definition, all: readonly Definition[]): ApiResponse | undefined {
  const status = statusOf(definition, all, timeText(tx.now));
  return equalJson(status, definition.status) ? undefined : writeStatus(tx, definition, status);
}

/** Deletes the objects of a definition; when the last is gone, lets the definition go. */
function finalize(tx: Tx, definition: Definition): ApiResponse | undefined {
  if (!definition.metadata.finalizers?.includes(CLEANUP_FINALIZER)) return undefined;
  const now = timeText(tx.now);
  const {conditions} = definition.status ?? {};
  if (isDeletionPending(definition)) {
    const running = terminating(conditions, 'True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress', now);
    return writeStatus(tx, definition, {...definition.status, conditions: running});
  }
  const {group, names} = definition.spec;
  const kind = customKinds(tx).find(k => k.group === group && k.resource === names.plural);
  const left = kind ? collection<KubeObject>(tx, storagePrefix(kind)) : [];
  const namespaces = [...new Set(left.map(({metadata}) => metadata.namespace ?? ''))];
  for (const namespace of namespaces)
    send(tx, 'DELETE', `/apis/${group}/${kind!.version}${namespace && `/namespaces/${namespace}`}/${names.plural}`);
  if (kind && collection<KubeObject>(tx, storagePrefix(kind)).length > 0) return undefined;
  const finalizers = definition.metadata.finalizers.filter(finalizer => finalizer !== CLEANUP_FINALIZER);
  return send(tx, 'PUT', `${PATH}/${definition.metadata.name}`, {...definition, metadata: {...definition.metadata, finalizers}});
}
