/** upstream: client-go/rest. Requests of one identity, in process: the same stages as a request from outside, less the wire. */
import {pathOf} from '../api/paths.ts';
import {ApiError, type Json, type KubeObject, type Status, type Stored, type UserInfo} from '../api/types.ts';
import type {ClientCertificate} from '../apiserver/authentication/types.ts';
import {handle} from '../apiserver/handle.ts';
import {resourceNamed} from '../apiserver/resources.ts';
import type {Tx} from '../machine/types.ts';
import type {Client, DeleteOptions, PatchType} from './types.ts';

const PATCH_CONTENT: Record<PatchType, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

const deleteOptions = (options: DeleteOptions | undefined) => options && {kind: 'DeleteOptions', apiVersion: 'v1', ...options};

/** What a client shows where nobody vouches for it. */
export interface Credential {
  readonly token: string;
}

/** A client that asks as `user`. `component` names it in the journal. `certificate`: what it shows for it at the moment, where it has one that may run out. */
export function clientOf(
  tx: Tx,
  user: UserInfo | Credential,
  component: string,
  certificate?: () => ClientCertificate | undefined,
): Client {
  const shown: Record<string, string> = 'token' in user ? {authorization: `Bearer ${user.token}`} : {};
  const identity = 'token' in user ? {} : {user};
  const send = <T>(method: string, path: string, body?: unknown, query: Record<string, string> = {}, contentType?: string): T => {
    const headers: Record<string, string> = {...shown, ...(contentType && {'content-type': contentType})};
    const clientCertificate = certificate?.();
    const who = clientCertificate ? {clientCertificate} : identity;
    const answer = handle(tx, {method, path, query, headers, body, ...who, client: component});
    if (answer.code >= 400) throw new ApiError(answer.body as Status);
    return answer.body as T;
  };
  return {
    get: <T = KubeObject>(resource: string, namespace: string, name: string) =>
      send<Stored<T>>('GET', pathOf(resourceNamed(tx, resource), namespace, name)),
    list<T = KubeObject>(
      resource: string,
      options: {namespace?: string; labelSelector?: string; fieldSelector?: string; resourceVersion?: string} = {},
    ) {
      const {namespace, ...selectors} = options;
      const query = Object.fromEntries(Object.entries(selectors).filter(([, v]) => v !== undefined)) as Record<string, string>;
      return send<{items: Stored<T>[]}>('GET', pathOf(resourceNamed(tx, resource), namespace), undefined, query).items;
    },
    create<T = KubeObject>(resource: string, object: T, options: {subresource?: string; name?: string; namespace?: string} = {}) {
      const {metadata} = object as KubeObject;
      const namespace = options.namespace ?? metadata?.namespace ?? '';
      const name = options.subresource ? (options.name ?? metadata?.name) : '';
      return send<Stored<T>>('POST', pathOf(resourceNamed(tx, resource), namespace, name, options.subresource), object);
    },
    update<T = KubeObject>(resource: string, object: T, options: {subresource?: string} = {}) {
      const {metadata} = object as KubeObject;
      return send<Stored<T>>('PUT', pathOf(resourceNamed(tx, resource), metadata.namespace, metadata.name, options.subresource), object);
    },
    patch<T = KubeObject>(
      resource: string,
      namespace: string,
      name: string,
      type: PatchType,
      patch: Json,
      options: {subresource?: string; fieldManager?: string; force?: boolean} = {},
    ) {
      const query: Record<string, string> = {};
      if (options.fieldManager) query['fieldManager'] = options.fieldManager;
      if (options.force) query['force'] = 'true';
      return send<Stored<T>>(
        'PATCH',
        pathOf(resourceNamed(tx, resource), namespace, name, options.subresource),
        patch,
        query,
        PATCH_CONTENT[type],
      );
    },
    delete(resource, namespace, name, options) {
      send('DELETE', pathOf(resourceNamed(tx, resource), namespace, name), deleteOptions(options));
    },
    deleteCollection(resource, namespace, options) {
      send('DELETE', pathOf(resourceNamed(tx, resource), namespace), deleteOptions(options));
    },
  };
}
