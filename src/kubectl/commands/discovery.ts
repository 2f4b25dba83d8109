/** `api-resources`, `api-versions`, `version`, `cluster-info`, `events`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/apiresources, version, clusterinfo, events */

import {prettyJson} from '../../engine/api/go-json.ts';
import {apiVersionOf, groupResourceOf} from '../../engine/api/group-version.ts';
import type {Kind} from '../../engine/api/kinds.ts';
import {byText} from '../../engine/api/order.ts';
import {RELEASE} from '../../engine/api/release.ts';
import type {KubeEvent} from '../../engine/api/types.ts';
import {CHUNK_SIZE_FLAG, type Named, parseNames} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {sleep, stderr, stdout} from '../effects.ts';
import {BareFailure, Failure, noSuchResourceType, usageError} from '../failure.ts';
import {OUTPUT_FLAGS, printerFor} from '../output.ts';
import {ofTypes, printEvents, sortEvents} from '../printers/events.ts';
import {alignTabs, TABLE_TABS} from '../text/tab-writer.ts';
import {toYaml} from '../text/yaml.ts';
import type {Effects} from '../types.ts';
import {POLL_MS, watchSlice} from '../watch.ts';

const SORTS: Readonly<Record<string, (a: Kind, b: Kind) => number>> = {
  '': (a, b) => byText(a.group, b.group) || byText(a.resource, b.resource),
  name: (a, b) => byText(a.resource, b.resource),
  kind: (a, b) => byText(a.kind, b.kind),
};

export const apiResources: Command = {
  name: 'api-resources',
  use: 'api-resources [flags]',
  short: 'Print the supported API resources on the server',
  flags: {
    'api-group': {type: 'string', usage: 'Limit to resources in the specified API group.'},
    cached: {type: 'bool', value: 'false', usage: 'Use the cached list of resources if available.'},
    categories: {type: 'list', usage: 'Limit to resources that belong to the specified categories.'},
    namespaced: {
      type: 'bool',
      value: 'true',
      usage: 'If false, non-namespaced resources will be returned, otherwise returning namespaced resources by default.',
    },
    'no-headers': {
      type: 'bool',
      value: 'false',
      usage: "When using the default or custom-column output format, don't print headers (default print headers).",
    },
    output: {type: 'string', short: 'o', usage: 'Output format. One of: (json, yaml, kyaml, name, wide).'},
    'sort-by': {
      type: 'string',
      usage: "If non-empty, sort list of resources using specified field. The field can be either 'name' or 'kind'.",
    },
    verbs: {type: 'list', usage: 'Limit to resources that support the specified verbs.'},
  },
  *run(context) {
    const {flags, args} = context;
    if (args.length > 0) throw usageError(context.path, `unexpected arguments: [${args.join(' ')}]`);
    const sort = SORTS[flags.string('sort-by')];
    if (!sort) throw new Failure('--sort-by accepts only name or kind');
    if (!['', 'name', 'wide', 'json', 'yaml', 'kyaml'].includes(flags.string('output')))
      throw new Failure(`--output ${flags.string('output')} is not available`);
    const kinds = (yield* context.kinds(!flags.bool('cached'))).filter(
      kind =>
        kind.verbs.length > 0 &&
        (!flags.changed('api-group') || kind.group === flags.string('api-group')) &&
        (!flags.changed('namespaced') || kind.namespaced === flags.bool('namespaced')) &&
        flags.list('verbs').every(verb => kind.verbs.includes(verb)) &&
        flags.list('categories').every(category => kind.categories.includes(category)),
    );
    const sorted = [...kinds].sort(sort);
    if (flags.string('output') === 'name') {
      yield* stdout(sorted.map(kind => `${groupResourceOf(kind)}\n`).join(''));
      return;
    }
    if (['json', 'yaml', 'kyaml'].includes(flags.string('output'))) {
      const list = {
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: '',
        resources: sorted.map(k => ({
          name: k.resource,
          singularName: k.singular,
          namespaced: k.namespaced,
          group: k.group,
          version: k.version,
          kind: k.kind,
          verbs: k.verbs,
          shortNames: k.shortNames,
          categories: k.categories,
        })),
      };
      yield* stdout(flags.string('output') === 'json' ? prettyJson(list) : toYaml(list));
      return;
    }
    const wide = flags.string('output') === 'wide';
    const rows = sorted.map(kind => [
      kind.resource,
      kind.shortNames.join(','),
      apiVersionOf(kind),
      String(kind.namespaced),
      kind.kind,
      ...(wide ? [[...kind.verbs].join(','), kind.categories.join(',')] : []),
    ]);
    if (!flags.bool('no-headers'))
      rows.unshift(['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])]);
    yield* stdout(alignTabs(rows.map(row => `${row.join('\t')}\n`).join(''), TABLE_TABS));
  },
};

export const apiVersions: Command = {
  name: 'api-versions',
  use: 'api-versions',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  *run(context) {
    if (context.args.length > 0) throw usageError(context.path, `unexpected arguments: [${context.args.join(' ')}]`);
    const kinds = yield* context.kinds(true);
    const versions = kinds.flatMap(kind => kind.versions.map(v => (kind.group ? `${kind.group}/${v}` : v)));
    yield* stdout(
      [...new Set(versions)]
        .sort(byText)
        .map(v => `${v}\n`)
        .join(''),
    );
  },
};

const KUSTOMIZE_VERSION = 'v5.8.1';

export const version: Command = {
  name: 'version',
  use: 'version [flags]',
  short: 'Print the client and server version information',
  flags: {
    client: {type: 'bool', value: 'false', usage: 'If true, shows client version only (no server required).'},
    output: {type: 'string', short: 'o', usage: "One of 'yaml' or 'json'."},
  },
  *run(context) {
    const {flags, args} = context;
    if (args.length > 0) throw new Failure(`extra arguments: [${args.join(' ')}]`);
    const output = flags.string('output');
    if (!['', 'yaml', 'json'].includes(output)) throw new Failure(`--output must be 'yaml' or 'json'`);
    let server: typeof RELEASE | undefined;
    let failure: unknown;
    if (!flags.bool('client')) {
      try {
        server = yield* context.client.send<typeof RELEASE>('GET', '/version', {query: {timeout: '32s'}});
      } catch (error) {
        failure = error;
      }
    }
    const all = {clientVersion: RELEASE, kustomizeVersion: KUSTOMIZE_VERSION, ...(server && {serverVersion: server})};
    if (output === 'json') yield* stdout(prettyJson(all));
    else if (output === 'yaml') yield* stdout(toYaml(all));
    else {
      yield* stdout(`Client Version: ${RELEASE.gitVersion}\nKustomize Version: ${KUSTOMIZE_VERSION}\n`);
      if (server) yield* stdout(`Server Version: ${server.gitVersion}\n`);
    }
    if (failure) throw failure;
  },
};

/** What `--for` names. A word that is no resource is told without a word before it. Throws Failure. */
function* named(context: Context, target: string): Effects<Named> {
  try {
    return yield* parseNames(context, [target]);
  } catch (error) {
    if (error instanceof Failure && error.message === noSuchResourceType(target.split('/')[0]!)) throw new BareFailure(error.message);
    throw error;
  }
}

export const events: Command = {
  name: 'events',
  use: 'events [(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  short: 'List events',
  flags: {
    ...OUTPUT_FLAGS,
    'all-namespaces': {type: 'bool', short: 'A', value: 'false', usage: 'If present, list the requested object(s) across all namespaces.'},
    ...CHUNK_SIZE_FLAG,
    for: {type: 'string', usage: 'Filter events to only those pertaining to the specified resource.'},
    'no-headers': {type: 'bool', value: 'false', usage: "When using the default output format, don't print headers."},
    types: {type: 'list', usage: 'Output only events of given types.'},
    watch: {type: 'bool', short: 'w', value: 'false', usage: 'After listing the requested events, watch for more events.'},
  },
  *run(context) {
    const {flags} = context;
    for (const type of flags.list('types'))
      if (!['normal', 'warning'].includes(type.toLowerCase())) throw new Failure('valid --types are Normal or Warning');
    const kind = yield* context.kind('events');
    const namespace = flags.bool('all-namespaces') ? '' : context.config.namespace;
    let fieldSelector: string | undefined;
    if (flags.string('for')) {
      const target = flags.string('for');
      const {pairs} = target.includes('/') ? yield* named(context, target) : {};
      if (!pairs) throw new Failure('--for must be in resource/name form');
      const [{kind: about, name}] = pairs as [NonNullable<typeof pairs>[number]];
      fieldSelector = `involvedObject.kind=${about.kind},involvedObject.apiVersion=${apiVersionOf(about)},involvedObject.name=${name}`;
    }
    const list = yield* context.client.get<{items: KubeEvent[]; metadata: {resourceVersion?: string}}>(
      {kind, namespace},
      {query: {fieldSelector, limit: flags.string('chunk-size')}},
    );
    const found = sortEvents(ofTypes(list.items ?? [], flags.list('types')));
    const print = printerFor(context);
    const options = {now: context.now(), withNamespace: flags.bool('all-namespaces'), noHeaders: flags.bool('no-headers')};
    const widths: number[] = [];
    if (print) yield* stdout(print({kind: 'EventList', apiVersion: 'v1', metadata: list.metadata, items: found}));
    else if (found.length > 0) yield* stdout(printEvents(found, options, widths));
    else if (!flags.bool('watch'))
      yield* stderr(flags.bool('all-namespaces') ? 'No events found.\n' : `No events found in ${context.config.namespace} namespace.\n`);
    if (!flags.bool('watch')) return;
    let headed = found.length > 0;
    for (let version = list.metadata.resourceVersion ?? '0'; ; ) {
      yield* sleep(POLL_MS);
      const slice = yield* watchSlice<KubeEvent>(context, {kind, namespace}, version, {fieldSelector});
      version = slice.resourceVersion;
      for (const {type, object} of slice.events) {
        if (type === 'DELETED' || ofTypes([object], flags.list('types')).length === 0) continue;
        yield* stdout(
          print ? print(object) : printEvents([object], {...options, now: context.now(), noHeaders: headed || options.noHeaders}, widths),
        );
        headed = true;
      }
    }
  },
};
