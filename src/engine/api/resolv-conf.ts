/** The resolver's configuration file: read by the kubelet on the node, written by the runtime into a sandbox, obeyed by every process in it. resolv.conf(5) */

export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

/** upstream: pkg/kubelet/network/dns/dns.go */
const EMPTY_NAMESERVER = 'nameserver list is empty ';

/**
 * Parses the file as the kubelet does: nameserver lines add up, the last search and the last options line win, the rest is ignored.
 * Throws Error when a nameserver line has no address.
 */
export function parseResolvConf(text: string): DnsConfig {
  const servers: string[] = [];
  let searches: string[] = [];
  let options: string[] = [];
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === 'nameserver') {
      if (values[0] === undefined) throw new Error(EMPTY_NAMESERVER);
      servers.push(values[0]);
    }
    if (keyword === 'search') searches = values.map(domain => (domain === '.' ? domain : domain.replace(/\.$/, '')));
    if (keyword === 'options') options = values;
  }
  return {servers, searches, options};
}

/** The file as a container runtime writes it into a sandbox. upstream: containerd internal/cri/server/helpers.go */
export function formatResolvConf({servers, searches, options}: DnsConfig): string {
  const lines = [
    ...(searches.length ? [`search ${searches.join(' ')}`] : []),
    ...servers.map(server => `nameserver ${server}`),
    ...(options.length ? [`options ${options.join(' ')}`] : []),
  ];
  return lines.map(line => `${line}\n`).join('');
}
