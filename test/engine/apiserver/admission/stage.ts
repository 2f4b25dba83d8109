/** One plugin alone, over a few objects: what it makes of a request. */
import {byGroupResource, gvk, kindOf} from '../../../../src/engine/api/kinds.ts';
import type {KubeObject, UserInfo} from '../../../../src/engine/api/types.ts';
import {mutate, validate} from '../../../../src/engine/apiserver/admission/chain.ts';
import type {AdmissionConfig} from '../../../../src/engine/apiserver/admission/config.ts';
import {enabledPlugins, PLUGINS} from '../../../../src/engine/apiserver/admission/plugins.ts';
import type {AdmissionContext, Attributes, Operation} from '../../../../src/engine/apiserver/admission/types.ts';
import {ALLOW, NO_OPINION} from '../../../../src/engine/apiserver/authorization/types.ts';

export interface Asked {
  plugin: string;
  config?: AdmissionConfig;
  store?: KubeObject[];
  operation?: Operation;
  /** `pods`, `pods/binding`, `priorityclasses.scheduling.k8s.io`. */
  resource?: string;
  object?: object;
  old?: object;
  user?: UserInfo;
  /** What the user may also do, as `verb resource/name`. */
  may?: string[];
}

export interface Outcome {
  object?: any;
  refused?: string;
  code?: number;
  warnings: string[];
  written: KubeObject[];
  audit: Record<string, string>;
}

/** Runs both phases of one plugin. */
export function ask(asked: Asked): Outcome {
  const {plugin: name, config = {}, store = [], operation = 'CREATE', resource = 'pods', object, old, may = []} = asked;
  const [qualified = '', subresource = ''] = resource.split('/');
  const [plural = '', ...group] = qualified.split('.');
  const kind = byGroupResource(group.join('.'), plural)!;
  const others = PLUGINS.map(row => row.name).filter(row => row !== name);
  const [plugin] = enabledPlugins([name], others, config);
  const outcome: Outcome = {warnings: [], written: [], audit: {}};
  const named = (object ?? old) as KubeObject;
  const context: AdmissionContext = {
    get: (wanted, namespace, objectName) =>
      store.find(o => resourceOf(o) === wanted && (o.metadata.namespace ?? '') === namespace && o.metadata.name === objectName) as never,
    list: (wanted, namespace) =>
      store.filter(o => resourceOf(o) === wanted && (!namespace || o.metadata.namespace === namespace)) as never[],
    updateStatus: (_resource, written) => outcome.written.push(written),
    create: (_resource, written) => outcome.written.push(written),
    authorize: wish =>
      may.includes(`${wish.verb} ${wish.path ?? `${wish.resource}/${wish.name ?? ''}`}${wish.user ? ` as ${wish.user.username}` : ''}`)
        ? ALLOW
        : NO_OPINION,
    now: 0,
    randomSuffix: () => 'xxxxx',
    warn: text => outcome.warnings.push(text),
    audit: (key, value) => {
      outcome.audit[key] = value;
    },
  };
  const attributes: Attributes = {
    operation,
    kind: gvk(kind),
    resource: {group: kind.group, version: kind.version, resource: kind.resource},
    subresource,
    namespace: named.metadata?.namespace ?? (kind.namespaced ? 'default' : ''),
    name: named.metadata?.name ?? '',
    object: object as KubeObject | undefined,
    oldObject: old as KubeObject | undefined,
    user: asked.user ?? {username: 'ann', groups: ['system:authenticated']},
    dryRun: false,
  };
  const mutation = mutate([plugin!], attributes, context, true);
  const denied = mutation.denied ?? validate([plugin!], {...attributes, object: mutation.object}, context, true).denied;
  outcome.object = mutation.object;
  return denied ? {...outcome, refused: denied.error.message, code: denied.error.code} : outcome;
}

/** A kind of the past has the plural that its name suggests. */
const resourceOf = (object: KubeObject): string => kindOf(object)?.resource ?? `${object.kind?.toLowerCase()}s`;

export const pod = (spec: object = {}, metadata: object = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'web', namespace: 'default', ...metadata},
    spec: {containers: [{name: 'app', image: 'nginx'}], ...spec},
  }) as KubeObject;

export const object = (apiVersion: string, kind: string, metadata: object, more: object = {}): KubeObject =>
  ({apiVersion, kind, metadata, ...more}) as KubeObject;
