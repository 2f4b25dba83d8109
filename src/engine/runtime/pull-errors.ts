/** What went wrong with a pull, and how each runtime words it. */

export type PullTrouble =
  /** Nobody knows the registry's name. */
  | 'no-host'
  | 'down'
  | 'rate-limited'
  /** Nobody showed a credential, or not the right one. */
  | 'denied'
  | 'wrong-credentials'
  | 'no-tag'
  | 'unsigned';

export interface PullTarget {
  /** As the pod calls it. */
  readonly image: string;
  /** Canonical: domain, path, tag or digest. */
  readonly name: string;
}

const partsOf = (name: string): {domain: string; path: string; reference: string} => {
  const [domain = ''] = name.split('/');
  return {domain, path: name.slice(domain.length + 1).replace(/[:@].*$/, ''), reference: name.replace(/^.*[:@]/, '')};
};

const UNSIGNED = 'SignatureValidationFailed: Source image rejected: A signature was required, but no signature exists';

/** upstream: containerd core/remotes/docker */
export function containerdPullError(trouble: PullTrouble, {name}: PullTarget): string {
  if (trouble === 'unsigned') return UNSIGNED;
  const {domain, path, reference} = partsOf(name);
  const url = `https://${domain === 'docker.io' ? 'registry-1.docker.io' : domain}/v2/${path}/manifests/${reference}`;
  const denied = 'pull access denied, repository does not exist or may require authorization';
  const why: Record<Exclude<PullTrouble, 'unsigned'>, string> = {
    'no-host': `failed to do request: Head "${url}": dial tcp: lookup ${domain.replace(/:\d+$/, '')}: no such host`,
    down: `failed to do request: Head "${url}": dial tcp ${domain}:443: i/o timeout`,
    'rate-limited': `unexpected status from HEAD request to ${url}: 429 Too Many Requests`,
    denied: `${denied}: server message: insufficient_scope: authorization failed`,
    'wrong-credentials': `${denied}: authorization failed: no basic auth credentials`,
    'no-tag': `${name}: not found`,
  };
  return `failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${why[trouble]}`;
}

/** upstream: github.com/containers/image docker/docker_client.go, docker_image_src.go */
export function crioPullError(trouble: PullTrouble, {image, name}: PullTarget): string {
  if (trouble === 'unsigned') return UNSIGNED;
  const {domain, path, reference} = partsOf(name);
  const ping = `pinging container registry ${domain}: Get "https://${domain === 'docker.io' ? 'registry-1.docker.io' : domain}/v2/"`;
  const manifest = `reading manifest ${reference} in ${domain}/${path}`;
  const denied = domain === 'docker.io' ? 'requested access to the resource is denied' : 'unauthorized: authentication required';
  const why: Record<Exclude<PullTrouble, 'unsigned'>, string> = {
    'no-host': `${ping}: dial tcp: lookup ${domain.replace(/:\d+$/, '')}: no such host`,
    down: `${ping}: dial tcp ${domain}:443: i/o timeout`,
    'rate-limited': `${manifest}: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit`,
    denied: `${manifest}: ${denied}`,
    'wrong-credentials': `${manifest}: ${denied}`,
    'no-tag': `${manifest}: manifest unknown`,
  };
  return `initializing source docker://${image}: ${why[trouble]}`;
}
