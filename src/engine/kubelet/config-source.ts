/** ConfigMaps and Secrets as a pod's environment and its volumes need them. upstream: pkg/kubelet/configmap, pkg/kubelet/secret */
import {ApiError, type ConfigMap, type Secret} from '../api/types.ts';
import type {Kubelet} from './types.ts';

/** Reads one; undefined: absent, though optional. Throws a `Failure` that says in the kubelet's words why it cannot be had. */
export function readSource<T extends ConfigMap | Secret>(
  {ctx}: Kubelet,
  kind: 'configmap' | 'secret',
  namespace: string,
  {name = '', optional}: {name?: string; optional?: boolean},
  Failure: new (message: string) => Error,
): T | undefined {
  try {
    return ctx.client.get<T>(`${kind}s`, namespace, name);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 404 && optional) return undefined;
    throw new Failure(error.code === 404 ? `${kind} "${name}" not found` : error.message);
  }
}
