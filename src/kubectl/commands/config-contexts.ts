/** `config` of contexts. upstream: staging/src/k8s.io/kubectl/pkg/cmd/config/{current_context,delete_context,get_contexts,rename_context,set_context,use_context}.go */
import type {Command} from '../command.ts';
import {stdout} from '../effects.ts';
import {Failure} from '../failure.ts';
import type {FlagTable} from '../flags.ts';
import {type ContextEntry, kubeconfigPaths} from '../kubeconfig.ts';
import {alignRows} from '../text/tab-writer.ts';
import {change, load, oneArgument, put} from './config-file.ts';

const OUTPUT = {output: {type: 'string', short: 'o', usage: 'Output format. One of: (name).'}} satisfies FlagTable;
const NO_HEADERS = {
  'no-headers': {type: 'bool', value: 'false', usage: "When using the default or custom-column output format, don't print headers."},
} satisfies FlagTable;

export const getContexts: Command = {
  name: 'get-contexts',
  use: 'config get-contexts [(-o|--output=)name)]',
  short: 'Describe one or many contexts',
  flags: {...OUTPUT, ...NO_HEADERS},
  completes: 'contexts',
  *run(context) {
    const {flags, args} = context;
    const config = load(context);
    const wanted = args.length > 0 ? args : config.contexts.map(c => c.name).sort();
    const missing = wanted.filter(name => !config.contexts.some(c => c.name === name));
    if (flags.string('output') === 'name') {
      yield* stdout(wanted.map(name => `${name}\n`).join(''));
      return;
    }
    const rows = wanted
      .map(name => config.contexts.find(c => c.name === name))
      .filter(c => c !== undefined)
      .map(({name, context: {cluster = '', user = '', namespace = ''}}) => [
        name === config['current-context'] ? '*' : '',
        name,
        cluster,
        user,
        namespace,
      ]);
    if (!flags.bool('no-headers')) rows.unshift(['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']);
    yield* stdout(alignRows(rows));
    if (missing.length > 0) throw new Failure(missing.map(name => `context ${name} not found`).join('\n'));
  },
};

export const currentContext: Command = {
  name: 'current-context',
  use: 'config current-context [flags]',
  short: 'Display the current-context',
  *run(context) {
    const name = load(context)['current-context'];
    if (!name) throw new Failure('current-context is not set');
    yield* stdout(`${name}\n`);
  },
};

export const useContext: Command = {
  name: 'use-context',
  aliases: ['use'],
  use: 'config use-context CONTEXT_NAME',
  short: 'Set the current-context in a kubeconfig file',
  completes: 'contexts',
  *run(context) {
    const name = oneArgument(context);
    if (!load(context).contexts.some(c => c.name === name)) throw new Failure(`no context exists with the name: "${name}"`);
    change(
      context,
      config => Boolean(config['current-context']),
      config => ({...config, 'current-context': name}),
    );
    yield* stdout(`Switched to context "${name}".\n`);
  },
};

export const setContext: Command = {
  name: 'set-context',
  use: 'config set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  short: 'Set a context entry in kubeconfig',
  flags: {
    cluster: {type: 'string', usage: 'cluster for the context entry in kubeconfig'},
    current: {type: 'bool', value: 'false', usage: 'Modify the current context'},
    namespace: {type: 'string', usage: 'namespace for the context entry in kubeconfig'},
    user: {type: 'string', usage: 'user for the context entry in kubeconfig'},
  },
  completes: 'contexts',
  *run(context) {
    const {flags, args} = context;
    const config = load(context);
    if (args.length > 1) throw new Failure(`Unexpected args: [${args.join(' ')}]`);
    if (flags.bool('current') && args.length > 0) throw new Failure('you cannot specify both a context name and --current');
    if (!flags.bool('current') && args.length === 0) throw new Failure('you must specify a non-empty context name or --current');
    const name = flags.bool('current') ? config['current-context'] : args[0]!;
    if (!name) throw new Failure('no current context is set');
    const known = config.contexts.find(c => c.name === name);
    const entry: ContextEntry = {
      ...known?.context,
      ...(flags.changed('cluster') && {cluster: flags.string('cluster')}),
      ...(flags.changed('user') && {user: flags.string('user')}),
      ...(flags.changed('namespace') && {namespace: flags.string('namespace')}),
    };
    change(
      context,
      c => c.contexts.some(e => e.name === name),
      c => ({...c, contexts: put(c.contexts, {name, context: entry})}),
    );
    yield* stdout(`Context "${name}" ${known ? 'modified' : 'created'}.\n`);
  },
};

export const deleteContext: Command = {
  name: 'delete-context',
  use: 'config delete-context NAME',
  short: 'Delete the specified context from the kubeconfig',
  completes: 'contexts',
  *run(context) {
    const name = oneArgument(context);
    const [path] = kubeconfigPaths(context.env, context.flags);
    if (!load(context).contexts.some(c => c.name === name)) throw new Failure(`cannot delete context ${name}, not in ${path}`);
    change(
      context,
      c => c.contexts.some(e => e.name === name),
      c => ({...c, contexts: c.contexts.filter(e => e.name !== name)}),
    );
    yield* stdout(`deleted context ${name} from ${path}\n`);
  },
};

export const renameContext: Command = {
  name: 'rename-context',
  use: 'config rename-context CONTEXT_NAME NEW_NAME',
  short: 'Rename a context from the kubeconfig file',
  completes: 'contexts',
  *run(context) {
    const [name, next] = context.args;
    if (!name || !next || context.args.length !== 2) throw new Failure(`Unexpected args: [${context.args.join(' ')}]`);
    const config = load(context);
    const [path] = kubeconfigPaths(context.env, context.flags);
    if (!config.contexts.some(c => c.name === name)) throw new Failure(`cannot rename the context "${name}", it's not in ${path}`);
    if (config.contexts.some(c => c.name === next))
      throw new Failure(`cannot rename the context "${name}", the context "${next}" already exists in ${path}`);
    change(
      context,
      c => c.contexts.some(e => e.name === name),
      c => ({
        ...c,
        contexts: c.contexts.map(e => (e.name === name ? {...e, name: next} : e)),
        'current-context': c['current-context'] === name ? next : c['current-context'],
      }),
    );
    yield* stdout(`Context "${name}" renamed to "${next}".\n`);
  },
};
