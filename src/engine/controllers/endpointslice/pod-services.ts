/** Which Services a change of a pod concerns. upstream: staging/src/k8s.io/endpointslice/util/controller_utils.go */
import {isPodReady} from '../../api/pods.ts';
import type {Pod, Service} from '../../api/types.ts';
import {keyOf} from '../../client/keys.ts';
import type {Lister, WatchEvent} from '../../client/types.ts';

type Labels = Readonly<Record<string, string>>;

/** A Service without a selector selects nothing. */
export const selects = (service: Service, labels: Labels | undefined): boolean =>
  service.spec?.selector !== undefined && Object.entries(service.spec.selector).every(([key, value]) => labels?.[key] === value);

const keysFor = (services: readonly Service[], labels: Labels | undefined): Set<string> =>
  new Set(services.filter(service => selects(service, labels)).map(keyOf));

const sameLabels = (a: Labels = {}, b: Labels = {}): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.keys(a).every(key => a[key] === b[key]);

const ips = (pod: Pod): string => (pod.status?.podIPs ?? []).map(({ip}) => ip).join();

/** What endpoints are made of: whether the pod is being deleted, ready, and where it is reached. */
const podChanged = (old: Pod, pod: Pod): boolean =>
  pod.metadata.deletionTimestamp !== old.metadata.deletionTimestamp || isPodReady(old) !== isPodReady(pod) || ips(old) !== ips(pod);

const membershipChanged = (old: Pod, pod: Pod): boolean =>
  !sameLabels(old.metadata.labels, pod.metadata.labels) ||
  old.spec?.hostname !== pod.spec?.hostname ||
  old.spec?.subdomain !== pod.spec?.subdomain;

/** Keys (`namespace/name`) of the services whose endpoints an event of a pod may change, in order. */
export function servicesOfPodEvent(lister: Lister<Service>, {object, old}: WatchEvent): string[] {
  const pod = object as unknown as Pod;
  const services = lister.list(pod.metadata.namespace);
  const now = keysFor(services, pod.metadata.labels);
  if (!old) return [...now];
  const before = old as unknown as Pod;
  if (object.metadata.resourceVersion === old.metadata.resourceVersion) return [...now];
  const changed = podChanged(before, pod);
  if (!membershipChanged(before, pod)) return changed ? [...now] : [];
  const then = keysFor(services, before.metadata.labels);
  // The pod itself unchanged, only services that gained or lost it are concerned.
  return [...new Set([...now, ...then])].filter(key => changed || now.has(key) !== then.has(key)).sort();
}
