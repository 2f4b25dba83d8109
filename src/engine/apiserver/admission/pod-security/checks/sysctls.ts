/** upstream: policy/check_sysctls.go */
import type {Check, PodCheck} from '../types.ts';

/** Those that are namespaced and harm nobody else; more with every version. */
const SINCE: readonly (readonly [number, readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [29, ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes']],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
];

function allowing(names: ReadonlySet<string>): PodCheck {
  return (_metadata, spec) => {
    const bad = (spec.securityContext?.sysctls ?? []).map(({name}) => name).filter(name => !names.has(name));
    return bad.length > 0 ? {reason: 'forbidden sysctls', detail: bad.join(', ')} : undefined;
  };
}

export const sysctls: Check = {
  id: 'sysctls',
  level: 'baseline',
  versions: SINCE.map(([since], i) => ({since, check: allowing(new Set(SINCE.slice(0, i + 1).flatMap(([, names]) => names)))})),
};
