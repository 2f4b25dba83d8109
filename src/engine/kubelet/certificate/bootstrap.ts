/** A machine that has only a bootstrap token asks for its client certificate, and is system:node:NAME from then on. upstream: pkg/kubelet/certificate/bootstrap/bootstrap.go */
import type {SignedCertificate} from '../../api/certificate-request.ts';
import type {UserInfo} from '../../api/types.ts';
import {clientOf} from '../../client/client.ts';
import {findHost} from '../../client/hosts.ts';
import {readMemory} from '../../client/memory.ts';
import {restart} from '../../client/processes.ts';
import type {ReadTable} from '../../machine/types.ts';
import {KUBELET, NODE} from '../types.ts';
import type {Wish} from './ask.ts';

const CERTIFICATE = 'kubelet-client-current.pem';

export const nodeUser = (node: string): UserInfo => ({
  username: `system:node:${node}`,
  groups: ['system:nodes', 'system:authenticated'],
});

type From = {table<T extends object>(name: string): ReadTable<T>};

/** What was signed for the kubelet in the cluster. */
export const signedFor = (from: From, node: string): SignedCertificate | undefined =>
  findHost(from, node)?.bootstrapToken === undefined
    ? undefined
    : readMemory(from, `${KUBELET}/${node}`).get<SignedCertificate>(NODE, CERTIFICATE);

/** Whether the kubelet knows who it is: machines without a token were given their certificates by hand, the others can at first only ask for one. */
export const hasCertificate = (from: From, node: string): boolean =>
  findHost(from, node)?.bootstrapToken === undefined || signedFor(from, node) !== undefined;

/** The kubelet's own work begins once the certificate is there; the later ones it asks for as the node that it is. */
export const clientCertificate: Wish = {
  what: 'client',
  wanted: ctx => findHost(ctx.tx, ctx.instance)?.bootstrapToken !== undefined,
  client: ctx =>
    hasCertificate(ctx.tx, ctx.instance) ? ctx.client : clientOf(ctx.tx, {token: findHost(ctx.tx, ctx.instance)!.bootstrapToken!}, KUBELET),
  file: CERTIFICATE,
  requested: 'certificate-request',
  signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
  usages: ['digital signature', 'client auth'],
  timer: 'client-certificate',
  first: ctx => restart(ctx.tx, `${KUBELET}/${ctx.instance}`),
  next: ctx => ctx.follow('services'),
};
