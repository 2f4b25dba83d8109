/** The plugin configuration in /etc/cni/net.d, as flannel installs it. upstream: containernetworking/cni SPEC.md, flannel-io/flannel Documentation/kube-flannel.yml */
import {CniError} from '../../api/cni.ts';
import type {ConflistFile} from './node-network.ts';

export const CONFLIST_PATH = '/etc/cni/net.d/10-flannel.conflist';
export const SUBNET_ENV_PATH = '/run/flannel/subnet.env';
export const CNI_VERSION = '1.0.0';

/** What a runtime says as long as it has found no configuration that it can load. upstream: go-cni errors.go */
export const NOT_INITIALIZED = 'cni plugin not initialized';

export interface Conflist {
  readonly name: string;
  readonly cniVersion: string;
  readonly plugins: readonly {readonly type: string; readonly [field: string]: unknown}[];
}

export const FLANNEL_CONFLIST: Conflist = {
  name: 'cbr0',
  cniVersion: '0.3.1',
  plugins: [
    {type: 'flannel', delegate: {hairpinMode: true, isDefaultGateway: true}},
    {type: 'portmap', capabilities: {portMappings: true}},
  ],
};

/** The programs in /opt/cni/bin. */
const INSTALLED: readonly string[] = ['flannel', 'bridge', 'host-local', 'loopback', 'portmap'];

const parsed = new WeakMap<ConflistFile, Conflist | undefined>();

/** What a runtime makes of a configuration file; undefined when there is none that it could load. A file is read once, for stored files are frozen. */
export function loadConflist(file: ConflistFile | undefined): Conflist | undefined {
  if (!file) return undefined;
  if (!parsed.has(file)) parsed.set(file, parseConflist(file.text));
  return parsed.get(file);
}

function parseConflist(text: string): Conflist | undefined {
  try {
    const value = JSON.parse(text) as Partial<Conflist> | null;
    const valid = typeof value?.name === 'string' && Array.isArray(value.plugins) && value.plugins.length > 0;
    return valid && value.plugins!.every(plugin => typeof plugin.type === 'string') ? (value as Conflist) : undefined;
  } catch {
    return undefined;
  }
}

/** Throws CniError when a plugin of the list is not installed. */
export function checkPlugins({plugins}: Conflist): void {
  const missing = plugins.find(({type}) => !INSTALLED.includes(type));
  if (missing) throw new CniError(`failed to find plugin "${missing.type}" in path [/opt/cni/bin]`);
}
