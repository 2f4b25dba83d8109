/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/config */
import {toBase64} from '../../engine/api/base64.ts';
import type {Command} from '../command.ts';
import {stdout} from '../effects.ts';
import {Failure} from '../failure.ts';
import {type ClusterEntry, type Kubeconfig, kubeconfigPaths} from '../kubeconfig.ts';
import {OUTPUT_FLAGS, printerFor} from '../output.ts';
import type {Effects} from '../types.ts';
import {currentContext, deleteContext, getContexts, renameContext, setContext, useContext} from './config-contexts.ts';
import {CREDENTIALS_FLAGS, readFor, withCredentials} from './config-credentials.ts';
import {change, load, oneArgument, put} from './config-file.ts';
import {setProperty, unsetProperty} from './config-property.ts';

const SECRETS = ['token', 'password', 'client-key-data', 'client-certificate-data', 'certificate-authority-data'];

/** Secrets and long data are not shown unless --raw asks for them. */
function redacted(config: Kubeconfig): Kubeconfig {
  const hide = <T extends Record<string, unknown>>(entry: T): T =>
    Object.fromEntries(
      Object.entries(entry ?? {}).map(([key, value]) => [
        key,
        !SECRETS.includes(key) || !value ? value : key.endsWith('-data') ? 'DATA+OMITTED' : 'REDACTED',
      ]),
    ) as T;
  return {
    ...config,
    clusters: config.clusters.map(c => ({...c, cluster: hide(c.cluster)})),
    users: config.users.map(u => ({...u, user: hide(u.user)})),
  };
}

const view: Command = {
  name: 'view',
  use: 'config view [flags]',
  short: 'Display merged kubeconfig settings or a specified kubeconfig file',
  flags: {
    flatten: {
      type: 'bool',
      value: 'false',
      usage: 'Flatten the resulting kubeconfig file into self-contained output (useful for creating portable kubeconfig files)',
    },
    minify: {type: 'bool', value: 'false', usage: 'Remove all information not used by current-context from the output'},
    merge: {type: 'bool', value: 'true', usage: 'Merge the full hierarchy of kubeconfig files'},
    ...OUTPUT_FLAGS,
    output: {...OUTPUT_FLAGS.output, value: 'yaml'},
    raw: {type: 'bool', value: 'false', usage: 'Display raw byte data and sensitive data'},
  },
  *run(context) {
    const {flags} = context;
    let config = load(context);
    if (flags.bool('minify')) {
      const name = flags.string('context') || config['current-context'];
      const entry = config.contexts.find(c => c.name === name);
      if (!entry) throw new Failure('current-context must exist in order to minify');
      config = {
        ...config,
        contexts: [entry],
        clusters: config.clusters.filter(c => c.name === entry.context.cluster),
        users: config.users.filter(u => u.name === entry.context.user),
      };
    }
    const shown = flags.bool('raw') ? config : redacted(config);
    const print = printerFor(context);
    if (!print) yield* stdout('config/<unknown>\n');
    else if (flags.string('output') === 'json') yield* stdout(`${JSON.stringify(inOrder(shown), null, 4)}\n`);
    else yield* stdout(print(shown));
  },
};

/** As JSON its fields come in the order of their structure. */
const inOrder = ({clusters, users, contexts, ...rest}: Kubeconfig) => ({
  kind: 'Config',
  apiVersion: 'v1',
  clusters: clusters.map(({name, cluster}) => ({name, cluster})),
  users: users.map(({name, user}) => ({name, user})),
  contexts: contexts.map(({name, context: {cluster, user, ...more}}) => ({name, context: {cluster, user, ...more}})),
  'current-context': rest['current-context'],
});

const setCluster: Command = {
  name: 'set-cluster',
  use: 'config set-cluster NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]',
  short: 'Set a cluster entry in kubeconfig',
  flags: {
    'embed-certs': {type: 'bool', value: 'false', usage: 'embed-certs for the cluster entry in kubeconfig'},
    'certificate-authority': {type: 'string', usage: 'Path to certificate-authority file for the cluster entry in kubeconfig'},
    'insecure-skip-tls-verify': {type: 'bool', value: 'false', usage: 'insecure-skip-tls-verify for the cluster entry in kubeconfig'},
    'proxy-url': {type: 'string', usage: 'proxy-url for the cluster entry in kubeconfig'},
    server: {type: 'string', usage: 'server for the cluster entry in kubeconfig'},
    'tls-server-name': {type: 'string', usage: 'tls-server-name for the cluster entry in kubeconfig'},
  },
  *run(context) {
    const {flags} = context;
    const name = oneArgument(context);
    const known = load(context).clusters.find(c => c.name === name);
    const authority = flags.string('certificate-authority');
    if (authority && flags.bool('insecure-skip-tls-verify'))
      throw new Failure('you cannot specify a certificate authority and insecure mode at the same time');
    if (flags.bool('embed-certs') && !authority) throw new Failure('you must specify a --certificate-authority to embed');
    const given = (['server', 'certificate-authority', 'proxy-url', 'tls-server-name'] as const).filter(flag => flags.changed(flag));
    const cluster: ClusterEntry = {
      ...known?.cluster,
      ...Object.fromEntries(given.map(flag => [flag, flags.string(flag)])),
      ...(flags.changed('insecure-skip-tls-verify') && {'insecure-skip-tls-verify': flags.bool('insecure-skip-tls-verify')}),
    };
    if (flags.bool('embed-certs')) {
      cluster['certificate-authority-data'] = toBase64(readFor(context, 'certificate-authority', authority));
      delete cluster['certificate-authority'];
    } else if (authority) delete cluster['certificate-authority-data'];
    change(
      context,
      c => c.clusters.some(e => e.name === name),
      c => ({...c, clusters: put(c.clusters, {name, cluster})}),
    );
    yield* stdout(`Cluster "${name}" set.\n`);
  },
};

const setCredentials: Command = {
  name: 'set-credentials',
  use: 'config set-credentials NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [--auth-provider=provider_name] [--auth-provider-arg=key=value] [--exec-command=exec_command] [--exec-api-version=exec_api_version] [--exec-arg=arg] [--exec-env=key=value]',
  short: 'Set a user entry in kubeconfig',
  flags: CREDENTIALS_FLAGS,
  *run(context) {
    const name = oneArgument(context);
    const user = withCredentials(context, load(context).users.find(u => u.name === name)?.user);
    change(
      context,
      c => c.users.some(e => e.name === name),
      c => ({...c, users: put(c.users, {name, user})}),
    );
    yield* stdout(`User "${name}" set.\n`);
  },
};

/** The names of one of the three lists. */
const listing = (name: string, short: string, names: (config: Kubeconfig) => string[]): Command => ({
  name,
  use: `config ${name} [flags]`,
  short,
  *run(context) {
    yield* stdout(['NAME', ...names(load(context)).sort()].map(text => `${text}\n`).join(''));
  },
});

const removing = (name: string, word: string, list: 'clusters' | 'users'): Command => ({
  name,
  use: `config ${name} NAME`,
  short: `Delete the specified ${word} from the kubeconfig`,
  *run(context): Effects<void> {
    const entry = oneArgument(context);
    const [path] = kubeconfigPaths(context.env, context.flags);
    if (!load(context)[list].some(e => e.name === entry)) throw new Failure(`cannot delete ${word} ${entry}, not in ${path}`);
    change(
      context,
      c => c[list].some(e => e.name === entry),
      c => ({...c, [list]: (c[list] as {name: string}[]).filter(e => e.name !== entry)}),
    );
    yield* stdout(`deleted ${word} ${entry} from ${path}\n`);
  },
});

const set: Command = {
  name: 'set',
  use: 'config set PROPERTY_NAME PROPERTY_VALUE',
  short: 'Set an individual value in a kubeconfig file',
  flags: {
    'set-raw-bytes': {
      type: 'bool',
      value: 'false',
      usage: 'When writing a []byte PROPERTY_VALUE, write the given string directly without base64 decoding.',
    },
  },
  *run(context) {
    const [property, value] = context.args;
    if (!property || value === undefined || context.args.length !== 2) throw new Failure(`Unexpected args: [${context.args.join(' ')}]`);
    change(
      context,
      () => true,
      c => setProperty(c, property, value, {raw: context.flags.bool('set-raw-bytes')}),
    );
    yield* stdout(`Property "${property}" set.\n`);
  },
};

const unset: Command = {
  name: 'unset',
  use: 'config unset PROPERTY_NAME',
  short: 'Unset an individual value in a kubeconfig file',
  *run(context) {
    const property = oneArgument(context);
    change(
      context,
      () => true,
      c => unsetProperty(c, property),
    );
    yield* stdout(`Property "${property}" unset.\n`);
  },
};

export const config: Command = {
  name: 'config',
  use: 'config SUBCOMMAND',
  short: 'Modify kubeconfig files',
  subcommands: [
    currentContext,
    removing('delete-cluster', 'cluster', 'clusters'),
    deleteContext,
    removing('delete-user', 'user', 'users'),
    listing('get-clusters', 'Display clusters defined in the kubeconfig', c => c.clusters.map(e => e.name)),
    getContexts,
    listing('get-users', 'Display users defined in the kubeconfig', c => c.users.map(e => e.name)),
    renameContext,
    set,
    setCluster,
    setContext,
    setCredentials,
    unset,
    useContext,
    view,
  ],
};
