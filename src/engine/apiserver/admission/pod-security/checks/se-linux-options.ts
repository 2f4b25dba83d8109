/** upstream: policy/check_seLinuxOptions.go */
import {allContainers} from '../../../../api/pods.ts';
import type {core} from '../../../../api/types.ts';
import type {Check, PodCheck} from '../types.ts';
import {joinQuoted, plural, setters, sorted} from '../wording.ts';

const TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

function allowing(types: readonly string[]): PodCheck {
  const isBad = (options: core.SELinuxOptions | undefined): options is core.SELinuxOptions =>
    options !== undefined && (!types.includes(options.type ?? '') || !!options.user || !!options.role);
  return (_metadata, spec) => {
    const pod = spec.securityContext?.seLinuxOptions;
    const containers = allContainers(spec).filter(({securityContext}) => isBad(securityContext?.seLinuxOptions));
    const options = [pod, ...containers.map(({securityContext}) => securityContext!.seLinuxOptions)].filter(isBad);
    if (options.length === 0) return undefined;
    const badTypes = sorted(options.map(({type}) => type ?? '').filter(type => !types.includes(type)));
    const data = [
      ...(badTypes.length > 0 ? [`${plural('type', 'types', badTypes.length)} ${joinQuoted(badTypes)}`] : []),
      ...(options.some(({user}) => user) ? ['user may not be set'] : []),
      ...(options.some(({role}) => role) ? ['role may not be set'] : []),
    ];
    const who = setters(
      isBad(pod),
      containers.map(({name}) => name),
    );
    return {reason: 'seLinuxOptions', detail: `${who} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`};
  };
}

export const seLinuxOptions: Check = {
  id: 'seLinuxOptions',
  level: 'baseline',
  versions: [
    {since: 0, check: allowing(TYPES)},
    {since: 31, check: allowing([...TYPES, 'container_engine_t'])},
  ],
};
