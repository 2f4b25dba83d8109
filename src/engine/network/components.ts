/** The programs of the network. */
import type {Component} from '../client/types.ts';
import {kubeFlannel} from './cni/flannel.ts';
import {coredns} from './dns/coredns.ts';
import {ingressController} from './ingress/ingress-controller.ts';
import {kubeProxy} from './proxy/kube-proxy.ts';

export const networkComponents: readonly Component[] = [kubeFlannel, kubeProxy, coredns, ingressController];
