/** The node agent: one instance a node, an API client with the identity of its node. upstream: pkg/kubelet/kubelet.go */

import {equalJson} from '../api/clone.ts';
import type {Json, KubeObject, Pod, Stored} from '../api/types.ts';
import {MIRROR_POD_ANNOTATION} from '../api/well-known.ts';
import {findHost, type Host} from '../client/hosts.ts';
import type {Component, ComponentContext, WatchEvent} from '../client/types.ts';
import {ask, beginAsking, requestWatch, type Wish} from './certificate/ask.ts';
import {clientCertificate, hasCertificate, nodeUser, signedFor} from './certificate/bootstrap.ts';
import {servingCertificate} from './certificate/serving.ts';
import {reconcileCpus} from './cm/cpu-manager.ts';
import {checkHttpSource, HTTP_SOURCE, startHttpSource} from './config/http-source.ts';
import {listManifests, SOURCE_ANNOTATION, staticPod} from './config/static-pods.ts';
import {monitorPressure, sampleUsage} from './eviction/manager.ts';
import {collectContainers, collectImages} from './gc.ts';
import {beginFastStatus, FAST_STATUS, fastStatus, mayBeReady} from './nodestatus/fast-status.ts';
import {LEASE_RENEW_MS, renewLease} from './nodestatus/lease.ts';
import {nodeMemory, registerNode, updateNodeStatus} from './nodestatus/node-status.ts';
import {noteChange, plegTimers} from './pleg/pleg.ts';
import {podTurn} from './pod-turn.ts';
import {probeTimer, tick} from './prober/manager.ts';
import {reconcileStatus, reportTo, statusTimer, syncStatus} from './status/status-manager.ts';
import {requestTermination} from './terminate-pod.ts';
import {KUBELET, type Kubelet, type KubeletOptions, MANIFESTS, PROBES, WORKERS} from './types.ts';
import {refreshPod, refreshTimer} from './volumes/refresh.ts';
import {findWorker, listWorkers, newWorker, saveWorker, wake, workerTimers} from './workers.ts';

const HEARTBEAT = 'heartbeat';
const HOUSEKEEPING = 'housekeeping';

const HOUSEKEEPING_MS = 2000;

const certificates: readonly Wish[] = [clientCertificate, servingCertificate];

export interface KubeletComponent {
  readonly component: Component;
  /** The runtime's word that something of a pod changed. */
  changed(ctx: ComponentContext, podUid: string): void;
  /** The word that something has changed that the node's readiness hangs on. */
  mayBeReady(ctx: ComponentContext): void;
  /** A kubelet's parts for one step, for what asks it from outside (logs, exec). */
  open(ctx: ComponentContext): Kubelet;
  /** Puts a manifest into the node's directory of static pods; undefined takes it away. */
  writeManifest(ctx: ComponentContext, path: string, text: string | undefined): void;
}

/** A kubelet's parts for one step: of the runtime and the network, those it comes to ask for. */
class OpenKubelet implements Kubelet {
  readonly now: number;
  readonly node: string;
  readonly host: Host;
  readonly #options: KubeletOptions;
  #cri: Kubelet['cri'] | null = null;
  #dial: Kubelet['dial'] | null = null;

  constructor(
    readonly ctx: ComponentContext,
    options: KubeletOptions,
  ) {
    this.now = ctx.now;
    this.node = ctx.instance;
    this.host = findHost(ctx.tx, ctx.instance)!;
    this.#options = options;
  }

  get cri(): Kubelet['cri'] {
    if (this.#cri === null) this.#cri = this.#options.cri(this.ctx.tx, this.node);
    return this.#cri;
  }

  get dial(): Kubelet['dial'] {
    if (this.#dial === null) this.#dial = this.#options.dial(this.ctx.tx, this.node);
    return this.#dial;
  }
}

/** The kubelet of all nodes. */
export function createKubelet(options: KubeletOptions): KubeletComponent {
  const open = (ctx: ComponentContext): Kubelet => new OpenKubelet(ctx, options);

  const component: Component = {
    name: KUBELET,
    process: KUBELET,
    perNode: true,
    user: nodeUser,
    certificate: signedFor,
    mayWatch: ({tx, instance}) => hasCertificate(tx, instance),
    watches: [
      {resource: 'pods', field: {name: 'spec.nodeName', value: node => node}, on: (ctx, event) => onPod(ctx, event as WatchEvent<Pod>)},
      {resource: 'nodes', field: {name: 'metadata.name', value: node => node}, on: onNode},
      {resource: 'services'},
      requestWatch(certificates),
    ],
    start(ctx) {
      // What a program knows is gone with it: only what stands on the disk is left.
      for (const kind of [WORKERS, PROBES]) for (const [id] of ctx.memory.list(kind)) ctx.memory.delete(kind, id);
      if (nodeMemory(ctx)) ctx.memory.delete('node', '');
      for (const wish of certificates) beginAsking(ctx, wish);
      if (hasCertificate(ctx.tx, ctx.instance)) ctx.after(0, HEARTBEAT, null, {key: ''});
      ctx.after(HOUSEKEEPING_MS, HOUSEKEEPING, null, {key: '', periodic: true});
      readManifests(ctx);
      startHttpSource(ctx);
    },
    reconcile: (ctx, key) => podTurn(open(ctx), key),
    timers: {
      ...workerTimers,
      [probeTimer]: (ctx: ComponentContext, id: Json) => tick(open(ctx), id as string),
      [statusTimer]: (ctx: ComponentContext, uid: Json) => syncStatus(open(ctx), uid as string),
      [refreshTimer]: (ctx: ComponentContext, uid: Json) => refreshPod(open(ctx), uid as string),
      relist(ctx: ComponentContext) {
        plegTimers.relist(ctx);
        sampleUsage(open(ctx));
      },
      ...Object.fromEntries(certificates.map(wish => [wish.timer, (ctx: ComponentContext) => ask(ctx, wish)])),
      [HTTP_SOURCE]: (ctx: ComponentContext) => checkHttpSource(open(ctx), () => readManifests(ctx)),
      [HEARTBEAT](ctx: ComponentContext) {
        const kubelet = open(ctx);
        ctx.after(LEASE_RENEW_MS, HEARTBEAT, null, {key: '', periodic: true});
        const first = !nodeMemory(ctx)?.registered;
        if (!registerNode(kubelet)) return;
        renewLease(kubelet);
        reconcileCpus(kubelet);
        monitorPressure(kubelet);
        collectImages(kubelet);
        if (first) beginFastStatus(ctx);
        else updateNodeStatus(kubelet);
      },
      [FAST_STATUS]: (ctx: ComponentContext) => fastStatus(open(ctx)),
      [HOUSEKEEPING]: (ctx: ComponentContext) => collectContainers(open(ctx)),
    },
  };

  return {
    component,
    open,
    changed: noteChange,
    mayBeReady,
    writeManifest(ctx, path, text) {
      if (text === undefined) ctx.memory.delete(MANIFESTS, path);
      else ctx.memory.put(MANIFESTS, path, {text});
      readManifests(ctx);
    },
  };
}

/** The API source: additions, changes and removals of pods bound to this node. */
function onPod(ctx: ComponentContext, {type, object, old}: WatchEvent<Pod>): void {
  const {uid, namespace, name, annotations} = object.metadata;
  const mirrored = annotations?.[MIRROR_POD_ANNOTATION];
  if (mirrored !== undefined) {
    if (!findWorker(ctx, mirrored)) return;
    // Somebody took a mirror away: the static pod's worker puts it back.
    if (type === 'DELETED' || object.metadata.deletionTimestamp) wake(ctx, {namespace: namespace!, name, uid: mirrored});
    else if (type === 'ADDED') reportTo(ctx, mirrored);
    return;
  }
  const worker = findWorker(ctx, uid);
  if (type === 'DELETED') {
    if (worker) saveWorker(ctx, {...worker, pod: object});
    if (worker) wake(ctx, worker);
    return;
  }
  if (type === 'MODIFIED' && old && worker && onlyStatusChanged(old, object)) return reconcileStatus(ctx, worker, object);
  wake(ctx, {namespace: namespace!, name, uid});
}

/** The kubelet's own reports come back to it: no reason for a sync. */
const onlyStatusChanged = (old: Stored<Pod>, now: Stored<Pod>): boolean =>
  old.metadata.generation === now.metadata.generation &&
  old.metadata.deletionTimestamp === now.metadata.deletionTimestamp &&
  old.metadata.deletionGracePeriodSeconds === now.metadata.deletionGracePeriodSeconds &&
  equalJson(old.metadata.labels, now.metadata.labels) &&
  equalJson(old.metadata.annotations, now.metadata.annotations) &&
  equalJson(old.metadata.finalizers, now.metadata.finalizers);

/** The node's own object. Deleted, it is there no more: nothing to do but go on; its lease goes with it. */
function onNode(ctx: ComponentContext, {type}: WatchEvent<KubeObject>): void {
  if (type === 'DELETED') ctx.trace('Node', `node/${ctx.instance}`, 'the Node object was deleted');
  else mayBeReady(ctx);
}

/** The file and HTTP sources: a manifest that changed is another pod, and the old one ends. */
function readManifests(ctx: ComponentContext): void {
  const wanted = new Map<string, Stored<Pod>>();
  for (const [path, manifest] of listManifests(ctx)) {
    const pod = staticPod(ctx.instance, path, manifest, ctx.time());
    if (pod) wanted.set(pod.metadata.uid, pod);
  }
  for (const worker of listWorkers(ctx)) {
    if (worker.source === 'api' || wanted.has(worker.uid)) continue;
    const grace = worker.pod?.spec?.terminationGracePeriodSeconds ?? 30;
    saveWorker(ctx, requestTermination({now: ctx.now} as Kubelet, worker, {grace, reason: 'removed'}));
    wake(ctx, worker);
  }
  for (const pod of wanted.values()) {
    if (findWorker(ctx, pod.metadata.uid)) continue;
    wake(ctx, saveWorker(ctx, newWorker(pod, pod.metadata.annotations![SOURCE_ANNOTATION]!, ctx.now)));
  }
}
