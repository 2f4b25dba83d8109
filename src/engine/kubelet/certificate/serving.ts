/**
 * What a kubelet shows to those who call its port 10250: a certificate it has signed itself, or, with serverTLSBootstrap, one that the cluster's authority has
 * signed after somebody approved it. upstream: pkg/kubelet/certificate/kubelet.go
 */
import type {SignedCertificate} from '../../api/certificate-request.ts';
import {findHost} from '../../client/hosts.ts';
import {readMemory} from '../../client/memory.ts';
import type {ReadTable} from '../../machine/types.ts';
import {KUBELET, NODE} from '../types.ts';
import type {Wish} from './ask.ts';
import {hasCertificate} from './bootstrap.ts';

const CERTIFICATE = 'kubelet-server-current.pem';

/** Who has signed a kubelet's serving certificate. */
export function servingIssuer(from: {table<T extends object>(name: string): ReadTable<T>}, node: string): string {
  const signed = findHost(from, node)?.kubelet?.serverTLSBootstrap
    ? readMemory(from, `${KUBELET}/${node}`).get<SignedCertificate>(NODE, CERTIFICATE)
    : undefined;
  return signed?.issuer ?? `${node}-ca`;
}

export const servingCertificate: Wish = {
  what: 'serving',
  wanted: ({tx, instance}) => hasCertificate(tx, instance) && findHost(tx, instance)?.kubelet?.serverTLSBootstrap === true,
  client: ctx => ctx.client,
  file: CERTIFICATE,
  requested: 'serving-certificate-request',
  signerName: 'kubernetes.io/kubelet-serving',
  usages: ['digital signature', 'server auth'],
  timer: 'serving-certificate',
};
