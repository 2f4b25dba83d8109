/** Which families the addresses of a Service are of. upstream: pkg/registry/core/service/storage/alloc.go initIPFamilyFields */
import {type FieldError, invalidValue} from '../api/field-errors.ts';
import {isIpv6} from '../api/ip.ts';
import type {Service} from '../api/types.ts';
import {validateClusterIPs} from './validation/core/service.ts';
import {semanticEqual} from './validation/fields.ts';

type Spec = NonNullable<Service['spec']>;

/** The one family of the range that cluster IPs come from. */
const CONFIGURED = 'IPv4';
const OTHER = {IPv4: 'IPv6', IPv6: 'IPv4'} as const satisfies Record<string, string>;

const familyOf = (ip: string): keyof typeof OTHER => (isIpv6(ip) ? 'IPv6' : 'IPv4');

/** Fills in `ipFamilyPolicy` and `ipFamilies`; returns what cannot be had of what was asked for. `before` is what an update found. */
export function initIPFamilyFields(service: Service, before: Service | undefined): FieldError[] {
  const spec = service.spec!;
  const old = before?.spec;
  if (spec.type === 'ExternalName') return [];
  if (old && isMatchingPreferDualStack(spec, old)) return [];
  const unselectedHeadless = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;

  // 1. The policy: what it was, or one stack, unless the addresses are somebody else's
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (unselectedHeadless ? 'RequireDualStack' : 'SingleStack');
  const malformed: FieldError[] = [];
  validateClusterIPs(malformed, service as never);
  if (malformed.length > 0) return malformed;

  // 2. The policy against what is named
  const errors = old ? release(spec, old) : [];
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (spec.clusterIPs?.length === 2) errors.push(refused(spec, needsTwoStacks('cluster IPs')));
    if (spec.ipFamilies?.length === 2) errors.push(refused(spec, needsTwoStacks('IP families')));
  }

  // 3. Addresses tell their families
  for (const [i, ip] of (spec.clusterIPs ?? []).entries()) {
    if (ip === 'None') break;
    if (i < (spec.ipFamilies?.length ?? 0)) continue;
    const family = familyOf(ip);
    if (family === CONFIGURED) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else errors.push(invalidValue(`spec.clusterIPs[${i}]`, spec.clusterIPs, `${family} is not configured on this cluster`));
  }
  if (errors.length > 0) return errors;

  // 4. Addresses that are somebody else's may be of any family
  const families = spec.ipFamilies?.length ? spec.ipFamilies : [CONFIGURED];
  if (unselectedHeadless) {
    const [first] = families as (keyof typeof OTHER)[];
    spec.ipFamilies = families.length === 1 && spec.ipFamilyPolicy !== 'SingleStack' ? [first!, OTHER[first!]] : families;
    return [];
  }

  // 5. The others only of the family there is
  if (spec.ipFamilyPolicy === 'RequireDualStack') errors.push(refused(spec, 'this cluster is not configured for dual-stack services'));
  for (const [i, family] of families.entries())
    if (family !== CONFIGURED) errors.push(invalidValue(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'));
  spec.ipFamilies = families;
  return errors;
}

const refused = ({ipFamilyPolicy}: Spec, why: string): FieldError => invalidValue('spec.ipFamilyPolicy', ipFamilyPolicy, why);

const needsTwoStacks = (what: string): string => `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`;

const same = (a: readonly string[] = [], b: readonly string[] = []): boolean => semanticEqual(a, b);

/** A Service that takes what it can get keeps what it got, whatever the cluster has become since. */
const isMatchingPreferDualStack = (spec: Spec, old: Spec): boolean =>
  spec.ipFamilyPolicy === 'PreferDualStack' &&
  old.ipFamilyPolicy === 'PreferDualStack' &&
  same(spec.clusterIPs, old.clusterIPs) &&
  same(spec.ipFamilies, old.ipFamilies);

/** A second address or family goes when the policy says so, and not otherwise. */
function release(spec: Spec, old: Spec): FieldError[] {
  if (spec.ipFamilyPolicy === 'SingleStack') {
    for (const field of ['clusterIPs', 'ipFamilies'] as const)
      if (spec[field]?.length === 2 && same(spec[field], old[field])) spec[field] = spec[field].slice(0, 1);
    return [];
  }
  const reduced = (now: readonly string[] = [], then: readonly string[] = []): boolean => now.length > 0 && now.length < then.length;
  return [
    ...(reduced(spec.clusterIPs, old.clusterIPs) ? [refused(spec, "must be 'SingleStack' to release the secondary cluster IP")] : []),
    ...(reduced(spec.ipFamilies, old.ipFamilies) ? [refused(spec, "must be 'SingleStack' to release the secondary IP family")] : []),
  ];
}
