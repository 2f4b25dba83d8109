/**
 * Counts afresh what a namespace uses. Admission charges quotas as objects come; only this loop gives back what has gone.
 * upstream: pkg/controller/resourcequota/resource_quota_controller.go
 */
import {EPOCH} from '../api/clock.ts';
import {equalJson} from '../api/clone.ts';
import {byResource} from '../api/kinds.ts';
import {addResourceList, printResourceList, type Quantities} from '../api/pod-resources.ts';
import {isPodTerminal} from '../api/pods.ts';
import {ZERO} from '../api/quantity.ts';
import type {KubeObject, Pod, ResourceQuota, Stored} from '../api/types.ts';
import {evaluatorFor} from '../apiserver/admission/quota/evaluators.ts';
import {isTerminating} from '../apiserver/admission/quota/pods.ts';
import {scopesOf} from '../apiserver/admission/resource-quota.ts';
import {keyOf, splitKey} from '../client/keys.ts';
import type {ComponentContext, WatchEvent} from '../client/types.ts';
import {controller} from './common/controller.ts';
import {tell} from './common/tell.ts';
import {monitored} from './garbagecollector/resources.ts';

const RESYNC_PERIOD_MS = 5 * 60_000;

/** What can be counted: all that lives in namespaces. */
const counted = monitored.filter(resource => byResource(resource)!.namespaced);

export const resourceQuotaController = controller({
  name: 'resourcequota-controller',
  watches: counted.map(resource => ({resource, on: (ctx, event) => observe(ctx, resource, event)})),
  start: ctx => ctx.after(RESYNC_PERIOD_MS, 'resync', null, {key: '', periodic: true}),
  timers: {
    resync(ctx) {
      for (const quota of ctx.lister<ResourceQuota>('resourcequotas').list()) ctx.queue.add(keyOf(quota));
      ctx.after(RESYNC_PERIOD_MS, 'resync', null, {key: '', periodic: true});
    },
  },
  reconcile,
});

function observe(ctx: ComponentContext, resource: string, {type, object, old}: WatchEvent): void {
  if (resource === 'resourcequotas' && type !== 'DELETED') {
    if (!equalJson(old?.['spec'], object['spec']) || !object['status']) ctx.queue.add(keyOf(object));
  } else if (type === 'DELETED' || gaveBack(resource, object, old)) {
    for (const quota of ctx.lister<ResourceQuota>('resourcequotas').list(object.metadata.namespace)) ctx.queue.add(keyOf(quota));
  }
}

/** Changes that free something or move it under another quota: a pod that has ended or has got a deadline, a service that needs less, a claim that grew or has another class. */
function gaveBack(resource: string, object: KubeObject, old: KubeObject | undefined): boolean {
  if (!old) return false;
  if (resource === 'pods') {
    const [pod, before] = [object as Pod, old as Pod];
    return (isPodTerminal(pod) && !isPodTerminal(before)) || isTerminating(pod.spec!) !== isTerminating(before.spec!);
  }
  if (resource !== 'services' && resource !== 'persistentvolumeclaims') return false;
  return !equalJson(object['spec'], old['spec']) || (resource === 'persistentvolumeclaims' && !equalJson(object['status'], old['status']));
}

function reconcile(ctx: ComponentContext, key: string): void {
  const quota = ctx.lister<ResourceQuota>('resourcequotas').get(...splitKey(key));
  if (!quota) return;
  const hard = quota.spec?.hard ?? {};
  const used = printResourceList(calculateUsage(ctx, quota, Object.keys(hard)));
  if (equalJson(quota.status?.hard, hard) && equalJson(quota.status?.used, used)) return;
  ctx.client.update<ResourceQuota>('resourcequotas', {...quota, status: {hard, used}}, {subresource: 'status'});
  tell(
    ctx,
    'act',
    `resourcequota/${key}`,
    () =>
      `used: ${Object.entries(used)
        .map(([name, quantity]) => `${name} ${quantity} of ${hard[name]}`)
        .join(', ')}`,
  );
}

function calculateUsage(ctx: ComponentContext, quota: Stored<ResourceQuota>, limited: readonly string[]): Quantities {
  const used: Quantities = {};
  for (const resource of counted) {
    const evaluator = evaluatorFor(byResource(resource)!);
    const names = limited.filter(name => evaluator.matchesResource(name));
    if (names.length === 0) continue;
    for (const name of names) used[name] ??= ZERO;
    for (const object of ctx.lister(resource).list(quota.metadata.namespace)) {
      if (!scopesOf(quota).every(scope => evaluator.matchesScope(scope, object))) continue;
      const usage = evaluator.usage(object, EPOCH + ctx.now);
      addResourceList(used, Object.fromEntries(names.flatMap(name => (usage[name] ? [[name, usage[name]]] : []))));
    }
  }
  return used;
}
