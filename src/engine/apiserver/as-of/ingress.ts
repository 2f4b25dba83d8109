/** An Ingress of v1beta1 and one of today: the same thing under other names. upstream: pkg/apis/networking/v1beta1/conversion.go (v1.18) */
import {isJsonObject} from '../../api/clone.ts';
import type {KubeObject} from '../../api/types.ts';

type Fields = Record<string, unknown>;

const modernPort = (port: unknown): object => (typeof port === 'number' ? {number: port} : {name: port});

const modernBackend = (backend: Fields): Fields => {
  const {serviceName: name, servicePort: port, ...rest} = backend;
  return name === undefined ? backend : {...rest, service: {name, port: modernPort(port)}};
};

/** Where a path's type stood open it was that of old. */
const DEFAULT_PATH_TYPE = {pathType: 'ImplementationSpecific'};

const modernPath = (path: Fields): Fields => ({
  ...DEFAULT_PATH_TYPE,
  ...path,
  ...(isJsonObject(path['backend']) && {backend: modernBackend(path['backend'])}),
});

const each =
  (convert: (part: Fields) => Fields) =>
  (value: unknown): unknown =>
    Array.isArray(value) ? value.map(item => (isJsonObject(item) ? convert(item) : item)) : value;
const one =
  (convert: (part: Fields) => Fields) =>
  (value: unknown): unknown =>
    isJsonObject(value) ? convert(value) : value;

const modernPaths = each(modernPath);
const modernHttp = (http: Fields): Fields => ('paths' in http ? {...http, paths: modernPaths(http['paths'])} : http);
const modernRule = (rule: Fields): Fields => ('http' in rule ? {...rule, http: one(modernHttp)(rule['http'])} : rule);

function modernSpec({backend, ...spec}: Fields, read = one(modernBackend)): Fields {
  const rules = 'rules' in spec && {rules: each(modernRule)(spec['rules'])};
  return {...spec, ...rules, ...(backend !== undefined && {defaultBackend: read(backend)})};
}

/** Changes an object of the old version into one of today's. */
export function modernIngress(object: Fields): void {
  if (isJsonObject(object['spec'])) object['spec'] = modernSpec(object['spec']);
}

/** Of a merge patch: a backend may be said in part, and a number takes the place of a name. */
const patchedBackend = one(({serviceName: name, servicePort: port, ...rest}) => {
  if (name === undefined && port === undefined) return rest;
  const newPort = port === null ? null : {number: null, name: null, ...modernPort(port)};
  return {...rest, service: {...(name !== undefined && {name}), ...(port !== undefined && {port: newPort})}};
});

/** Changes a merge patch of the old version into one of today's. */
export function modernIngressPatch(patch: Fields): void {
  if (isJsonObject(patch['spec'])) patch['spec'] = modernSpec(patch['spec'], patchedBackend);
}

interface Operation {
  readonly op?: string;
  readonly path?: string;
  readonly from?: string;
  readonly value?: unknown;
}

const BACKEND = /^(\/spec\/backend|\/spec\/rules\/[^/]+\/http\/paths\/[^/]+\/backend)(?:$|\/)/;

/** Where a JSON pointer into an object of the old version leads in one of today's. */
function modernPointer(pointer: string): string {
  const backend = BACKEND.exec(pointer)?.[1];
  if (!backend) return pointer;
  const rest = pointer
    .slice(backend.length)
    .replace(/^\/serviceName(?=$|\/)/, '/service/name')
    .replace(/^\/servicePort(?=$|\/)/, '/service/port');
  return backend.replace('/spec/backend', '/spec/defaultBackend') + rest;
}

/** What stands at a pointer, by its form. */
const VALUES: readonly (readonly [RegExp, (value: unknown) => unknown])[] = [
  [/^\/spec$/, one(spec => modernSpec(spec))],
  [/^\/spec\/rules$/, each(modernRule)],
  [/^\/spec\/rules\/[^/]+$/, one(modernRule)],
  [/^\/spec\/rules\/[^/]+\/http$/, one(modernHttp)],
  [/^\/spec\/rules\/[^/]+\/http\/paths$/, modernPaths],
  [/^\/spec\/rules\/[^/]+\/http\/paths\/[^/]+$/, one(modernPath)],
  [/\/backend$/, one(modernBackend)],
  [/\/backend\/servicePort$/, modernPort],
];

/** The operations of a JSON patch of the old version as operations on an object of today's. */
export const modernIngressOperations = (operations: readonly unknown[]): unknown[] =>
  operations.map(operation => {
    if (!isJsonObject(operation)) return operation;
    const {path, from, value} = operation as Operation;
    const convert = path === undefined ? undefined : VALUES.find(([form]) => form.test(path))?.[1];
    return {
      ...operation,
      ...(typeof path === 'string' && {path: modernPointer(path)}),
      ...(typeof from === 'string' && {from: modernPointer(from)}),
      ...(value !== undefined && convert && {value: convert(value)}),
    };
  });

const retiredBackend = (backend: Fields): Fields => {
  const {service, ...rest} = backend;
  const {name, port} = (service ?? {}) as {name?: string; port?: {number?: number; name?: string}};
  return service === undefined ? backend : {...rest, serviceName: name, servicePort: port?.number ?? port?.name};
};

/** An object of today's as one of the old version. */
export function retiredIngress<T extends KubeObject>(object: T): T {
  const {spec} = object as T & {spec?: {defaultBackend?: Fields; rules?: {http?: {paths?: Fields[]}}[]}};
  if (!spec) return object;
  const {defaultBackend, rules, ...rest} = spec;
  const retired = (path: Fields): Fields => ({...path, backend: retiredBackend((path['backend'] ?? {}) as Fields)});
  return {
    ...object,
    spec: {
      ...rest,
      ...(defaultBackend && {backend: retiredBackend(defaultBackend)}),
      ...(rules && {rules: rules.map(({http, ...rule}) => ({...rule, ...(http && {http: {...http, paths: http.paths?.map(retired)}})}))}),
    },
  };
}
