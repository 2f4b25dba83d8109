/**
 * One of several equal programs leads: the one whose name stands in a Lease, as long as it renews it. Who cannot renew it any more exits, is started again, and
 * stands for election like everybody else. A scheduler that is asked to end gives its Lease back (ReleaseOnCancel); one that is stopped here is killed, and cannot.
 * upstream: client-go/tools/leaderelection/leaderelection.go, cmd/kube-controller-manager/app/controllermanager.go
 */
import {type BackoffEntry, backoffRemaining, crashLoopBackoff, nextBackoff} from '../api/backoff.ts';
import {sha256} from '../api/sha256.ts';
import {ApiError, type Lease, type Stored, type UserInfo} from '../api/types.ts';
import type {Tx} from '../machine/types.ts';
import {ownerOf} from './context.ts';
import {readMemory} from './memory.ts';
import {exitProgram, restart} from './processes.ts';
import type {Component, ComponentContext} from './types.ts';

const LEASE_DURATION_SECONDS = 15;
const RENEW_DEADLINE_MS = 10_000;
const RETRY_PERIOD_MS = 2000;
const JITTER_FACTOR = 1.2;
const NAMESPACE = 'kube-system';

/** What a program that loses its Lease logs before it exits with 1. */
export const LEADER_ELECTION_LOST = 'leaderelection lost';

/** Its kubelet sees at its next look that it has gone. upstream: pkg/kubelet/kubelet.go genericPlegRelistPeriod */
const NOTICED_AFTER_MS = 1000;

/** What a candidate remembers, in one of its lives. */
interface Candidacy {
  /** The name it writes into the Lease. */
  identity: string;
  /** It has won, and has not given up since. */
  leading: boolean;
  /** The lease as it last saw it change, and when: virtual milliseconds by its own clock, for other clocks are not trusted. */
  observed?: {lease: Stored<Lease>; at: number};
  /** Since when it has been trying in vain to renew. */
  failingSince?: number | undefined;
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

const electorOf = (program: string): string => `${program}-elector`;

/** The elector of a program: a component that holds its Lease. */
export const leaderElector = ({program, user, loops}: Candidates): Component => ({
  name: electorOf(program),
  process: program,
  user: () => user,
  standby: true,
  watches: [],
  start(ctx) {
    ctx.memory.put<Candidacy>('candidacy', '', {identity: newIdentity(ctx, program), leading: false});
    acquire(ctx, program);
  },
  timers: {
    acquire(ctx) {
      if (acquire(ctx, program)) for (const loop of loops) restart(ctx.tx, ownerOf(loop, ctx.instance));
    },
    renew: ctx => renew(ctx, program),
  },
});

/** A loop that turns only where its program leads. */
export const ledBy = (program: string, loop: Component): Component => ({
  ...loop,
  standby: true,
  mayWatch: ({tx, instance}) => leads(tx, program, instance),
});

/** Whether the candidate on this instance has won its program's Lease and has not given it up. */
export const leads = (tx: Tx, program: string, instance: string): boolean =>
  readMemory(tx, ownerOf(electorOf(program), instance)).get<Candidacy>('candidacy', '')?.leading === true;

/** Its machine's name and something that no other life of the program has, so that nobody is taken for somebody who was there before. */
function newIdentity({tx, instance, now}: ComponentContext, program: string): string {
  const bytes = sha256([program, instance, now, ...tx.root.rng].join());
  const hex = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
  return `${instance || CONTROL_PLANE}_${uuid}`;
}

const candidacyOf = (ctx: ComponentContext): Candidacy => ctx.memory.get<Candidacy>('candidacy', '')!;

const remember = (ctx: ComponentContext, change: Partial<Candidacy>): void =>
  ctx.memory.put<Candidacy>('candidacy', '', {...candidacyOf(ctx), ...change});

const observe = (ctx: ComponentContext, lease: Stored<Lease>): void => remember(ctx, {observed: {lease, at: ctx.now}});

/** Tries again and again, for ever. True when it has won. */
function acquire(ctx: ComponentContext, program: string): boolean {
  const before = candidacyOf(ctx).observed;
  if (tryAcquireOrRenew(ctx, program)) {
    const {identity, observed} = candidacyOf(ctx);
    remember(ctx, {leading: true});
    ctx.events.event(observed!.lease, 'Normal', 'LeaderElection', `${identity} became leader`);
    ctx.after(RETRY_PERIOD_MS, 'renew', null, {periodic: true});
    return true;
  }
  // A lease that has just come in sight, or that nobody renews, is soon to be had; one that is renewed, or that cannot be read, may be waited for without end.
  const candidacy = candidacyOf(ctx);
  const inSight = isLeaseValid(candidacy, ctx.now) && (before === undefined || before === candidacy.observed);
  ctx.after(RETRY_PERIOD_MS * (1 + JITTER_FACTOR * ctx.random()), 'acquire', null, {periodic: !inSight});
  return false;
}

/** Every two seconds; a renewal that fails is tried again until its deadline. */
function renew(ctx: ComponentContext, program: string): void {
  const {failingSince = ctx.now} = candidacyOf(ctx);
  const deadline = failingSince + RENEW_DEADLINE_MS;
  if (ctx.now >= deadline) return lose(ctx, program);
  const renewed = tryAcquireOrRenew(ctx, program);
  if (candidacyOf(ctx).failingSince !== (renewed ? undefined : failingSince))
    remember(ctx, {failingSince: renewed ? undefined : failingSince});
  ctx.after(renewed ? RETRY_PERIOD_MS : Math.min(RETRY_PERIOD_MS, deadline - ctx.now), 'renew', null, {periodic: true});
}

/** It does nothing more, and exits; as a static pod's container it is started again, at once the first time, then later and later. */
function lose(ctx: ComponentContext, program: string): void {
  const {identity, observed} = candidacyOf(ctx);
  ctx.events.event(observed!.lease, 'Normal', 'LeaderElection', `${identity} stopped leading`);
  remember(ctx, {leading: false});
  const entry = ctx.memory.get<BackoffEntry>('restarts', '');
  const wait = backoffRemaining(entry, ctx.now, ctx.now, crashLoopBackoff);
  ctx.memory.put<BackoffEntry>('restarts', '', nextBackoff(entry, ctx.now, ctx.now + wait, crashLoopBackoff));
  exitProgram(ctx.tx, program, ctx.instance, LEADER_ELECTION_LOST, Math.max(wait, NOTICED_AFTER_MS));
}

/** True where the Lease says now that it is ours. */
function tryAcquireOrRenew(ctx: ComponentContext, program: string): boolean {
  try {
    return renewAsKnown(ctx) || acquireAsRead(ctx, program);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return false;
  }
}

const isLeaseValid = ({observed}: Candidacy, now: number): boolean =>
  observed !== undefined && observed.at + (observed.lease.spec?.leaseDurationSeconds ?? 0) * 1000 > now;

const isLeader = ({observed, identity}: Candidacy): boolean => observed?.lease.spec?.holderIdentity === identity;

/** The leader writes over what it wrote last, without looking: a refusal makes it look. */
function renewAsKnown(ctx: ComponentContext): boolean {
  const candidacy = candidacyOf(ctx);
  if (!isLeader(candidacy) || !isLeaseValid(candidacy, ctx.now)) return false;
  const {lease} = candidacy.observed!;
  try {
    observe(ctx, put(ctx, lease, heldOn(ctx, lease)));
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

function acquireAsRead(ctx: ComponentContext, program: string): boolean {
  const lease = read(ctx, program);
  // 1. Nobody has ever led.
  if (!lease) {
    observe(ctx, create(ctx, program, takenOver(ctx, 0)));
    return true;
  }
  // 2. Somebody else leads, and has shown it not long ago.
  if (JSON.stringify(candidacyOf(ctx).observed?.lease.spec) !== JSON.stringify(lease.spec)) observe(ctx, lease);
  const candidacy = candidacyOf(ctx);
  const ours = isLeader(candidacy);
  if (lease.spec?.holderIdentity && isLeaseValid(candidacy, ctx.now) && !ours) return false;
  // 3. Ours, or nobody's any more.
  observe(ctx, put(ctx, lease, ours ? heldOn(ctx, lease) : takenOver(ctx, (lease.spec?.leaseTransitions ?? 0) + 1)));
  return true;
}

const takenOver = (ctx: ComponentContext, leaseTransitions: number): Lease['spec'] => ({
  holderIdentity: candidacyOf(ctx).identity,
  leaseDurationSeconds: LEASE_DURATION_SECONDS,
  acquireTime: ctx.microTime(),
  renewTime: ctx.microTime(),
  leaseTransitions,
});

const heldOn = (ctx: ComponentContext, {spec}: Stored<Lease>): Lease['spec'] => ({
  ...takenOver(ctx, spec!.leaseTransitions!),
  acquireTime: spec!.acquireTime!,
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
