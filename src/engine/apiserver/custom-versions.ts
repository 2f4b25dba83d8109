/**
 * Custom resources between the store and a request: each version has a schema of its own, and what goes from one to the other loses what the other does not know.
 * Nothing else is converted, for that takes a webhook.
 * upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/{customresource_handler.go,schema_coercer.go,conversion/nop_converter.go}
 */
import {apiVersionOf, parseApiVersion} from '../api/group-version.ts';
import type {Kind} from '../api/kinds.ts';
import type {KubeObject} from '../api/types.ts';
import {definitionBehind, kindIn, schemaOf} from './resources.ts';
import {pruned, withDefaults} from './validation/custom/conform.ts';
import {type Schema, withoutOwn} from './validation/custom/schema.ts';

/** The schema for whole objects, with the fields that every object has; undefined: nothing is known of them. */
function rootOf(kind: Kind): Schema | undefined {
  const schema = schemaOf(kind) as Schema | undefined;
  return schema && {...schema, properties: withoutOwn(schema), 'x-kubernetes-embedded-resource': true};
}

function converted<T extends KubeObject>(object: T, to: Kind): T {
  const apiVersion = apiVersionOf(to);
  if (object.apiVersion === apiVersion || object.kind !== to.kind) return object;
  const root = rootOf(to);
  return (root ? pruned(root, {...object, apiVersion}) : {...object, apiVersion}) as T;
}

/** What has been read of an object in a version, as long as the object and the row of that version are the same. */
const views = new WeakMap<KubeObject, Map<Kind, KubeObject>>();
const seen = new WeakSet<KubeObject>();

/** A stored object as a request sees it, in its version: first by the schema it was stored under, whose defaults it gets. Objects of built-in kinds are themselves, and what has been read already. */
export function asRead<T extends KubeObject>(kind: Kind, stored: T): T {
  if (!definitionBehind(kind) || stored.kind !== kind.kind || seen.has(stored)) return stored;
  let known = views.get(stored);
  if (!known) views.set(stored, (known = new Map()));
  let view = known.get(kind);
  if (!view) {
    const root = rootOf(kindIn(kind, parseApiVersion(stored.apiVersion).version));
    const own = root ? (withDefaults(root, pruned(root, stored)) as T) : stored;
    known.set(kind, (view = converted(own, kind)));
    seen.add(view);
  }
  return view as T;
}

/** An object of a request as it is kept: in the version that the definition stores. Objects of built-in kinds are themselves. */
export function asStored<T extends KubeObject>(kind: Kind, object: T): T {
  const version = definitionBehind(kind)?.spec.versions.find(({storage}) => storage)?.name;
  return version === undefined ? object : converted(object, kindIn(kind, version));
}
