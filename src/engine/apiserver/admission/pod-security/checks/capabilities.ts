/** upstream: policy/check_capabilities_baseline.go, check_capabilities_restricted.go */
import {allContainers} from '../../../../api/pods.ts';
import type {Container} from '../../../../api/types.ts';
import type {Check, PodCheck} from '../types.ts';
import {isWindows, joinQuoted, named, sorted} from '../wording.ts';

/** What container runtimes give by default. */
const DEFAULT = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

function additions(containers: readonly Container[], allowed: readonly string[]): string | undefined {
  const added = ({securityContext}: Container): string[] =>
    (securityContext?.capabilities?.add ?? []).filter(capability => !allowed.includes(capability));
  const bad = containers.filter(container => added(container).length > 0);
  if (bad.length === 0) return undefined;
  return `${named(bad.map(({name}) => name))} must not include ${joinQuoted(sorted(bad.flatMap(added)))} in securityContext.capabilities.add`;
}

export const capabilitiesBaseline: Check = {
  id: 'capabilities_baseline',
  level: 'baseline',
  versions: [
    {
      since: 0,
      check(_metadata, spec) {
        const detail = additions(allContainers(spec), DEFAULT);
        return detail ? {reason: 'non-default capabilities', detail} : undefined;
      },
    },
  ],
};

const restricted: PodCheck = (_metadata, spec) => {
  const containers = allContainers(spec);
  const keeping = containers.filter(({securityContext}) => !securityContext?.capabilities?.drop?.includes('ALL')).map(({name}) => name);
  const details = [
    ...(keeping.length > 0 ? [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...[additions(containers, ['NET_BIND_SERVICE']) ?? []].flat(),
  ];
  return details.length > 0 ? {reason: 'unrestricted capabilities', detail: details.join('; ')} : undefined;
};

const overrides = ['capabilities_baseline'];

export const capabilitiesRestricted: Check = {
  id: 'capabilities_restricted',
  level: 'restricted',
  versions: [
    {since: 22, check: restricted, overrides},
    {since: 25, check: (metadata, spec) => (isWindows(spec) ? undefined : restricted(metadata, spec)), overrides},
  ],
};
