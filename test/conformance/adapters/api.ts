/** Conformance of the object model: quantities, selectors, names, durations, pod requests. */
import {humanDuration, shortHumanDuration, translateTimestampSince, translateTimestampUntil} from '../../../src/engine/api/duration.ts';
import {
  convertFieldLabel,
  FieldSelectorError,
  matchesFields,
  parseFieldSelector,
  printFieldSelector,
} from '../../../src/engine/api/fields.ts';
import {byGroupResource, byKind} from '../../../src/engine/api/kinds.ts';
import {matches, parseSelector, printSelector, SelectorError, selectorFrom} from '../../../src/engine/api/labels.ts';
import * as names from '../../../src/engine/api/names.ts';
import {podLimits, podRequests, printResourceList} from '../../../src/engine/api/pod-resources.ts';
import * as quantity from '../../../src/engine/api/quantity.ts';
import * as status from '../../../src/engine/api/status.ts';
import {ApiError, type KubeObject, type Pod} from '../../../src/engine/api/types.ts';
import {decode} from '../../../src/engine/apiserver/decoding/decode.ts';
import {setDefaults} from '../../../src/engine/apiserver/defaulting/defaults.ts';
import type {Fields} from '../../../src/engine/apiserver/validation/fields.ts';
import {strategyFor} from '../../../src/engine/apiserver/validation/strategies.ts';
import {checkNames} from '../../../src/engine/apiserver/verbs/update.ts';
import {type Adapters, difference} from '../harness.ts';

const refused = (error: unknown): {allowed: false; message: string; code?: number; reason?: string} => {
  if (error instanceof ApiError) return {allowed: false, code: error.code, reason: error.reason, message: error.message};
  if (error instanceof SelectorError || error instanceof FieldSelectorError || error instanceof quantity.QuantityError)
    return {allowed: false, message: error.message};
  throw error;
};

const QUANTITY_OPS: Record<string, (request: Fields) => unknown> = {
  parse({input}) {
    const q = quantity.parseQuantity(input);
    return {
      allowed: true,
      canonical: quantity.canonical(q),
      value: String(quantity.scaledValue(q, 0)),
      milliValue: String(quantity.scaledValue(q, -3)),
      format: q.format,
      sign: quantity.sign(q),
    };
  },
  cmp: ({a, b}) => ({cmp: quantity.cmp(quantity.parseQuantity(a), quantity.parseQuantity(b))}),
  add: ({a, b}) => ({result: quantity.printQuantity(quantity.add(quantity.parseQuantity(a), quantity.parseQuantity(b)))}),
  sub: ({a, b}) => ({result: quantity.printQuantity(quantity.sub(quantity.parseQuantity(a), quantity.parseQuantity(b)))}),
};

const SELECTOR_OPS: Record<string, (request: Fields) => unknown> = {
  selector({input, labels}) {
    const selector = parseSelector(input);
    return {allowed: true, string: printSelector(selector), match: matches(selector, labels)};
  },
  fieldselector({input, fields}) {
    const selector = parseFieldSelector(input);
    return {allowed: true, string: printFieldSelector(selector), match: matchesFields(selector, fields ?? {})};
  },
  labelselector({object, labels}) {
    const selector = selectorFrom(object);
    return {allowed: true, string: printSelector(selector), match: matches(selector, labels)};
  },
  fieldlabel({kind, label}) {
    convertFieldLabel(kind, label);
    return {allowed: true};
  },
};

const NAME_CHECKS: Record<string, (text: string) => string[]> = {
  IsDNS1123Label: names.isDNS1123Label,
  IsDNS1123Subdomain: names.isDNS1123Subdomain,
  IsDNS1035Label: names.isDNS1035Label,
  IsCIdentifier: names.isCIdentifier,
  IsQualifiedName: names.isQualifiedName,
  IsValidLabelValue: names.isValidLabelValue,
  IsValidPortName: names.isValidPortName,
  IsConfigMapKey: names.isConfigMapKey,
  IsHTTPHeaderName: names.isHTTPHeaderName,
  IsValidPercent: names.isValidPercent,
  IsWildcardDNS1123Subdomain: names.isWildcardDNS1123Subdomain,
  IsRelaxedEnvVarName: names.isRelaxedEnvVarName,
  IsEnvVarName: names.isEnvVarName,
  IsValidPathSegmentName: names.isValidPathSegmentName,
  IsValidPathSegmentPrefix: names.isValidPathSegmentPrefix,
  IsFullyQualifiedName: names.isFullyQualifiedName,
  IsFullyQualifiedDomainName: names.isFullyQualifiedDomainName,
  IsDomainPrefixedPath: names.isDomainPrefixedPath,
  NameIsDNSSubdomain: text => names.nameIsDNSSubdomain(text, false),
  NameIsDNSSubdomainPrefix: text => names.nameIsDNSSubdomain(text, true),
  NameIsDNSLabel: text => names.nameIsDNSLabel(text, false),
  NameIsDNS1035Label: names.isDNS1035Label,
};

const guarded = (ops: Record<string, (request: Fields) => unknown>) => (op: string, request: Fields) => {
  try {
    return ops[op]!(request);
  } catch (error) {
    return refused(error);
  }
};

const NOW = Date.UTC(2026, 0, 1);
const offset = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : NOW + seconds * 1000);
const DURATIONS: Record<string, (given: Fields) => string> = {
  HumanDuration: given => humanDuration(given.nanoseconds / 1e6),
  ShortHumanDuration: given => shortHumanDuration(given.nanoseconds / 1e6),
  translateTimestampSince: given => translateTimestampSince(offset(given.offsetFromNowSeconds), NOW),
  translateTimestampUntil: given => translateTimestampUntil(offset(given.offsetFromNowSeconds), NOW),
};

/** Quantities may be written in several ways: compared by value. */
const sameResources = (want: Fields, got: Fields): string | undefined => {
  const byValue = (lists: Fields): unknown =>
    Object.fromEntries(
      Object.entries<Record<string, string>>(lists).map(([key, list]) => [
        key,
        Object.fromEntries(
          Object.entries(list).map(([name, text]) => [name, quantity.canonical({...quantity.parseQuantity(text), format: 'DecimalSI'})]),
        ),
      ]),
    );
  return difference(byValue(want), byValue(Object.fromEntries(Object.keys(want).map(key => [key, got[key]]))), '', true);
};

const readAs = (body: unknown, group: string, resource: string): {object: KubeObject; warnings: string[]} => {
  const decoded = decode(body, byGroupResource(group, resource)!, {validation: 'Strict'});
  setDefaults(decoded.object);
  return decoded;
};

/** What the server's create and update handlers do between authorization and admission on one side and the store on the other. */
function validate(request: Fields): unknown {
  const {verb, apiGroup, resource, namespace, subresource = '', name} = request;
  const kind = byGroupResource(apiGroup, resource)!;
  const strategy = strategyFor(kind);
  const {object} = readAs(request.object, apiGroup, resource);
  const {metadata} = object;
  if (kind.namespaced) metadata.namespace ??= namespace;
  const refuse = (errors: readonly unknown[]): void => {
    if (errors.length > 0) throw status.invalid({group: kind.group, kind: kind.kind}, metadata.name ?? '', errors as never);
  };
  if (verb === 'create') {
    for (const field of ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink'])
      delete (metadata as Record<string, unknown>)[field];
    if (!metadata.name && metadata.generateName) metadata.name = `${metadata.generateName}xxxxx`;
    strategy.prepareForCreate(object);
    refuse(strategy.validateCreate(object));
    return {allowed: true, code: 201, warnings: strategy.warningsOnCreate?.(object) ?? []};
  }
  const {object: old} = readAs(request.old, apiGroup, resource);
  if (kind.namespaced) old.metadata.namespace ??= namespace;
  checkNames({info: {name: name ?? old.metadata.name, namespace}, kind} as never, object);
  old.metadata.resourceVersion ??= '1';
  metadata.resourceVersion ??= old.metadata.resourceVersion;
  metadata.uid ??= old.metadata.uid;
  metadata.creationTimestamp = old.metadata.creationTimestamp;
  metadata.generation = old.metadata.generation;
  if (old.metadata.deletionTimestamp) metadata.deletionTimestamp = old.metadata.deletionTimestamp;
  metadata.deletionGracePeriodSeconds ??= old.metadata.deletionGracePeriodSeconds;
  strategy.prepareForUpdate(object, old, subresource);
  refuse(strategy.validateUpdate(object, old, subresource));
  return {allowed: true, code: 200, warnings: strategy.warningsOnUpdate?.(object, old) ?? []};
}

const causeKey = (cause: Fields): string => `${cause.field}\n${cause.reason}\n${cause.message ?? cause.messagePrefix}`;
const sortedCauses = (causes: Fields[] | undefined): Fields[] => [...(causes ?? [])].sort((a, b) => (causeKey(a) < causeKey(b) ? -1 : 1));
/** The parts of `Pod "web" is invalid: [a, b]`. */
const sortedParts = (text: string): string[] =>
  text
    .replace(/^.*? is invalid: \[?/s, '')
    .replace(/\]$/, '')
    .split(', ')
    .sort();

/** Go walks maps in no order: causes are compared as a set, and a message of several by its parts. */
function sameRefusal(want: Fields, got: Fields): string | undefined {
  const {message, ...rest} = want;
  const d = difference(want.causes ? {...rest, causes: sortedCauses(want.causes)} : rest, {...got, causes: sortedCauses(got.causes)});
  if (d || message === undefined || message === got.message) return d;
  return want.causes?.length > 1
    ? difference(sortedParts(message), sortedParts(got.message), 'message')
    : difference(message, got.message, 'message');
}

/** A status that says nothing is left out of the cases. */
const withoutIdleStatus = (object: Fields): Fields => {
  const idle = (value: unknown): boolean =>
    value === 0 || (value !== null && typeof value === 'object' && Object.values(value).every(idle));
  const {status: state, ...rest} = object;
  return state === undefined || idle(state) ? rest : object;
};

export const adapters: Adapters = {
  validate: {
    answer({request}) {
      try {
        return validate(request);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const causes = error.status.details?.causes;
        return {allowed: false, code: error.code, reason: error.reason, message: error.message, ...(causes && {causes}), warnings: []};
      }
    },
    differs: sameRefusal,
  },
  default: {
    answer({request}) {
      const {apiVersion, kind} = request.object;
      const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
      const {object} = decode(request.object, byKind(group, version, kind)!, {validation: 'Strict'});
      setDefaults(object);
      return {object};
    },
    differs: (want, got: Fields) => difference({object: withoutIdleStatus(want.object)}, {object: withoutIdleStatus(got.object)}, '', true),
  },
  quantity: {answer: ({op, request}) => guarded(QUANTITY_OPS)(op, request)},
  selector: {answer: ({op, request}) => guarded(SELECTOR_OPS)(op, request)},
  name: {
    answer({op, request}) {
      const messages = NAME_CHECKS[op]!(request.input);
      return {allowed: messages.length === 0, messages};
    },
  },
  labelSelector: {answer: ({other}) => ({match: matches(parseSelector(other.selector), other.labels)})},
  labelSelectorParse: {
    answer({other}) {
      try {
        return {parses: true, string: printSelector(parseSelector(other.selector))};
      } catch (error) {
        if (error instanceof SelectorError) return {parses: false};
        throw error;
      }
    },
  },
  duration: {
    answer: ({given, request}) => (request ? {string: humanDuration(request.seconds * 1000)} : {text: DURATIONS[given.function]!(given)}),
  },
  podRequests: {
    answer({given}) {
      const pods: Pod[] = given.pod ? [given.pod] : given.pods.items;
      const totals = (of: typeof podRequests) => {
        const sum: ReturnType<typeof podRequests> = {};
        for (const pod of pods)
          for (const [name, q] of Object.entries(of(pod, given.options))) sum[name] = sum[name] ? quantity.add(sum[name], q) : q;
        return printResourceList(sum);
      };
      return {requests: totals(podRequests), limits: totals(podLimits), totalRequests: totals(podRequests)};
    },
    differs: sameResources,
  },
};
