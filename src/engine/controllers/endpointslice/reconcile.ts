/**
 * From the pods behind a Service and the slices there are, to the slices there should be: as few writes as possible rather than as few slices as possible.
 * upstream: staging/src/k8s.io/endpointslice/reconciler.go
 */

import {endpointsOf} from '../../api/endpoint-slice.ts';
import type {discovery, EndpointSlice, Node, Pod, Service} from '../../api/types.ts';
import {LABEL_ZONE} from '../../api/well-known.ts';
import {type AddressType, endpointPorts, podToEndpoint, shouldPodBeInEndpoints} from './endpoint.ts';
import {setHints} from './hints.ts';
import {addressTypes, CONTROLLER_NAME, newEndpointSlice, ownedBy, portMapKey, sliceLabels} from './slice.ts';

const MAX_ENDPOINTS_PER_SLICE = 100;

export interface SliceChanges {
  readonly create: EndpointSlice[];
  readonly update: EndpointSlice[];
  readonly delete: EndpointSlice[];
  /** Pods that were left out, and why: the service is to be tried again. */
  readonly errors: string[];
}

type Endpoint = discovery.Endpoint;

const identities = new WeakMap<Endpoint, string>();

/** Endpoints of the same pod and addresses are one endpoint, whatever its conditions. */
function identity(endpoint: Endpoint): string {
  const known = identities.get(endpoint);
  if (known !== undefined) return known;
  const {addresses, hostname = '', targetRef} = endpoint;
  const text = JSON.stringify([[...addresses].sort(), hostname, targetRef?.namespace ?? '', targetRef?.name ?? '']);
  identities.set(endpoint, text);
  return text;
}

/** What a pod means to a service, on a node of a zone. */
interface Part {
  readonly zone: string | undefined;
  readonly ports: discovery.EndpointPort[];
  readonly portsKey: string;
  readonly endpoint: Endpoint;
}

/** What was found of a service's pods: all are looked at in every turn, and few have changed. */
const parts: Readonly<Record<AddressType, WeakMap<Service, WeakMap<Pod, Part>>>> = {IPv4: new WeakMap(), IPv6: new WeakMap()};

function partOf(known: WeakMap<Pod, Part>, service: Service, addressType: AddressType, pod: Pod, node: Node | undefined): Part {
  const zone = node?.metadata.labels?.[LABEL_ZONE];
  let part = known.get(pod);
  if (part && part.zone === zone) return part;
  const ports = endpointPorts(service, pod);
  part = {zone, ports, portsKey: portMapKey(ports), endpoint: podToEndpoint(pod, node, service, addressType)};
  known.set(pod, part);
  return part;
}

const sameCondition = (a: Endpoint, b: Endpoint): boolean =>
  (['ready', 'serving', 'terminating'] as const).every(name => a.conditions?.[name] === b.conditions?.[name]);

const sameBeyondIdentity = (a: Endpoint, b: Endpoint): boolean =>
  a.nodeName === b.nodeName && a.zone === b.zone && sameCondition(a, b) && a.targetRef?.uid === b.targetRef?.uid;

/** The endpoints that are wanted with one set of ports, each to be placed in exactly one slice. */
interface Wanted {
  readonly ports: discovery.EndpointPort[];
  readonly endpoints: Map<string, Endpoint>;
}

/** Takes up to `room` endpoints out of what is still to be placed. */
function take(left: Map<string, Endpoint>, room: number): Endpoint[] {
  const taken = [...left].slice(0, Math.max(room, 0));
  for (const [key] of taken) left.delete(key);
  return taken.map(([, endpoint]) => endpoint);
}

const roomIn = (slice: EndpointSlice): number => MAX_ENDPOINTS_PER_SLICE - endpointsOf(slice).length;

/** The slice that would be fullest with so many more endpoints, if one has room for them all. */
function sliceToFill(slices: readonly EndpointSlice[], count: number): EndpointSlice | undefined {
  let best: EndpointSlice | undefined;
  let left = MAX_ENDPOINTS_PER_SLICE;
  for (const slice of slices) {
    const rest = roomIn(slice) - count;
    if (rest >= 0 && rest < left) [best, left] = [slice, rest];
  }
  return best;
}

/** Slices with the same ports. */
function reconcilePorts(
  service: Service,
  addressType: AddressType,
  existing: readonly EndpointSlice[],
  wanted: Wanted,
): Omit<SliceChanges, 'errors'> {
  const left = new Map(wanted.endpoints);
  const unchanged = new Map<string, EndpointSlice>();
  const update = new Map<string, EndpointSlice>();
  const gone: EndpointSlice[] = [];

  // 1. Keep what is still wanted, as it is now; drop the rest.
  for (const slice of existing) {
    const name = slice.metadata.name!;
    const kept: Endpoint[] = [];
    let changed = false;
    for (const endpoint of endpointsOf(slice)) {
      const key = identity(endpoint);
      const want = left.get(key);
      if (!want) continue;
      kept.push(endpoint.hints ? {...want, hints: endpoint.hints} : want);
      changed ||= !sameBeyondIdentity(want, endpoint);
      left.delete(key);
    }
    const {labels, changed: relabelled} = sliceLabels(slice.metadata.labels, service, CONTROLLER_NAME);
    const metadata = {...slice.metadata, labels};
    if (changed || kept.length !== endpointsOf(slice).length) {
      if (kept.length === 0) gone.push(slice);
      else update.set(name, {...slice, metadata, endpoints: kept});
    } else if (relabelled) update.set(name, {...slice, metadata});
    else unchanged.set(name, slice);
  }

  // 2. Slices that must be written anyway take new endpoints, the fullest first.
  const fullestFirst = [...update.values()].sort((a, b) => endpointsOf(b).length - endpointsOf(a).length);
  for (const slice of fullestFirst)
    update.set(slice.metadata.name!, {...slice, endpoints: [...endpointsOf(slice), ...take(left, roomIn(slice))]});

  // 3. What is left goes into one untouched slice if it fits, else into new ones.
  const create: EndpointSlice[] = [];
  while (left.size > 0) {
    const fill = left.size < MAX_ENDPOINTS_PER_SLICE ? sliceToFill([...unchanged.values()], left.size) : undefined;
    if (fill) {
      unchanged.delete(fill.metadata.name!);
      update.set(fill.metadata.name!, {...fill, endpoints: [...endpointsOf(fill), ...take(left, roomIn(fill))]});
    } else create.push({...newEndpointSlice(service, addressType, wanted.ports), endpoints: take(left, MAX_ENDPOINTS_PER_SLICE)});
  }
  return {create, update: [...update.values()], delete: gone};
}

/** The endpoints that the pods make, by their ports. */
function wantedByPorts(
  service: Service,
  addressType: AddressType,
  pods: readonly Pod[],
  node: (name: string) => Node | undefined,
  errors: string[],
): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  let known = parts[addressType].get(service);
  if (!known) parts[addressType].set(service, (known = new WeakMap()));
  for (const pod of pods) {
    if (!shouldPodBeInEndpoints(pod, true)) continue;
    const on = node(pod.spec?.nodeName ?? '');
    const {ports, portsKey, endpoint} = partOf(known, service, addressType, pod, on);
    let alike = wanted.get(portsKey);
    if (!alike) wanted.set(portsKey, (alike = {ports, endpoints: new Map()}));
    if (!on && !service.spec?.publishNotReadyAddresses) {
      const {namespace, name} = service.metadata;
      errors.push(`skipping Pod ${pod.metadata.name} for Service ${namespace}/${name}: Node ${pod.spec?.nodeName} Not Found`);
      continue;
    }
    if (endpoint.addresses.length) alike.endpoints.set(identity(endpoint), endpoint);
  }
  return wanted;
}

/** A Service always has a slice, if only an empty one; true when this is it already. */
const isPlaceholder = (slice: EndpointSlice, placeholder: EndpointSlice): boolean => {
  const [a, b] = [slice.metadata.labels ?? {}, placeholder.metadata.labels ?? {}];
  return (
    endpointsOf(slice).length === 0 &&
    !slice.ports?.length &&
    Object.keys({...a, ...b}).every(key => a[key] === b[key]) &&
    slice.metadata.ownerReferences?.[0]?.uid === placeholder.metadata.ownerReferences?.[0]?.uid
  );
};

function reconcileFamily(
  service: Service,
  addressType: AddressType,
  pods: readonly Pod[],
  existing: readonly EndpointSlice[],
  node: (name: string) => Node | undefined,
): SliceChanges {
  const changes: SliceChanges = {create: [], update: [], delete: [], errors: []};
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    if (!ownedBy(slice, service)) changes.delete.push(slice);
    else byPorts.set(portMapKey(slice.ports), [...(byPorts.get(portMapKey(slice.ports)) ?? []), slice]);
  }
  const wanted = wantedByPorts(service, addressType, pods, node, changes.errors);
  for (const [key, want] of wanted) {
    const part = reconcilePorts(service, addressType, byPorts.get(key) ?? [], want);
    changes.create.push(...part.create);
    changes.update.push(...part.update);
    changes.delete.push(...part.delete);
  }
  for (const [key, slices] of byPorts) if (!wanted.has(key)) changes.delete.push(...slices);

  if (existing.length === changes.delete.length && changes.create.length === 0) {
    const placeholder = newEndpointSlice(service, addressType, []);
    if (changes.delete.length === 1 && isPlaceholder(changes.delete[0]!, placeholder)) changes.delete.length = 0;
    else changes.create.push(placeholder);
  }
  return setHints(service, changes, existing);
}

/** A slice that would be deleted is turned into one that would be created: one write instead of two, and no moment without. */
function reuse(service: Service, changes: SliceChanges): SliceChanges {
  const create = [...changes.create];
  const update = [...changes.update];
  const gone = changes.delete.filter(slice => {
    const next = create.at(-1);
    if (!next || slice.addressType !== next.addressType || !ownedBy(slice, service)) return true;
    create.pop();
    update.push({...next, metadata: {...slice.metadata, labels: next.metadata.labels!}});
    return false;
  });
  return {...changes, create, update, delete: gone};
}

/**
 * What to write so that the slices of a service name exactly its pods. `existing` are the slices this controller manages for it; `node` finds a node by name.
 */
export function reconcileSlices(
  service: Service,
  pods: readonly Pod[],
  existing: readonly EndpointSlice[],
  node: (name: string) => Node | undefined,
): SliceChanges {
  const families = addressTypes(service);
  const parts = families.map(family =>
    reuse(
      service,
      reconcileFamily(
        service,
        family,
        pods,
        existing.filter(slice => slice.addressType === family),
        node,
      ),
    ),
  );
  return {
    create: parts.flatMap(part => part.create),
    update: parts.flatMap(part => part.update),
    delete: [...parts.flatMap(part => part.delete), ...existing.filter(slice => !families.includes(slice.addressType as AddressType))],
    errors: [...new Set(parts.flatMap(part => part.errors))],
  };
}
