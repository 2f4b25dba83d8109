/** Which cluster, as whom, in which namespace. upstream: staging/src/k8s.io/client-go/tools/clientcmd */
import {parseYaml} from '../engine/api/yaml.ts';
import {BareFailure, Failure} from './failure.ts';
import type {Flags} from './flags.ts';
import {toYaml} from './text/yaml.ts';
import {ANYONE, type Credentials, type KubectlEnv} from './types.ts';

export interface ClusterEntry {
  server?: string;
  'certificate-authority'?: string;
  'certificate-authority-data'?: string;
  'insecure-skip-tls-verify'?: boolean;
  [field: string]: unknown;
}

export interface UserEntry {
  token?: string;
  username?: string;
  password?: string;
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  [field: string]: unknown;
}

export interface ContextEntry {
  cluster?: string;
  user?: string;
  namespace?: string;
}

export interface Kubeconfig {
  apiVersion: 'v1';
  kind: 'Config';
  'current-context': string;
  clusters: {name: string; cluster: ClusterEntry}[];
  users: {name: string; user: UserEntry}[];
  contexts: {name: string; context: ContextEntry}[];
  preferences?: object;
}

const empty = (): Kubeconfig => ({apiVersion: 'v1', kind: 'Config', 'current-context': '', clusters: [], users: [], contexts: []});

const homePath = (env: Pick<KubectlEnv, 'variables'>): string => env.variables['HOME'] ?? '~';

/** The files of $KUBECONFIG in order of precedence, else ~/.kube/config. */
function listedPaths(variables: KubectlEnv['variables']): string[] {
  const listed = (variables['KUBECONFIG'] ?? '').split(':').filter(Boolean);
  return listed.length > 0 ? [...new Set(listed)] : [`${homePath({variables})}/.kube/config`];
}

/** Files in order of precedence: --kubeconfig alone, else what the environment names. */
export function kubeconfigPaths(env: KubectlEnv, flags: Flags): string[] {
  const explicit = flags.string('kubeconfig');
  return explicit ? [explicit] : listedPaths(env.variables);
}

/** One file's configuration, or undefined where there is none. Throws Failure where it is no configuration. */
export function readKubeconfig(env: {files: Pick<KubectlEnv['files'], 'read'>}, path: string): Kubeconfig | undefined {
  const text = env.files.read(path);
  if (text === undefined) return undefined;
  try {
    const parsed = parseYaml(text) as Partial<Kubeconfig> | null;
    const config = {...empty(), ...parsed};
    return {...config, clusters: config.clusters ?? [], users: config.users ?? [], contexts: config.contexts ?? []};
  } catch (error) {
    throw new Failure(`error loading config file "${path}": yaml: ${(error as Error).message.split('\n')[0]}`);
  }
}

const missing = <T extends {name: string}>(have: readonly T[], more: readonly T[]): T[] =>
  more.filter(m => !have.some(h => h.name === m.name));

/** All files as one: the first to name a thing wins. A file that is not there yet says nothing: `kubectl config` writes it. */
export function loadKubeconfig(env: KubectlEnv, flags: Flags): Kubeconfig {
  return merge(env, kubeconfigPaths(env, flags));
}

function merge(env: {files: Pick<KubectlEnv['files'], 'read'>}, paths: readonly string[]): Kubeconfig {
  const merged = empty();
  for (const path of paths) {
    const next = readKubeconfig(env, path);
    if (!next) continue;
    merged['current-context'] ||= next['current-context'];
    merged.clusters.push(...missing(merged.clusters, next.clusters));
    merged.users.push(...missing(merged.users, next.users));
    merged.contexts.push(...missing(merged.contexts, next.contexts));
  }
  return merged;
}

/** Who a prompt says one is: user and namespace of the current context; files that cannot be read, or no context, come to nobody. */
export function currentContext(read: KubectlEnv['files']['read'], variables: KubectlEnv['variables']): {user: string; namespace: string} {
  try {
    const config = merge({files: {read}}, listedPaths(variables));
    const {user = '', namespace = 'default'} = config.contexts.find(c => c.name === config['current-context'])?.context ?? {};
    return {user, namespace};
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {user: '', namespace: 'default'};
  }
}

/** Writes a configuration back. Throws Failure where files cannot be written. */
export function saveKubeconfig(env: KubectlEnv, path: string, config: Kubeconfig): void {
  if (!env.files.write) throw new Failure(`open ${path}: read-only file system`);
  env.files.write(path, toYaml(config));
}

export interface ClientConfig {
  server: string;
  credentials: Credentials;
  /** As ApiRequest has it. */
  trusts: string | undefined;
  namespace: string;
  /** The namespace was asked for on the command line. */
  explicitNamespace: boolean;
  context: string;
}

const DEFAULT_SERVER = 'http://localhost:8080';

const invalidConfiguration = (why: string): BareFailure => new BareFailure(`Error in configuration: ${why}`);

/**
 * Commands that ask for their namespace before anything else. Then the whole configuration is checked at once, in other words.
 * upstream: client-go/tools/clientcmd DirectClientConfig ConfirmUsable
 */
const NAMESPACE_FIRST =
  /^kubectl (get|describe|delete|logs|exec|scale|rollout|label|annotate|patch|edit|events|taint|port-forward|attach|set (?!env)|create token|top pod|apply .|auth reconcile)/;

/** Throws what is wrong with the names that flags give, in the words of that check. */
function confirmUsable({contexts, clusters}: Kubeconfig, flags: Flags): void {
  const [context, cluster] = [flags.string('context'), flags.string('cluster')];
  const noContext = context !== '' && !contexts.some(c => c.name === context);
  const noCluster = cluster !== '' && !clusters.some(c => c.name === cluster);
  const wrong = [
    ...(noContext ? [`context was not found for specified context: ${context}`] : []),
    ...(noCluster ? [`no server found for cluster "${cluster}"`] : []),
  ];
  if (wrong.length > 1) throw invalidConfiguration(`\n${wrong.map(line => `* ${line}`).join('\n')}`);
  if (noContext) throw invalidConfiguration(wrong[0]!);
  if (noCluster) throw new Failure(wrong[0]!);
}

/** A flag sets aside what the file says; of the file, data goes before a path. Throws Failure where a path leads nowhere. */
function trustOf(env: KubectlEnv, flags: Flags, name: string, cluster: ClusterEntry = {}): string | undefined {
  const path = flags.string('certificate-authority');
  if (flags.changed('insecure-skip-tls-verify') ? flags.bool('insecure-skip-tls-verify') : !path && cluster['insecure-skip-tls-verify'])
    return ANYONE;
  if (!path && cluster['certificate-authority-data']) return cluster['certificate-authority-data'];
  const named = path || cluster['certificate-authority'];
  if (!named) return undefined;
  const text = env.files.read(named);
  if (text === undefined)
    throw new Failure(`unable to read certificate-authority ${named} for ${name} due to open ${named}: no such file or directory`);
  return text;
}

/** What somebody who is impersonated can have beside his name. */
const AS_MORE = ['as-uid', 'as-group', 'as-user-extra'];

/** What the files and flags come to for a command (`kubectl get`); flags win. Throws Failure where a name leads nowhere. */
export function clientConfig(env: KubectlEnv, flags: Flags, path: string): ClientConfig {
  const explicit = flags.string('kubeconfig');
  if (explicit && env.files.read(explicit) === undefined) throw new Failure(`stat ${explicit}: no such file or directory`);
  const config = loadKubeconfig(env, flags);
  if (NAMESPACE_FIRST.test(path)) confirmUsable(config, flags);
  const contextName = flags.string('context') || config['current-context'];
  const context = config.contexts.find(c => c.name === contextName)?.context;
  if (flags.string('context') && !context) throw new Failure(`context "${contextName}" does not exist`);
  if (contextName && !context) throw invalidConfiguration(`context was not found for specified context: ${contextName}`);
  const userName = flags.string('user') || context?.user || '';
  const user = config.users.find(u => u.name === userName)?.user;
  if (userName && !user) throw new Failure(`auth info "${userName}" does not exist`);
  if (!flags.string('as') && AS_MORE.some(name => flags.changed(name))) {
    throw new Failure(`requesting uid, groups or user-extra for ${userName} without impersonating a user`);
  }
  const clusterName = flags.string('cluster') || context?.cluster || '';
  const cluster = config.clusters.find(c => c.name === clusterName)?.cluster;
  if (flags.string('cluster') && !cluster) throw new Failure(`cluster "${clusterName}" does not exist`);
  const certificate = flags.string('client-certificate') || user?.['client-certificate-data'] || user?.['client-certificate'];
  const token = flags.string('token') || user?.token;
  const username = flags.string('username') || user?.username;
  const password = flags.string('password') || user?.password;
  return {
    server: flags.string('server') || cluster?.server || DEFAULT_SERVER,
    credentials: {
      ...(userName && {user: userName}),
      ...(token && {token}),
      ...(certificate && !flags.string('token') && {clientCertificate: certificate}),
      ...(username && {username}),
      ...(password && {password}),
    },
    trusts: trustOf(env, flags, clusterName, cluster),
    namespace: flags.string('namespace') || context?.namespace || 'default',
    explicitNamespace: flags.changed('namespace'),
    context: contextName,
  };
}
