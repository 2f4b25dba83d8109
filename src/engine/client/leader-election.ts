/**
 * One of several equal programs leads: the one whose name stands in a Lease, as long as it renews it. upstream: client-go/tools/leaderelection/leaderelection.go
 */
import {ApiError, type Lease, type Stored, type UserInfo} from '../api/types.ts';
import type {Tx} from '../machine/types.ts';
import {ownerOf} from './context.ts';
import {readMemory} from './memory.ts';
import {restart} from './processes.ts';
import type {Component, ComponentContext} from './types.ts';

const LEASE_DURATION_SECONDS = 15;
const RENEW_DEADLINE_MS = 10_000;
const RETRY_PERIOD_MS = 2000;
const JITTER_FACTOR = 1.2;
const NAMESPACE = 'kube-system';

/** What a candidate remembers: the lease as it last saw it change, and when. */
interface Observation {
  lease: Stored<Lease>;
  /** Virtual milliseconds, by its own clock: other clocks are not trusted. */
  at: number;
  leading: boolean;
}

export interface Candidates {
  /** Name of the Lease and of the program whose loops they speak for. */
  program: string;
  user: UserInfo;
  /** The components whose loops turn only where it leads: each asks `leads` before it watches. */
  loops: readonly string[];
}

/** The machine of the first candidate; others have their own name for an instance. */
export const CONTROL_PLANE = 'control-plane';

const identityOf = (instance: string): string => instance || CONTROL_PLANE;

const electorOf = (program: string): string => `${program}-elector`;

/** The elector of a program: a component that holds its Lease. */
export const leaderElector = ({program, user, loops}: Candidates): Component => ({
  name: electorOf(program),
  process: program,
  user: () => user,
  standby: true,
  watches: [],
  start(ctx) {
    ctx.memory.delete('observed', '');
    tryAcquireOrRenew(ctx, program);
  },
  timers: {
    retry(ctx) {
      const led = leads(ctx.tx, program, ctx.instance);
      tryAcquireOrRenew(ctx, program);
      // Who has won begins to work, who has lost begins anew as a candidate.
      if (leads(ctx.tx, program, ctx.instance) !== led) for (const loop of loops) restart(ctx.tx, ownerOf(loop, ctx.instance));
    },
  },
});

/** A loop that turns only where its program leads. */
export const ledBy = (program: string, loop: Component): Component => ({
  ...loop,
  standby: true,
  mayWatch: ({tx, instance}) => leads(tx, program, instance),
});

/** Whether the candidate on this instance believes that the program's Lease is its own. */
export const leads = (tx: Tx, program: string, instance: string): boolean =>
  readMemory(tx, ownerOf(electorOf(program), instance)).get<Observation>('observed', '')?.lease.spec?.holderIdentity ===
  identityOf(instance);

const observed = (ctx: ComponentContext): Observation | undefined => ctx.memory.get<Observation>('observed', '');

function tryAcquireOrRenew(ctx: ComponentContext, program: string): void {
  const identity = identityOf(ctx.instance);
  let leading = false;
  try {
    leading = renew(ctx, identity) || acquire(ctx, program, identity);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Refused or unreachable: it leads on until the deadline, for nobody else may take over before the lease has run out.
    const known = observed(ctx);
    leading = Boolean(known?.leading) && ctx.now - known!.at < RENEW_DEADLINE_MS;
    if (known && known.leading !== leading) ctx.memory.put<Observation>('observed', '', {...known, leading});
  }
  const soon = leading ? RETRY_PERIOD_MS : RETRY_PERIOD_MS * (1 + JITTER_FACTOR * ctx.random());
  ctx.after(soon, 'retry', null, {key: '', periodic: true});
}

/** The leader writes over what it wrote last, without looking: a conflict would tell it that it leads no more. */
function renew(ctx: ComponentContext, identity: string): boolean {
  const known = observed(ctx);
  if (!known?.leading) return false;
  const {acquireTime, leaseTransitions} = known.lease.spec!;
  try {
    return lead(ctx, put(ctx, known.lease, specFor(ctx, identity, acquireTime!, leaseTransitions!)), identity, true);
  } catch (error) {
    if (error instanceof ApiError && error.code === 409) return false;
    throw error;
  }
}

function acquire(ctx: ComponentContext, program: string, identity: string): boolean {
  const lease = read(ctx, program);
  // 1. Nobody has ever led.
  if (!lease) return lead(ctx, create(ctx, program, specFor(ctx, identity, ctx.microTime(), 0)), identity, false);
  // 2. Somebody else leads, and has shown it not long ago.
  const {holderIdentity, renewTime, acquireTime, leaseTransitions = 0} = lease.spec ?? {};
  const known = observed(ctx);
  const unchanged = known?.lease.spec?.renewTime === renewTime && known?.lease.spec?.holderIdentity === holderIdentity;
  if (!unchanged) ctx.memory.put<Observation>('observed', '', {lease, at: ctx.now, leading: false});
  const isOurs = holderIdentity === identity;
  if (holderIdentity && !isOurs && (unchanged ? known!.at : ctx.now) + LEASE_DURATION_SECONDS * 1000 > ctx.now) return false;
  // 3. Ours, or nobody's any more.
  const spec = isOurs
    ? specFor(ctx, identity, acquireTime!, leaseTransitions)
    : specFor(ctx, identity, ctx.microTime(), leaseTransitions + 1);
  return lead(ctx, put(ctx, lease, spec), identity, isOurs);
}

const specFor = (ctx: ComponentContext, holderIdentity: string, acquireTime: string, leaseTransitions: number): Lease['spec'] => ({
  holderIdentity,
  leaseDurationSeconds: LEASE_DURATION_SECONDS,
  acquireTime,
  renewTime: ctx.microTime(),
  leaseTransitions,
});

function read(ctx: ComponentContext, program: string): Stored<Lease> | undefined {
  try {
    return ctx.client.get<Lease>('leases', NAMESPACE, program);
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}

const create = (ctx: ComponentContext, name: string, spec: Lease['spec']): Stored<Lease> =>
  ctx.client.create<Lease>('leases', {apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: {name, namespace: NAMESPACE}, spec});

const put = (ctx: ComponentContext, lease: Stored<Lease>, spec: Lease['spec']): Stored<Lease> =>
  ctx.client.update<Lease>('leases', {...lease, spec});

function lead(ctx: ComponentContext, lease: Stored<Lease>, identity: string, before: boolean): true {
  ctx.memory.put<Observation>('observed', '', {lease, at: ctx.now, leading: true});
  if (!before) ctx.events.event(lease, 'Normal', 'LeaderElection', `${identity} became leader`);
  return true;
}
