/** upstream: plugin/pkg/admission/limitranger/admission.go */
import {podLimits, podRequests, printResourceList, type ResourceList} from '../../api/pod-resources.ts';
import {parseQuantity, type Quantity, scaledValue} from '../../api/quantity.ts';
import type {Container, core, LimitRange, Pod} from '../../api/types.ts';
import {isAbout, isAboutSubresource, isPod} from './matching.ts';
import {joinErrors, refusal} from './refusal.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from './types.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';
const MAX_MILLI_VALUE = (2n ** 63n - 1n) / 1000n;

/** Fills in what containers leave out, and holds pods and claims to a least, a most and a ratio. */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  handles: attributes =>
    isPod(attributes, 'CREATE') ||
    isAboutSubresource(attributes, '', 'pods', 'resize', 'UPDATE') ||
    isAbout(attributes, '', 'persistentvolumeclaims', 'CREATE', 'UPDATE'),
  admit(attributes, context) {
    if (attributes.resource.resource !== 'pods') return;
    for (const limitRange of limitRangesFor(attributes, context)) applyDefaults(attributes.object as Pod, limitRange);
  },
  validate(attributes, context) {
    for (const limitRange of limitRangesFor(attributes, context)) {
      const errors =
        attributes.resource.resource === 'pods'
          ? podErrors(attributes.object as Pod, limitRange)
          : claimErrors(attributes.object as unknown as core.PersistentVolumeClaim, limitRange);
      const why = joinErrors(errors);
      if (why !== undefined) throw refusal(attributes, why);
    }
  },
};

/** What is being deleted may still change. */
function limitRangesFor({oldObject, namespace}: Attributes, context: AdmissionContext): readonly LimitRange[] {
  return oldObject?.metadata.deletionTimestamp ? [] : context.list<LimitRange>('limitranges', namespace);
}

const limitsOf = ({spec}: LimitRange): readonly core.LimitRangeItem[] => spec?.limits ?? [];

interface Defaults {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
}

function applyDefaults(pod: Pod, limitRange: LimitRange): void {
  const items = limitsOf(limitRange).filter(({type}) => type === 'Container');
  const defaults: Defaults = {
    requests: Object.assign({}, ...items.map(item => item.defaultRequest)),
    limits: Object.assign({}, ...items.map(item => item.default)),
  };
  const notes = [
    ...pod.spec!.containers.flatMap(container => fillIn(container, defaults, 'container')),
    ...(pod.spec!.initContainers ?? []).flatMap(container => fillIn(container, defaults, 'init container')),
  ];
  if (notes.length === 0) return;
  pod.metadata.annotations ??= {};
  pod.metadata.annotations[ANNOTATION] = `LimitRanger plugin set: ${notes.join('; ')}`;
}

function fillIn(container: Container, defaults: Defaults, kind: string): string[] {
  return (['requests', 'limits'] as const).flatMap(which => {
    const missing = Object.keys(defaults[which])
      .filter(name => container.resources?.[which]?.[name] === undefined)
      .sort();
    if (missing.length === 0) return [];
    const resources = (container.resources ??= {});
    resources[which] = {...resources[which], ...Object.fromEntries(missing.map(name => [name, defaults[which][name]!]))};
    return [`${missing.join(', ')} ${which.slice(0, -1)} for ${kind} ${container.name}`];
  });
}

type LimitItem = core.LimitRangeItem;

function podErrors(pod: Pod, limitRange: LimitRange): string[] {
  return limitsOf(limitRange).flatMap(item => {
    if (item.type === 'Container')
      return [...pod.spec!.containers, ...(pod.spec!.initContainers ?? [])].flatMap(({resources}) =>
        constraintErrors(item, resources?.requests ?? {}, resources?.limits ?? {}),
      );
    if (item.type === 'Pod') return constraintErrors(item, printResourceList(podRequests(pod)), printResourceList(podLimits(pod)));
    return [];
  });
}

function constraintErrors(item: LimitItem, requests: ResourceList, limits: ResourceList): string[] {
  return [
    ...each(item.min, (name, enforced) => minError(item.type, name, enforced, requests[name], limits[name])),
    ...each(item.max, (name, enforced) => maxError(item.type, name, enforced, requests[name], limits[name])),
    ...each(item.maxLimitRequestRatio, (name, enforced) => ratioError(item.type, name, enforced, requests[name], limits[name])),
  ];
}

/** A claim has no limits: what it asks for is held to both ends. */
function claimErrors(claim: core.PersistentVolumeClaim, limitRange: LimitRange): string[] {
  const requests = claim.spec?.resources?.requests ?? {};
  return limitsOf(limitRange)
    .filter(({type}) => type === 'PersistentVolumeClaim')
    .flatMap(item => [
      ...each(item.min, (name, enforced) => minError(item.type, name, enforced, requests[name], undefined)),
      ...each(item.max, (name, enforced) => maxRequestError(item.type, name, enforced, requests[name])),
    ]);
}

function each(list: ResourceList | undefined, check: (name: string, enforced: string) => string | undefined): string[] {
  return Object.entries(list ?? {})
    .map(([name, enforced]) => check(name, enforced))
    .filter(error => error !== undefined);
}

function minError(
  type: string,
  name: string,
  enforced: string,
  request: string | undefined,
  limit: string | undefined,
): string | undefined {
  const [requested, limited, least] = comparable(request, limit, enforced);
  const rule = `minimum ${name} usage per ${type} is ${enforced}`;
  if (request === undefined) return `${rule}.  No request is specified`;
  if (requested < least) return `${rule}, but request is ${request}`;
  if (limit !== undefined && limited < least) return `${rule}, but limit is ${limit}`;
  return undefined;
}

function maxError(
  type: string,
  name: string,
  enforced: string,
  request: string | undefined,
  limit: string | undefined,
): string | undefined {
  const [requested, limited, most] = comparable(request, limit, enforced);
  const rule = `maximum ${name} usage per ${type} is ${enforced}`;
  if (limit === undefined) return `${rule}.  No limit is specified`;
  if (limited > most) return `${rule}, but limit is ${limit}`;
  if (request !== undefined && requested > most) return `${rule}, but request is ${request}`;
  return undefined;
}

function maxRequestError(type: string, name: string, enforced: string, request: string | undefined): string | undefined {
  const [requested, , most] = comparable(request, undefined, enforced);
  const rule = `maximum ${name} usage per ${type} is ${enforced}`;
  if (request === undefined) return `${rule}.  No request is specified`;
  return requested > most ? `${rule}, but request is ${request}` : undefined;
}

function ratioError(
  type: string,
  name: string,
  enforced: string,
  request: string | undefined,
  limit: string | undefined,
): string | undefined {
  const [requested, limited] = comparable(request, limit, enforced);
  const rule = `${name} max limit to request ratio per ${type} is ${enforced}`;
  if (request === undefined || requested === 0n) return `${rule}, but no request is specified or request is 0`;
  if (limit === undefined || limited === 0n) return `${rule}, but no limit is specified or limit is 0`;
  const ratio = Number(limited) / Number(requested);
  const most = parseQuantity(enforced);
  const precise = scaledValue(most, 0) <= MAX_MILLI_VALUE;
  const exceeded = precise ? ratio * 1000 > Number(scaledValue(most, -3)) : ratio > Number(scaledValue(most, 0));
  return exceeded ? `${rule}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}

const NOTHING: Quantity = parseQuantity('0');

/** All three in thousandths, unless one would be too large; then in whole units, rounded up. */
function comparable(...values: (string | undefined)[]): [bigint, bigint, bigint] {
  const quantities = values.map(value => (value === undefined ? NOTHING : parseQuantity(value)));
  const scale = quantities.every(quantity => scaledValue(quantity, 0) <= MAX_MILLI_VALUE) ? -3 : 0;
  return quantities.map(quantity => scaledValue(quantity, scale)) as [bigint, bigint, bigint];
}
