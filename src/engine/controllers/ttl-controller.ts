/** Tells every kubelet for how long it may believe a secret it has read: the larger the cluster, the longer. upstream: pkg/controller/ttl/ttl_controller.go */
import type {Node} from '../api/types.ts';
import type {ComponentContext, WatchEvent} from '../client/types.ts';
import {ignoring} from './common/claim.ts';
import {controller} from './common/controller.ts';

const TTL_ANNOTATION = 'node.alpha.kubernetes.io/ttl';

/** Sizes of the cluster at which a step is entered from above and from below, and its seconds. They overlap, lest it waver. */
const boundaries = [
  {min: 0, max: 100, seconds: 0},
  {min: 90, max: 500, seconds: 15},
  {min: 450, max: 1000, seconds: 30},
  {min: 900, max: 2000, seconds: 60},
  {min: 1800, max: Number.POSITIVE_INFINITY, seconds: 300},
] as const;

/** What is remembered of the cluster: its size, and which step it is on. */
interface Size {
  nodes: number;
  step: number;
}

const SIZE = 'size';

const sizeOf = (ctx: ComponentContext): Size => ctx.memory.get<Size>(SIZE, '') ?? {nodes: 0, step: 0};

export const ttlController = controller({
  name: 'ttl-controller',
  watches: [{resource: 'nodes', on: onNode}],
  start: ctx => ctx.memory.put<Size>(SIZE, '', {nodes: 0, step: 0}),
  reconcile(ctx, name) {
    const node = ctx.lister<Node>('nodes').get('', name);
    const wanted = String(boundaries[sizeOf(ctx).step]!.seconds);
    if (!node || node.metadata.annotations?.[TTL_ANNOTATION] === wanted) return;
    ignoring([404], () => ctx.client.patch('nodes', '', name, 'strategic', {metadata: {annotations: {[TTL_ANNOTATION]: wanted}}}));
  },
});

function onNode(ctx: ComponentContext, {type, object, old}: WatchEvent): void {
  if (type !== 'MODIFIED') {
    const {nodes, step} = sizeOf(ctx);
    const now = nodes + (type === 'ADDED' ? 1 : -1);
    const {min, max} = boundaries[step]!;
    ctx.memory.put<Size>(SIZE, '', {nodes: now, step: now > max ? step + 1 : now < min ? step - 1 : step});
  }
  const annotation = ({metadata}: {metadata: {annotations?: Record<string, string>}}) => metadata.annotations?.[TTL_ANNOTATION];
  if (type === 'ADDED' || (type === 'MODIFIED' && annotation(object) !== (old && annotation(old)))) ctx.queue.add(object.metadata.name);
}
