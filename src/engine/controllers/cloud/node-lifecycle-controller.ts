/** Asks the provider about nodes that have gone silent: one that is shut down gets a taint, one that is no more is deleted. upstream: k8s.io/cloud-provider/controllers/nodelifecycle */
import {isConditionTrue} from '../../api/conditions.ts';
import type {Node, Stored} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';
import {cloudOf} from './cloud.ts';
import {cloudController} from './cloud-controller.ts';

const SHUTDOWN_TAINT = {key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule'} as const;

/** --node-monitor-period */
const MONITOR_PERIOD_MS = 5_000;

const isReady = ({status}: Node): boolean => isConditionTrue(status?.conditions, 'Ready');

function setTaint(ctx: ComponentContext, {metadata, spec}: Stored<Node>, shutdown: boolean): void {
  const taints = spec?.taints ?? [];
  const present = taints.some(({key}) => key === SHUTDOWN_TAINT.key);
  if (present === shutdown) return;
  const others = taints.filter(({key}) => key !== SHUTDOWN_TAINT.key);
  const wanted = shutdown ? [...others, SHUTDOWN_TAINT] : others;
  ctx.client.patch('nodes', '', metadata.name, 'merge', {spec: {taints: wanted.map(taint => ({...taint}))}});
}

function judge(ctx: ComponentContext, node: Stored<Node>): void {
  const {name} = node.metadata;
  if (isReady(node)) {
    setTaint(ctx, node, false);
    return;
  }
  const state = cloudOf(ctx.tx).instance(name);
  if (state === 'gone') {
    ctx.events.event(node, 'Normal', 'DeletingNode', `Deleting node ${name} because it does not exist in the cloud provider`);
    ctx.client.delete('nodes', '', name);
  } else setTaint(ctx, node, state === 'shutdown');
}

function monitor(ctx: ComponentContext): void {
  for (const node of ctx.lister<Node>('nodes').list()) judge(ctx, node);
  ctx.after(MONITOR_PERIOD_MS, 'monitor', null, {key: '', periodic: true});
}

export const cloudNodeLifecycleController = cloudController({
  name: 'cloud-node-lifecycle-controller',
  account: 'node-controller',
  watches: [{resource: 'nodes'}],
  start: ctx => ctx.after(MONITOR_PERIOD_MS, 'monitor', null, {key: '', periodic: true}),
  timers: {monitor},
});
