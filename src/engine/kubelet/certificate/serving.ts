/**
 * What a kubelet shows to those who call its port 10250: a certificate it has signed itself, or, with serverTLSBootstrap, one that the cluster's authority has
 * signed after somebody approved it. upstream: pkg/kubelet/certificate/kubelet.go
 */
import type {SignedCertificate} from '../../api/certificate-request.ts';
import {findHost} from '../../client/hosts.ts';
import {readMemory} from '../../client/memory.ts';
import type {ComponentContext} from '../../client/types.ts';
import type {ReadTable} from '../../machine/types.ts';
import {KUBELET, NODE} from '../types.ts';
import {askForCertificate} from './ask.ts';

export const SERVING = 'serving-certificate';

const CERTIFICATE = 'kubelet-server-current.pem';

/** Who has signed a kubelet's serving certificate. */
export function servingIssuer(from: {table<T extends object>(name: string): ReadTable<T>}, node: string): string {
  const signed = findHost(from, node)?.kubelet?.serverTLSBootstrap
    ? readMemory(from, `${KUBELET}/${node}`).get<SignedCertificate>(NODE, CERTIFICATE)
    : undefined;
  return signed?.issuer ?? `${node}-ca`;
}

/** One turn of asking, where the configuration wants it and there is none yet. */
export function servingTurn(ctx: ComponentContext): void {
  if (!findHost(ctx.tx, ctx.instance)?.kubelet?.serverTLSBootstrap || ctx.memory.get(NODE, CERTIFICATE)) return;
  askForCertificate(ctx, {
    what: 'serving',
    client: ctx.client,
    file: CERTIFICATE,
    requested: 'serving-certificate-request',
    signerName: 'kubernetes.io/kubelet-serving',
    usages: ['digital signature', 'server auth'],
    timer: SERVING,
  });
}
