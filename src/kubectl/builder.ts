/** From arguments, selectors and files to the objects that are meant. upstream: staging/src/k8s.io/cli-runtime/pkg/resource/builder.go */
import {apiVersionOf, parseApiVersion} from '../engine/api/group-version.ts';
import {inCategory, type Kind, resolve} from '../engine/api/kinds.ts';
import {ApiError, type KubeObject} from '../engine/api/types.ts';
import type {ManifestText} from '../engine/apiserver/request.ts';
import type {Context} from './context.ts';
import {Failure, joinErrors} from './failure.ts';
import type {FlagTable} from './flags.ts';
import {readManifests} from './manifest.ts';
import type {Effects} from './types.ts';

export interface Info {
  kind: Kind;
  version: string;
  namespace: string;
  name: string;
  /** The file it came from. */
  source?: string;
  /** Where in the file it stands. */
  text?: ManifestText;
  object?: KubeObject;
}

export const FILE_FLAGS = {
  filename: {type: 'list', short: 'f', usage: 'that contains the configuration.'},
  recursive: {
    type: 'bool',
    short: 'R',
    value: 'false',
    usage:
      'Process the directory used in -f, --filename recursively. Useful when you want to manage related manifests organized within the same directory.',
  },
  kustomize: {type: 'string', short: 'k', usage: "Process the kustomization directory. This flag can't be used together with -f or -R."},
} satisfies FlagTable;

export const SELECTOR_FLAG = {
  selector: {
    type: 'string',
    short: 'l',
    usage:
      "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l key1=value1,key2=value2,key3 in (value3)). Matching objects must satisfy all of the specified label constraints.",
  },
} satisfies FlagTable;

export const FIELD_SELECTOR_FLAG = {
  'field-selector': {
    type: 'string',
    usage:
      "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2). The server only supports a limited number of field queries per type.",
  },
} as const satisfies FlagTable;

export const ALL_NAMESPACES_FLAG = {
  'all-namespaces': {
    type: 'bool',
    short: 'A',
    value: 'false',
    usage:
      'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
  },
} as const satisfies FlagTable;

export const CHUNK_SIZE_FLAG = {
  'chunk-size': {type: 'int', value: '500', usage: 'Return large lists in chunks rather than all at once. Pass 0 to disable.'},
} as const satisfies FlagTable;

const MIXED_FORMS =
  "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'";

export interface Named {
  /** `pods/web b`: each of a kind of its own. */
  pairs?: {kind: Kind; name: string}[];
  /** `pods,svc [name...]` */
  kinds?: Kind[];
  names?: string[];
}

/** The kinds of a word list: `pods,svc`, `all`. Throws Failure. */
function* kindsOf(context: Context, words: string): Effects<Kind[]> {
  const table = yield* context.kinds();
  const found: Kind[] = [];
  for (const word of words.split(',').filter(Boolean)) {
    const members = resolve(word, table) ? [] : inCategory(word.toLowerCase(), table);
    for (const kind of members.length > 0 ? members : [yield* context.kind(word)]) if (!found.includes(kind)) found.push(kind);
  }
  return found;
}

/** Reads TYPE, TYPE NAME and TYPE/NAME arguments. Throws Failure. */
export function* parseNames(context: Context, args: readonly string[]): Effects<Named> {
  if (args.length === 0) return {};
  const slashed = args.filter(arg => arg.includes('/'));
  if (slashed.length === 0) return {kinds: yield* kindsOf(context, args[0]!), names: [...args.slice(1)]};
  if (slashed.length !== args.length) throw new Failure(MIXED_FORMS);
  const pairs: {kind: Kind; name: string}[] = [];
  for (const arg of args) {
    const parts = arg.split('/');
    if (parts.length !== 2 || !parts[0] || !parts[1]) throw new Failure('arguments in resource/name form may not have more than one slash');
    const words = parts[0].split(',');
    if (words.length > 1) throw new Failure('arguments in resource/name form must have a single resource and name');
    pairs.push({kind: yield* context.kind(parts[0]), name: parts[1]});
  }
  return {pairs};
}

/** The kind behind an object's apiVersion and kind; with the version it asks for. Throws Failure. */
export function* kindOfObject(context: Context, object: KubeObject, source: string): Effects<{kind: Kind; version: string}> {
  const {group, version} = parseApiVersion(object.apiVersion);
  const find = (table: readonly Kind[]): Kind | undefined =>
    table.find(k => k.group === group && k.kind === object.kind && k.versions.includes(version));
  const kind = find(yield* context.kinds()) ?? find(yield* context.kinds(true));
  if (!kind)
    throw new Failure(
      `resource mapping not found for name: "${object.metadata.name ?? ''}" namespace: "${object.metadata.namespace ?? ''}" from "${source}": ` +
        `no matches for kind "${object.kind}" in version "${object.apiVersion}"\nensure CRDs are installed first`,
    );
  return {kind, version};
}

/** The object with the namespace it will be in. Throws Failure where -n contradicts the manifest. */
export function inNamespace(context: Context, kind: Kind, object: KubeObject): KubeObject {
  if (!kind.namespaced) return object;
  const {namespace: wanted, explicitNamespace} = context.config;
  const own = object.metadata.namespace;
  if (!own) return {...object, metadata: {...object.metadata, namespace: wanted}};
  if (explicitNamespace && own !== wanted)
    throw new Failure(
      `the namespace from the provided object "${own}" does not match the namespace "${wanted}". You must pass '--namespace=${own}' to perform this operation.`,
    );
  return object;
}

/** Whether `--validate` asks for the manifest's shape to be checked. */
const validates = (context: Context): boolean => !['false', 'ignore'].includes(context.flags.string('validate'));

/** The objects of -f as infos. Throws Failure. */
export function* manifestInfos(context: Context): Effects<Info[]> {
  if (context.flags.string('kustomize'))
    throw new Failure('kustomize is not part of this kubectl: build the manifests elsewhere and pass them with -f');
  const filenames = context.flags.list('filename');
  const infos: Info[] = [];
  const manifests = readManifests(context.env, {filenames, recursive: context.flags.bool('recursive'), validate: validates(context)});
  for (const {object: read, source, text} of manifests) {
    const {kind, version} = yield* kindOfObject(context, read, source);
    // Who asks no server leaves an object where its author put it.
    const object = context.flags.bool('local') ? read : inNamespace(context, kind, read);
    infos.push({kind, version, namespace: object.metadata.namespace ?? '', name: object.metadata.name ?? '', source, text, object});
  }
  return infos;
}

export interface LookupOptions {
  /** Names may be missing: all of the kind are meant. */
  optionalNames?: boolean;
  /** `--all` */
  all?: boolean;
  allNamespaces?: boolean;
  selector?: string;
  fieldSelector?: string;
  /** Only where they stand: nothing is read. */
  withoutObjects?: boolean;
  /** What to say when nothing is named. */
  nothing?: string;
  ignoreNotFound?: boolean;
}

/** upstream: staging/src/k8s.io/cli-runtime/pkg/resource/builder.go missingResourceError */
export const NOTHING_NAMED = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;
const NO_NAME = 'resource(s) were provided, but no name was specified';

/** The server's refusal of a list, as kubectl retells it. upstream: EnhanceListError */
export function listRefusal(error: unknown, kind: Kind, version: string, options: LookupOptions): unknown {
  const {selector = '', fieldSelector = ''} = options;
  if (!(error instanceof ApiError) || (!selector && !fieldSelector)) return error;
  if (error.reason !== 'BadRequest' && error.reason !== 'NotFound') return error;
  const gvr = `${kind.group}/${version}, Resource=${kind.resource}`;
  return new ApiError({
    ...error.status,
    message: `Unable to find "${gvr}" that match label selector "${selector}", field selector "${fieldSelector}": ${error.status.message ?? ''}`,
  });
}

/** The objects of a kind in a namespace ('': all), as selected. Throws ApiError as kubectl retells it. */
export function* listed(context: Context, kind: Kind, namespace: string, options: LookupOptions): Effects<Info[]> {
  try {
    const list = yield* context.client.get<{items?: KubeObject[]}>(
      {kind, namespace},
      {query: {limit: '500', labelSelector: options.selector, fieldSelector: options.fieldSelector}},
    );
    const apiVersion = apiVersionOf(kind);
    return (list.items ?? []).map(item => ({
      kind,
      version: kind.version,
      namespace: item.metadata.namespace ?? '',
      name: item.metadata.name ?? '',
      object: {...item, apiVersion, kind: kind.kind},
    }));
  } catch (error) {
    throw listRefusal(error, kind, kind.version, options);
  }
}

/**
 * What the arguments (or -f) mean, read from the server. Errors of single objects are collected: those found come first, then one error for all.
 * Throws Failure where the arguments make no sense.
 */
export function* lookUp(
  context: Context,
  args: readonly string[],
  options: LookupOptions = {},
): Effects<{infos: Info[]; errors: unknown[]}> {
  const fromFiles = context.flags.list('filename').length > 0 || Boolean(context.flags.string('kustomize'));
  if (fromFiles && args.length > 0)
    throw new Failure('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well');
  const infos: Info[] = [];
  const errors: unknown[] = [];
  const read = function* (info: Info): Effects<void> {
    if (options.withoutObjects) {
      infos.push(info);
      return;
    }
    try {
      infos.push({...info, object: yield* context.client.get({...info})});
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!(options.ignoreNotFound && error.reason === 'NotFound')) errors.push(error);
    }
  };
  if (fromFiles) {
    for (const info of yield* manifestInfos(context)) {
      if (options.withoutObjects || context.flags.bool('local')) infos.push(info);
      else yield* read({...info});
    }
    return {infos, errors};
  }
  const {pairs, kinds, names = []} = yield* parseNames(context, args);
  const namespaceFor = (kind: Kind): string => (kind.namespaced && !options.allNamespaces ? context.config.namespace : '');
  if (pairs) {
    if (options.selector) throw new Failure('selectors and the all flag cannot be used when passing resource/name arguments');
    if (options.allNamespaces) throw new Failure('a resource cannot be retrieved by name across all namespaces');
    for (const {kind, name} of pairs) yield* read({kind, version: kind.version, namespace: namespaceFor(kind), name});
    return {infos, errors};
  }
  if (!kinds) throw new Failure(options.nothing ?? NOTHING_NAMED);
  if (names.length > 0) {
    if (options.selector) throw new Failure('name cannot be provided when a selector is specified');
    if (options.allNamespaces) throw new Failure('a resource cannot be retrieved by name across all namespaces');
    for (const kind of kinds) for (const name of names) yield* read({kind, version: kind.version, namespace: namespaceFor(kind), name});
    return {infos, errors};
  }
  if (!options.optionalNames && !options.selector && !options.fieldSelector && !options.all) throw new Failure(NO_NAME);
  for (const kind of kinds) {
    try {
      infos.push(...(yield* listed(context, kind, namespaceFor(kind), options)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      errors.push(error);
    }
  }
  return {infos, errors};
}

/** The same, and every error ends the command. */
export function* mustLookUp(context: Context, args: readonly string[], options: LookupOptions = {}): Effects<Info[]> {
  const {infos, errors} = yield* lookUp(context, args, options);
  if (errors.length > 0) throw joinErrors(errors);
  return infos;
}
