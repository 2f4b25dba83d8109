/** The Container Network Interface as the runtime calls it. upstream: containernetworking/cni SPEC.md 1.1.0 */

export interface CniAddRequest {
  containerId: string;
  /** Path of the network namespace on the node. */
  netns: string;
  ifName: string;
  podNamespace: string;
  podName: string;
  podUid: string;
}

export interface CniResult {
  cniVersion: string;
  interfaces: {name: string; mac: string; sandbox?: string}[];
  ips: {address: string; gateway: string; interface: number}[];
  routes: {dst: string; gw?: string}[];
}

/** What a node's network plugins answer. Errors are thrown as CniError with the text a runtime reports. */
export interface Cni {
  add(request: CniAddRequest): CniResult;
  del(request: CniAddRequest): void;
  /** undefined when the node's network is ready, else why not (`cni plugin not initialized`). */
  notReady(): string | undefined;
}

export class CniError extends Error {}
