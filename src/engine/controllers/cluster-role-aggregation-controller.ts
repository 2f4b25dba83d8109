/** Fills cluster roles that are sums of others. upstream: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go */
import {equalJson} from '../api/clone.ts';
import {matches, selectorFrom} from '../api/labels.ts';
import type {KubeObject, rbac, Stored} from '../api/types.ts';
import {controller} from './common/controller.ts';
import {tell} from './common/tell.ts';

type ClusterRole = rbac.ClusterRole & KubeObject;

export const clusterRoleAggregationController = controller({
  name: 'clusterrole-aggregation-controller',
  watches: [
    {
      resource: 'clusterroles',
      on(ctx) {
        for (const role of ctx.lister<ClusterRole>('clusterroles').list()) if (role.aggregationRule) ctx.queue.add(role.metadata.name);
      },
    },
  ],
  reconcile(ctx, name) {
    const roles = ctx.lister<ClusterRole>('clusterroles');
    const sum = roles.get('', name);
    if (!sum?.aggregationRule) return;
    const rules: rbac.PolicyRule[] = [];
    const take = (part: Stored<ClusterRole>): void => {
      for (const rule of part.rules ?? []) if (!rules.some(known => equalJson(known, rule))) rules.push(rule);
    };
    const parts = roles.list().filter(role => role.metadata.name !== name);
    for (const selector of sum.aggregationRule.clusterRoleSelectors ?? [])
      parts.filter(part => matches(selectorFrom(selector), part.metadata.labels)).forEach(take);
    const same = rules.length === (sum.rules ?? []).length && rules.every(rule => sum.rules!.some(known => equalJson(known, rule)));
    if (same) return;
    ctx.client.update<ClusterRole>('clusterroles', {...sum, rules});
    tell(ctx, 'act', `clusterrole/${name}`, () => `now the sum of ${rules.length} rules`);
  },
});
