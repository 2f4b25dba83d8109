/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/get/get.go */

import {relaxedJsonPath} from '../../engine/api/json-path.ts';
import type {Kind} from '../../engine/api/kinds.ts';
import {ApiError, type KubeObject} from '../../engine/api/types.ts';
import {
  ALL_NAMESPACES_FLAG,
  CHUNK_SIZE_FLAG,
  FIELD_SELECTOR_FLAG,
  FILE_FLAGS,
  type Info,
  listRefusal,
  lookUp,
  manifestInfos,
  parseNames,
  SELECTOR_FLAG,
} from '../builder.ts';
import {type Place, TABLE_ACCEPT} from '../client.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {sleep, stderr, stdout} from '../effects.ts';
import {Failure, joinErrors, usageError} from '../failure.ts';
import {kindWord, listOf, nameOf, OUTPUT_FLAGS, printerFor} from '../output.ts';
import {sortBy} from '../printers/sort.ts';
import {type PrintableTable, printTable, type TablePrintOptions, tableOfObject} from '../printers/table.ts';
import type {Effects} from '../types.ts';
import {POLL_MS, watchSlice} from '../watch.ts';

const FLAGS = {
  ...OUTPUT_FLAGS,
  ...FILE_FLAGS,
  ...SELECTOR_FLAG,
  output: {
    ...OUTPUT_FLAGS.output,
    usage:
      'Output format. One of: (json, yaml, kyaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file, custom-columns, custom-columns-file, wide).',
  },
  ...ALL_NAMESPACES_FLAG,
  ...CHUNK_SIZE_FLAG,
  ...FIELD_SELECTOR_FLAG,
  'ignore-not-found': {
    type: 'bool',
    value: 'false',
    usage: 'If set to true, suppresses NotFound error for specific objects that do not exist.',
  },
  'label-columns': {
    type: 'list',
    short: 'L',
    usage:
      'Accepts a comma separated list of labels that are going to be presented as columns. Names are case-sensitive. You can also use multiple flag options like -L label1 -L label2...',
  },
  'no-headers': {type: 'bool', value: 'false', usage: "When using the default or custom-column output format, don't print headers."},
  'output-watch-events': {
    type: 'bool',
    value: 'false',
    usage: 'Output watch event objects when --watch or --watch-only is used. Existing objects are output as initial ADDED events.',
  },
  raw: {type: 'string', usage: 'Raw URI to request from the server.  Uses the transport specified by the kubeconfig file.'},
  'server-print': {
    type: 'bool',
    value: 'true',
    usage: 'If true, have the server return the appropriate table output. Supports extension APIs and CRDs.',
  },
  'show-kind': {type: 'bool', value: 'false', usage: 'If present, list the resource type for the requested object(s).'},
  'show-labels': {
    type: 'bool',
    value: 'false',
    usage: 'When printing, show all labels as the last column (default hide labels column)',
  },
  'sort-by': {
    type: 'string',
    usage:
      "If non-empty, sort list types using this field specification.  The field specification is expressed as a JSONPath expression (e.g. '{.metadata.name}'). The field in the API resource specified by this JSONPath expression must be an integer or a string.",
  },
  subresource: {type: 'string', usage: 'If specified, gets the subresource of the requested object.'},
  watch: {type: 'bool', short: 'w', value: 'false', usage: 'After listing/getting the requested object, watch for changes.'},
  'watch-only': {
    type: 'bool',
    value: 'false',
    usage: 'Watch for changes to the requested object(s), without listing/getting first.',
  },
} satisfies Command['flags'];

interface ServerTable extends PrintableTable {
  kind?: string;
  metadata?: {resourceVersion?: string; continue?: string};
}

/** One request: a list, or one object by its name. */
interface Target {
  place: Place;
  kind: Kind;
}

const NOTHING_NAMED =
  'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n';
const REQUIRED = `Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).`;

function* targetsOf(context: Context): Effects<Target[]> {
  const {args, flags} = context;
  if (flags.list('filename').length > 0) {
    const infos = yield* manifestInfos(context);
    return infos.map(({kind, namespace, name}) => ({kind, place: {kind, namespace, name}}));
  }
  const {pairs, kinds = [], names = []} = yield* parseNames(context, args);
  const namespace = flags.bool('all-namespaces') ? '' : context.config.namespace;
  const subresource = flags.string('subresource');
  const named = pairs ?? kinds.flatMap(kind => names.map(name => ({kind, name})));
  if (named.length > 0 && flags.string('selector')) throw new Failure('name cannot be provided when a selector is specified');
  if (named.length > 0 && flags.bool('all-namespaces')) throw new Failure('a resource cannot be retrieved by name across all namespaces');
  if (named.length > 0) return named.map(({kind, name}) => ({kind, place: {kind, namespace, name, ...(subresource && {subresource})}}));
  return kinds.map(kind => ({kind, place: {kind, namespace}}));
}

const selectors = ({flags}: Context) => ({
  labelSelector: flags.string('selector') || undefined,
  fieldSelector: flags.string('field-selector') || undefined,
});

/** All pages of one table. */
function* tableOf(context: Context, {place, kind}: Target): Effects<ServerTable> {
  const {flags} = context;
  const query = {
    ...(place.name ? {} : {...selectors(context), limit: flags.string('chunk-size')}),
    ...(flags.string('sort-by') && {includeObject: 'Object'}),
  };
  try {
    const first = yield* context.client.table<ServerTable>(place, query);
    if (first.kind !== 'Table') return plainTable(context, first);
    const rows = [...first.rows];
    for (let next = first.metadata?.continue; next; ) {
      const page = yield* context.client.table<ServerTable>(place, {...query, continue: next});
      rows.push(...page.rows);
      next = page.metadata?.continue;
    }
    return {...first, rows};
  } catch (error) {
    throw place.name
      ? error
      : listRefusal(error, kind, kind.version, {selector: flags.string('selector'), fieldSelector: flags.string('field-selector')});
  }
}

/** A server that makes no tables gave objects. */
function plainTable(context: Context, answer: unknown): ServerTable {
  const objects = (answer as {items?: KubeObject[]}).items ?? [answer as KubeObject];
  const tables = objects.map(object => tableOfObject(object as never, context.now()));
  return {columnDefinitions: tables[0]?.columnDefinitions ?? [], rows: tables.flatMap(t => t.rows)};
}

interface Section {
  kind: Kind;
  table: ServerTable;
}

/** Tables of one kind that follow one another are printed as one. */
function joined(sections: readonly Section[]): Section[] {
  const result: Section[] = [];
  for (const {kind, table} of sections) {
    const last = result.at(-1);
    if (last?.kind === kind) result[result.length - 1] = {kind, table: {...last.table, rows: [...last.table.rows, ...table.rows]}};
    else result.push({kind, table});
  }
  return result;
}

function printOptions(context: Context, kind: Kind, severalKinds: boolean): TablePrintOptions {
  const {flags} = context;
  return {
    noHeaders: flags.bool('no-headers'),
    wide: flags.string('output') === 'wide',
    withNamespace: flags.bool('all-namespaces') && kind.namespaced,
    showLabels: flags.bool('show-labels'),
    columnLabels: flags.list('label-columns'),
    ...((severalKinds || flags.bool('show-kind')) && {kind: kindWord({kind})}),
  };
}

function* getTables(context: Context): Effects<void> {
  const {flags} = context;
  const targets = yield* targetsOf(context);
  const sections: Section[] = [];
  const errors: unknown[] = [];
  for (const target of targets) {
    try {
      sections.push({kind: target.kind, table: yield* tableOf(context, target)});
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!(flags.bool('ignore-not-found') && error.reason === 'NotFound')) errors.push(error);
    }
  }
  const severalKinds = new Set(sections.map(section => section.kind)).size > 1;
  const sorting = flags.string('sort-by');
  const texts: string[] = [];
  for (const {kind, table} of joined(sections)) {
    const rows = sorting && table.rows.length > 0 ? sortBy(table.rows, relaxedJsonPath(sorting), row => row.object) : table.rows;
    const widths = flags.bool('watch') ? [] : undefined;
    const text = printTable({...table, rows}, printOptions(context, kind, severalKinds), widths);
    if (text) texts.push(text);
  }
  yield* stdout(texts.join(flags.bool('no-headers') ? '' : '\n'));
  if (errors.length > 0) throw joinErrors(errors);
  if (texts.length > 0 || flags.bool('ignore-not-found')) return;
  const namespaced = !flags.bool('all-namespaces') && targets.every(t => t.kind.namespaced);
  yield* stderr(namespaced ? `No resources found in ${context.config.namespace} namespace.\n` : 'No resources found\n');
}

function* getObjects(context: Context, print: ((object: unknown) => string) | undefined): Effects<void> {
  const {flags, args} = context;
  const {infos, errors} = yield* lookUp(context, args, {
    optionalNames: true,
    allNamespaces: flags.bool('all-namespaces'),
    selector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    ignoreNotFound: flags.bool('ignore-not-found'),
  });
  const path = flags.string('sort-by') && relaxedJsonPath(flags.string('sort-by'));
  const sorted: Info[] = path ? sortBy(infos, path, info => info.object) : infos;
  if (!print) yield* stdout(sorted.map(info => `${nameOf(info)}\n`).join(''));
  else {
    const objects = sorted.map(info => info.object!);
    const single = args.some(arg => arg.includes('/')) || args.length > 1 || flags.list('filename').length === 1;
    if (single && objects.length === 1) yield* stdout(print(objects[0]));
    else if (!(single && objects.length === 0)) yield* stdout(print(listOf(objects)));
  }
  if (errors.length > 0) throw joinErrors(errors);
}

function* getRaw(context: Context, uri: string): Effects<void> {
  const url = new URL(uri, 'https://kubernetes');
  const body = yield* context.client.send<unknown>('GET', url.pathname, {query: Object.fromEntries(url.searchParams)});
  yield* stdout(typeof body === 'string' ? body : JSON.stringify(body));
}

function* watchRows(context: Context, print: ((object: unknown) => string) | undefined): Effects<void> {
  const {flags} = context;
  const targets = yield* targetsOf(context);
  if (targets.length !== 1) throw new Failure('you may only specify a single resource type');
  const [{place, kind}] = targets as [Target];
  const asTable = !print && flags.string('output') !== 'name';
  const options = printOptions(context, kind, false);
  const widths: number[] = [];
  const {name, ...listPlace} = place;
  const query = {
    ...(name ? {fieldSelector: `metadata.name=${name}`} : selectors(context)),
    ...(asTable && {accept: TABLE_ACCEPT}),
  };
  let headed = flags.bool('no-headers');
  let columns: ServerTable['columnDefinitions'] = [];
  const showEvents = flags.bool('output-watch-events');
  function* show(type: string, object: unknown): Effects<void> {
    if (asTable) {
      const table = object as PrintableTable;
      // Only the first of a watch's rows come with their columns.
      columns = table.columnDefinitions ?? columns;
      const text = printTable(
        {...table, columnDefinitions: columns},
        {...options, noHeaders: headed, ...(showEvents && {watchEventType: type})},
        widths,
      );
      headed = true;
      yield* stdout(text);
    } else if (print) yield* stdout(print(showEvents ? {type, object} : object));
    else yield* stdout(`${nameOf({kind, name: (object as KubeObject).metadata.name ?? ''})}\n`);
  }
  const current = yield* context.client.get<ServerTable & {items?: KubeObject[]}>(place, {
    query: name ? {} : {...selectors(context), limit: flags.string('chunk-size')},
    ...(asTable && {accept: TABLE_ACCEPT}),
  });
  if (!flags.bool('watch-only')) {
    if (asTable && current.rows.length > 0) yield* show('ADDED', current);
    if (!asTable) for (const object of current.items ?? [current]) yield* show('ADDED', object);
  }
  // One object is watched from about now, for its own version may lie before what is still kept; it comes once more, which is not shown.
  let version = name ? '0' : (current.metadata?.resourceVersion ?? '0');
  for (let known = Boolean(name); ; known = false) {
    const slice = yield* watchSlice<unknown>(context, listPlace, version, query);
    version = slice.resourceVersion;
    for (const {type, object} of known ? slice.events.slice(1) : slice.events) yield* show(type, object);
    yield* sleep(POLL_MS);
  }
}

export const get: Command = {
  name: 'get',
  use: 'get [(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]',
  short: 'Display one or many resources',
  flags: FLAGS,
  completes: 'resources',
  *run(context) {
    const {flags, args} = context;
    if (flags.string('raw')) {
      if (args.length > 0) throw new Failure('arguments may not be passed when --raw is specified');
      const path = flags.string('raw');
      if (!path.startsWith('/') && !/^[a-z][a-z0-9+.-]*:/i.test(path))
        throw new Failure(`--raw must be a valid URL path: parse "${path}": invalid URI for request`);
      yield* getRaw(context, path);
      return;
    }
    if (args.length === 0 && flags.list('filename').length === 0) {
      yield* stderr(NOTHING_NAMED);
      throw usageError(context.path, REQUIRED);
    }
    const print = printerFor(context, true);
    if (flags.bool('output-watch-events') && !(flags.bool('watch') || flags.bool('watch-only')))
      throw new Failure('--output-watch-events option can only be used with --watch or --watch-only');
    const watches = flags.bool('watch') || flags.bool('watch-only');
    if (watches && flags.string('sort-by'))
      yield* stderr('warning: --watch requested, --sort-by will be ignored for watch events received\n');
    if (watches) yield* watchRows(context, print);
    else if (print || flags.string('output') === 'name') yield* getObjects(context, print);
    else yield* getTables(context);
  },
};
