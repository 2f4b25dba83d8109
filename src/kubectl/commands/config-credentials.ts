/** `config set-credentials`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/config/set_credentials.go */
import {toBase64} from '../../engine/api/base64.ts';
import {byName} from '../../engine/api/order.ts';
import type {Context} from '../context.ts';
import {Failure} from '../failure.ts';
import type {FlagTable} from '../flags.ts';
import type {UserEntry} from '../kubeconfig.ts';

export const CREDENTIALS_FLAGS = {
  'auth-provider': {type: 'string', usage: 'Auth provider for the user entry in kubeconfig'},
  'auth-provider-arg': {type: 'list', usage: "'key=value' arguments for the auth provider"},
  'client-certificate': {type: 'string', usage: 'Path to client-certificate file for the user entry in kubeconfig'},
  'client-key': {type: 'string', usage: 'Path to client-key file for the user entry in kubeconfig'},
  'embed-certs': {type: 'bool', value: 'false', usage: 'Embed client cert/key for the user entry in kubeconfig'},
  'exec-api-version': {type: 'string', usage: 'API version of the exec credential plugin for the user entry in kubeconfig'},
  'exec-arg': {type: 'list', usage: 'New arguments for the exec credential plugin command for the user entry in kubeconfig'},
  'exec-command': {type: 'string', usage: 'Command for the exec credential plugin for the user entry in kubeconfig'},
  'exec-env': {type: 'array', usage: "'key=value' environment values for the exec credential plugin"},
  'exec-interactive-mode': {type: 'string', usage: 'InteractiveMode of the exec credentials plugin for the user entry in kubeconfig'},
  'exec-provide-cluster-info': {
    type: 'bool',
    value: 'false',
    usage: 'ProvideClusterInfo of the exec credentials plugin for the user entry in kubeconfig',
  },
  password: {type: 'string', usage: 'password for the user entry in kubeconfig'},
  token: {type: 'string', usage: 'token for the user entry in kubeconfig'},
  username: {type: 'string', usage: 'username for the user entry in kubeconfig'},
} satisfies FlagTable;

interface Exec {
  apiVersion?: string;
  args?: readonly string[] | null;
  command?: string;
  env?: readonly {name: string; value: string}[] | null;
  interactiveMode?: string;
  provideClusterInfo?: boolean;
}

interface AuthProvider {
  config?: Readonly<Record<string, string>> | null;
  name: string;
}

/** The text of a file that a flag names. Throws Failure where there is none. */
export function readFor({env}: Context, flag: string, path: string): string {
  const text = env.files.read(path);
  if (text === undefined) throw new Failure(`could not stat ${flag} file ${path}: stat ${path}: no such file or directory`);
  return text;
}

/** `key=value` to set and `key-` to take away. Throws Failure. */
function changesIn(flag: string, given: readonly string[]): {set: [string, string][]; removed: string[]} {
  const set: [string, string][] = [];
  const removed: string[] = [];
  for (const text of given) {
    const equals = text.indexOf('=');
    if (equals > 0) set.push([text.slice(0, equals), text.slice(equals + 1)]);
    else if (equals < 0 && text.endsWith('-') && text.length > 1) removed.push(text.slice(0, -1));
    else throw new Failure(`invalid ${flag} format: ${text}`);
  }
  return {set, removed};
}

const METHODS = [
  {flags: ['token'], shown: '--token'},
  {flags: ['username', 'password'], shown: '--username/--password'},
] as const;
const MODES = ['IfAvailable', 'Never', 'Always'];

function checkFlags({flags}: Context): void {
  const methods = METHODS.filter(method => method.flags.some(flag => flags.string(flag) !== ''));
  if (methods.length > 1)
    throw new Failure(
      `you cannot specify more than one authentication method at the same time: ${methods.map(({shown}) => shown).join(', ')}`,
    );
  if (flags.bool('embed-certs') && !flags.string('client-certificate') && !flags.string('client-key'))
    throw new Failure('you must specify a --client-certificate or --client-key to embed');
  const mode = flags.string('exec-interactive-mode');
  if (mode && !MODES.includes(mode)) throw new Failure(`invalid interactive mode type, can be only ${MODES.join(', ')}`);
}

/** A user with what the flags say. Throws Failure. */
export function withCredentials(context: Context, known: UserEntry | undefined): UserEntry {
  const {flags} = context;
  checkFlags(context);
  const user: UserEntry = {...known};
  for (const flag of ['token', 'username', 'password'] as const) if (flags.changed(flag)) user[flag] = flags.string(flag);
  for (const flag of ['client-certificate', 'client-key'] as const) {
    if (!flags.changed(flag)) continue;
    const path = flags.string(flag);
    const [kept, dropped] = flags.bool('embed-certs') ? ([`${flag}-data`, flag] as const) : ([flag, `${flag}-data`] as const);
    user[kept] = flags.bool('embed-certs') ? toBase64(readFor(context, flag, path)) : path;
    delete user[dropped];
  }
  const provider = authProvider(context, known?.['auth-provider'] as AuthProvider | undefined);
  if (provider) user['auth-provider'] = provider;
  const exec = execOf(context, known?.['exec'] as Exec | undefined);
  if (exec) user['exec'] = exec;
  return Object.fromEntries(Object.entries(user).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function authProvider({flags}: Context, known: AuthProvider | undefined): AuthProvider | undefined {
  const {set, removed} = changesIn('auth-provider-arg', flags.list('auth-provider-arg'));
  const name = flags.string('auth-provider');
  const own = name ? {config: known?.config ?? null, name} : known;
  if (!own || (set.length === 0 && removed.length === 0)) return own;
  const config = {...own.config, ...Object.fromEntries(set)};
  for (const key of removed) delete config[key];
  return {...own, config};
}

/** Without a command there is nothing that arguments could be for. */
function execOf({flags}: Context, known: Exec | undefined): Exec | undefined {
  const {set, removed} = changesIn('exec-env', flags.list('exec-env'));
  const command = flags.string('exec-command');
  if (!known && !command) return undefined;
  const env = [
    ...(known?.env ?? [])
      .filter(({name}) => !removed.includes(name))
      .map(({name, value}) => ({name, value: set.find(([changed]) => changed === name)?.[1] ?? value})),
    ...set.filter(([name]) => !known?.env?.some(one => one.name === name)).map(([name, value]) => ({name, value})),
  ];
  const apiVersion = flags.string('exec-api-version') || known?.apiVersion;
  const interactiveMode = flags.string('exec-interactive-mode') || known?.interactiveMode;
  return {
    ...(apiVersion && {apiVersion}),
    args: flags.changed('exec-arg') ? flags.list('exec-arg') : (known?.args ?? null),
    command: command || known?.command || '',
    env: env.length > 0 ? env.sort(byName) : null,
    ...(interactiveMode && {interactiveMode}),
    provideClusterInfo: flags.changed('exec-provide-cluster-info')
      ? flags.bool('exec-provide-cluster-info')
      : (known?.provideClusterInfo ?? false),
  };
}
