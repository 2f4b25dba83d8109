/** The two phases of admission of one request. */

import {timeText} from '../api/clock.ts';
import {shareJson} from '../api/clone.ts';
import {randomSuffix} from '../api/names.ts';
import type {KubeObject} from '../api/types.ts';
import {type AdmissionStep, type Denied, mutate, validate} from './admission/chain.ts';
import {enabledPlugins} from './admission/plugins.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from './admission/types.ts';
import {authorize} from './authorization/union.ts';
import {collection} from './collections.ts';
import {type ServerConfig, serverConfig} from './config.ts';
import {authorizers, policyOf} from './gates.ts';
import {newUid} from './identity.ts';
import {readObject, type StoredObject, storeNew, storeUpdate} from './registry.ts';
import {parameter, type StageName, type Walk} from './request.ts';
import {findNamed, resourceNamed, storagePrefix} from './resources.ts';

/** Returns the object as the mutating plugins leave it: a mutable copy. Throws ApiError where one refuses. */
export function admitMutating(walk: Walk, attributes: Attributes): KubeObject {
  const {object, steps, denied} = mutate(plugins(walk), attributes, contextOf(walk), walk.tx.noting);
  tell(walk, 'mutating-admission', steps, denied);
  return object!;
}

/** Throws ApiError where a plugin refuses. A deletion passes both phases here. */
export function admitValidating(walk: Walk, attributes: Attributes): void {
  const context = contextOf(walk);
  if (attributes.operation === 'DELETE') {
    const {steps, denied} = mutate(plugins(walk), attributes, context, walk.tx.noting);
    tell(walk, 'mutating-admission', steps, denied);
  }
  const {steps, denied} = validate(plugins(walk), attributes, context, walk.tx.noting);
  tell(walk, 'validating-admission', steps, denied);
}

/** Both phases for what is posted to a subresource (a Binding, an Eviction, a TokenRequest): what it becomes. Throws ApiError where a plugin refuses. */
export function admitSubresource<T extends KubeObject>(walk: Walk, object: T): T {
  const {info, kind} = walk;
  object.metadata ??= {};
  const sub = kind.subresources.find(({name}) => name === info.subresource)!;
  const attributes: Attributes = {
    operation: 'CREATE',
    kind: {group: sub.group, version: sub.version, kind: sub.kind},
    resource: {group: kind.group, version: info.apiVersion, resource: kind.resource},
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    object,
    oldObject: undefined,
    user: walk.user,
    dryRun: parameter(walk.request, 'dryRun') !== '',
  };
  const admitted = admitMutating(walk, attributes);
  admitValidating(walk, {...attributes, object: admitted});
  return admitted as T;
}

/** What each plugin changed last: it does much the same to most objects. */
const lastPatches = new Map<string, AdmissionStep['patches']>();

function likeTheLast(plugin: string, patches: AdmissionStep['patches']): AdmissionStep['patches'] {
  const shared = shareJson(patches, lastPatches.get(plugin));
  lastPatches.set(plugin, shared);
  return shared;
}

/** A stage of its own for each plugin that did something; those with nothing to say stand together. */
function tell(walk: Walk, stage: StageName, steps: readonly AdmissionStep[], denied: Denied | undefined): void {
  const quiet = steps.filter(({verdict}) => verdict === 'ok').map(({plugin}) => plugin);
  if (quiet.length > 0) walk.stage(stage, 'ok', quiet.join(', '));
  for (const {plugin, verdict, patches} of steps)
    if (verdict === 'changed') walk.stage(stage, 'changed', plugin, likeTheLast(plugin, patches));
  if (!denied) return;
  walk.stage(stage, 'denied', `${denied.plugin}: ${denied.error.message}`);
  throw denied.error;
}

const chains = new WeakMap<ServerConfig, readonly AdmissionPlugin[]>();

function plugins({tx}: Walk): readonly AdmissionPlugin[] {
  const config = serverConfig(tx);
  let chain = chains.get(config);
  if (!chain) {
    const {enable, disable, plugins: configuration} = config.admission;
    chains.set(config, (chain = enabledPlugins(enable, disable, configuration)));
  }
  return chain;
}

/** What the plugins may look at, and do on the server's own behalf. */
function contextOf(walk: Walk): AdmissionContext {
  const {tx} = walk;
  return {
    now: tx.now,
    get<T extends KubeObject>(resource: string, namespace: string, name: string): T | undefined {
      return readObject(tx, resourceNamed(tx, resource), namespace, name) as unknown as T | undefined;
    },
    list<T extends KubeObject>(resource: string, namespace = ''): T[] {
      const kind = findNamed(tx, resource);
      return kind ? (collection<T>(tx, `${storagePrefix(kind)}${namespace && `${namespace}/`}`) as T[]) : [];
    },
    updateStatus(resource, object) {
      const kind = resourceNamed(tx, resource);
      const before = readObject(tx, kind, object.metadata.namespace ?? '', object.metadata.name ?? '')!;
      storeUpdate(
        quiet(walk),
        kind,
        object,
        {...before, metadata: {...before.metadata, resourceVersion: object.metadata.resourceVersion!}},
        false,
      );
    },
    create(resource, object) {
      const metadata = {...object.metadata, uid: newUid(tx), creationTimestamp: timeText(tx.now)};
      storeNew(quiet(walk), resourceNamed(tx, resource), {...object, metadata} as StoredObject, false);
    },
    authorize: wish =>
      authorize(
        authorizers(serverConfig(tx)),
        {user: walk.user, isResourceRequest: wish.path === undefined, ...ABOUT_NOTHING, ...wish},
        policyOf(tx),
      ),
    randomSuffix: () => randomSuffix(() => tx.random()),
    warn: text => {
      walk.warnings.push(text);
    },
    audit: (key, value) => walk.stage('audit', 'ok', `${key}=${value}`),
  };
}

const ABOUT_NOTHING = {apiGroup: '', resource: '', subresource: '', namespace: '', name: '', path: ''};

/** The server's own writes are no stages of the request. */
const quiet = (walk: Walk): Walk => ({...walk, request: {...walk.request, client: 'kube-apiserver'}, commits: [], stage() {}});
