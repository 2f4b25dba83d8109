/** A probe of another host is a way to reach it from the node's network. upstream: policy/check_hostProbesAndHostLifecycle.go */
import {allContainers} from '../../../../api/pods.ts';
import type {Container} from '../../../../api/types.ts';
import type {Check} from '../types.ts';
import {joinQuoted, named, plural, sorted} from '../wording.ts';

function hostsOf({livenessProbe, readinessProbe, startupProbe, lifecycle}: Container): string[] {
  return [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]
    .flatMap(handler => [handler?.httpGet?.host, handler?.tcpSocket?.host])
    .filter((host): host is string => !!host);
}

export const hostProbesAndHostLifecycle: Check = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  versions: [
    {
      since: 34,
      check(_metadata, spec) {
        const bad = allContainers(spec).filter(container => hostsOf(container).length > 0);
        if (bad.length === 0) return undefined;
        const hosts = sorted(bad.flatMap(hostsOf));
        const names = bad.map(({name}) => name);
        return {
          reason: 'probe or lifecycle host',
          detail: `${named(names)} ${plural('uses', 'use', names.length)} probe or lifecycle ${plural('host', 'hosts', hosts.length)} ${joinQuoted(hosts)}`,
        };
      },
    },
  ],
};
