/** Names and probabilities in kube-proxy's rules. upstream: pkg/proxy/iptables/proxier.go */
import {base32, sha256} from '../../api/sha256.ts';

const HASHES_KEPT = 10_000;
const hashes = new Map<string, string>();

/** Sixteen letters that stand for a service port (`ns/name[:port]`, protocol in lower case) or for one of its endpoints (`ip:port`). */
export function chainHash(servicePortName: string, protocol: string, endpoint = ''): string {
  const text = servicePortName + protocol + endpoint;
  const known = hashes.get(text);
  if (known) return known;
  if (hashes.size >= HASHES_KEPT) hashes.clear();
  const hash = base32(sha256(text)).slice(0, 16);
  hashes.set(text, hash);
  return hash;
}

export const CHAIN_PREFIXES = {
  /** Endpoints by the policy Cluster. */
  cluster: 'KUBE-SVC-',
  /** Endpoints by the policy Local. */
  local: 'KUBE-SVL-',
  /** Traffic to node ports, external and load balancer addresses. */
  external: 'KUBE-EXT-',
  /** Load balancer source ranges. */
  firewall: 'KUBE-FW-',
} as const;

export const ENDPOINT_PREFIX = 'KUBE-SEP-';

/** The chains of a service port. */
export function serviceChains(servicePortName: string, protocol: string): Record<keyof typeof CHAIN_PREFIXES, string> {
  const hash = chainHash(servicePortName, protocol);
  return {
    cluster: CHAIN_PREFIXES.cluster + hash,
    local: CHAIN_PREFIXES.local + hash,
    external: CHAIN_PREFIXES.external + hash,
    firewall: CHAIN_PREFIXES.firewall + hash,
  };
}

export const endpointChain = (servicePortName: string, protocol: string, endpoint: string): string =>
  ENDPOINT_PREFIX + chainHash(servicePortName, protocol, endpoint);

/** How a rule that is to catch one in n of what reaches it is written. */
export const probability = (n: number): string => (1 / n).toFixed(10);

/** The probabilities of n endpoints' rules, in order; the last endpoint's rule has none: it takes what is left. */
export const probabilities = (n: number): string[] => Array.from({length: Math.max(n - 1, 0)}, (_, i) => probability(n - i));
