/** What a command has at hand while it runs. */
import {type Kind, resolve} from '../engine/api/kinds.ts';
import {type Client, createClient} from './client.ts';
import {Failure, noSuchResourceType} from './failure.ts';
import type {Flags, FlagTable} from './flags.ts';
import {type ClientConfig, clientConfig} from './kubeconfig.ts';
import {discover} from './mapper.ts';
import type {ListQuery, Reader} from './reader.ts';
import type {Effects, KubectlEnv} from './types.ts';

export interface Context {
  readonly env: KubectlEnv;
  /** `kubectl create deployment` */
  readonly path: string;
  readonly args: readonly string[];
  readonly flags: Flags;
  /** Index into args of the first behind `--`, or -1. */
  readonly dash: number;
  /** The command line's words. */
  readonly argv: readonly string[];
  /** Read from kubeconfig and flags when first needed. Throws Failure. */
  readonly config: ClientConfig;
  readonly client: Client;
  /** Milliseconds since 1970. */
  now(): number;
  /** All resources of the server. */
  kinds(fresh?: boolean): Effects<readonly Kind[]>;
  /** The resource that a word means. Throws Failure when there is none. */
  kind(word: string): Effects<Kind>;
  /** Reads objects, as describers do. */
  readonly reader: Reader;
}

export interface ContextOptions extends Pick<Context, 'env' | 'path' | 'args' | 'flags' | 'dash' | 'argv'> {
  /** The command's own flags: `create rolebinding --user` is not the kubeconfig's user. */
  readonly own: FlagTable;
}

/** The flags less those that a command has taken for itself. */
const without = (flags: Flags, own: FlagTable): Flags => ({...flags, string: name => (name in own ? '' : flags.string(name))});

export function createContext(options: ContextOptions): Context {
  const {env, flags, path} = options;
  const cache = env.cache ?? {};
  let config: ClientConfig | undefined;
  let client: Client | undefined;
  const context: Context = {
    ...options,
    now: () => env.now(),
    get config() {
      return (config ??= clientConfig(env, without(flags, options.own), path));
    },
    get client() {
      return (client ??= createClient(context.config, flags, path, () => env.now()));
    },
    kinds: fresh => discover(context.client, cache, env.now(), fresh),
    *kind(word) {
      const found = resolve(word, yield* context.kinds()) ?? resolve(word, yield* context.kinds(true));
      if (!found) throw new Failure(noSuchResourceType(word));
      return found;
    },
    reader: {
      *list<T>(apiVersion: string, resource: string, query: ListQuery = {}) {
        const {namespace = '', labelSelector, fieldSelector} = query;
        const list = yield* context.client.get<{items?: T[]}>(
          {kind: yield* known(apiVersion, resource), namespace},
          {query: {labelSelector, fieldSelector, limit: '500'}},
        );
        return list.items ?? [];
      },
      *get<T>(apiVersion: string, resource: string, namespace: string, name: string) {
        return yield* context.client.get<T>({kind: yield* known(apiVersion, resource), namespace, name});
      },
    },
  };
  function* known(apiVersion: string, resource: string): Effects<Kind> {
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
    const found = (yield* context.kinds()).find(k => k.group === group && k.resource === resource);
    if (!found) throw new Failure(noSuchResourceType(resource));
    return found;
  }
  return context;
}
