/** Gives every Node its share of the pods' addresses. upstream: pkg/controller/nodeipam/ipam/range_allocator.go */
import {addressAt, cidrSize, formatCidr, inCidr, parseCidr} from '../../api/ip.ts';
import type {Node} from '../../api/types.ts';
import {networkSettings} from '../../client/network-settings.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {controller} from '../common/controller.ts';
import {tell} from '../common/tell.ts';

/** --node-cidr-mask-size */
const NODE_CIDR_MASK = 24;
export const NODE_IPAM_CONTROLLER = 'node-ipam-controller';
const CIDR_NOT_AVAILABLE = 'CIDRNotAvailable';

/** Memory: which node holds a block, by the block; and where the search for the next one begins. */
const HELD = 'held';
const NEXT = 'next';

interface Holder {
  readonly node: string;
}

const hold = (ctx: ComponentContext, block: string, node: string): void => ctx.memory.put<Holder>(HELD, block, {node});

/** The first free block from the one after the last given, round to the beginning; undefined when all are held. */
function nextBlock(ctx: ComponentContext): string | undefined {
  const cluster = parseCidr(networkSettings(ctx.tx).clusterCIDR)!;
  const size = cidrSize({...cluster, prefix: NODE_CIDR_MASK});
  const count = Number(cidrSize(cluster) / size);
  const start = ctx.memory.get<{index: number}>(NEXT, '')?.index ?? 0;
  for (let i = 0; i < count; i++) {
    const index = (start + i) % count;
    const block = formatCidr({...cluster, base: addressAt(cluster, BigInt(index) * size).value, prefix: NODE_CIDR_MASK});
    if (ctx.memory.get(HELD, block)) continue;
    ctx.memory.put(NEXT, '', {index: (index + 1) % count});
    return block;
  }
  return undefined;
}

function onNode(ctx: ComponentContext, {type, object}: WatchEvent): void {
  const {metadata, spec} = object as unknown as Node;
  const block = spec?.podCIDR;
  if (type === 'DELETED') {
    if (block) ctx.memory.delete(HELD, block);
  } else if (!block) ctx.queue.add(metadata.name!);
  else if (inCidr(block.split('/')[0]!, networkSettings(ctx.tx).clusterCIDR) && !ctx.memory.get(HELD, block))
    hold(ctx, block, metadata.name!);
}

function reconcile(ctx: ComponentContext, name: string): void {
  const node = ctx.lister<Node>('nodes').get('', name);
  if (!node || node.spec?.podCIDR) return;
  const block = nextBlock(ctx);
  if (!block) {
    ctx.events.event(node, 'Normal', CIDR_NOT_AVAILABLE, `Node ${name} status is now: ${CIDR_NOT_AVAILABLE}`);
    throw new Error('CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range');
  }
  ctx.client.patch('nodes', '', name, 'strategic', {spec: {podCIDR: block, podCIDRs: [block]}});
  hold(ctx, block, name);
  tell(ctx, 'act', `node/${name}`, () => `pods of this node get addresses of ${block}`);
}

export const nodeIpamController = controller({
  name: NODE_IPAM_CONTROLLER,
  account: 'node-controller',
  watches: [{resource: 'nodes', on: onNode}],
  reconcile,
});
