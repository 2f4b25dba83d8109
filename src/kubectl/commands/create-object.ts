/** One object made from flags alone: created, or shown under a dry run. */
import type {KubeObject} from '../../engine/api/types.ts';
import {type Info, inNamespace} from '../builder.ts';
import type {Context} from '../context.ts';
import {dryRunOf, dryRunQuery, printDone} from '../output.ts';
import type {Effects} from '../types.ts';

/** `done` is what is said of it. Throws ApiError. */
export function* createObject(context: Context, kindName: string, object: KubeObject, done: string, manager: string): Effects<void> {
  const kind = yield* context.kind(kindName);
  const wanted = inNamespace(context, kind, object);
  const info: Info = {
    kind,
    version: kind.version,
    namespace: wanted.metadata.namespace ?? '',
    name: wanted.metadata.name ?? '',
    object: wanted,
  };
  if (dryRunOf(context) === 'client') {
    // What nobody sends has the namespace only where a service's was asked for.
    const {namespace: _, ...metadata} = wanted.metadata;
    const keeps = kindName === 'services' && context.config.explicitNamespace;
    yield* printDone(context, keeps ? info : {...info, object: {...wanted, metadata}}, done);
    return;
  }
  const {name: _, ...place} = info;
  const created = yield* context.client.create<KubeObject>(place, wanted, {query: {fieldManager: manager, dryRun: dryRunQuery(context)}});
  yield* printDone(context, {...info, object: created}, done);
}
