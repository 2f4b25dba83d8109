/** What a client is warned of when it writes a pod. upstream: pkg/api/pod/warnings.go, pkg/api/node/util.go */

import {goQuote} from '../../../api/field-errors.ts';
import {SECCOMP_CONTAINER_ANNOTATION_PREFIX, SECCOMP_POD_ANNOTATION} from '../../../api/well-known.ts';
import {type Fields, has, keysOf} from '../fields.ts';
import {warningsForIP} from '../ip.ts';
import {claimSpecWarnings, fractional} from './claim-warnings.ts';
import {labelWarnings, termWarnings} from './node-label-warnings.ts';
import {APPARMOR, containersWithPath} from './pod-annotations.ts';

const DEPRECATED_ANNOTATIONS: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};

/** In the server's order. */
const DEPRECATED_VOLUMES: readonly [field: string, text: string][] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

const SECCOMP_FIELD = 'non-functional in v1.27+; use the "seccompProfile" field instead';
const APPARMOR_FIELD = 'deprecated since v1.30; use the "appArmorProfile" field instead';
const NULL_SELECTOR = 'a null labelSelector results in matching no pod';
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

function nodeLabelWarnings(spec: Fields): string[] {
  const path = 'spec.affinity.nodeAffinity';
  const affinity: Fields = spec['affinity']?.nodeAffinity ?? {};
  const terms: Fields[] = affinity[REQUIRED]?.nodeSelectorTerms ?? [];
  const wishes: Fields[] = affinity[PREFERRED] ?? [];
  const spread: Fields[] = spec['topologySpreadConstraints'] ?? [];
  return [
    ...keysOf(spec['nodeSelector']).flatMap(key => labelWarnings(key, `spec.nodeSelector[${key}]`, false)),
    ...terms.flatMap((term, i) => termWarnings(term, `${path}.${REQUIRED}.nodeSelectorTerms[${i}]`)),
    ...wishes.flatMap(({preference}, i) => termWarnings(preference, `${path}.${PREFERRED}[${i}].preference`, true)),
    ...spread.flatMap(({topologyKey, labelSelector}, i) => {
      const at = `spec.topologySpreadConstraints[${i}]`;
      return [
        ...labelWarnings(topologyKey, `${at}.topologyKey`, true),
        ...(labelSelector ? [] : [`${at}.labelSelector: ${NULL_SELECTOR}`]),
      ];
    }),
  ];
}

interface Projection {
  path: string;
  from: string;
}

const shown = ({path, from}: Projection): string => (from ? `${goQuote(path)} (${from})` : goQuote(path));
const overlaps = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

const itemsOf = (items: readonly Fields[] | undefined, from: string): Projection[] =>
  (items ?? []).map(i => ({path: i['path'] ?? '', from}));

function overlapWarnings(projections: readonly Projection[], text: string): string[] {
  return projections.flatMap((p, i) =>
    projections
      .slice(0, i)
      .filter(other => overlaps(p.path.replace(/\/+$/, ''), other.path.replace(/\/+$/, '')))
      .map(other => `${text}: overlapping paths: ${shown(p)} with ${shown(other)}`),
  );
}

function pathWarnings(volumes: readonly Fields[] | undefined): string[] {
  return (volumes ?? []).flatMap(({name, configMap, secret, downwardAPI, projected}) => {
    const volume = `volume ${goQuote(name)}`;
    const warnings: string[] = [];
    if (configMap)
      warnings.push(...overlapWarnings(itemsOf(configMap.items, ''), `${volume} (ConfigMap ${goQuote(configMap.name ?? '')})`));
    if (secret) warnings.push(...overlapWarnings(itemsOf(secret.items, ''), `${volume} (Secret ${goQuote(secret.secretName ?? '')})`));
    if (downwardAPI) warnings.push(...overlapWarnings(itemsOf(downwardAPI.items, ''), `${volume} (DownwardAPI)`));
    const all: Projection[] = [];
    for (const source of projected?.sources ?? []) {
      if (Object.keys(source).length === 0) warnings.push(`${volume} (Projected) has no sources provided`);
      if (source.configMap) all.push(...itemsOf(source.configMap.items, `ConfigMap ${goQuote(source.configMap.name ?? '')}`));
      if (source.secret) all.push(...itemsOf(source.secret.items, `Secret ${goQuote(source.secret.name ?? '')}`));
      if (source.downwardAPI) all.push(...itemsOf(source.downwardAPI.items, 'DownwardAPI'));
      if (source.serviceAccountToken) all.push({path: source.serviceAccountToken.path ?? '', from: 'ServiceAccountToken'});
    }
    return [...warnings, ...overlapWarnings(all, `${volume} (Projected)`)];
  });
}

function volumeWarnings(spec: Fields): string[] {
  const warnings: string[] = [];
  spec['volumes']?.forEach((volume: Fields, i: number) => {
    for (const [field, text] of DEPRECATED_VOLUMES)
      if (volume[field]) warnings.push(`spec.volumes[${i}].${field === 'storageos' ? 'storageOS' : field}: ${text}`);
    const claim = volume['ephemeral']?.volumeClaimTemplate?.spec;
    if (claim) warnings.push(...claimSpecWarnings(claim, `spec.volumes[${i}].ephemeral.volumeClaimTemplate.spec`));
  });
  return [...warnings, ...pathWarnings(spec['volumes'])];
}

function repeated(list: readonly Fields[] | undefined, field: string, text: (i: number, value: string) => string): string[] {
  const seen = new Set<string>();
  return (list ?? []).flatMap((item, i) => {
    const value: string = item[field] ?? '';
    if (seen.has(value)) return [text(i, value)];
    seen.add(value);
    return [];
  });
}

function envWarnings(container: Fields, path: string): string[] {
  const seen = new Set<string>();
  return (container['env'] ?? []).flatMap((variable: Fields, i: number) => {
    const {name, value = '', valueFrom} = variable;
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    if (!valueFrom && value.includes(`$(${name})`)) return [];
    return [`${path}.env[${i}]: hides previous definition of ${goQuote(name)}, which may be dropped when using apply`];
  });
}

interface PortPlace {
  path: string;
  hostIP: string;
  hostPort: number;
}

function clash(a: PortPlace, b: PortPlace): string | undefined {
  if (a.hostIP === b.hostIP && a.hostPort === b.hostPort) return 'duplicate';
  if (a.hostPort === 0 || b.hostPort === 0) return 'overlapping';
  return a.hostPort === b.hostPort && (a.hostIP === '') !== (b.hostIP === '') ? 'dangerously ambiguous' : undefined;
}

function portWarnings(containers: readonly [Fields, string][], prefix: string): string[] {
  const warnings: string[] = [];
  const taken = new Map<string, PortPlace[]>();
  for (const [container, path] of containers)
    container['ports']?.forEach((port: Fields, i: number) => {
      const {containerPort, protocol, hostIP = '', hostPort = 0, name = ''} = port;
      const place = {path: `${path}.ports[${i}]`, hostIP, hostPort};
      if (hostIP !== '' && hostPort === 0)
        warnings.push(
          `${place.path}: hostIP set without hostPort: {Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`,
        );
      const others = taken.get(`${containerPort}/${protocol}`) ?? [];
      for (const other of others) {
        const kind = clash(place, other);
        if (kind) warnings.push(`${place.path}: ${kind} port definition with ${prefix && `${prefix}.`}${other.path}`);
      }
      taken.set(`${containerPort}/${protocol}`, [...others, place]);
    });
  return warnings;
}

function affinityWarnings(spec: Fields): string[] {
  const warnings: string[] = [];
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const affinity: Fields | undefined = spec['affinity']?.[kind];
    affinity?.[REQUIRED]?.forEach((term: Fields, i: number) => {
      if (!term['labelSelector']) warnings.push(`spec.affinity.${kind}.${REQUIRED}[${i}].labelSelector: ${NULL_SELECTOR}`);
    });
    affinity?.[PREFERRED]?.forEach((term: Fields, i: number) => {
      if (!term['podAffinityTerm']?.labelSelector)
        warnings.push(`spec.affinity.${kind}.${PREFERRED}[${i}].podAffinityTerm.labelSelector: ${NULL_SELECTOR}`);
    });
  }
  return warnings;
}

function containerWarnings(
  containers: readonly [Fields, string][],
  annotations: Fields,
  confined: (container: Fields) => boolean,
): string[] {
  return containers.flatMap(([container, path]) => {
    const {limits, requests} = container['resources'] ?? {};
    const key = SECCOMP_CONTAINER_ANNOTATION_PREFIX + container['name'];
    const profile = APPARMOR + container['name'];
    const seccomp = !container['securityContext']?.seccompProfile && annotations[key] !== undefined;
    return [
      ...(seccomp ? [`metadata.annotations[${key}]: ${SECCOMP_FIELD}`] : []),
      ...(annotations[profile] === undefined || confined(container) ? [] : [`metadata.annotations[${profile}]: ${APPARMOR_FIELD}`]),
      ...fractional(limits?.memory, `${path}.resources.limits[memory]`),
      ...fractional(requests?.memory, `${path}.resources.requests[memory]`),
      ...fractional(limits?.['ephemeral-storage'], `${path}.resources.limits[ephemeral-storage]`),
      ...fractional(requests?.['ephemeral-storage'], `${path}.resources.requests[ephemeral-storage]`),
      ...envWarnings(container, path),
    ];
  });
}

const prefixed = (prefix: string, texts: readonly string[]): string[] =>
  prefix === '' ? [...texts] : texts.map(t => (t.startsWith('spec.') || t.startsWith('metadata.') ? `${prefix}.${t}` : t));

/** Warnings for a pod, or for a template at `prefix`. */
export function podWarnings(pod: Fields, _old?: Fields, prefix = ''): string[] {
  const {spec} = pod;
  const annotations: Fields = pod['metadata']?.annotations ?? {};
  const containers = containersWithPath(spec, 'spec');
  const warnings = nodeLabelWarnings(spec);
  for (const key of keysOf(DEPRECATED_ANNOTATIONS))
    if (annotations[key] !== undefined) warnings.push(`metadata.annotations[${key}]: ${DEPRECATED_ANNOTATIONS[key]}`);
  if (spec.volumes) warnings.push(...volumeWarnings(spec));
  if (spec.hostAliases)
    warnings.push(...repeated(spec.hostAliases, 'ip', (i, ip) => `spec.hostAliases[${i}].ip: duplicate ip ${goQuote(ip)}`));
  if (spec.imagePullSecrets) {
    warnings.push(
      ...repeated(spec.imagePullSecrets, 'name', (i, name) => `spec.imagePullSecrets[${i}].name: duplicate name ${goQuote(name)}`),
    );
    spec.imagePullSecrets.forEach((ref: Fields, i: number) => {
      if (!ref['name']) warnings.push(`spec.imagePullSecrets[${i}].name: invalid empty name ""`);
    });
  }
  for (const name of ['memory', 'ephemeral-storage']) warnings.push(...fractional(spec.overhead?.[name], `spec.overhead[${name}]`));
  if (!spec.securityContext?.seccompProfile && annotations[SECCOMP_POD_ANNOTATION] !== undefined)
    warnings.push(`metadata.annotations[${SECCOMP_POD_ANNOTATION}]: ${SECCOMP_FIELD}`);
  /** A pod's own annotation has become a field by now, and its author has been told. */
  const confined = ({securityContext}: Fields): boolean =>
    prefix === '' || spec.securityContext?.appArmorProfile !== undefined || securityContext?.appArmorProfile !== undefined;
  warnings.push(...containerWarnings(containers, annotations, confined));
  warnings.push(...portWarnings(containers, prefix));
  if (spec.terminationGracePeriodSeconds < 0)
    warnings.push('spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1');
  if (spec.affinity) warnings.push(...affinityWarnings(spec));
  spec.dnsConfig?.nameservers?.forEach((ip: string, i: number) => {
    warnings.push(...warningsForIP(ip, `spec.dnsConfig.nameservers[${i}]`));
  });
  if (has(spec.hostAliases))
    spec.hostAliases.forEach((alias: Fields, i: number) => {
      warnings.push(...warningsForIP(alias['ip'], `spec.hostAliases[${i}].ip`));
    });
  return prefixed(prefix, warnings);
}
